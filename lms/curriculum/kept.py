"""Reading pages are the same for everybody: each is made and compressed once for a language, and handed out.

A kept copy is handed out before Flask: on the machine this was written on, that answers more requests a second than
a Flask view that says hello; making the page each time answers less than a hundredth of them.
"""

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps

import brotli
from flask import Flask, Response, current_app, make_response, request
from werkzeug.datastructures import Accept, LanguageAccept
from werkzeug.http import parse_accept_header

from lms.core.language import COOKIE, choose, language
from lms.curriculum.signatures import last_known, signed

VARY = "Accept-Encoding, Cookie, Accept-Language"
COMPRESS = {"br": lambda body: brotli.compress(body, quality=11), "gzip": lambda body: gzip.compress(body, 9, mtime=0)}
MADE = "lms.kept"  # where a view leaves its page in the WSGI environment, for `Shelf` to keep
OWN_HEADERS = {"content-type", "content-length", "content-encoding", "etag", "vary", "cache-control", "set-cookie"}
CHOSEN = re.compile(rf"(?:^|;\s*){COOKIE}=([a-z]+)")


@dataclass(frozen=True)
class Page:
    """One page in one language: its body under each encoding (`identity`, `br`, `gzip`), and its ETag."""

    language: str
    bodies: dict[str, bytes]
    etag: str
    type: str


def kept(view: Callable):
    """A page that is the same for everybody, but for the language.

    It is made as for a visitor without name, cookie or query: whatever a template asks of the request, nothing of
    the one who happened to come first is handed to the others.
    """

    @wraps(view)
    def answer(**ids):
        page = request.environ[MADE] = made(view, ids, request.path, language())
        return hand_out(page)

    return answer


def made(view, ids, path, code):
    """The page of a view in this language, as a visitor without name or query gets it, ready to be handed out."""
    answer = answered(view, ids, path, code)
    return page_of(answer.get_data(), answer.content_type or "text/html; charset=utf-8", code)


def answered(view, ids, path, code):
    """What a view answers to a visitor who reads this language."""
    app = current_app._get_current_object()
    with app.app_context(), app.test_request_context(path, headers={"Cookie": f"{COOKIE}={code}"}):
        return make_response(view(**ids))


def page_of(body: bytes, type: str, code=""):
    """A page ready to be handed out; an encoding that does not make it smaller is left out."""
    smaller = {name: short for name, compress in COMPRESS.items() if len(short := compress(body)) < len(body)}
    return Page(code, {**smaller, "identity": body}, f'W/"{hashlib.sha256(body).hexdigest()[:20]}"', type)


def hand_out(page: Page, cache="no-cache", vary=VARY):
    """The page as a response, in the best encoding the browser takes; 304 when it has it."""
    status, headers, body = _answer(page, request.environ, vary)
    return Response(body, status, [*headers, ("Cache-Control", cache)])


def _answer(page, environ, vary=VARY):
    """`(status, headers, body)` of a page for this request."""
    headers = [("ETag", page.etag), ("Vary", vary)]
    if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        return "304 NOT MODIFIED", headers, b""
    encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body = page.bodies.get(encoding)
    if body is None:
        encoding, body = "identity", page.bodies["identity"]
    if encoding != "identity":
        headers.append(("Content-Encoding", encoding))
    return "200 OK", [*headers, ("Content-Type", page.type), ("Content-Length", str(len(body)))], body


@lru_cache(maxsize=256)  # browsers send a handful of different ones
def best_encoding(accepted: str):
    """`br`, else `gzip`, else `identity`, by an Accept-Encoding header."""
    accepts = parse_accept_header(accepted, Accept)
    return next((name for name in COMPRESS if accepts.quality(name) > 0), "identity")


@lru_cache(maxsize=256)
def accepted_languages(header: str):
    """The tags of an Accept-Language header, best first."""
    return tuple(parse_accept_header(header, LanguageAccept).values())


class Shelf:
    """WSGI: hands out the kept copies, with the headers Flask gave the first; everything else goes on to Flask.

    Copies of a catalogue that is no longer the one in force, of another drafts setting, or from before somebody signed,
    are forgotten.
    While developing nothing is kept.
    """

    def __init__(self, app: Flask):
        self.app, self.inner = app, app.wsgi_app
        self.of: tuple = ()
        self.copies: dict[tuple, tuple[Page, list]] = {}

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or self.app.debug:
            return self.inner(environ, start_response)
        copies = self._present()
        copy = copies.get((environ["PATH_INFO"], asked(environ), secure(environ, self.app)))
        if copy is None or signed(self.app) != self.of[2]:  # somebody has signed: the next request finds an empty shelf
            return self.inner(environ, _keeping(copies, environ, start_response, secure(environ, self.app)))
        status, headers, body = _answer(copy[0], environ)
        start_response(status, headers + copy[1])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _present(self):
        of = (self.app.extensions.get("catalogue"), self.app.config["SHOW_DRAFTS"], last_known(self.app))
        if not self.of or self.of[0] is not of[0] or self.of[1:] != of[1:]:
            self.of, self.copies = of, {}
        return self.copies


def asked(environ):
    """The language of a request, as `lms.core.language` chooses it."""
    chosen = CHOSEN.search(environ.get("HTTP_COOKIE", ""))
    return choose(chosen and chosen[1], accepted_languages(environ.get("HTTP_ACCEPT_LANGUAGE", "")))


def secure(environ, app):
    """Whether she came by HTTPS, to us or to the proxy we know of: the answer has one more header then."""
    forwarded = environ.get("HTTP_X_FORWARDED_PROTO") if app.config["PROXIES"] else None
    return "https" in (environ["wsgi.url_scheme"], forwarded)


def _keeping(copies, environ, start_response, safe):
    """Keep the page that a view leaves, under its own language: ours is only a guess of what Flask will choose."""
    path = environ["PATH_INFO"]

    def start(status, headers, exc_info=None):
        page = environ.get(MADE)
        if page and status[:3] in ("200", "304"):
            common = [(name, value) for name, value in headers if name.lower() not in OWN_HEADERS]
            copies[path, page.language, safe] = page, [*common, ("Cache-Control", "no-cache")]
        return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

    return start
