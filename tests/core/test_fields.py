"""Fields say what they want, and never break on what they get."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import Form

from lms.core.fields import Day, Optional, Pick, Picks, Required, Short, UidField, UidsField, WholeNumber, Words, tidy


class Everything(Form):
    """One of each."""

    words = Words(validators=[Required(), Short(20)])
    number = WholeNumber(validators=[Optional()], least=1, most=50)
    day = Day(validators=[Optional()])
    uid = UidField()
    uids = UidsField()
    pick = Pick(validators=[Optional()], choices=[("a", "A"), ("b", "B")])
    picks = Picks(choices=[("a", "A"), ("b", "B")])


@pytest.fixture(scope="module")
def said(sqlite_template):
    """A request, in whose language the fields speak."""
    from lms import create_app
    from tests.conftest import settings as of_tests

    app = create_app(**of_tests(f"sqlite:///{sqlite_template.folder / 'kalanso.sqlite'}", sqlite_template.folder))
    with app.test_request_context():
        yield


def filled(**fields):
    form = Everything(
        MultiDict(
            [("words", "x"), *((n, v) for n, vs in fields.items() for v in (vs if isinstance(vs, list) else [vs]))]
        )
    )
    form.validate()
    return form


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["words", "number", "day", "uid", "uids", "pick", "picks"]),
        st.lists(st.text(max_size=30), max_size=3),
    )
)
def test_whatever_is_sent_is_judged(said, sent):
    form = Everything(MultiDict([(name, value) for name, values in sent.items() for value in values]))
    assert form.validate() in (True, False)
    for field in form:
        assert field is form.uids or field()  # a roll is drawn by its own template


@pytest.mark.parametrize(("typed", "read"), [("7", 7), (" 12 ", 12), ("1 0", 10), ("4\u202f2", 42), ("", None)])
def test_a_number_is_read_as_people_write_it(said, typed, read):
    form = filled(number=typed)
    assert (form.number.data, form.errors) == (read, {})


@pytest.mark.parametrize("typed", ["0", "51", "-3", "sept", "1.5", "1e3", "9" * 5000])
def test_a_number_out_of_bounds_is_refused(said, typed):
    assert "number" in filled(number=typed).errors


@pytest.mark.parametrize("typed", ["2026-02-28", "28/02/2026"])
def test_a_date_is_read_both_ways(said, typed):
    assert filled(day=typed).day.data == date(2026, 2, 28)


@pytest.mark.parametrize("typed", ["2026-02-30", "02/28/2026", "hier", "2026", "28/02/26 "])
def test_a_date_that_is_none_is_refused_and_shown_again(said, typed):
    form = filled(day=typed)
    assert "day" in form.errors or form.day.data.year < 1900
    assert typed.strip() in form.day()


def test_a_roll_has_no_doubles_and_keeps_its_order(said):
    one, two = uuid4(), uuid4()
    assert filled(uids=[str(two), str(one), str(two).upper(), ""]).uids.data == [two, one]
    assert "uids" in filled(uids=[str(one), "x"]).errors
    assert filled(uid=f" {one} ").uid.data == UUID(str(one))


def test_only_what_is_offered_is_taken(said):
    assert filled(pick="a", picks=["a", "b"]).errors == {}
    assert "pick" in filled(pick="c").errors
    assert "picks" in filled(picks=["a", "c"]).errors


@given(st.text(max_size=60))
def test_tidy_text_is_composed_on_one_line(text):
    assert tidy(text) == tidy(tidy(text))
    assert "\n" not in tidy(text)
    assert "\x00" not in tidy(text)


def test_letters_of_bambara_are_kept():
    assert tidy("  Fanta\tKɔnɛ  Ŋaɲa\u0301 ") == "Fanta Kɔnɛ Ŋaɲá"
