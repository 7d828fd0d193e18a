"""Questions on their way to or from another program: one shape for GIFT and Moodle XML alike.

What those formats have no place for (objective, forms, rumours …) travels in tags `name=value`, which Moodle keeps:
at most 50 signs each, a longer value goes on in `name+1=`. What concerns an answer bears its place: `2.rumour=`.
It refuses what we do not have: several right answers, an answer to write, to match, to count.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from lms.assessment.questions import Item
from lms.curriculum.reading import SAID

LONGEST_TAG = 50  # Moodle cuts off the rest
SHORT = {"picture": "img", "misconception": "rumour"}
TOLD_ELSEWHERE = {"id", "answer", "ask", "rationale", "options", "text"}
UNSAFE = re.compile(r"[%,\[\]<>`\\\s\x00-\x1f\x7f]")
Fields = dict[str, Any]
AS_ITEM: TypeAdapter[Item] = TypeAdapter(Item)


class RefusedError(ValueError):
    """What came cannot be taken, and nothing of it was. `problems`: each with file, line, cause and cure."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Answer:
    """One answer to choose; `drawing` holds the file that came with it, if any."""

    text: str
    right: bool
    drawing: bytes = b""
    feedback: str = ""


@dataclass(frozen=True)
class Question:
    """One question in one language, and the line of its file where it begins. `truth`: it is a true or false one."""

    line: int
    id: str
    name: str
    tags: tuple[str, ...]
    ask: str
    feedback: str
    answers: tuple[Answer, ...]
    drawing: bytes = b""
    truth: bool = False


def one_right(answers: Iterable[Answer], partial: bool) -> str:
    """What is wrong with the answers of a question that came; nothing, if nothing is."""
    answers = list(answers)
    if partial or sum(answer.right for answer in answers) > 1:
        return "Plusieurs réponses donnent des points."
    if not any(answer.right for answer in answers):
        return "Aucune réponse n’est la bonne."
    if not 2 <= len(answers) <= 4:
        return f"{len(answers)} réponse(s) au choix : il en faut de 2 à 4."
    if not all(answer.text.strip() for answer in answers):
        return "Une réponse n’a pas de texte."
    return ""


def question_of(item: Item, language: str, drawing=lambda name: b"") -> Question:
    """The item in one language. KeyError names a text that is missing in it; `drawing` finds a picture's file."""
    tags = [f"lang={_safe(language)}", *_tags("", item)]
    name = UNSAFE.sub("-", item.id)
    tags += _split("id", _safe(item.id)) if name != item.id else []
    for place, option in enumerate(item.options, start=1):
        tags += [*_split(f"{place}.id", _safe(option.id)), *_tags(f"{place}.", option)]
    return Question(
        line=0, id=name, name=name, tags=tuple(tags), ask=_said(item.ask, language),
        feedback=item.rationale.get(language, ""), drawing=drawing(item.picture) if item.picture else b"",
        answers=tuple(
            Answer(_said(option.text, language), option.id == item.answer, drawing(option.picture) if option.picture else b"")
            for option in item.options
        ),
    )  # fmt: skip


def _said(texts, language):
    if not texts.get(language, "").strip():
        raise KeyError(language)
    return texts[language]


def _tags(prefix, thing):
    """Every field that is not its default, but for texts and ids."""
    for each in fields(thing):
        value = getattr(thing, each.name)
        if each.name not in TOLD_ELSEWHERE and (each.default is MISSING or value != each.default):
            yield from _split(prefix + SHORT.get(each.name, each.name), _worded(value))


def _worded(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(_safe, value)) if isinstance(value, tuple) else _safe(str(value))


def _safe(text):
    return UNSAFE.sub(lambda found: quote(found[0]), text)


def _split(name, value):
    """`name=value`, and `name+1=…` for what one tag cannot hold."""
    part = 0
    while True:
        head = f"{name}+{part}=" if part else f"{name}="
        room = max(1, LONGEST_TAG - len(head))
        yield head + value[:room]
        value, part = value[room:], part + 1
        if not value:
            return


def told(tags: Iterable[str]) -> dict[str, str]:
    """`{name: value}` of our tags, still percent-encoded; what other people's tags say is left aside."""
    parts: dict[str, dict[int, str]] = {}
    for tag in tags:
        found = re.fullmatch(r"([\w.]+)(?:\+(\d{1,4}))?=(.*)", tag.strip(), re.DOTALL)
        if found:
            parts.setdefault(found[1], {})[int(found[2] or 0)] = found[3]
    return {name: "".join(values[n] for n in sorted(values)) for name, values in parts.items()}


def fields_of(item: Item) -> Fields:
    """An item as plain tables, those of its fields left out that say no more than the default."""
    return plain(item) | {"options": [plain(option) for option in item.options]}


def plain(thing):
    """The fields of a thing, mappings and lists as such, defaults left out."""
    found = {each.name: getattr(thing, each.name) for each in fields(thing)}
    kept = {n: v for each in fields(thing) if (v := found[n := each.name]) != each.default or each.default is MISSING}
    return {n: list(v) if isinstance(v, tuple) else dict(v) if isinstance(v, Mapping) else v for n, v in kept.items()}


def item_of(fields: Fields) -> Item:
    """The item these fields make. ValueError says in French which field is at fault."""
    options = [
        {"id": o["id"]} | o["text"] | {n: v for n, v in o.items() if n not in ("id", "text")} for o in fields["options"]
    ]
    try:
        return AS_ITEM.validate_python({**fields, "options": options})
    except ValidationError as error:
        said = [f"« {'.'.join(map(str, one['loc']))} » {SAID.get(one['type'], one['msg'])}" for one in error.errors()]
        raise ValueError(f"« {fields.get('id')} » : {' ; '.join(said)}.") from None
