"""What is read: modules, a module, a lesson card by card, both languages side by side, sources, review."""

import mimetypes
from collections import Counter
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

from flask import Blueprint, abort, current_app, render_template, send_file, url_for

from lms.core.language import DEFAULT, LANGUAGES, language
from lms.core.pages import ONE_YEAR
from lms.core.pages import picture as static_picture
from lms.curriculum import review
from lms.curriculum.content import Card, Lesson, Module, catalogue
from lms.curriculum.kept import Shelf, hand_out, kept, page_of
from lms.curriculum.leaves import leaves
from lms.curriculum.review import State, Verdict
from lms.curriculum.signatures import signatures
from lms.curriculum.syllabus import unmarked
from lms.curriculum.words import html, wording

SMALL = 8_000  # bytes of a drawing that may be carried in the page that lists it
FOR_EVER = f"public, max-age={ONE_YEAR}, immutable"
WORST_FIRST = (State.MISSING, State.STALE, State.DRAFT, State.VALIDATED)
bp = Blueprint("curriculum", __name__)
blueprints = (bp,)
bp.add_app_template_filter(html, "markdown")
bp.add_app_template_filter(unmarked, "unmarked")


@bp.record_once
def hand_out_kept_copies(state):
    """Before Flask, and so last: every other layer has been laid when a blueprint is registered."""
    state.app.wsgi_app = Shelf(state.app)


@bp.get("/modules/")
@kept
def modules():
    """Every module in the order it is taught."""
    return render_template("curriculum/modules.html", modules=[told(module) for module in catalogue()])


@bp.get("/modules/review")
@kept
def review_page():
    """How far the texts and recordings of every module are reviewed, in every language, on one page."""
    rows = [_reviewed(module) for module in catalogue()]
    return render_template(
        "curriculum/review.html", rows=rows, states=list(State),
        texts=review.added(row.texts for row in rows), sounds=review.added(row.sounds for row in rows),
        objections=[row for row in rows if row.objections],
    )  # fmt: skip


@bp.get("/modules/<slug>")
@kept
def module(slug):
    """What a module is for, and its lessons."""
    return render_template("curriculum/module.html", it=told(_module(slug)), catalogue=catalogue())


@bp.get("/modules/<slug>/<lesson>")
@kept
def lesson(slug, lesson):
    """The cards of a lesson, one on each screen."""
    it, here = told(_module(slug)), _lesson(slug, lesson)
    return render_template("curriculum/lesson.html", it=it, lesson=here, after=it.module.after(here))


@bp.get("/modules/<slug>/<lesson>/bilingual")
@kept
def bilingual(slug, lesson):
    """A lesson in French beside the other language, for those who compare."""
    code = language() if language() != DEFAULT else next(code for code in LANGUAGES if code != DEFAULT)
    it, here = told(_module(slug), code), _lesson(slug, lesson)
    return render_template("curriculum/bilingual.html", it=it, lesson=here, other=code)


@bp.get("/modules/<slug>/sources")
@kept
def sources(slug):
    """Where a module's statements come from, and what law or protocol has to settle."""
    return render_template("curriculum/sources.html", it=told(_module(slug)))


@bp.get("/modules/<slug>/media/<name>")
def media(slug, name):
    """A picture or a recording of a card. Its address changes with the content: it may be kept for ever."""
    content = _module(slug).files.get(f"modules/{slug}/media/{name}")
    if content is not None:
        type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return hand_out(_compressed(content, type), cache=FOR_EVER)
    sounds = [file for card in _module(slug).cards.values() for file in card.audio.values() if file.name == name]
    if not sounds:
        abort(404)
    return send_file(sounds[0], mimetype="audio/ogg", conditional=True, max_age=ONE_YEAR)


_compressed = lru_cache(maxsize=512)(page_of)  # pictures are a few kilobytes each


def _module(slug) -> Module:
    return catalogue().modules.get(slug) or abort(404)


def _lesson(slug, id) -> Lesson:
    return _module(slug).lesson(id) or abort(404)


def told(module: Module, code=None):
    """A module with what a page needs to tell it in this language: its wordings, its state, its addresses."""
    code = code or language()
    signed = signatures(module)
    found = review.states(module.units, signed)
    said = partial(_said, found, review.objections(module.units, signed), code)
    return SimpleNamespace(
        module=module, said=said, title=said(module.title, "title"), state=worst(found, code),
        picture=partial(picture_address, module), inlined=partial(inlined_picture, module),
        audio=partial(audio_address, module, code),
    )  # fmt: skip


def _said(found, against, code, texts, unit):
    state, dangerous = found.get((unit, code), State.MISSING), against.get((unit, code)) is Verdict.DANGEROUS
    return wording(texts, state, code, current_app.config["SHOW_DRAFTS"], dangerous)


def worst(found, code):
    """The state of a whole module: that of its least reviewed text."""
    present = {state for (_unit, language), state in found.items() if language == code}
    return next((state for state in WORST_FIRST if state in present), State.MISSING)


def picture_address(module: Module, name: str):
    """The address of a picture the content names: of ours, from healthicons, or of the module's own media."""
    kind, _colon, rest = name.partition(":")
    if kind != "media":
        return static_picture(name)
    return url_for("curriculum.media", slug=module.slug, name=rest, v=module.hash[:8])


def inlined_picture(module: Module, name: str):
    """The address of a drawing that carries it: a row of seven costs a new phone no request of its own."""
    address = picture_address(module, name)
    path = urlsplit(address).path
    if not path.endswith(".svg"):
        return address
    if path.startswith("/static/"):
        drawing = (Path(current_app.static_folder or "") / path.removeprefix("/static/")).read_bytes()
    else:
        drawing = module.files[path.removeprefix("/")]
    return "data:image/svg+xml," + quote(drawing, safe=" =:/,;()'+") if len(drawing) <= SMALL else address


def audio_address(module: Module, code: str, card: Card):
    """The address of a card's recording in this language, or None."""
    if code not in card.audio:
        return None
    file = card.audio[code]
    return url_for("curriculum.media", slug=module.slug, name=file.name, v=review.digest(file.read_bytes())[:8])


def _reviewed(module):
    signed, units = signatures(module), [leaf.unit for leaf in leaves(module)]
    against = review.objections(units, signed)
    return SimpleNamespace(
        module=module, texts=review.counts(review.states(units, signed)),
        sounds=review.counts(review.audio_states(module, signed)),
        objections=Counter((code, verdict) for (_unit, code), verdict in against.items()),
    )  # fmt: skip
