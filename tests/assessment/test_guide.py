"""The trainer's guide, which anybody may read, and the right answers, which are for trainers."""

import io

import pikepdf
import pytest

from lms.assessment import guide, questions
from lms.core.language import LANGUAGES
from lms.curriculum.content import catalogue
from lms.curriculum.ink import Edition, plain
from lms.curriculum.views import told
from tests.curriculum.test_printing import letters, read_pages


def edition(module, code):
    return Edition(told(module, code), code)


@pytest.fixture
def reading(app):
    with app.test_request_context():
        yield


def test_the_guide_says_every_side_every_step_and_every_note(reading):
    for module in catalogue():
        for code in LANGUAGES:
            content = guide.pdf(edition(module, code))
            whole = "".join(read_pages(content))
            said = [text for card in module.cards.values() for text in (card.title, card.text, card.facilitator)]
            said += [step.text for one in questions.of(module).checklists for step in one.steps]
            said += [note.text for note in module.notes] + [objective.text for objective in module.objectives]
            lost = [part for text in said for part in plain(text[code]) if not _found(part, whole)]
            assert not lost, (module.slug, code)
            with pikepdf.open(io.BytesIO(content)) as book:
                assert book.Root.MarkInfo.Marked


def _found(part, whole):
    """A paragraph may go on on the next page, and the foot of this one stands between."""
    return letters(part) in whole or all(letters(half) in whole for half in _sentences(part))


def _sentences(part):
    return [sentence for sentence in part.replace("?", ".").replace("»", ".").split(".") if sentence.strip()]


def test_critical_steps_are_marked(reading):
    module = catalogue().modules["choix-libre-eclaire"]
    whole = "".join(read_pages(guide.pdf(edition(module, "fr"))))
    steps = [step for one in questions.of(module).checklists for step in one.steps]
    for step in steps:
        assert (letters(step.text["fr"]) + "critique" in whole) == step.critical, step.id


def test_the_guide_tells_no_right_answer(reading):
    for module in catalogue():
        whole = "".join(read_pages(guide.pdf(edition(module, "fr"))))
        asked = [item for item in questions.of(module).items if letters(item.ask["fr"]) in whole]
        assert not [item.id for item in asked if letters(item.rationale["fr"]) in whole]


def test_the_answers_mark_the_right_one_of_every_question(reading):
    module = catalogue().modules["choix-libre-eclaire"]
    for code in LANGUAGES:
        whole = "".join(read_pages(guide.answers(edition(module, code))))
        for item in questions.of(module).items:
            assert letters(item.rationale[code]) in whole
            assert letters(item.option(item.answer).text[code]) in whole


def test_the_answers_are_for_trainers_alone(visitor, awa, binta, mariam, oumou, admin):
    address = "/quizzes/choix-libre-eclaire/answers-fr.pdf"
    assert [one.get(address).status_code for one in (visitor, awa, binta, mariam)] == [303, 403, 403, 403]
    for one in (oumou, admin):
        answer = one.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert oumou.get("/quizzes/rien/answers-fr.pdf").status_code == 404
