"""Quizzes as they are taken: one person's answers, a group's hands, and what neither may say."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.assessment import history, questions
from lms.assessment.models import Attempt, HandsUp
from lms.certificates import earning
from lms.curriculum import content
from lms.curriculum.content import catalogue
from lms.people.models import Group
from tests.conftest import uid_in

MODULE = "choix-libre-eclaire"


def count(stories, model):
    return stories.scalar(select(func.count()).select_from(model))


def attempt_of(answer):
    return Attempt.now_of(uid_in(answer))


@pytest.fixture
def hands(app, who):
    """The form of a quiz by show of hands: `raised` for the right answer of every question."""

    def fields(raised=5, present=5, **more):
        with app.app_context():
            module = catalogue().modules[MODULE]
            items = questions.of(module).form("A", "group")
        told = {f"hands.{item.id}.{item.answer}": raised for item in items}
        return {"group": who["Benkadi"], "module": MODULE, "content": module.hash, "form": "A", "kind": "post",
        "language": "bm",
                "taken_on": date.today(), "present": present, **told, **more}  # fmt: skip

    return fields


def test_all_right_is_passed_and_remembers_how_it_was_asked(awa, an_attempt, who, stories):
    attempt = attempt_of(awa.post("/attempts/", an_attempt()))
    assert attempt.passed
    assert (attempt.right, attempt.mode, attempt.language, attempt.asked_by) == (
        attempt.asked,
        "picture_tap",
        "bm",
        who["awa"],
    )
    assert (attempt.audience, attempt.group_uid) == ("group", who["Benkadi"])


def test_a_vital_question_wrong_is_failed(app, awa, an_attempt, stories):
    vital = next(item.id for item in questions.of(catalogue().modules[MODULE]).form("A", "group") if item.vital)
    attempt = attempt_of(awa.post("/attempts/", an_attempt(wrong=[vital])))
    assert (attempt.vital_missed, attempt.passed) == (1, False)


def test_a_blank_counts_wrong(awa, an_attempt, stories):
    form = an_attempt()
    blank = next(name for name in form if name.startswith("answer."))
    del form[blank]
    attempt = attempt_of(awa.post("/attempts/", form))
    assert attempt.right == attempt.asked - 1
    nothing = {name: value for name, value in an_attempt().items() if not name.startswith("answer.")}
    assert attempt_of(awa.post("/attempts/", nothing)).right == 0


def test_an_answer_that_was_not_offered_is_refused(awa, an_attempt, stories):
    form = an_attempt()
    first = next(name for name in form if name.startswith("answer."))
    for spoilt in ({first: "inconnue"}, {"answer.inconnue": "a"}, {"form": "B"}, {"form": "C"}, {"form": "AB"},
    {"kind": "x"}, {"mode": "x"},
                   {"taken_on": date.today() + timedelta(days=1)}, {"content": "f" * 64},
                   {"module": "cycle-espacement"}):  # fmt: skip
        assert awa.post("/attempts/", {**form, **spoilt}).status_code in (404, 422), spoilt
    assert count(stories, Attempt) == 0


def test_a_quiz_taken_alone_is_practice_and_earns_nothing(awa, oumou, an_attempt, who, stories):
    alone = an_attempt(who["awa"], audience="chw")
    attempt = attempt_of(awa.post("/attempts/", alone))
    assert attempt.passed
    assert history.earned(history.attempts(who["awa"], MODULE)) is None
    oumou.post("/attempts/", an_attempt(who["awa"], audience="chw"))
    assert history.earned(history.attempts(who["awa"], MODULE)) is not None


def test_nobody_mends_what_another_found_of_her(awa, oumou, an_attempt, who, stories):
    failed = uid_in(oumou.post("/attempts/", an_attempt(who["awa"], audience="chw", wrong=6)))
    mended = awa.post("/attempts/", an_attempt(who["awa"], audience="chw", corrects=failed))
    withdrawn, _uid = awa.tell(
        "/attempts/", corrects=failed, withdrawn="y", reason="non", module=MODULE, person=who["awa"], form="A"
    )
    assert mended.status_code == withdrawn.status_code == 422
    assert not Attempt.now_of(failed).passed


def test_a_test_before_the_teaching_never_counts(awa, an_attempt, who, stories):
    awa.post("/attempts/", an_attempt(kind="pre"))
    sat = history.attempts(who["Benkadi members"][0], MODULE)
    assert sat[0].passed
    assert history.earned(sat) is None


def test_the_next_form_alternates(awa, an_attempt, who):
    fanta = who["Benkadi members"][0]
    page = f"/attempts/new?module={MODULE}&person={fanta}"
    assert 'name="form"' in awa.get(page).text
    awa.post("/attempts/", an_attempt(wrong=6))
    answer = awa.get(page)
    assert 'value="B"' in answer.text


def test_an_older_content_is_judged_by_its_own_key(world, awa, an_attempt, tmp_path, stories, monkeypatch):
    """A key corrected by the Ministry does not judge a quiz that a phone took before."""
    form = an_attempt()
    awa.post("/attempts/", an_attempt())  # names the content, which is kept from now on
    root = tmp_path / "corrected"
    here = Path(content.content_root())
    for part in ("modules", "assessments"):
        shutil.copytree(here / part, root / part)
    item = questions.of(catalogue().modules[MODULE]).form("A", "group")[0]
    other = next(option.id for option in item.options if option.id != item.answer)
    file = root / "assessments" / f"{MODULE}.toml"
    text = file.read_text()
    start = text.index(f'id = "{item.id}"')
    file.write_text(text[:start] + text[start:].replace(f'answer = "{item.answer}"', f'answer = "{other}"', 1))
    monkeypatch.setitem(world.app.extensions, "catalogue", content.load(root, Path(world.app.static_folder)))
    assert catalogue().modules[MODULE].hash != form["content"]
    old = attempt_of(awa.post("/attempts/", form))
    assert old.right == old.asked
    new = attempt_of(awa.post("/attempts/", an_attempt(**{f"answer.{item.id}": item.answer})))
    assert new.right == new.asked - 1


def test_hands_are_kept_for_each_answer(awa, hands, stories):
    answer, uid = awa.tell("/hands/", hands(raised=4))
    assert answer.status_code == 303
    told = HandsUp.now_of(uid)
    assert told.present == 5
    assert {sum(counts.values()) for counts in told.hands.values()} == {4}
    assert awa.get(f"/hands/{uid}").status_code == 200


def test_more_hands_than_women_are_refused_with_both_numbers(awa, hands, stories):
    answer, _uid = awa.tell("/hands/", hands(raised=7))
    assert answer.status_code == 422
    assert "7 mains pour 5 présentes" in answer.text
    assert count(stories, HandsUp) == 0


def test_hands_over_two_answers_are_summed(awa, app, hands, stories):
    item = questions.of(catalogue().modules[MODULE]).form("A", "group")[0]
    other = next(option.id for option in item.options if option.id != item.answer)
    answer, _uid = awa.tell("/hands/", hands(**{f"hands.{item.id}.{item.answer}": 3, f"hands.{item.id}.{other}": 3}))
    assert answer.status_code == 422
    assert "6 mains pour 5 présentes" in answer.text


def test_hands_that_cannot_be_are_refused(awa, hands, stories):
    item = questions.of(catalogue().modules[MODULE]).form("A", "group")[0]
    for spoilt in ({f"hands.{item.id}.{item.answer}": "cinq"}, {f"hands.{item.id}.{item.answer}": "-1"},
    {"hands.x.y": 1},
                   {f"hands.{item.id}.inconnue": 1}, {"present": 0}, {"present": 1000}, {"present": ""},
                   {"form": "B"}):  # fmt: skip
        assert awa.tell("/hands/", hands(**spoilt))[0].status_code in (404, 422), spoilt
    nobody = {name: value for name, value in hands().items() if not name.startswith("hands.")}
    assert awa.tell("/hands/", nobody)[0].status_code == 422
    assert count(stories, HandsUp) == 0


def test_hands_are_the_groups_and_nobodys_own(awa, hands, who, stories):
    awa.tell("/hands/", hands())
    assert count(stories, Attempt) == 0
    group = Group.now_of(who["Benkadi"])
    assert earning.claims("competence", MODULE, group=group, day=date.today()) == []


def test_answer_keys_are_not_public(visitor, awa, who):
    item = "refus-enfant-malade"
    for page in (
        f"/modules/{MODULE}",
        f"/quizzes/{MODULE}?group={who['Benkadi']}",
        f"/assessments/{MODULE}.toml",
        f"/static/../assessments/{MODULE}.toml",
    ):
        assert item not in visitor.get(page).text
