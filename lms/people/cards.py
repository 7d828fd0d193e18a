"""Members' cards on paper: ten to an A4 sheet, the size of a bank card, to be cut out.

A card names its holder and her group, and nothing about her health.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lms.core import paper
from lms.people.pictures import TILES, Animal, Colour

TEMPLATES = Path(__file__).with_name("templates")
DRAWINGS = Path(__file__).parents[1] / "static" / "img" / "animals"
SHEET = 10  # cards
LINE = 118  # points of width for a name: 42 of the 43 mm it has
LARGEST, SMALLEST = 15, 12  # points; a name that would get smaller on one line takes more


@dataclass(frozen=True)
class Card:
    """One member's card. `number`: her place on the roster; `animal`, `colour`: from pictures.pair."""

    name: str
    number: int
    code: str
    animal: Animal
    colour: Colour
    group: str
    village: str


def print_cards(cards):
    """One A4-portrait PDF in bytes, ten cards a page in the order given, with cut marks in the margin.

    Raises UnprintableError for a letter the font lacks and MissingFontError, as `lms.core.paper.pdf` does.
    """
    cards = list(cards)
    sheets = [cards[n : n + SHEET] for n in range(0, len(cards), SHEET)]
    pictures = {f"{c.animal.slug}-{c.colour.slug}": drawing(c.animal, c.colour) for c in cards}
    html = paper.page(TEMPLATES, "cards.html", sheets=sheets, name_size=name_size)
    return paper.pdf(html, pictures=pictures)


def drawing(animal, colour):
    """`animal` in `colour`, between two bands of its pattern: an SVG in bytes, 40 × 58."""
    band = "".join(f'<path transform="translate({x} 0)" d="{TILES[colour.pattern]}"/>' for x in range(0, 40, 8))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 58" fill="{colour.value}">'
        f'<g fill-rule="evenodd">{band}</g><g fill-rule="evenodd" transform="translate(0 50)">{band}</g>'
        f'<g transform="translate(1 10) scale(.79)">{_outline(animal.slug)}</g></svg>'
    ).encode()


def name_size(name):
    """The size in points at which `name` takes one line; a long one takes two or three, no word broken."""
    line = LINE / max(1, paper.width(name, "bold"))  # a member may have given no name
    word = LINE / max((paper.width(word, "bold") for word in name.split()), default=1)
    return round(min(line, LARGEST) if line >= SMALLEST else min(word, 2 * line, SMALLEST), 1)


@cache
def _outline(slug):
    """The paths of an animal's drawing."""
    return (DRAWINGS / f"{slug}.svg").read_text().partition(">")[2].rpartition("</svg>")[0]
