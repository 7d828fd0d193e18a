"""The code of a sheet and the uid of its fact: one is read from the other, and a slip of the pen is noticed."""

import contextlib
import uuid

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.curriculum.sheets import FORMS, KINDS, WHENS, MisreadError, Sheet, content_mark, mark_of, read
from lms.people.codes import ALPHABET

sheets = st.builds(
    Sheet, kind=st.sampled_from(KINDS), whom=st.integers(0, 2**30 - 1), content=st.integers(0, 2**24 - 1),
    chance=st.integers(0, 2**32 - 1), when=st.sampled_from(WHENS), form=st.sampled_from(FORMS),
)  # fmt: skip


@given(sheets)
def test_what_is_printed_is_read(sheet):
    assert read(sheet.code) == sheet
    assert read(f"  {sheet.code.lower().replace('-', ' ')} ") == sheet
    assert [len(block) for block in sheet.code.split("-")] == [4] * 5


@given(sheets)
def test_letters_that_look_like_digits_are_read_as_those(sheet):
    assert read(sheet.code.replace("0", "O").replace("1", "l")) == sheet


@given(sheets, st.integers(0, 19), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_always_noticed(sheet, place, letter):
    letters = sheet.code.replace("-", "")
    assume(letters[place] != letter)
    with pytest.raises(MisreadError):
        read(letters[:place] + letter + letters[place + 1 :])


@given(sheets, st.integers(0, 18))
def test_two_neighbours_exchanged_are_always_noticed(sheet, place):
    letters = sheet.code.replace("-", "")
    assume(letters[place] != letters[place + 1])
    with pytest.raises(MisreadError):
        read(letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :])


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_sheet_or_misread(text):
    with contextlib.suppress(MisreadError):
        assert isinstance(read(text), Sheet)


@given(sheets, sheets)
def test_two_sheets_have_two_uids(one, other):
    assert (one.uid == other.uid) == (one == other)
    assert (one.uid.version, one.uid.variant) == (8, uuid.RFC_4122)


def test_a_sheet_says_whose_it_is_and_of_what():
    group, content = uuid.uuid4(), "8b94045835" + "0" * 54
    sheet = read(Sheet.new("hands", group, content, "post", "B").code)
    assert (sheet.kind, sheet.when, sheet.form) == ("hands", "post", "B")
    assert (sheet.whom, sheet.content) == (mark_of(group), content_mark(content))


def test_two_sheets_printed_for_one_session_are_two():
    group = uuid.uuid4()
    assert Sheet.new("roll", group, "0" * 64).uid != Sheet.new("roll", group, "0" * 64).uid
