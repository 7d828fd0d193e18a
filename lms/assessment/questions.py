"""What is asked, and what is right: questions and checklists of each module (`assessments/<slug>.toml`).

Answer keys are not public: no reading page shows anything of this.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt

from lms.core.language import LANGUAGES
from lms.core.settings import country_folder
from lms.curriculum.content import Module, Unit, catalogue, content_root
from lms.curriculum.faults import Faults, Place, line_of
from lms.curriculum.reading import Bilingual, shaped

Texts = Mapping[str, str]
LETTERS = ("A", "B")
AUDIENCES = ("chw", "group")
SAME_QUESTIONS = {"trainer": "chw"}  # a trainer answers what those she trains answer, at a higher mark


@dataclass(frozen=True)
class Option:
    """One answer. `misconception` is the tag of the rumour a wrong answer encodes."""

    id: str
    text: Texts
    picture: str = ""
    misconception: str = ""


@dataclass(frozen=True)
class Item:
    """One question with two to four options, `answer` being the id of the right one.

    `expected`: how many of 100 people just trained are expected to answer right, as its author judges (a proposal,
    in the manner of Angoff, until a national standard setting); the checker asks for it, the reader does not: content
    kept from before it was said still judges its attempts. `matter`: what a vital question is about; every form
    asks it, in a variant. `settles`: the id of the note that law or protocol has to settle first; until then the
    question stands in no form.
    """

    id: str
    objective: str
    audience: Literal["chw", "group", "all"]
    forms: tuple[Literal["A", "B"], ...]
    source: str
    answer: str
    ask: Texts
    rationale: Texts
    options: tuple[Bilingual[Option], ...]
    vital: StrictBool = False
    picture: str = ""
    expected: StrictInt | None = None
    matter: str = ""
    settles: str = ""

    def is_for(self, audience: str):
        """Whether this audience is asked it; trainers are asked what community health workers are."""
        return self.audience in ("all", SAME_QUESTIONS.get(audience, audience))

    def option(self, id: str):
        """The option of this id, or None."""
        return next((option for option in self.options if option.id == id), None)

    def place(self) -> int | None:
        """The place of the right answer among the options, from 1; None when it is not among them."""
        ids = [option.id for option in self.options]
        return ids.index(self.answer) + 1 if self.answer in ids else None

    def texts(self) -> Iterator[tuple[tuple[str, ...], Texts]]:
        """`(keys that lead to its line, text)` of everything the item says."""
        yield ("ask",), self.ask
        yield ("rationale",), self.rationale
        for option in self.options:
            yield (f"id={option.id}",), option.text


@dataclass(frozen=True)
class Step:
    """One step of a checklist; missing a critical one fails the skill."""

    id: str
    text: Texts
    critical: StrictBool = False


@dataclass(frozen=True)
class Checklist:
    """What is observed, in the order it is done."""

    id: str
    title: Texts
    steps: tuple[Bilingual[Step], ...]


@dataclass(frozen=True)
class Threshold:
    """A pass mark in per cent, with who says so and how it was set."""

    percent: StrictInt
    source: str
    method: str
    set: date


class AssessmentFile(BaseModel):
    """`assessments/<slug>.toml`."""

    model_config = ConfigDict(extra="forbid")
    items: tuple[Item, ...] = ()
    checklists: tuple[Checklist, ...] = ()


class ThresholdsFile(BaseModel):
    """`thresholds.toml`: a table for each audience, overridden by `[modules.<slug>.<audience>]`."""

    model_config = ConfigDict(extra="forbid")
    chw: Threshold
    trainer: Threshold
    group: Threshold
    modules: dict[str, dict[Literal["chw", "trainer", "group"], Threshold]] = {}

    def of(self, slug: str) -> dict[str, Threshold]:
        """The pass marks of one module."""
        return {"chw": self.chw, "trainer": self.trainer, "group": self.group} | dict(self.modules.get(slug, {}))


@dataclass(frozen=True)
class Assessment:
    """The questions, checklists and pass marks of one module."""

    slug: str
    items: tuple[Item, ...]
    checklists: tuple[Checklist, ...]
    thresholds: Mapping[str, Threshold]
    units: tuple[Unit, ...]

    def form(self, letter: str, audience: str) -> tuple[Item, ...]:
        """The items of form A or B for an audience (`chw`, `group` or `trainer`), as the file orders them."""
        return tuple(item for item in self.items if letter in item.forms and item.is_for(audience))

    def percent(self, audience: str) -> int:
        """The pass mark of an audience. KeyError when none is set."""
        return self.thresholds[audience].percent

    @cached_property
    def by_id(self):
        """`{item id: Item}`."""
        return {item.id: item for item in self.items}

    def checklist(self, id: str):
        """The checklist of this id, or None."""
        return next((checklist for checklist in self.checklists if checklist.id == id), None)


def assessment(slug: str) -> Assessment:
    """The questions in force for a module. KeyError when there is no such module."""
    return of(catalogue().modules[slug])


def form(slug: str, letter: str, audience: str) -> tuple[Item, ...]:
    """The items of form A or B of a module for an audience."""
    return assessment(slug).form(letter, audience)


def of(module: Module) -> Assessment:
    """The questions that belong to this content, an older one too: an attempt is judged by its own key.

    Pass marks are the present ones: they are set by the programme, not by the content.
    """
    return _of(_Key(module), content_root())


class _Key:
    """A module as a cache key: one slug and one hash hold one set of questions."""

    def __init__(self, module: Module):
        self.module, self.identity = module, (module.slug, module.hash, module.root)

    def __hash__(self):
        return hash(self.identity)

    def __eq__(self, other):
        return self.identity == other.identity


@lru_cache(maxsize=256)
def _of(key: _Key, root: Path) -> Assessment:
    return read(key.module, Faults(key.module.root), thresholds(root, Faults(root)))


def thresholds(root: Path, faults: Faults) -> ThresholdsFile | None:
    """The pass marks of the country, else of a content root; None with their faults."""
    own = country_folder() / "thresholds.toml"
    return shaped(ThresholdsFile, own if own.exists() else root / "assessments" / "thresholds.toml", faults)


def read(module: Module, faults: Faults, marks: ThresholdsFile | None) -> Assessment:
    """The assessment of a module, from the bytes its hash covers; empty, with faults, when unreadable."""
    file = module.root / "assessments" / f"{module.slug}.toml"
    raw = module.files.get(f"assessments/{module.slug}.toml")
    found = shaped(AssessmentFile, file, faults, raw) or AssessmentFile()
    return Assessment(
        slug=module.slug,
        items=found.items,
        checklists=found.checklists,
        thresholds=marks.of(module.slug) if marks else {},
        units=tuple(_units(found, file, (raw or b"").decode())),
    )


def _units(found: AssessmentFile, file: Path, text: str):
    """What reviewers sign: an item as a whole, a checklist as a whole."""
    for item in found.items:
        parts = [part for _keys, part in item.texts()]
        yield Unit(f"item:{item.id}", _joined(parts), _places(file, text, f"id={item.id}"))
    for checklist in found.checklists:
        parts = [checklist.title, *(step.text for step in checklist.steps)]
        yield Unit(f"checklist:{checklist.id}", _joined(parts), _places(file, text, f"id={checklist.id}"))


def _joined(parts):
    """The parts one under the other, in each language that has them all: half a translation is none."""
    return {code: "\n".join(p[code] for p in parts) for code in LANGUAGES if all(p.get(code) for p in parts)}


def _places(file, text, *keys):
    return {code: Place(file, line_of(text, *keys)) for code in LANGUAGES}
