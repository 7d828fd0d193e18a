"""What a reviewer reads, unit by unit, and where each of its texts is written.

Floors above add what they put to people in words: the roof hands the list. Answers are among these texts: nothing of
this is shown to anybody but reviewers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask, current_app

from lms.curriculum.syllabus import Module, Texts, Unit


@dataclass(frozen=True)
class InManuscript:
    """A side of a lesson or card: `title`, `text` or `facilitator` of this id in `modules/<slug>/<language>.md`."""

    slug: str
    id: str
    side: str

    def file(self, language: str):
        """The file that holds it, from the content root."""
        return f"modules/{self.slug}/{language}.md"


@dataclass(frozen=True)
class InToml:
    """A text of a TOML file: the way to its table as `(array, id)` pairs, and its key there ("" for the table itself)."""

    path: str
    way: tuple[tuple[str, str], ...]
    key: str

    def file(self, _language: str):
        """The file that holds it, from the content root: all languages stand in one."""
        return self.path


@dataclass(frozen=True)
class Passage:
    """One text of a unit as it stands in one place. `right`: it is the answer that counts."""

    part: str
    text: Texts
    place: InManuscript | InToml
    right: bool = False

    @property
    def kind(self):
        """What it is: `option:oui` → `option`."""
        return self.part.partition(":")[0]


@dataclass(frozen=True)
class Leaf:
    """One unit, with its passages one under the other. `card`: the card it belongs to, for its picture and recording."""

    unit: Unit
    passages: tuple[Passage, ...]
    card: str = ""
    asked: bool = False  # a question or a checklist: it holds what learners must not see


Source = Callable[[Module], Iterable[Leaf]]


def init_app(app: Flask, sources: Iterable[Source]):
    app.extensions["leaves"] = tuple(sources)


def leaves(module: Module) -> list[Leaf]:
    """Every leaf of a module that says anything, in the order it is taught and asked."""
    found = [leaf for source in current_app.extensions["leaves"] for leaf in source(module)]
    return [leaf for leaf in found if leaf.unit.text]


def of_module(module: Module) -> Iterable[Leaf]:
    """The leaves of what is taught: title, objectives, notes, then lesson by lesson and card by card."""
    about = f"modules/{module.slug}/module.toml"
    yield _leaf(module, "title", Passage("title", module.title, InToml(about, (), "title")))
    for kind, array, ones in (
        ("objective", "objectives", module.objectives),
        ("note", "notes", module.notes),
    ):
        for one in ones:
            place = InToml(about, ((array, one.id),), "")
            yield _leaf(module, f"{kind}:{one.id}", Passage(kind, one.text, place))
    for lesson in module.lessons:
        title = Passage("title", lesson.title, InManuscript(module.slug, lesson.id, "title"))
        yield _leaf(module, f"lesson:{lesson.id}", title)
        for card in lesson.cards:
            yield from _of_card(module, card)


def _of_card(module, card):
    def side(name, text):
        return Passage(name, text, InManuscript(module.slug, card.id, name))

    heard = (side("title", card.title), side("text", card.text))
    yield _leaf(module, f"card:{card.id}", *heard, card=card.id)
    yield _leaf(module, f"facilitator:{card.id}", side("facilitator", card.facilitator), card=card.id)


def _leaf(module, unit, *passages, card=""):
    return Leaf(module.unit(unit), passages, card)
