"""The papers of a module: its flip-chart, its handout, and the page that says how each can be printed."""

from io import BytesIO

from flask import Blueprint, abort, render_template, request, send_file

from lms.core.language import LANGUAGES
from lms.curriculum import flipchart as charts
from lms.curriculum import handout as handouts
from lms.curriculum.content import catalogue
from lms.curriculum.ink import Edition
from lms.curriculum.kept import kept
from lms.curriculum.views import told

bp = Blueprint("printing", __name__)
blueprints = (bp,)


@bp.get("/modules/<slug>/print")
@kept
def papers(slug):
    """Every paper of a module, in every language and both inks."""
    module = catalogue().modules.get(slug) or abort(404)
    return render_template("curriculum/papers.html", it=told(module))


@bp.get("/modules/<slug>/flipchart-<lang>.pdf")
def flipchart(slug, lang):
    """The flip-chart; `?bound=1` for leaves bound at the top, `?black=1` in black alone."""
    return sent(charts.pdf(edition(slug, lang), bound=asked("bound")), f"boite-a-images-{slug}-{lang}.pdf")


@bp.get("/modules/<slug>/handout-<lang>.pdf")
def handout(slug, lang):
    """The page to take home."""
    return sent(handouts.pdf(edition(slug, lang)), f"a-retenir-{slug}-{lang}.pdf")


def edition(slug, lang):
    """The edition that is asked for; 404 when there is no such module or language."""
    module = catalogue().modules.get(slug)
    if module is None or lang not in LANGUAGES:
        abort(404)
    return Edition(told(module, lang), lang, asked("black"))


def asked(name):
    """Whether the address asks for this."""
    return request.args.get(name) == "1"


def sent(content, name):
    """A PDF to be looked at in the browser or kept under this name."""
    return send_file(BytesIO(content), mimetype="application/pdf", download_name=name, max_age=0)
