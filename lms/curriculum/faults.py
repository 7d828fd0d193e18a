"""What is wrong with the content, where it stands, and how to mend it."""

import re
from bisect import bisect_left
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file; lines count from 1."""

    file: Path
    line: int


@dataclass(frozen=True, order=True)
class Problem:
    """One fault, said in French to the person who writes modules. `file` is relative to the content root."""

    file: str
    line: int
    what: str
    cure: str

    def __str__(self):
        return f"{self.file}:{self.line}: {self.what} → {self.cure}"

    def as_dict(self):
        return asdict(self)


class Faults:
    """The faults of one reading; gathers them all, so that an author mends a file in one go."""

    def __init__(self, root: Path):
        self.root, self.found = root, set[Problem]()

    def add(self, place: Place, what: str, cure: str):
        self.found.add(Problem(self._relative(place.file), place.line, what, cure))

    def listed(self):
        """`list[Problem]`, by file and line, each once."""
        return sorted(self.found)

    def _relative(self, file: Path):
        return str(file.relative_to(self.root)) if file.is_relative_to(self.root) else str(file)


KEY = re.compile(
    r'^[ \t]*(?:\[?(?P<table>\[[\w.]+\])|(?P<name>[\w.-]+)[ \t]*=(?:[ \t]*"(?P<value>[^"\n]*)")?)', re.MULTILINE
)


def line_of(text: str, *keys: str):
    """The line where the last of `keys` stands, each looked for after the one before; 1 when it is nowhere.

    A key is `name` (a TOML key), `[table]`, or `name=value`: `line_of(toml, "id=my-item", "answer")`.
    """
    line, lines = 1, _lines(text)
    for key in keys:
        known = lines.get(key, [])
        at = bisect_left(known, line)
        if at == len(known):
            break
        line = known[at]
    return line


@lru_cache(maxsize=64)
def _lines(text: str):
    """`{key: lines}` of a TOML file, in one pass: thousands of places are asked of every file."""
    found: dict[str, list[int]] = {}
    line, last = 1, 0
    for key in KEY.finditer(text):
        line, last = line + text.count("\n", last, key.end()), key.end()
        names = [key["table"] or key["name"]]
        names += [f"{key['name']}={key['value']}"] if key["value"] is not None else []
        for name in names:
            found.setdefault(name, []).append(line)
    return found
