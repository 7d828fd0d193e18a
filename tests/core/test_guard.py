"""What is refused at the gate, and what every answer carries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.guard import HEADERS, is_own

SIGN_IN = {"identifier": "awa", "pin": "271828"}


def post(app, **headers):
    return app.test_client().post("/sign-in", data=SIGN_IN, headers=headers).status_code


def test_a_form_of_another_site_is_refused(app):
    for site in ("cross-site", "same-site", "junk"):
        assert post(app, **{"Sec-Fetch-Site": site}) == 403
    for origin in ("https://evil.example", "http://localhost.evil.example", "null", "http://localhost:9999", "file://"):
        assert post(app, Origin=origin) == 403, origin
    assert post(app, **{"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}) == 403


def test_our_own_forms_and_browsers_that_say_nothing_are_let_in(app):
    assert post(app) == 303
    assert post(app, Origin="http://localhost") == 303
    assert post(app, **{"Sec-Fetch-Site": "same-origin"}) == 303
    assert post(app, **{"Sec-Fetch-Site": "none"}) == 303


def test_reading_from_another_site_is_free(app):
    assert app.test_client().get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/sign-in", "/healthz", "/groups/", "/nothing", "/modules/", "/verify?number=x", "/help"]
)
def test_every_answer_carries_the_headers(app, address):
    for client_says in ({}, {"X-Forwarded-Proto": "https"}):
        answer = app.test_client().get(address, headers=client_says)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "Strict-Transport-Security" not in app.test_client().get(address).headers
    assert "Strict-Transport-Security" in app.test_client().get(address, base_url="https://localhost").headers


def test_a_refusal_and_a_static_file_are_protected_too(app, awa):
    refused = app.test_client().post("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert awa.get("/workers/").headers["X-Frame-Options"] == "DENY"
    assert app.test_client().get("/static/css/kalanso.css").headers["X-Content-Type-Options"] == "nosniff"


def test_no_script_of_a_page_stands_in_the_page(app):
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app):
    answer = app.test_client().post("/sign-in", data=SIGN_IN)
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@given(st.text(max_size=30))
def test_an_address_is_ours_only_when_no_browser_can_read_it_as_anothers(text):
    stripped = "".join(c for c in text if c not in "\t\r\n").strip("".join(map(chr, range(33)))).replace("\\", "/")
    if is_own(text):
        assert stripped.startswith("/")
        assert not stripped.startswith("//")
