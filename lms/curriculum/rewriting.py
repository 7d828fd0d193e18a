"""Putting a new wording into a file so that nothing else of it changes, not a byte.

Whatever the way a text was found, the file is read again afterwards: unless that one text and no other changed, the
change is refused.
"""

import copy
import json
import re
import tomllib
from collections.abc import Iterator

from lms.core.language import DEFAULT
from lms.curriculum import manuscript
from lms.curriculum.leaves import InManuscript, InToml

STRING = r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
HEADING = re.compile(r"^(\s*#{2,3}\s+)(.*?)(\s*\{#.*)$", re.DOTALL)


class CannotWriteError(ValueError):
    """A wording that cannot be put there without changing something else."""


def rewritten(text: str, place: InManuscript | InToml, language: str, new: str) -> str:
    """The file `text` with `new` at this place in this language. CannotWriteError when that cannot be done alone."""
    if isinstance(place, InToml):
        return in_toml(text, place, language, new)
    return in_manuscript(text, place.id, place.side, new)


def in_toml(text: str, place: InToml, language: str, new: str) -> str:
    """A TOML file with one string changed, or written under the French where it was missing."""
    tree = tomllib.loads(text)
    before, wanted = copy.deepcopy(_texts(tree, place)), new
    _texts(tree, place)[language] = wanted
    old, french = before.get(language), before.get(DEFAULT, "")
    candidates = _replaced(text, place, language, old, new) if old else _added(text, place, language, french, new)
    for candidate in candidates:
        if _parsed(candidate) == tree:
            return candidate
    raise CannotWriteError


def _texts(tree, place):
    """The table of languages at this place."""
    here = tree
    for array, id in place.way:
        here = next((one for one in here.get(array, ()) if one.get("id") == id), None)
        if here is None:
            raise CannotWriteError
    here = here[place.key] if place.key else here
    if not isinstance(here, dict):
        raise CannotWriteError
    return here


def _lines_of(text, place, language, value) -> Iterator[re.Match]:
    """The lines that give this value to the language: `bm = "…"`, `ask.bm = "…"`."""
    name = rf"(?:{re.escape(place.key)}\s*\.\s*)?" if place.key else ""
    pattern = rf"^(?P<name>[ \t]*{name}){language}(?P<equals>[ \t]*=[ \t]*)(?P<string>{STRING})"
    for found in re.finditer(pattern, text, re.MULTILINE):
        if (_parsed(f"x = {found['string']}") or {}).get("x") == value:
            yield found


def _replaced(text, place, language, old, new):
    for found in _lines_of(text, place, language, old):
        yield text[: found.start("string")] + _string(new) + text[found.end("string") :]


def _added(text, place, language, french, new):
    for found in _lines_of(text, place, DEFAULT, french):
        end = text.find("\n", found.end())
        end = len(text) if end < 0 else end
        carriage = "\r" if text[end - 1 : end] == "\r" else ""
        line = f"\n{found['name']}{language}{found['equals']}{_string(new)}{carriage}"
        yield text[:end] + line + text[end:]


def _string(value):
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parsed(text):
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def in_manuscript(text: str, id: str, side: str, new: str) -> str:
    """A manuscript with one side of one lesson or card changed."""
    found = manuscript.read(text).written().get(id)
    if found is None:
        raise CannotWriteError
    lines = text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in text else "\n"
    first, after, written = _to_write(lines, found, side, new)
    if lines and first >= len(lines) and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    last = lines[after - 1] if first < after else end
    body = end.join(written) + (end if last.endswith(("\n", "\r")) else "")
    result = "".join(lines[:first]) + body + "".join(lines[after:])
    expected = _said(text)
    expected[id, side] = new
    if _said(result) != expected:
        raise CannotWriteError
    return result


def _to_write(lines, found, side, new):
    """(first line, line after, the lines to stand there), from 0."""
    heading = found.line - 1
    if side == "title":
        parts = HEADING.match(lines[heading].rstrip("\r\n"))
        if not parts:
            raise CannotWriteError
        return heading, heading + 1, [f"{parts[1]}{new}{parts[3]}"]
    written = new.split("\n")
    if side == "facilitator":
        written = [f"> {line}" if line else ">" for line in written]
    there = found.lines[side]
    if there:
        return there[0], there[-1] + 1, written
    above = found.lines["text"] if side == "facilitator" else ()
    after = (above[-1] if above else heading) + 1
    return after, after, ["", *written]


def _said(text):
    """`{(id, side): words}` of a whole manuscript, its order and attributes included."""
    written = manuscript.read(text)
    said = {
        (one.id, side): getattr(one, side)
        for one in written.written().values()
        for side in ("title", "text", "facilitator")
    }
    said["order", ""] = written.order()
    said["attributes", ""] = [one.attributes for one in written.written().values()]
    said["faults", ""] = [fault[1] for fault in written.faults]
    return said
