"""The programme's terms: where the French says one, the translation says it in an accepted word, or keeps the French.

`translations/glossary.toml` beside `modules/` holds them; without it nothing is asked. What it refuses to be is a
judge of style: it looks for words, unit by unit, and a unit that rightly does without is excused there, with the reason.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from lms.core.language import DEFAULT
from lms.curriculum.faults import Faults
from lms.curriculum.reading import Bilingual, shaped
from lms.curriculum.syllabus import Unit

FILE = Path("translations/glossary.toml")  # in the content root
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Term:
    """One term. `text` has for French the forms to look for, for others what is accepted: `kɛnɛya-` begins a word,
    `ba` is a whole one (its plural `baw` too).
    """

    text: Mapping[str, tuple[str, ...]]
    confidence: Literal["high", "medium"]
    source: str

    def __post_init__(self):
        """Every form has a word to look for, and French has one at least."""
        if not self.text.get(DEFAULT):
            raise PydanticCustomError("no_french", "n’a pas de forme française à chercher")
        if not all(_words(form) for forms in self.text.values() for form in forms):
            raise PydanticCustomError("no_word", "a une forme sans mot")

    @property
    def name(self):
        """Its first French form stands for it."""
        return self.text[DEFAULT][0]

    def stands(self, spoken: str, language: str):
        """Whether an accepted word, or the French itself, is among the words spoken (a space around each)."""
        return any(one in spoken for one in self._accepted.get(language, ()))

    @cached_property
    def _accepted(self):
        french = [_padded(form) for form in self.text[DEFAULT]]
        return {code: french + [one for word in words for one in _sought(word)] for code, words in self.text.items()}


@dataclass(frozen=True)
class Excuse:
    """A unit (`<module>/<unit id>`) that rightly says a term otherwise."""

    unit: str
    term: str
    reason: str


class GlossaryFile(BaseModel):
    """`translations/glossary.toml`."""

    model_config = ConfigDict(extra="forbid")
    terms: tuple[Bilingual[Term], ...] = ()
    excuses: tuple[Excuse, ...] = ()


@dataclass(frozen=True)
class Glossary:
    """The terms, ready to be looked for."""

    terms: tuple[Term, ...] = ()
    excuses: frozenset[tuple[str, str]] = field(default=frozenset())

    @cached_property
    def _by_first_word(self):
        found: dict[str, list[tuple[list[str], Term]]] = {}
        for term in self.terms:
            for form in term.text[DEFAULT]:
                words = _words(form)
                found.setdefault(words[0], []).append((words, term))
        for forms in found.values():
            forms.sort(key=lambda form: -len(form[0]))
        return found

    def said(self, french: str):
        """`[Term]` of a French text, each once; the longer form wins: « centre de santé » is not « santé »."""
        words, at, found = _words(french), 0, dict[str, Term]()
        while at < len(words):
            here = (form for form in self._by_first_word.get(words[at], ()) if words[at : at + len(form[0])] == form[0])
            form, term = next(here, (words[at : at + 1], None))
            if term:
                found[term.name] = term
            at += len(form)
        return list(found.values())

    def missed(self, texts: Mapping[str, str], language: str):
        """`[Term]` that the French says and this translation does not."""
        spoken = _padded(texts[language])
        said = [term for term in self.said(texts[DEFAULT]) if language in term.text]
        return [term for term in said if not term.stands(spoken, language)]

    def check(self, slug: str, units: Iterable[Unit], faults: Faults):
        """Name every term that a unit of this module misses."""
        for unit in units:
            for code in unit.text.keys() - {DEFAULT} if DEFAULT in unit.text else ():
                for term in self.missed(unit.text, code):
                    if (f"{slug}/{unit.id}", term.name) not in self.excuses:
                        what = f"« {unit.id} » : le français dit « {term.name} », pas ce texte en « {code} »."
                        faults.add(unit.where[code], what, f"Dire : {', '.join(term.text[code])}.")


def read(root: Path, faults: Faults):
    """The glossary beside the modules of `root`; an empty one, with its faults, when it is absent or unreadable."""
    file = root / FILE
    found = shaped(GlossaryFile, file, faults) if file.exists() else None
    if not found:
        return Glossary()
    return Glossary(found.terms, frozenset((excuse.unit, excuse.term) for excuse in found.excuses))


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def _padded(text: str):
    return f" {' '.join(_words(text))} "


def _sought(word: str):
    """What to look for among words with a space around each: the beginning `kɛnɛya-`, or `ba` and its plural."""
    whole = _padded(word)
    return [whole[:-1]] if word.endswith("-") else [whole, f"{whole[:-1]}w "]
