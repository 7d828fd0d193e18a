"""The flip-chart (boîte à images): what the group sees on one side of a leaf, what its facilitator reads on the other.

The leaves: a cover, one for each card, one about where to go. Printed on both sides and turned on the short edge,
both sides of a leaf stand upright when it hangs from its top.
"""

from dataclasses import dataclass
from types import SimpleNamespace

from lms.curriculum import fitting
from lms.curriculum.ink import Edition, plain
from lms.curriculum.syllabus import Card, Module

MM = 72 / 25.4  # points
WIDE, HIGH = 271, 163  # mm of a front page between its margins, below the title
GUTTER = 10  # mm between picture and words
WORDS = range(36, 23, -2)  # points of what is read to a group: never fewer than 24 where that fits
NARROW = range(22, 13, -2)  # else fewer, before anything is cut
PICTURES = range(140, 79, -10)  # mm of a picture's side
GOOD = 110  # mm: a picture this large is seen from the last row; above that, larger words come first
ASIDE = range(21, 9, -1)  # points of what the facilitator reads
BACK_WIDE, BACK_HIGH = 190, 150  # mm of the facilitator's text
FRENCH = 0.36  # of that width for the French beside a draft
NOTES = range(15, 6, -1)  # points of the notes of law
NOTES_WIDE, NOTES_HIGH = 258, 178  # mm


@dataclass(frozen=True)
class Front:
    """How a front page is shared out: `picture` in mm, `size` in points."""

    picture: int
    size: int


def leaves(module: Module) -> int:
    """How many sheets of paper a flip-chart takes: the cards, the cover, the last leaf."""
    return len(module.cards) + 2


def front(text: str) -> Front:
    """The largest words beside a picture of at least GOOD mm; then the largest picture that leaves them that size."""
    paragraphs = plain(text)
    for sizes, least in ((WORDS, GOOD), (WORDS, PICTURES[-1]), (NARROW, PICTURES[-1])):
        for size in sizes:
            for picture in PICTURES:
                if picture >= least and _fits(paragraphs, size, picture):
                    return Front(picture, size)
    return Front(PICTURES[-1], NARROW[-1])


def _fits(paragraphs, size, picture):
    return fitting.height(paragraphs, (WIDE - picture - GUTTER) * MM, size) <= HIGH * MM


def aside(text: str, french: str = "") -> int:
    """Points of the facilitator's side: `text`, and the French that stands beside a draft, both fit at that size."""
    share = 1 - FRENCH if french else 1
    own = fitting.largest(plain(text), (BACK_WIDE * share - 5) * MM, BACK_HIGH * MM, ASIDE, gap=1)
    if not french:
        return own
    beside = fitting.largest(plain(french), (BACK_WIDE * FRENCH - 6) * MM / 0.8, BACK_HIGH * MM / 0.8, ASIDE, gap=1)
    return min(own, beside)


def pdf(edition: Edition, bound: bool = False) -> bytes:
    """The flip-chart of an edition: two pages a leaf.

    `bound`: for leaves bound at the top and turned over it. There the facilitator sees the back of the leaf turned
    last, so what belongs to a card stands on the leaf before it, and how to use it all on the last.
    """
    sides = [_side(edition, number, card) for number, card in enumerate(edition.module.cards.values(), start=1)]
    order = [*range(len(sides) + 2)]
    backs = [*order[1:], order[0]] if bound else order
    values = {
        "sides": sides, "bound": bound, "leaves": list(zip(order, backs, strict=True)), "last": order[-1],
        "french_share": FRENCH, "notes_size": _notes_size(edition),
    }  # fmt: skip
    name = "flipchart-bound" if bound else "flipchart"
    return edition.pdf(name, values, most=2 * leaves(edition.module), template="flipchart.html")


def _side(edition: Edition, number: int, card: Card):
    """What both sides of a card's leaf say, and how large."""
    heading, text, back = (
        edition.it.said(texts, f"{unit}:{card.id}")
        for texts, unit in ((card.title, "card"), (card.text, "card"), (card.facilitator, "facilitator"))
    )
    return SimpleNamespace(
        number=number, card=card, heading=heading, text=text, aside=back, front=front(text.text),
        size=aside(back.text, back.french), source=edition.module.source(card.source),
        lesson=next(lesson for lesson in edition.module.lessons if card in lesson.cards),
    )  # fmt: skip


def _notes_size(edition: Edition) -> int:
    """Points of the notes of law, and of the sources under them at four fifths of that."""
    notes = [edition.it.said(note.text, f"note:{note.id}") for note in edition.module.notes]
    said = [f"{note.text} {note.french}" for note in notes]
    sources = [f"{source.title}, {source.edition}" for source in edition.module.sources]
    for size in NOTES:
        high = fitting.height(said, NOTES_WIDE * MM, size) + fitting.height(sources, NOTES_WIDE * MM, size * 0.82)
        if high <= NOTES_HIGH * MM:
            break
    return size
