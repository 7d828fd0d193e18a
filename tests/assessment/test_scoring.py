"""What a set of answers is worth, who is competent, which form comes next: decisions without a database."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.scoring import most_frequent_wrong, needed, score
from lms.assessment.standing import FORMS, NEEDS, Legs, Sitting, competent, may_sit, next_form, passing

DAY = date(2026, 3, 2)


def quiz(asked, vital=()):
    options = tuple(SimpleNamespace(id=letter) for letter in "abc")
    return [SimpleNamespace(id=str(n), answer="a", vital=n in vital, options=options) for n in range(asked)]


def answers(right, asked):
    return {str(n): "a" if n < right else "b" for n in range(asked)}


@pytest.mark.parametrize(
    ("right", "asked", "percent", "passed"),
    [
        (8, 10, 80, True),
        (8, 10, 85, False),
        (9, 10, 85, True),
        (6, 8, 85, False),
        (7, 8, 85, True),
        (8, 9, 90, False),
        (9, 9, 90, True),
    ],
)
def test_where_the_mark_lies(right, asked, percent, passed):
    assert score(quiz(asked), answers(right, asked), percent).passed is passed


def test_the_mark_is_told_as_a_number_of_answers():
    assert (needed(85, 10), needed(85, 8), needed(80, 10), needed(90, 10), needed(100, 9)) == (9, 7, 8, 9, 9)


def test_a_vital_question_missed_fails_nine_of_ten():
    result = score(quiz(10, vital={9}), answers(9, 10), 80)
    assert (result.right, result.vital_missed, result.passed) == (9, 1, False)


def test_a_blank_counts_wrong_and_a_vital_blank_counts_missed():
    result = score(quiz(10, vital={0}), {}, 80)
    assert (result.right, result.asked, result.vital_missed) == (0, 10, 1)


@given(st.integers(1, 40), st.integers(0, 100), st.data())
def test_the_mark_is_the_fewest_answers_that_reach_the_percent(asked, percent, data):
    right = data.draw(st.integers(0, asked))
    assert (right >= needed(percent, asked)) == (right * 100 >= percent * asked)
    assert 0 <= needed(percent, asked) <= asked


@given(
    st.integers(1, 12),
    st.sets(st.integers(0, 11)),
    st.dictionaries(st.integers(0, 11).map(str), st.sampled_from("abcz")),
)
def test_a_score_counts_every_question_once(asked, vital, given_answers):
    result = score(quiz(asked, vital), given_answers, 80)
    assert result.right == sum(given_answers.get(str(n)) == "a" for n in range(asked))
    assert result.right + result.vital_missed <= asked
    assert not result.passed or result.vital_missed == 0


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 50)))
def test_what_to_explain_first_is_a_wrong_answer_that_had_hands(hands):
    (item,) = quiz(1)
    first = most_frequent_wrong(item, hands)
    if first is None:
        assert not hands.get("b", 0) + hands.get("c", 0)
    else:
        assert first != "a"
        assert hands[first] == max(hands.get("b", 0), hands.get("c", 0)) > 0


# Standing

sittings = st.lists(
    st.builds(Sitting, st.sampled_from(["pre", "post"]), st.sampled_from(FORMS), st.dates(date(2026, 1, 1),
    date(2026, 12, 31)),
              st.booleans(), st.booleans()), max_size=8,
)  # fmt: skip


@given(sittings)
def test_only_a_passed_post_test_that_somebody_asked_earns(sat):
    best = passing(sat)
    assert (best is not None) == any(s.passed and s.kind == "post" and not s.alone for s in sat)
    assert best is None or best.counts


@given(sittings)
def test_the_form_not_taken_last_comes_next(sat):
    assert next_form(sat) in FORMS
    assert not sat or next_form(sat) != sat[-1].form


def test_forms_alternate_from_the_first():
    sat, seen = [], []
    for _time in range(4):
        seen.append(next_form(sat))
        sat.append(Sitting("post", seen[-1], DAY, passed=False))
    assert seen == ["A", "B", "A", "B"]


@given(sittings, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_resit_waits_a_day_and_never_longer(sat, day):
    until = may_sit(sat, day)
    assert until is None or day < until <= max(s.taken_on for s in sat) + timedelta(days=1)


@given(st.builds(Legs, st.booleans(), st.booleans(), st.booleans()))
def test_each_audience_stands_on_its_own_legs(legs):
    assert competent("group", legs) == legs.quiz
    assert competent("trainer", legs) == (legs.quiz and legs.skill)
    assert competent("chw", legs) == (legs.quiz and legs.skill and legs.delivery)
    assert set(NEEDS) == {"group", "chw", "trainer"}


def test_a_quiz_alone_makes_no_worker_competent():
    assert not competent("chw", Legs(quiz=True))
    assert not competent("trainer", Legs(quiz=True))
