"""A paper that takes seconds to lay out is laid out once, and kept under `LMS_DATA/printed/` for whoever asks next.

A kept paper is named by all that it is made of. Nothing here is in the backup: whatever is missing is laid out again.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

from flask import current_app

from lms.core import paper

_press = Lock()  # one paper at a time: two would take the server's memory and both be late


def kept(name: str, html: str, pictures: Mapping[str, bytes], lay_out: Callable[[], bytes]) -> bytes:
    """The PDF of this page and these pictures; the first time `lay_out` makes it.

    `name`: what the paper is, for people who look into the folder. Of one name only the newest is kept.
    """
    file = _folder() / f"{name}.{_mark(html, pictures)}.pdf"
    with contextlib.suppress(FileNotFoundError):
        return file.read_bytes()
    with _press:
        with contextlib.suppress(FileNotFoundError):  # who waited here finds what the one before her made
            return file.read_bytes()
        content = lay_out()
        _put(file, content)
    _let_go(file, name)
    return content


def _folder():
    return Path(current_app.config["LMS_DATA"]) / "printed"


def _mark(html, pictures):
    """What changes when a word, a picture, the template or the style of all paper does."""
    total = hashlib.sha256(f"{paper.STYLE}\0{html}".encode())
    for name in sorted(pictures):
        total.update(f"\0{name}\0".encode() + hashlib.sha256(pictures[name]).digest())
    return total.hexdigest()[:24]


def _put(file, content):
    """The whole file or none: a reader never meets half a paper."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=file.parent, suffix=".making")
    with os.fdopen(handle, "wb") as open_file:
        open_file.write(content)
    os.replace(made, file)


def _let_go(file, name):
    for older in file.parent.glob(f"{name}.*.pdf"):
        if older != file:
            older.unlink(missing_ok=True)
