"""The trainer's guide of a module: the plan of its sittings, every card with its facilitator's side, the checklists,
what law or protocol has to settle. And, a paper apart for trainers alone, which answers are right.
"""

from pathlib import Path
from types import SimpleNamespace

from lms.assessment import questions
from lms.assessment.standing import FORMS as LETTERS
from lms.assessment.wording import spoken_in
from lms.curriculum import plan
from lms.curriculum.ink import Edition

TEMPLATES = Path(__file__).with_name("templates")


def pdf(edition: Edition) -> bytes:
    """The guide: nothing in it tells a right answer, for it is as public as the module."""
    words = spoken_in(edition.module, edition.code)
    checklists = [
        SimpleNamespace(
            title=words(checklist.title, "checklist", checklist), critical=sum(step.critical for step in checklist.steps),
            steps=[(step, words(step.text, "checklist", checklist)) for step in checklist.steps],
        )
        for checklist in questions.of(edition.module).checklists
    ]  # fmt: skip
    values = {
        "group": plan.group_sittings(edition.module), "training": plan.training(edition.module), "checklists": checklists,
        "numbers": {id: number for number, id in enumerate(edition.module.cards, start=1)},
    }  # fmt: skip
    return edition.pdf("guide", values, also=(TEMPLATES,))


def answers(edition: Edition) -> bytes:
    """The right answers of both forms, why they are right, and which rumour a wrong one tells."""
    words, assessment = spoken_in(edition.module, edition.code), questions.of(edition.module)
    forms = [
        SimpleNamespace(letter=letter, asked=[_told(item, words) for item in assessment.items if letter in item.forms])
        for letter in LETTERS
    ]
    marks = {audience: threshold.percent for audience, threshold in assessment.thresholds.items()}
    return edition.pdf("answers", {"forms": forms, "marks": marks}, also=(TEMPLATES,))


def _told(item, words):
    """A question, each answer with whether it is right, and why."""
    return SimpleNamespace(
        item=item, ask=words(item.ask, "item", item), rationale=words(item.rationale, "item", item),
        options=[(option.id == item.answer, words(option.text, "item", item)) for option in item.options],
    )  # fmt: skip
