"""What a module is made of. Everything here is frozen: content is changed by changing its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lms.core.language import DEFAULT
from lms.curriculum.faults import Place

Texts = Mapping[str, str]  # language code → text; a language in which nothing is written has no key


@dataclass(frozen=True)
class Unit:
    """The smallest text that is translated and signed as a whole.

    Ids are unique within a module: `title`, `objective:<id>`, `note:<id>`, `lesson:<id>`, `card:<id>` (title
    and text: what a group hears), `facilitator:<id>`; assessment adds `item:<id>` and `checklist:<id>`.
    """

    id: str
    text: Texts
    where: Mapping[str, Place] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Objective:
    id: str
    text: Texts


@dataclass(frozen=True)
class Source:
    """Where a statement comes from, with the edition that was read."""

    id: str
    title: str
    edition: str
    address: str = ""


@dataclass(frozen=True)
class Note:
    """What law or protocol has to settle; shown, never scored."""

    id: str
    text: Texts


@dataclass(frozen=True)
class Card:
    """One idea: a title, 30–80 words of Markdown for the group, Markdown for the facilitator, one picture.

    `picture` is `healthicons:<folder>/<name>` or `media:<file>`; `description` says in French what it shows.
    """

    id: str
    title: Texts
    text: Texts
    facilitator: Texts
    picture: str
    description: str
    source: str
    audio: Mapping[str, Path]
    where: Mapping[str, Place] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Lesson:
    id: str
    title: Texts
    cards: tuple[Card, ...]
    where: Mapping[str, Place] = field(compare=False, repr=False)

    @property
    def picture(self):
        """The picture of the first card stands for the lesson."""
        return self.cards[0].picture if self.cards else ""


@dataclass(frozen=True)
class Module:
    """One module. `minutes_group` has one number for each sitting; `hash` is its provenance hash, hex.

    `plan` is the order of lessons that `module.toml` gives; the checker holds it equal to that of `lessons`.
    `ids` is what the file of each language holds: `{"fr": ((id, line), …), …}`, lessons and cards as they come.
    """

    slug: str
    version: int
    order: int
    title: Texts
    objectives: tuple[Objective, ...]
    minutes_chw: int
    minutes_group: tuple[int, ...]
    prerequisites: tuple[str, ...]
    plan: tuple[str, ...]
    lessons: tuple[Lesson, ...]
    sources: tuple[Source, ...]
    notes: tuple[Note, ...]
    units: tuple[Unit, ...] = field(repr=False)
    hash: str
    folder: Path
    ids: Mapping[str, tuple[tuple[str, int], ...]] = field(repr=False, compare=False)  # lessons and cards, line by line
    files: Mapping[str, bytes] = field(repr=False, compare=False)  # what `hash` covers, as it was read

    @property
    def root(self):
        """The content root this module was read from."""
        return self.folder.parent.parent

    @property
    def picture(self):
        """The picture of its first lesson stands for the module."""
        return self.lessons[0].picture if self.lessons else ""

    @cached_property
    def cards(self):
        """`{card id: Card}`, in teaching order."""
        return {card.id: card for lesson in self.lessons for card in lesson.cards}

    @cached_property
    def _units(self):
        return {unit.id: unit for unit in self.units}

    def unit(self, id):
        """The text unit of this id. KeyError when there is none."""
        return self._units[id]

    def lesson(self, id):
        """The lesson of this id, or None."""
        return next((lesson for lesson in self.lessons if lesson.id == id), None)

    def after(self, lesson):
        """The lesson that follows, or None after the last."""
        following = self.lessons[self.lessons.index(lesson) + 1 :]
        return following[0] if following else None

    def source(self, id):
        """The source of this id, or None."""
        return next((source for source in self.sources if source.id == id), None)


@dataclass(frozen=True)
class Catalogue:
    """All modules, `{slug: Module}`, in curriculum order."""

    modules: Mapping[str, Module]

    def __iter__(self):
        return iter(self.modules.values())

    def __len__(self):
        return len(self.modules)


def said(texts: Texts, language: str):
    """The text in this language, else in French, else nothing; for a title or a line, which has no Markdown."""
    return unmarked(texts.get(language) or texts.get(DEFAULT) or "")


def unmarked(text: str):
    """A text without the asterisks that mark a word as meant to stay French."""
    return re.sub(r"(?<!\*)\*([^*\n]+)\*(?!\*)", r"\1", text)
