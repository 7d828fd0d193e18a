"""The minutes of a sitting: every lesson once and in order, and nothing left over."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.plan import STEP, sittings

lessons = st.lists(st.integers(0, 9), min_size=1, max_size=12).map(
    lambda cards: tuple(SimpleNamespace(id=str(n), cards=("c",) * count) for n, count in enumerate(cards))
)
minutes = st.lists(st.integers(6, 60).map(lambda n: n * STEP), min_size=1, max_size=5).map(tuple)


@given(lessons, minutes)
def test_minutes_add_up_and_no_lesson_is_lost(lessons, minutes):
    planned = sittings(lessons, minutes)
    assert [part.lesson for sitting in planned for part in sitting.parts] == list(lessons)
    for sitting, whole in zip(planned, minutes, strict=True):
        assert sitting.opening + sum(part.minutes for part in sitting.parts) + sitting.closing == whole
        assert min([sitting.opening, sitting.closing, *(part.minutes for part in sitting.parts)]) >= 0


@given(lessons, minutes)
def test_a_plan_is_kept_by_fives(lessons, minutes):
    for sitting in sittings(lessons, minutes):
        assert not any(part.minutes % STEP for part in sitting.parts)


def test_two_sittings_share_the_cards():
    four = tuple(SimpleNamespace(id=str(n), cards=("c",) * 3) for n in range(4))
    assert [len(sitting.parts) for sitting in sittings(four, (60, 60))] == [2, 2]
