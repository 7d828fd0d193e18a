"""The questions of a module as `assessments/<slug>.toml`: written so that a change shows where it is, and nowhere else."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping

from lms.assessment.exchange import Fields, fields_of, plain
from lms.assessment.questions import AssessmentFile, Item

HEAD = re.compile(r"^\[\[(items|checklists)\]\]\s*(?:#.*)?$", re.MULTILINE)
ORDER = (
    "id",
    "objective",
    "audience",
    "forms",
    "vital",
    "matter",
    "expected",
    "settles",
    "source",
    "answer",
    "picture",
)


def revised(text: str, found: AssessmentFile, items: Iterable[Item]) -> str:
    """The file with these items: an item that did not change keeps its lines, a new one stands after the others."""
    items = list(items)
    known, kept = {item.id: item for item in found.items}, _pieces(text)
    lines = {item.id: piece for item, piece in zip(found.items, kept["items"], strict=False)}
    said = [
        lines[i.id] if i == known.get(i.id) and i.id in lines else written(i) + _tail(lines.get(i.id, ""))
        for i in items
    ]
    again = kept["head"] + "".join(said) + "".join(kept["checklists"])
    return again if _says(again, found, items) else whole(found, items)


def whole(found: AssessmentFile, items: Iterable[Item]) -> str:
    """The file written anew."""
    return "\n".join([*map(written, items), *map(_checklist, found.checklists)])


def _pieces(text):
    """`{"head": …, "items": […], "checklists": […]}`: the file cut before each item and each checklist."""
    cuts = [*HEAD.finditer(text)]
    pieces: dict = {"head": text[: cuts[0].start()] if cuts else text, "items": [], "checklists": []}
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        pieces[cut[1]].append(text[cut.start() : following.start() if following else len(text)])
    return pieces


def _tail(piece):
    """The comments and empty lines behind an item: they speak of the next one."""
    return re.search(r"(?:^[ \t]*(?:#.*)?\n)*\Z", piece, re.MULTILINE)[0] or "\n"


def _says(text, found, items):
    """Whether the text says these items and the checklists there were."""
    try:
        again = AssessmentFile.model_validate(tomllib.loads(text))
    except ValueError:
        return False
    return again.items == tuple(items) and again.checklists == found.checklists


def written(item: Item) -> str:
    """One item as TOML."""
    said = fields_of(item)
    lines = ["[[items]]"] + [f"{name} = {_value(said[name])}" for name in _in_order(said)]
    for name in ("ask", "rationale"):
        lines += _texts(name, said[name])
    for option in said["options"]:
        lines += ["[[items.options]]", f"id = {_value(option['id'])}", *_flat(option)]
    return "\n".join(lines) + "\n"


def _texts(name, texts):
    return [f"{name}.{_key(code)} = {_value(text)}" for code, text in texts.items()] or [f"{name} = {{}}"]


def _in_order(said: Fields):
    names = [name for name in said if name not in ("ask", "rationale", "options")]
    return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def _flat(option: Mapping):
    """Texts stand by their language, then the rest."""
    rest = {name: value for name, value in option.items() if name not in ("id", "text")}
    return [f"{_key(name)} = {_value(value)}" for name, value in {**option["text"], **rest}.items()]


def _checklist(checklist):
    lines = ["[[checklists]]", f"id = {_value(checklist.id)}", *_texts("title", checklist.title)]
    for step in checklist.steps:
        lines += ["[[checklists.steps]]", f"id = {_value(step.id)}", *_flat(plain(step))]
    return "\n".join(lines) + "\n"


def _key(name):
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value):
    """A value as TOML: its strings are JSON's, but for U+007F."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
