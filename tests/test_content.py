"""The modules we ship: without a fault, and as many as were promised. What a fault is, the checker says."""

from pathlib import Path

import pytest

from lms.assessment.check import examine as examine_questions
from lms.assessment.cli import report
from lms.assessment.questions import AUDIENCES, LETTERS
from lms.curriculum import glossary
from lms.curriculum.check import examine
from lms.curriculum.faults import Faults

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE, _problems = examine(ROOT)
QUESTIONS, _more = examine_questions(CATALOGUE, ROOT)
MODULES = pytest.mark.parametrize("module", list(CATALOGUE), ids=lambda module: module.slug)


def test_nothing_is_wrong():
    assert len(CATALOGUE) >= 2
    assert report(ROOT)["problems"] == []


def test_the_curriculum_is_whole():
    """Issue 3: twelve modules, 250 cards, 192 items that are scored."""
    assert len(CATALOGUE) >= 12
    assert sum(len(module.cards) for module in CATALOGUE) >= 250
    assert sum(bool(item.forms) for found in QUESTIONS.values() for item in found.items) >= 192


def test_modules_are_numbered_without_gaps():
    assert [module.order for module in CATALOGUE] == list(range(1, len(CATALOGUE) + 1))


@MODULES
def test_every_lesson_has_three_cards_with_a_picture_each(module):
    assert module.lessons
    for lesson in module.lessons:
        assert len(lesson.cards) >= 3, lesson.id
        assert all(card.picture for card in lesson.cards), lesson.id


@MODULES
def test_every_card_is_in_both_languages_with_a_side_for_the_facilitator(module):
    for card in module.cards.values():
        for texts in (card.title, card.text, card.facilitator):
            assert set(texts) == {"fr", "bm"}, card.id


@MODULES
def test_vital_matters_are_asked_of_everybody_in_both_forms(module):
    found = QUESTIONS[module.slug]
    assert any(item.vital for item in found.items)
    for audience in AUDIENCES:
        for letter in LETTERS:
            assert any(item.vital for item in found.form(letter, audience)), (audience, letter)


@MODULES
def test_there_is_a_checklist_with_a_critical_step(module):
    checklists = QUESTIONS[module.slug].checklists
    assert checklists
    assert all(any(step.critical for step in checklist.steps) for checklist in checklists)


def test_the_glossary_holds_the_terms_of_the_programme():
    faults = Faults(ROOT)
    terms = glossary.read(ROOT, faults).terms
    assert faults.listed() == []
    assert len(terms) >= 60
    forms = [form for term in terms for form in term.text["fr"]]
    assert len(forms) == len(set(forms))
    assert all(term.text["bm"] and term.source for term in terms)
