"""In what state a text is: missing, draft, validated, stale. Computed from signatures, never set by hand.

Two people answer for a text: a native speaker for the language, a midwife or clinician for the matter.
Each signs the very French and the very words she read; when either changes, her word is stale.
"""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum.faults import Faults
from lms.curriculum.reading import shaped
from lms.curriculum.syllabus import Module, Unit

ROLES = ("native", "clinician")


class State(StrEnum):
    MISSING = "missing"
    DRAFT = "draft"
    VALIDATED = "validated"
    STALE = "stale"


@dataclass(frozen=True)
class Signature:
    """One reviewer's word for one unit in one language. `source` and `text` are digests of what she read."""

    unit: str
    language: str
    role: str
    reviewer: str
    signed: date
    source: str
    text: str


class ReviewFile(BaseModel):
    """`review.toml`."""

    model_config = ConfigDict(extra="forbid")
    signatures: list[Signature] = []


def digest(text: str | bytes):
    """What a signature remembers of a text or of a recording: 16 hex digits of its SHA-256."""
    raw = unicodedata.normalize("NFC", text).encode() if isinstance(text, str) else text
    return hashlib.sha256(raw).hexdigest()[:16]


def state(source: str, text: str | bytes, signatures: Iterable[Signature]):
    """The state of `text`, said after the French `source`, given the signatures of its unit and language.

    Validated: two people, one for each role, signed exactly these. Stale: someone signed for a role,
    and nobody's signature for that role holds any more. Else it is a draft.
    """
    if not text:
        return State.MISSING
    read = digest(source), digest(text)
    signers: dict[str, set[str]] = {role: set() for role in ROLES}
    standing: dict[str, set[str]] = {role: set() for role in ROLES}
    for signature in signatures:
        if signature.role in ROLES:
            signers[signature.role].add(signature.reviewer)
            if (signature.source, signature.text) == read:
                standing[signature.role].add(signature.reviewer)
    if _two_people(standing):
        return State.VALIDATED
    return State.STALE if any(signers[role] and not standing[role] for role in ROLES) else State.DRAFT


def _two_people(standing):
    return all(standing.values()) and len(set().union(*standing.values())) >= len(ROLES)


def states(units: Iterable[Unit], signatures: Iterable[Signature]) -> dict[tuple[str, str], State]:
    """`{(unit id, language): State}` of every unit that says anything, in every language, French included."""
    given = _by_unit(signatures)
    return {
        (unit.id, code): state(unit.text.get(DEFAULT, ""), unit.text.get(code, ""), given.get((unit.id, code), ()))
        for unit in units
        for code in LANGUAGES
        if unit.text
    }


def audio_states(module: Module, signatures: Iterable[Signature]) -> dict[tuple[str, str], State]:
    """`{(unit id, language): State}` of recordings: unit `audio:<card>`, whose source is the spoken text."""
    given = _by_unit(signatures)
    found = {}
    for card in module.cards.values():
        for code in LANGUAGES:
            spoken = module.unit(f"card:{card.id}").text.get(code, "")
            sound = card.audio[code].read_bytes() if code in card.audio else b""
            key = (f"audio:{card.id}", code)
            found[key] = state(spoken, sound, given.get(key, ()))
    return found


def _by_unit(signatures):
    given: dict[tuple[str, str], list[Signature]] = {}
    for signature in signatures:
        given.setdefault((signature.unit, signature.language), []).append(signature)
    return given


def counts(found: Mapping[tuple[str, str], State]):
    """`{language: {"missing": n, "draft": n, "validated": n, "stale": n}}`."""
    total = Counter((code, one) for (_unit, code), one in found.items())
    return {code: {one.value: total[code, one] for one in State} for code in LANGUAGES}


def added(several: Iterable[Mapping[str, Mapping[str, int]]]):
    """The sum of what `counts` gave for several modules."""
    several = list(several)
    return {code: {one.value: sum(each[code][one] for each in several) for one in State} for code in LANGUAGES}


def signatures(module: Module, faults: Faults | None = None) -> tuple[Signature, ...]:
    """The signatures exported to `review.toml`, none when there is no such file."""
    return signatures_of(module.folder / "review.toml", faults or Faults(module.root))


def signatures_of(file: Path, faults: Faults):
    if not file.exists():
        return ()
    found = shaped(ReviewFile, file, faults)
    return tuple(found.signatures) if found else ()
