"""Screens of sessions: what is taught to whom, and who was there."""

from datetime import date, datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.assessment.forms import HandsUpForm
from lms.cascade import doubles_views, lineage_views, settling, teaching, trainings
from lms.cascade.forms import HEADS, SessionForm, head_field
from lms.cascade.models import Session, Training
from lms.core import facts
from lms.core.database import db, new_uid
from lms.core.language import SPOKEN, language
from lms.curriculum.content import catalogue, said
from lms.curriculum.views import picture_address
from lms.people.forms import MemberForm
from lms.people.mandates import KEEPS_GROUPS, TEACHES
from lms.people.models import Group, Person
from lms.people.reach import find, reachable
from lms.people.rosters import groups_of, roster, sizes
from lms.people.signing_in import signed_in

bp = Blueprint("cascade", __name__)
blueprints = (bp, trainings.bp, lineage_views.bp, doubles_views.bp)
PAGE = 30
AFTERNOON = 13  # the hour from which a session is taken for one of the afternoon, as on the phone (page.js)


@bp.get("/sessions/")
@signed_in
def sessions():
    """The trainings to come and the sessions held, within reach."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    found = select(Session).where(Session.within(g.reach)).order_by(Session.held_on.desc(), Session.uid.desc())
    listed = db.session.scalars(found.limit(PAGE).offset((page - 1) * PAGE)).all()
    count = db.session.scalar(select(func.count()).select_from(Session).where(Session.within(g.reach)))
    return render_template(
        "cascade/sessions.html", sessions=listed, whom=teaching.whom_of(listed), present=teaching.numbers_present(listed),
        trainings=teaching.trainings_to_come(g.reach, date.today()), groups=groups_of(g.person.origin),
        doubtful=settling.doubtful(listed), page=page, count=count, per_page=PAGE, teaches=g.reach.holds(TEACHES),
    )  # fmt: skip


@bp.get("/sessions/new")
@signed_in(kinds=TEACHES)
def new_session():
    """The form of a session: with whom is given, then the module, then the rest with the roll.

    A lesson leads here with its module: then only the group is asked, and not even that of who follows one alone.
    """
    whom, slug = whom_of(request.args), request.args.get("module")
    if whom is None:
        return _choose_group(slug)
    if slug is None:
        return render_template(
            "cascade/choose_module.html", whom=whom, modules=_offered(whom), query=request.args.to_dict()
        )
    module = catalogue().modules.get(slug) or abort(404)
    form = _opened(whom, module)
    if request.args.get("all"):
        form.present.data = [person.origin for _number, person in register_of(whom)]
    return session_page(form)


def _choose_group(slug):
    groups = groups_of(g.person.origin)
    if slug and len(groups) == 1:
        return redirect(url_for(".new_session", group=groups[0].origin, module=slug))
    return render_template(
        "cascade/choose_group.html", groups=groups, sizes=sizes([group.origin for group in groups]),
        module=slug and (catalogue().modules.get(slug) or abort(404)),
        trainings=teaching.trainings_to_come(g.reach, date.today()),
    )  # fmt: skip


def register_of(whom):
    """(number, person) of those whom the roll calls."""
    return roster(whom.origin) if isinstance(whom, Group) else teaching.register(whom)


def whom_of(given):
    """The group or the training named, within reach; None when neither is."""
    for model, name in ((Group, "group"), (Training, "training")):
        if given.get(name):
            return reachable(model, given.get(name, type=UUID))
    return None


def _offered(whom):
    modules = catalogue().modules
    return (
        [modules[slug] for slug in whom.slugs if slug in modules] if isinstance(whom, Training) else list(catalogue())
    )


def _opened(whom, module):
    lessons = [lesson.id for lesson in module.lessons]
    half = "am" if datetime.now().hour < AFTERNOON else "pm"
    return SessionForm.opened(
        g.person, lessons=lessons, held_on=date.today(), **{**foreseen(whom, module), "half": half}
    )


def foreseen(whom, module):
    """What is known of a session before it is held: with whom, what, and what is usual there."""
    is_group = isinstance(whom, Group)
    return {
        "group": whom.origin if is_group else None, "training": None if is_group else whom.origin,
        "module": module.slug, "content": module.hash, "language": SPOKEN if is_group else language(), "half": "am",
        "minutes": module.minutes_group[0] if is_group else module.minutes_chw,
        "place": whom.village.name if is_group else whom.place,
    }  # fmt: skip


@bp.post("/sessions/")
@signed_in
def record():
    """A worker records a session she has just led, and on the way a woman who is not on the roster yet.

    The woman is a fact of her own and comes first. Her own button registers her alone and keeps the roll open.
    """
    form, added = SessionForm.posted(), None
    alone = "woman" in request.form
    if alone or any(request.form.get(f"woman-{name}", "").strip() for name in ("given", "family")):
        woman, status = _one_more()
        if status != 200:
            if not alone:
                form.validate()  # what else is missing is said at the same time
                form.present.errors = []  # she may be the one who was there
            return session_page(form, woman), status
        form, added = _with(form, woman.origin), Person.now_of(woman.origin)
        if alone:
            return session_page(form, added=added)
    if form.accepted():
        facts.record(form)
        return redirect(
            url_for(".sessions", withdrawn=1) if form.withdrawn.data else url_for(".session", uid=form.origin), 303
        )
    status = form.status
    if form.withdrawn.data and not form.conflict:
        return _withdraw_page(form), status
    return session_page(form, added=added), status


def _one_more():
    """Registers the woman who was typed beside the roll: her form, and 200 when it was accepted."""
    asked = {name: request.form.get(f"woman-{name}", "") for name in ("uid", "given", "family", "age")}
    body = urlencode({**asked, "sex": "F", "group": request.form.get("group", "")}).encode()
    woman = MemberForm.sent(body, g.person)
    if not woman.accepted():
        status = woman.status
        if woman.conflict:  # a page gone back to still holds the uid of the woman before: this one gets her own
            woman = MemberForm.opened(g.person, **{name: asked[name] for name in ("given", "family", "age")})
            woman.given.errors = [
                _("Une autre femme vient d’être inscrite ici. Si celle-ci manque encore, inscrivez-la.")
            ]
        return woman, status if status != 200 else 403
    facts.record(woman)
    return woman, 200


def _with(form, person):
    """The same form with this person present, and without what was typed to register her: she has her own fact."""
    sent = [pair for pair in parse_qsl(form.body.decode(), keep_blank_values=True) if not pair[0].startswith("woman")]
    return SessionForm.sent(urlencode([*sent, ("present", str(person))]).encode(), g.person)


def session_page(form, woman=None, added=None, sheet=None):
    """The form with its roll; `sheet`: the paper it is typed from, if any."""
    group, training = find(Group, form.group.data, g.reach), find(Training, form.training.data, g.reach)
    if not (group or training):
        abort(404)
    woman = woman or MemberForm.opened(g.person, group=form.group.data)
    return render_template(
        "cascade/session_form.html", form=form, group=group, training=training, woman=woman, sheet=sheet,
        roster=_called(form, group or training), added=added, adds=bool(group and g.reach.kinds & KEEPS_GROUPS),
        module=catalogue().modules.get(form.module.data), heads=[(sex, band, form[head_field(sex, band)]) for sex, band in HEADS],
    )  # fmt: skip


def _called(form, whom):
    """The roll: those expected today; when a session is corrected, also those who were there and have left since."""
    listed = list(register_of(whom))
    missing = set(form.present.data) - {person.origin for _number, person in listed}
    if missing and form.corrects.data:
        there = select(Person).where(Person.current, Person.origin.in_(missing & form.register))
        listed += [(None, person) for person in db.session.scalars(there)]
    return listed


@bp.get("/sessions/<uuid:uid>")
@signed_in
def session(uid):
    """One session: what was taught, who was there, and what may come next."""
    session = reachable(Session, uid)
    return render_template(
        "cascade/session.html", session=session, roll=teaching.roll(session), heads=teaching.heads(session),
        module=catalogue().modules.get(session.module), leader=Person.now_of(session.led_by),
        corrects=g.reach.holds(TEACHES), asks=g.reach.holds(HandsUpForm.by),
        twins=settling.twins(session), doubtful=settling.doubtful([session]),
    )  # fmt: skip


@bp.get("/sessions/<uuid:uid>/edit")
@signed_in(kinds=TEACHES)
def correct(uid):
    """The form of a session as it was told, to correct a slip: the correction is a fact of its own."""
    session = reachable(Session, uid)
    counted = {head_field(head.sex, head.band): head.number for head in teaching.heads(session)}
    form = SessionForm.opened(
        g.person, corrects=uid, group=session.group_uid, training=session.training_uid, module=session.module,
        content=session.content, lessons=session.lessons.split(), language=session.language, held_on=session.held_on,
        half=session.half, minutes=session.minutes, place=session.place,
        present=[person.origin for person in teaching.roll(session)], **counted,
    )  # fmt: skip
    return session_page(form)


@bp.get("/sessions/<uuid:uid>/withdraw")
@signed_in(kinds=TEACHES)
def withdraw(uid):
    """The form that takes a session back, with the reason."""
    session = reachable(Session, uid)
    return _withdraw_page(SessionForm.opened(g.person, corrects=uid, withdrawn=True, module=session.module))


def _withdraw_page(form):
    return render_template("cascade/withdraw.html", form=form, session=reachable(Session, form.corrects.data))


def title_of(slug):
    """The title of a module in the reader's language; its slug when it is taught no more."""
    module = catalogue().modules.get(slug)
    return said(module.title, language()) if module else slug


def picture_of(module):
    """The address of the picture that stands for a module."""
    return picture_address(module, module.picture) if module.picture else ""


bp.app_template_global("title_of")(title_of)
bp.app_template_global("picture_of")(picture_of)
bp.app_template_global("new_uid")(new_uid)
