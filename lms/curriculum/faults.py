"""What is wrong with the content, where it stands, and how to mend it."""

import re
from dataclasses import asdict, dataclass
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


def line_of(text: str, *keys: str):
    """The line where the last of `keys` stands, each looked for after the one before; 1 when it is nowhere.

    A key is `name` (a TOML key), `[table]`, or `name=value`: `line_of(toml, "id=my-item", "answer")`.
    """
    at = 0
    for key in keys:
        found = _pattern(key).search(text, at)
        if not found:
            break
        at = found.start("key")
    return text.count("\n", 0, at) + 1


def _pattern(key):
    name, equals, value = key.partition("=")
    if equals:
        return re.compile(rf'^\s*(?P<key>{re.escape(name)}\s*=\s*"{re.escape(value)}")', re.MULTILINE)
    if name.startswith("["):
        return re.compile(rf"^\s*(?P<key>\[?{re.escape(name)})", re.MULTILINE)
    return re.compile(rf"^\s*(?P<key>{re.escape(name)}\s*=)", re.MULTILINE)
