"""The keys of this installation: what it signs with, and what phones seal to. Made once, kept in the data folder.

`cryptography` is imported where it is used: a server to which no phone has spoken yet has no need of its 8 MB.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app

from lms.core.settings import kept_secret

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNING, SEALING = "signing.pem", "sealing.pem"


def signing() -> Ed25519PrivateKey:
    """The key that signs what this server says."""
    return signing_in(current_app.config["LMS_DATA"])


def signing_in(data: Path) -> Ed25519PrivateKey:
    """The same, for commands that need no application."""
    return _kept(SIGNING, data)


def sealing() -> ec.EllipticCurvePrivateKey:
    """The P-256 key that opens what was sealed to this server."""
    return _kept(SEALING, current_app.config["LMS_DATA"])


def _kept(name, data):
    """The key as it lies in the data folder now: a restore beside a serving process brings another."""
    return _loaded(kept_secret(data / name, lambda: _made(name)))


@lru_cache(maxsize=8)
def _loaded(text: str):
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(text.encode(), password=None)


def _made(name):
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate() if name == SIGNING else ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def sealing_point() -> bytes:
    """The public half of the sealing key: 65 bytes, uncompressed, as WebCrypto imports it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return sealing().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def signed(text: str) -> str:
    """The text with our signature behind it: `text.signature`, the signature in URL-safe base64."""
    return f"{text}.{base64.urlsafe_b64encode(signing().sign(text.encode())).decode()}"


def said_by_us(sealed: str) -> str | None:
    """The text of what `signed` made, or None when it is not ours."""
    from cryptography.exceptions import InvalidSignature

    text, _dot, signature = sealed.rpartition(".")
    try:
        signing().public_key().verify(base64.urlsafe_b64decode(signature), text.encode())
    except (InvalidSignature, ValueError):
        return None
    return text
