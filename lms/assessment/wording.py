"""In which words a question is put to somebody: her language if it may be shown, the French beside a draft."""

from functools import partial

from flask import current_app

from lms.assessment import questions
from lms.core.language import language
from lms.curriculum import review
from lms.curriculum.review import State
from lms.curriculum.words import wording


def spoken(module):
    """A function from a text of an item, and the item, to the `Wording` shown to the reader."""
    found = review.states(questions.of(module).units, review.signatures(module))
    return partial(_said, found, language(), current_app.config["SHOW_DRAFTS"])


def _said(found, code, drafts, texts, item):
    return wording(texts, found.get((f"item:{item.id}", code), State.MISSING), code, drafts)
