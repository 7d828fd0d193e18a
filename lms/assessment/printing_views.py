"""The trainer's guide, open to everybody, and the right answers, which are not."""

from flask import Blueprint

from lms.assessment import guide as guides
from lms.curriculum.printing_views import edition, sent
from lms.people.signing_in import signed_in

bp = Blueprint("guides", __name__)
blueprints = (bp,)
KNOWS_ANSWERS = frozenset({"trainer", "national"})


@bp.get("/modules/<slug>/guide-<lang>.pdf")
def guide(slug, lang):
    """The trainer's guide of a module."""
    return sent(guides.pdf(edition(slug, lang)), f"guide-{slug}-{lang}.pdf")


@bp.get("/quizzes/<slug>/answers-<lang>.pdf")
@signed_in(kinds=KNOWS_ANSWERS)
def answers(slug, lang):
    """The right answers: for trainers, and for those who answer for the content."""
    return sent(guides.answers(edition(slug, lang)), f"corrige-{slug}-{lang}.pdf")
