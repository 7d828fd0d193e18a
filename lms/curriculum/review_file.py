"""`review.toml`: the signatures of a module as a file that lies beside its texts, the same for the same signatures."""

import json
from collections.abc import Iterable
from dataclasses import fields

from lms.curriculum.review import Signature, Verdict

HEAD = (
    "# Signatures des relecteurs, écrites par « lms content review --export ». L’état de chaque texte s’en calcule.\n"
)
ALWAYS = ("unit", "language", "role", "reviewer", "signed", "source", "text")


def written(signatures: Iterable[Signature]) -> str:
    """The file that says these signatures, each once, in an order of its own."""
    ordered = sorted(set(signatures), key=_order)
    return HEAD + "".join(f"\n[[signatures]]\n{_table(one)}" for one in ordered)


def _order(one: Signature):
    return (one.unit, one.language, one.role, one.reviewer, one.signed, one.source, one.text, one.verdict, one.fact)


def _table(one: Signature):
    said = {field.name: getattr(one, field.name) for field in fields(one)}
    kept = {name: value for name, value in said.items() if name in ALWAYS or value not in ("", Verdict.GOOD)}
    return "".join(f"{name} = {_value(value)}\n" for name, value in kept.items())


def _value(value):
    if not isinstance(value, str):
        return value.isoformat()
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
