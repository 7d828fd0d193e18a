"""A sheet of paper that will be typed in: its code, and the uid of the fact it becomes. One is read from the other.

The code says what the sheet is, of whom and of which content, and so nothing about it has to be remembered:
typed in on any day at any place it opens the same form under the same uid, and is stored once.

It refuses a code that was misread: two check characters notice every wrong character and every exchange of two
neighbours, and all but a thousandth of what else may happen.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass

from lms.people.codes import ALPHABET, normal

KINDS = ("roll", "training", "hands")  # the roll of a group, that of a training, hands raised in a group
WHENS, FORMS = ("pre", "post"), ("A", "B")
LAYOUT = (("kind", 2), ("when", 1), ("form", 1), ("whom", 30), ("content", 24), ("chance", 32))  # names and bits
BITS = sum(bits for _name, bits in LAYOUT)
LETTERS, CHECKS, BLOCK = BITS // 5, 2, 4
PRIME = 1021  # the largest below 32²: no wrong character, no exchange of neighbours is a multiple of it


class MisreadError(ValueError):
    """What was typed is not the code of a sheet."""


@dataclass(frozen=True)
class Sheet:
    """What a code says. `whom` and `content` are the marks (`mark_of`) of a uid and of a provenance hash."""

    kind: str
    whom: int
    content: int
    chance: int
    when: str = "pre"
    form: str = "A"

    @classmethod
    def new(cls, kind: str, whom: uuid.UUID, content: str, when: str = "pre", form: str = "A") -> "Sheet":
        """A sheet that is printed now; `whom` is the origin of the group or training."""
        return cls(kind, mark_of(whom), content_mark(content), secrets.randbits(32), when, form)

    @property
    def code(self) -> str:
        """`4G7K-…`: five blocks of four, the last two characters the checks."""
        text = _letters(self._number(), LETTERS)
        text += _letters(_check(text), CHECKS)
        return "-".join(text[n : n + BLOCK] for n in range(0, len(text), BLOCK))

    @property
    def uid(self) -> uuid.UUID:
        """The uid of the fact: a UUID of version 8, the code's bits first."""
        number = self._number()
        filled = (number << 32) | int.from_bytes(hashlib.sha256(f"{number:x}".encode()).digest()[:4], "big")
        high, middle, low = filled >> 74, (filled >> 62) & 0xFFF, filled & (1 << 62) - 1
        return uuid.UUID(int=high << 80 | 8 << 76 | middle << 64 | 0b10 << 62 | low)

    def _number(self):
        values = {
            "kind": KINDS.index(self.kind), "when": WHENS.index(self.when), "form": FORMS.index(self.form),
            "whom": self.whom, "content": self.content, "chance": self.chance,
        }  # fmt: skip
        number = 0
        for name, bits in LAYOUT:
            number = number << bits | values[name]
        return number


def read(text: str) -> Sheet:
    """The sheet of this code, as printed or as somebody typed it. MisreadError."""
    letters = "".join(c for c in normal(text) if c.isalnum())
    if len(letters) != LETTERS + CHECKS or set(letters) - set(ALPHABET):
        raise MisreadError(text)
    body, check = letters[:LETTERS], letters[LETTERS:]
    if _letters(_check(body), CHECKS) != check:
        raise MisreadError(text)
    return _sheet(_value(body))


def mark_of(uid: uuid.UUID) -> int:
    """Thirty bits that tell one group from the others of a worker: the last of its uid, which are random."""
    return uid.int & (1 << 30) - 1


def content_mark(hash: str) -> int:
    """The first six hex digits of a provenance hash."""
    return int(hash[:6], 16)


def _sheet(number):
    values = {}
    for name, bits in reversed(LAYOUT):
        values[name] = number & (1 << bits) - 1
        number >>= bits
    if values["kind"] >= len(KINDS):
        raise MisreadError("a kind of sheet that does not exist")
    return Sheet(
        KINDS[values["kind"]], values["whom"], values["content"], values["chance"], WHENS[values["when"]],
        FORMS[values["form"]],
    )  # fmt: skip


def _check(body):
    return _value(body) * 32**CHECKS % PRIME


def _value(letters):
    value = 0
    for letter in letters:
        value = value * 32 + ALPHABET.index(letter)
    return value


def _letters(value, count):
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(count)))
