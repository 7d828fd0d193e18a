"""Questions and checklists as reviewers read them: every text, and which answer is right."""

from collections.abc import Iterable

from lms.assessment import questions
from lms.assessment.questions import Assessment
from lms.curriculum.content import Module
from lms.curriculum.leaves import InToml, Leaf, Passage


def of_questions(module: Module) -> Iterable[Leaf]:
    """The leaves of a module's questions and checklists."""
    return leaves_of(questions.of(module))


def leaves_of(found: Assessment) -> Iterable[Leaf]:
    """The leaves of an assessment: one for each item and each checklist, its passages as people meet them."""
    file, units = f"assessments/{found.slug}.toml", {unit.id: unit for unit in found.units}
    for item in found.items:
        way = (("items", item.id),)
        options = [
            Passage(f"option:{option.id}", option.text, InToml(file, (*way, ("options", option.id)), ""),
                    right=option.id == item.answer)
            for option in item.options
        ]  # fmt: skip
        asked = Passage("ask", item.ask, InToml(file, way, "ask"))
        rationale = Passage("rationale", item.rationale, InToml(file, way, "rationale"))
        yield Leaf(units[f"item:{item.id}"], (asked, *options, rationale), asked=True)
    for checklist in found.checklists:
        way = (("checklists", checklist.id),)
        steps = [
            Passage(f"step:{step.id}", step.text, InToml(file, (*way, ("steps", step.id)), ""), right=step.critical)
            for step in checklist.steps
        ]
        title = Passage("title", checklist.title, InToml(file, way, "title"))
        yield Leaf(units[f"checklist:{checklist.id}"], (title, *steps), asked=True)
