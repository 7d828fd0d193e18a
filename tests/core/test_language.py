"""Which language is answered in, and how dates and numbers are written."""

from datetime import date

import pytest
from flask_babel import ngettext
from hypothesis import given
from hypothesis import strategies as st

from lms.core.language import LANGUAGES, bambara_date, choose, french_date, number
from lms.core.pages import sentence


@pytest.mark.parametrize(
    ("chosen", "accepted", "answered"),
    [(None, ["bam"], "bm"), (None, ["bm-ML", "fr"], "bm"), (None, ["BM_ml"], "bm"), (None, ["fr-ML", "bm"], "fr"),
    (None, [], "fr"),
     (None, ["en", "de"], "fr"), (None, ["en", "bm"], "bm"), ("bm", ["fr"], "bm"), ("xx", ["bm"], "bm"), ("../fr",
     ["junk"], "fr"),
     ("", ["", "-", "*", "bmx"], "fr")],
)  # fmt: skip
def test_the_language_chosen_then_the_browsers_then_french(chosen, accepted, answered):
    assert choose(chosen, accepted) == answered


@given(st.none() | st.text(), st.lists(st.text()))
def test_any_wish_ends_in_a_language_we_speak(chosen, accepted):
    assert choose(chosen, accepted) in LANGUAGES


@pytest.mark.parametrize(
    "header", ["", "*", "junk;q=x", "bm;q=0.1,fr;q=0.9", ",,,;;;", "a" * 4000, "x-klingon", "bm\t", "é"]
)
def test_any_header_is_answered(visitor, header):
    answer = visitor.get("/sign-in", headers={"Accept-Language": header.encode().decode("latin1")})
    assert answer.status_code == 200
    assert '<html lang="' in answer.text


def test_the_page_says_its_language_and_the_choice_is_remembered(visitor):
    assert '<html lang="fr"' in visitor.get("/sign-in").text
    answer = visitor.post("/language", language="bm", next="/sign-in")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert '<html lang="bm"' in visitor.get("/sign-in").text
    assert visitor.post("/language", language="en").status_code == 400
    assert visitor.post("/language", language="../../etc").status_code == 400


def test_a_bambara_date_is_written_as_the_malian_press_writes_it():
    assert bambara_date(date(2019, 11, 26)) == "taratadon nowanburukalo tile 26 san 2019"
    assert bambara_date(date(2024, 2, 29)) == "alamisadon feburuyekalo tile 29 san 2024"


def test_a_french_date_begins_the_month_with_the_first():
    assert french_date(date(2019, 11, 26)) == "26 novembre 2019"
    assert french_date(date(2020, 1, 1)) == "1er janvier 2020"
    assert french_date(date(2021, 3, 11)) == "11 mars 2021"


@given(st.dates())
def test_every_day_can_be_written(day):
    assert str(day.year) in bambara_date(day)
    assert str(day.day) in french_date(day)
    assert "None" not in bambara_date(day) + french_date(day)


def test_numbers_are_written_as_in_mali_in_both_languages():
    assert number(1234567.5) == "1\u202f234\u202f567,5"
    assert number(0) == "0"
    assert number(None) == ""


def test_many_are_counted_in_the_language_of_the_page(app):
    said = {}
    for code in ("fr", "bm"):
        with app.test_request_context("/", headers={"Accept-Language": code}):
            said[code] = [ngettext("%(num)s carte", "%(num)s cartes", n) for n in (0, 1, 3)]
    assert said["fr"] == ["0 carte", "1 carte", "3 cartes"]
    assert not any("carte" in sentence for sentence in said["bm"])


def test_every_error_has_a_sentence_of_its_own(app):
    with app.test_request_context():
        said = {code: sentence(code) for code in (400, 401, 403, 404, 405, 409, 413, 429, 500, 507)}
    assert len(set(said.values())) == len(said)
