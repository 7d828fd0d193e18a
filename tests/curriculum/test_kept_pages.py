"""A page is made once for a language and handed out many times."""

import gzip

import brotli
import pytest

from lms.curriculum import views
from lms.curriculum.kept import best_encoding

LESSON = "/modules/attendre/attendre"


@pytest.fixture
def made(monkeypatch):
    """How many pages have been made."""
    count = []
    render = views.render_template
    monkeypatch.setattr(views, "render_template", lambda *a, **k: count.append(a) or render(*a, **k))
    return count


def test_made_once_for_each_language(reader, made):
    for language in ("fr", "bm", "fr", "bm"):
        reader.set_cookie("language", language)
        reader.get(LESSON)
    assert len(made) == 2


def test_every_encoding_holds_the_same_page(reader):
    plain = reader.get(LESSON)
    short = reader.get(LESSON, headers={"Accept-Encoding": "gzip, deflate, br"})
    older = reader.get(LESSON, headers={"Accept-Encoding": "gzip"})
    assert short.headers["Content-Encoding"] == "br"
    assert brotli.decompress(short.data) == gzip.decompress(older.data) == plain.data
    assert len(short.data) < len(plain.data) / 2
    assert plain.headers["Vary"] == "Accept-Encoding, Cookie, Accept-Language"


def test_a_page_she_has_is_not_sent_again(reader):
    etag = reader.get(LESSON).headers["ETag"]
    again = reader.get(LESSON, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    reader.set_cookie("language", "bm")
    assert reader.get(LESSON, headers={"If-None-Match": etag}).status_code == 200


def test_a_changed_setting_makes_pages_again(serve, made):
    server = serve()
    reader = server.test_client()
    reader.set_cookie("language", "bm")
    assert "Bange kɔfɛ" in reader.get(LESSON).text
    server.config["SHOW_DRAFTS"] = False
    assert "Bange kɔfɛ" not in reader.get(LESSON).text


def test_nothing_of_the_first_reader_reaches_the_second(reader):
    reader.set_cookie("session", "somebody")
    first = reader.get(f"{LESSON}?next=//evil.example", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in first.text
    assert "Set-Cookie" not in reader.get(LESSON).headers


def test_unknown_addresses_are_not_kept(serve):
    server = serve()
    for n in range(20):
        server.test_client().get(f"/modules/rien-{n}")
    assert server.wsgi_app.copies == {}


def test_a_kept_page_carries_every_header_of_the_first(reader):
    first, second = reader.get(LESSON), reader.get(LESSON)
    assert dict(first.headers) == dict(second.headers)
    assert "Content-Security-Policy" in second.headers
    by_https = reader.get(LESSON, base_url="https://localhost")
    assert "Strict-Transport-Security" in by_https.headers
    assert "Strict-Transport-Security" not in reader.get(LESSON).headers


def test_a_cookie_written_otherwise_does_not_mix_up_languages(serve):
    reader = serve().test_client(use_cookies=False)
    quoted = reader.get(LESSON, headers={"Cookie": 'language="bm"'})
    plain = reader.get(LESSON)
    assert ('lang="bm"' in quoted.text[:200], 'lang="fr"' in plain.text[:200]) == (True, True)


def test_only_the_head_of_a_kept_page(reader):
    length = len(reader.get(LESSON).data)
    head = reader.head(LESSON)
    assert (head.data, head.content_length) == (b"", length)


def test_nothing_is_kept_while_developing(serve, made):
    reader = serve(DEBUG=True).test_client()
    reader.get(LESSON)
    reader.get(LESSON)
    assert len(made) == 2


@pytest.mark.parametrize(
    ("accepted", "best"),
    [
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0.5, br;q=0.1", "br"),
        ("*", "br"),
        ("x", "identity"),
        ("", "identity"),
    ],
)
def test_the_shortest_encoding_she_takes(accepted, best):
    assert best_encoding(accepted) == best
