"""What a phone does with its own key: enrolled with the server, it signs batches and seals them to it."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lms.core import keys
from lms.offline.envelope import fill
from lms.offline.parcels import Parcel, seal


def enrol(world, phone, identifier):
    """Enrols a phone of the worker who is signed in on it; returns her private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    asked = {"device": phone.device, "key": base64.b64encode(point).decode()}
    answer = phone.browser.client.post("/devices", json=asked)
    assert answer.json["author"] == identifier, answer.text
    assert answer.json["device"] == phone.device
    return key


def signature(key, text):
    """ECDSA over SHA-256 of the text, r and s of 32 bytes each, as WebCrypto makes it."""
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def parcel_of(world, phone, key, to=None, **otherwise):
    """What waits on a phone as a sealed parcel; `otherwise` changes what is said in it."""
    text = fill(phone.device, phone.waiting(), now=phone.clock(), epoch=phone.epoch).model_dump_json()
    said = {"envelope": text, "author": phone.author, "device": phone.device, "signature": signature(key, text)}
    with world.app.app_context():
        return seal(Parcel(**said | otherwise), to or keys.sealing().public_key())
