"""The paper twin of a quiz by show of hands: how many hands for each answer. No name, and no right answer."""

from pathlib import Path

from lms.assessment import questions
from lms.assessment.wording import spoken_in
from lms.core import paper
from lms.curriculum.ink import Edition
from lms.curriculum.sheets import Sheet

TEMPLATES = Path(__file__).with_name("templates")
LETTERS = "abcd"


def pdf(edition: Edition, sheet: Sheet, address: str, whom) -> bytes:
    """The sheet of one quiz, A4, in black. `whom`: (name, place, code) of the group."""
    words = spoken_in(edition.module, edition.code)
    asked = [
        (words(item.ask, "item", item), item.picture, [
            (LETTERS[place], words(option.text, "item", item), option.picture) for place, option in enumerate(item.options)
        ])
        for item in questions.of(edition.module).form(sheet.form, "group")
    ]  # fmt: skip
    values = {"sheet": sheet, "whom": whom, "asked": asked}
    return edition.sheet("tally_sheet", values, {"code": paper.qr(address)}, also=(TEMPLATES,))
