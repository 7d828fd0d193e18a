"""In which words a question is put to somebody: her language if it may be shown, the French beside a draft."""

from dataclasses import replace
from functools import partial

from flask import current_app

from lms.assessment import questions
from lms.core.language import language
from lms.curriculum import review
from lms.curriculum.review import State, Verdict
from lms.curriculum.signatures import signatures
from lms.curriculum.words import wording


def spoken(module):
    """A function from a text of an item, and the item, to the `Wording` shown to the reader."""
    words = spoken_in(module, language())
    return lambda texts, item: words(texts, "item", item)


def spoken_in(module, code):
    """A function from a text of an item or checklist, which of the two it is of, and that one, to its `Wording`."""
    units, signed = questions.of(module).units, signatures(module)
    found, against = review.states(units, signed), review.objections(units, signed)
    return partial(_said, found, against, code, current_app.config["SHOW_DRAFTS"])


def _said(found, against, code, drafts, texts, kind, of):
    unit = f"{kind}:{of.id}", code
    said = wording(texts, found.get(unit, State.MISSING), code, drafts, against.get(unit) is Verdict.DANGEROUS)
    return replace(said, text=said.plain)
