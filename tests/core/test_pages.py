"""What every page carries with it, and what static files are guarded by."""

import re

import pytest


@pytest.fixture
def page(visitor):
    return visitor.get("/modules/").text


def test_a_page_carries_each_icon_it_draws_once_and_no_other(page):
    used = re.findall(r'<use href="#icon-([a-z-]+)"', page)
    carried = re.findall(r'<symbol id="icon-([a-z-]+)"', page)
    assert used
    assert sorted(set(used)) == sorted(carried)


def test_the_next_page_does_not_carry_the_icons_of_the_last(visitor):
    visitor.get("/modules/")
    drawn = set(re.findall(r'<symbol id="icon-([a-z-]+)"', visitor.get("/help").text))
    assert drawn == set(re.findall(r'<use href="#icon-([a-z-]+)"', visitor.get("/help").text))


@pytest.mark.parametrize("path", ["css/kalanso.css", "vendor/icons.svg"])
def test_a_static_file_is_what_it_says_and_ours_alone(visitor, path):
    answer = visitor.get(f"/static/{path}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_drawing_opened_by_itself_may_run_nothing(visitor):
    assert "default-src 'none'" in visitor.get("/static/vendor/icons.svg").headers["Content-Security-Policy"]
