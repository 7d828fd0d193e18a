"""In what state a text is: missing, draft, validated, stale. Computed from signatures, never set by hand.

Two people answer for a text: a native speaker for the language, a midwife or clinician for the matter.
Each signs the very French and the very words she read; when either changes, her word is stale. Who finds something to
mend signs as well: her word keeps the text from being validated; one that is dangerous is not shown until it changes.
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
from lms.people.mandates import REVIEWS

ROLES = tuple(REVIEWS)


class State(StrEnum):
    MISSING = "missing"
    DRAFT = "draft"
    VALIDATED = "validated"
    STALE = "stale"


class Verdict(StrEnum):
    GOOD = "good"
    FIX = "fix"
    DANGEROUS = "dangerous"


@dataclass(frozen=True)
class Signature:
    """One reviewer's word for one unit in one language. `source` and `text` are digests of what she read.

    `reviewer` tells one from another and names nobody: the origin of her person where she signed on this server.
    `fact` is the origin of the fact it was made by; empty in what was written by hand.
    """

    unit: str
    language: str
    role: str
    reviewer: str
    signed: date
    source: str
    text: str
    verdict: Verdict = Verdict.GOOD
    note: str = ""
    back: str = ""
    fact: str = ""


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

    Validated: two people, one for each role, found exactly these good, and nobody's objection stands. Stale: someone
    found it good for a role, and nobody's word for that role holds any more. Else it is a draft.
    """
    if not text:
        return State.MISSING
    given = [signature for signature in signatures if signature.role in ROLES]
    standing = [signature for signature in given if stands(signature, source, text)]
    if any(signature.verdict is not Verdict.GOOD for signature in standing):
        return State.DRAFT
    if _two_people(standing):
        return State.VALIDATED
    found_good = {signature.role for signature in given if signature.verdict is Verdict.GOOD}
    return State.STALE if found_good - {signature.role for signature in standing} else State.DRAFT


def stands(signature: Signature, source: str, text: str | bytes):
    """Whether she read exactly these. What was dangerous is so until its own words change, whatever the French says."""
    same = signature.text == digest(text)
    return same and (signature.source == digest(source) or signature.verdict is Verdict.DANGEROUS)


def _two_people(standing):
    return {one.role for one in standing} == set(ROLES) and len({one.reviewer for one in standing}) >= len(ROLES)


def objections(units: Iterable[Unit], signatures: Iterable[Signature]) -> dict[tuple[str, str], Verdict]:
    """`{(unit id, language): the gravest objection to its present text}`, only of those that have one."""
    found: dict[tuple[str, str], Verdict] = {}
    given = _by_unit(signature for signature in signatures if signature.verdict is not Verdict.GOOD)
    texts = {unit.id: unit.text for unit in units}
    for (id, code), against in given.items():
        text = texts.get(id, {})
        standing = {one.verdict for one in against if one.role in ROLES and _is_about(one, text, code)}
        if standing:
            found[id, code] = Verdict.DANGEROUS if Verdict.DANGEROUS in standing else Verdict.FIX
    return found


def _is_about(signature, text, code):
    return bool(text.get(code)) and stands(signature, text.get(DEFAULT, ""), text[code])


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


def united(written: Iterable[Signature], told: Iterable[Signature], known: Iterable[str]) -> tuple[Signature, ...]:
    """The signatures of a file and those of the facts, each once.

    `told` are the facts that hold, `known` the origins of all facts told here: one that was exported and then corrected
    or withdrawn is as the facts say.
    """
    known = set(known)
    return (*(one for one in written if not (one.fact and one.fact in known)), *told)


def signatures(module: Module, faults: Faults | None = None) -> tuple[Signature, ...]:
    """The signatures exported to `review.toml`, none when there is no such file."""
    return signatures_of(module.folder / "review.toml", faults or Faults(module.root))


def signatures_of(file: Path, faults: Faults):
    if not file.exists():
        return ()
    found = shaped(ReviewFile, file, faults)
    return tuple(found.signatures) if found else ()
