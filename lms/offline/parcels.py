"""Facts in a file, or on a colleague's phone: signed by the worker who told them, sealed to this server.

A parcel: `KLN1`, the sender's one-time P-256 point (65 bytes), an IV (12 bytes), and AES-256-GCM of a gzipped JSON:
`{"envelope": text, "author": identifier, "device": id, "signature": base64 of r‖s over the text}`.
A file: `KALANSO1`, then each parcel after its length in four bytes, big end first.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lms.offline.envelope import ON_THE_WIRE, UnreadableError, inflate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

MAGIC, FILE_MAGIC, POINT, IV = b"KLN1", b"KALANSO1", 65, 12
INFO = b"kalanso-parcel-1"
LARGEST = ON_THE_WIRE + 64 * 1024


@dataclass(frozen=True)
class Parcel:
    """What was sealed: the envelope as text, who says so from which device, and her signature (r‖s, 64 bytes)."""

    envelope: str
    author: str
    device: str
    signature: bytes

    def signed_by(self, points: list[bytes]) -> bool:
        """Whether one of these public keys made the signature."""
        return any(_fits(point, self.signature, self.envelope.encode()) for point in points)


def _fits(point, signature, text):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def parcels_in(raw: bytes) -> Iterator[bytes]:
    """The parcels of a file, or the one parcel that these bytes are. Raises UnreadableError where the file is cut."""
    if not raw.startswith(FILE_MAGIC):
        yield raw
        return
    at = len(FILE_MAGIC)
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        parcel = raw[at + 4 : at + 4 + length]
        if len(parcel) < length or not length:
            raise UnreadableError("the file is cut")
        yield parcel
        at += 4 + length


def unseal(raw: bytes, key: ec.EllipticCurvePrivateKey) -> Parcel:
    """What was sealed to this key. Raises UnreadableError when it was not, or was altered on its way."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not raw.startswith(MAGIC) or not len(MAGIC) + POINT + IV < len(raw) <= LARGEST:
        raise UnreadableError("no parcel")
    point, iv, sealed = raw[4 : 4 + POINT], raw[4 + POINT : 4 + POINT + IV], raw[4 + POINT + IV :]
    try:
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        plain = AESGCM(_shared(key, sender, point)).decrypt(iv, sealed, MAGIC)
        said = json.loads(inflate(plain))
        signature = base64.b64decode(said["signature"])
        return Parcel(_text(said["envelope"]), _text(said["author"]), _text(said["device"]), signature)
    except (InvalidTag, ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise UnreadableError("not sealed to this server, or altered") from error


def _text(said) -> str:
    """A text that can be sent and written anywhere; else ValueError: half a letter, or a NUL, is none."""
    if not isinstance(said, str) or "\0" in said:
        raise ValueError("no text")
    said.encode()
    return said


def _shared(own, other, point):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    secret = own.exchange(ec.ECDH(), other)
    return HKDF(hashes.SHA256(), 32, salt=point, info=INFO).derive(secret)


def seal(parcel: Parcel, to: ec.EllipticCurvePublicKey) -> bytes:
    """The parcel as a phone would seal it."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    once = ec.generate_private_key(ec.SECP256R1())
    point = once.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    said = {
        "envelope": parcel.envelope, "author": parcel.author, "device": parcel.device,
        "signature": base64.b64encode(parcel.signature).decode(),
    }  # fmt: skip
    iv = os.urandom(IV)
    sealed = AESGCM(_shared(once, to, point)).encrypt(iv, gzip.compress(json.dumps(said).encode()), MAGIC)
    return MAGIC + point + iv + sealed
