"""The paper twin of a session: the roll to tick where there is no phone, and all that the form asks beside it.

It says nothing of anybody but her number, her card's picture, her name and her code; no health, no method.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.core import paper
from lms.curriculum.ink import Edition, grey
from lms.curriculum.sheets import Sheet
from lms.people.cards import drawing
from lms.people.pictures import pair

TEMPLATES = Path(__file__).with_name("templates")
FIRST, NEXT = 15, 25  # rows of a column on the first page and on those after it
SPARE = 4  # empty rows, for women who are not on the list yet
LINE = 148  # points of width for a name


@dataclass(frozen=True)
class Row:
    """One line of the roll. `number` is None, and all else empty, on the lines to be filled in."""

    number: int | None
    name: str = ""
    code: str = ""
    picture: str = ""
    seen: str = ""


def pdf(edition: Edition, sheet: Sheet, address: str, whom, rows: Sequence[Row], heads) -> bytes:
    """The sheet of one session, A4, in black.

    `whom`: (name, place, code) of the group or training. `heads`: {sex: [age bands]} of those who are counted unnamed.
    """
    drawn = {row.picture: _animal(row.number) for row in rows if row.picture}
    values = {
        "sheet": sheet, "whom": whom, "pages": pages([*rows, *[Row(None)] * SPARE]), "heads": heads,
        "name_size": name_size, "expected": len(rows),
    }  # fmt: skip
    return edition.sheet("roll_sheet", values, {**drawn, "code": paper.qr(address)}, also=(TEMPLATES,))


def row(number: int, name: str, code: str, is_member: bool) -> Row:
    """A line of somebody who is expected; a member has the picture that stands on her card."""
    animal, colour = pair(number)
    return (
        Row(number, name, code, f"animal-{number}", f"{animal.fr}, {colour.fr}")
        if is_member
        else Row(number, name, code)
    )


def pages(rows: Sequence[Row]) -> list[tuple[list[Row], list[Row]]]:
    """The rows in two columns a page, read down the left one first; the last page's columns are even."""
    sheets, at, most = [], 0, FIRST
    while at < len(rows):
        some = list(rows[at : at + 2 * most])
        half = -(-len(some) // 2)
        sheets.append((some[:half], some[half:]))
        at, most = at + len(some), NEXT
    return sheets


def name_size(name: str) -> float:
    """Points at which a name stands on one line; a very long one takes two."""
    return round(min(11, max(8, LINE / max(1, paper.width(name, "bold")))), 1)


def _animal(number):
    return grey(drawing(*pair(number)))
