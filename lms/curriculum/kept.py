"""Reading pages are the same for everybody: each is made and compressed once for a language.

`bench` measures what it brings: about ten times the requests of rendering each time.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps

import brotli
from flask import Response, current_app, make_response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from lms.core.language import COOKIE, language
from lms.curriculum.content import catalogue

VARY = "Accept-Encoding, Cookie, Accept-Language"
COMPRESS = {
    "br": lambda body: brotli.compress(body, quality=11),
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),
}


@dataclass(frozen=True)
class Page:
    """One page in one language: its body under each encoding (`identity`, `br`, `gzip`), and its ETag."""

    bodies: dict[str, bytes]
    etag: str
    type: str


def kept(view: Callable):
    """Answer from the kept copy of this path in this language; make it when there is none.

    A copy is made as for a visitor without name, cookie or query: whatever a template asks of the request,
    nothing of the one who happened to come first is handed to the others. While developing nothing is kept.
    """

    @wraps(view)
    def answer(**ids):
        path, code = request.path, language()
        return hand_out(shelved((path, code), lambda: _made(view, ids, path, code)))

    return answer


def shelved(key: tuple[str, str], make: Callable[[], Page]):
    """The copy under this key, made now when there is none. While developing nothing is kept."""
    shelf = _shelf()
    if key not in shelf:
        page = make()
        if current_app.debug:
            return page
        shelf[key] = page
    return shelf[key]


def _shelf() -> dict[tuple[str, str], Page]:
    """The copies made of the present catalogue under the present setting; others are forgotten."""
    now, drafts = catalogue(), current_app.config["SHOW_DRAFTS"]
    of, drafts_then, pages = current_app.extensions.get("kept_pages", (None, None, {}))
    if of is not now or drafts_then != drafts:
        pages = {}
        current_app.extensions["kept_pages"] = now, drafts, pages
    return pages


def _made(view, ids, path, code):
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context(), app.test_request_context(path, headers={"Cookie": f"{COOKIE}={code}"}):
        made = make_response(view(**ids))
        return page_of(made.get_data(), made.content_type or "text/html; charset=utf-8")


def page_of(body: bytes, type: str):
    """A page ready to be handed out; an encoding that does not make it smaller is left out."""
    smaller = {
        name: compressed
        for name, compress in COMPRESS.items()
        if len(compressed := compress(body)) < len(body)
    }
    return Page({**smaller, "identity": body}, f'W/"{hashlib.sha256(body).hexdigest()[:20]}"', type)


def hand_out(page: Page, cache="no-cache"):
    """The page in the best encoding the browser takes, or 304 when it has it."""
    headers = {"ETag": page.etag, "Vary": VARY, "Cache-Control": cache}
    if page.etag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=headers)
    encoding = best_encoding(request.headers.get("Accept-Encoding", ""))
    if encoding not in page.bodies:
        encoding = "identity"
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(page.bodies[encoding], headers=headers, content_type=page.type)


@lru_cache(maxsize=256)  # browsers send a handful of different ones
def best_encoding(accepted: str):
    """`br`, else `gzip`, else `identity`, by an Accept-Encoding header."""
    accepts = parse_accept_header(accepted, Accept)
    return next((name for name in COMPRESS if accepts.quality(name) > 0), "identity")
