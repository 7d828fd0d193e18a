"""The number of a certificate: derived from what was earned, never counted, so that two offices cannot give the same."""

import hashlib
import uuid

from lms.core.country import COUNTRY
from lms.people.codes import ALPHABET, check_character, is_sound, normal

LETTERS = 10
PREFIX = COUNTRY.certificates


def certificate_uid(
    kind: str, person: uuid.UUID, module: str, version: int, basis: uuid.UUID, generation: int = 0
) -> uuid.UUID:
    """The uid of a certificate. `basis` is the training, the group or the attempt it was earned in;
    `generation` counts the papers revoked before it.
    """
    story = "|".join(map(str, (kind, person, module, version, basis, generation)))
    return uuid.UUID(bytes=hashlib.sha256(story.encode()).digest()[:16])


def certificate_number(uid: uuid.UUID) -> str:
    """`ML-7QK2M9XD4T-R`: fifty bits of the uid in Crockford's base 32, and a check character."""
    bits = int.from_bytes(uid.bytes, "big") >> (128 - 5 * LETTERS)
    letters = "".join(ALPHABET[(bits >> (5 * place)) & 31] for place in reversed(range(LETTERS)))
    return f"{PREFIX}-{letters}-{check_character(letters)}"


def read_number(text: str) -> str | None:
    """The number as it is printed, from what somebody typed; None when it cannot be one."""
    letters = "".join(c for c in normal(text) if c in ALPHABET)
    if text.strip().upper().startswith(PREFIX):
        letters = letters[-(LETTERS + 1) :]
    body, check = letters[:-1], letters[-1:]
    return f"{PREFIX}-{body}-{check}" if len(body) == LETTERS and is_sound(f"{body}-{check}") else None
