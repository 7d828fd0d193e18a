"""The phone's own pages: empty, the same for everybody, kept on the phone and filled there (static/js/phone/page.js).

The service worker keeps those that need nothing but a language; those of a module come with its pack (packs.py).
They are the online pages over again: same templates or same parts, with `phone` naming what is laid over them. Whom
they are about rides in the fragment of their address, which no server ever sees.
"""

from functools import partial, wraps
from types import SimpleNamespace

from flask import Blueprint, abort, current_app, g, render_template, request

from lms.assessment import questions
from lms.assessment.forms import AttemptForm, HandsUpForm
from lms.assessment.questions import LETTERS
from lms.assessment.scoring import needed
from lms.assessment.wording import spoken
from lms.cascade.forms import HEADS, SessionForm, head_field
from lms.core.language import LANGUAGES, SPOKEN
from lms.curriculum.content import catalogue
from lms.curriculum.kept import hand_out, made
from lms.curriculum.views import picture_address
from lms.people.forms import DepartureForm, MemberForm
from lms.people.signing_in import signed_in

bp = Blueprint("phone", __name__, url_prefix="/phone/<lang>")
NOBODY = SimpleNamespace(origin="", name="", title="")


def empty(view):
    """A page that is made once for a language, and fresh as long as its ETag is: whatever the cookie says."""

    @wraps(view)
    def answer(lang, **ids):
        if lang not in LANGUAGES:
            abort(404)
        g.language = lang
        return hand_out(_kept(view, {"lang": lang, **ids}), vary="Accept-Encoding")

    return answer


def _kept(view, ids):
    """The page, made anew when the content in force is another; while developing each time."""
    app = current_app
    of = (catalogue(), app.config["SHOW_DRAFTS"])
    known = app.extensions.get("phone pages")
    if known is None or known[0][0] is not of[0] or known[0][1] != of[1] or app.debug:
        known = app.extensions["phone pages"] = (of, {})
    pages = known[1]
    if request.path not in pages:
        pages[request.path] = made(view, ids, request.path, ids["lang"])
    return pages[request.path]


@bp.get("/")
@empty
def home(lang):
    """What is on this phone: what it carries and how old that is, what waits to be sent, what can be taken along."""
    return render_template("offline/home.html", phone="home", modules=list(catalogue()))


@bp.get("/groups")
@empty
def groups(lang):
    """The groups this phone carries."""
    return render_template("offline/groups.html", phone="groups")


@bp.get("/group")
@empty
def group(lang):
    """One group: its sessions, its members, what may come next."""
    return render_template("offline/group.html", phone="group", modules=list(catalogue()))


@bp.get("/person")
@empty
def person(lang):
    """One woman of a group, and what she was asked."""
    return render_template("offline/person.html", phone="person", modules=list(catalogue()))


@bp.get("/new-person")
@empty
def new_person(lang):
    """A woman who joins a group, or a slip in her name that is mended."""
    form = MemberForm.opened(sex="F")
    return render_template("offline/new_person.html", phone="new-person", form=form, options={})


@bp.get("/leave")
@empty
def leave(lang):
    """A member leaves her group."""
    return render_template("offline/leave.html", phone="leave", form=DepartureForm.opened(), options={})


@bp.get("/teach")
@empty
def teach(lang):
    """Which of the modules on this phone the session is about."""
    return render_template("offline/teach.html", phone="teach", modules=list(catalogue()))


@bp.get("/sitting")
@empty
def sitting(lang):
    """One session as it was told, and what may come next."""
    return render_template("offline/sitting.html", phone="sitting", modules=list(catalogue()))


@bp.get("/withdraw")
@empty
def withdraw(lang):
    """What takes back a fact told on this phone or before, with the reason."""
    return render_template("offline/withdraw.html", phone="withdraw", modules=list(catalogue()))


@bp.get("/told")
@empty
def told(lang):
    """What this worker told on this phone, and how far each fact has come."""
    return render_template("offline/told.html", phone="told", modules=list(catalogue()))


@bp.get("/session/<slug>")
@empty
def session_form(lang, slug):
    """The form of a session with its roll."""
    module = _module(slug)
    form = SessionForm.opened(
        module=module.slug, content=module.hash, lessons=[lesson.id for lesson in module.lessons], language=SPOKEN, half="am",
        minutes=module.minutes_group[0],
    )  # fmt: skip
    return render_template(
        "offline/session.html", phone="session", form=form, module=module, group=NOBODY, training=None, roster=(),
        adds=True, added=None, woman=MemberForm.opened(sex="F"),
        heads=[(sex, band, form[head_field(sex, band)]) for sex, band in HEADS],
    )  # fmt: skip


@bp.get("/quizzes/<slug>")
@signed_in
@empty
def quizzes(lang, slug):
    """Whom of a group to ask. It holds the key to the answers, so only workers take it."""
    module = _module(slug)
    return render_template("offline/quizzes.html", phone="quizzes", module=module, keys=_keys(module))


@bp.get("/quiz/<slug>/<letter>")
@signed_in
@empty
def attempt(lang, slug, letter):
    """The questions for one woman, with what is right."""
    module, form = _module(slug), AttemptForm.opened(mode="picture_tap", **_asked(slug, letter))
    return _asking(
        "offline/quiz.html", "quiz", module, form, person=NOBODY, belongs=None, told=True, keys=_keys(module)
    )


@bp.get("/hands/<slug>/<letter>")
@empty
def hands(lang, slug, letter):
    """The questions for a group, by show of hands."""
    return _asking(
        "offline/hands.html", "hands", _module(slug), HandsUpForm.opened(**_asked(slug, letter)), group=NOBODY
    )


def _asked(slug, letter):
    if letter not in LETTERS:
        abort(404)
    return {"module": slug, "content": _module(slug).hash, "form": letter, "kind": "post", "language": SPOKEN}


def _asking(template, phone, module, form, **more):
    return render_template(
        template, phone=phone, module=module, form=form, items=questions.of(module).form(form.form.data, "group"),
        words=spoken(module), address=partial(picture_address, module), **more,
    )  # fmt: skip


def _keys(module):
    """{letter: what is right, what must be right, how many are needed}, as overlay.js judges by."""
    assessment = questions.of(module)
    return {
        letter: {
            "answers": {item.id: item.answer for item in assessment.form(letter, "group")},
            "vital": [item.id for item in assessment.form(letter, "group") if item.vital],
            "needed": needed(assessment.percent("group"), len(assessment.form(letter, "group"))),
        }
        for letter in LETTERS
    }


def _module(slug):
    return catalogue().modules.get(slug) or abort(404)
