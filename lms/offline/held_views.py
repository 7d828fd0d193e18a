"""Screens of what waits for somebody's word: what was held, told in two ways, or dated by a clock that was wrong."""

from urllib.parse import urlencode
from uuid import UUID

import structlog
from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.core.database import db
from lms.core.fields import tidy
from lms.core.forms import FactForm, pairs
from lms.core.models import Conflict, Held, Receipt, now
from lms.offline import holding, inbox, tellings, wording
from lms.offline.envelope import CARRIED, FORMS
from lms.offline.whose import hers
from lms.people.devices import Device
from lms.people.models import Person
from lms.people.signing_in import signed_in

bp = Blueprint("held", __name__)
PAGE = 30
LONGEST = 500
USUAL = {"/sessions/": "cascade.correct", "/trainings/": "trainings.correct"}
"""Where a whole fact of a kind is corrected."""

log = structlog.get_logger()


@bp.get("/held/")
@signed_in
def inbox_page():
    """What waits for her word, the latest first: her own, and that of the workers in her places."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    items = inbox.items(g.reach, PAGE, (page - 1) * PAGE)
    told = [(what, _told(what, uid)) for what, uid, _at in items]
    return render_template(
        "offline/held.html", items=told, page=page, per_page=PAGE, count=inbox.count(g.reach), kind_of=wording.kind_of,
        icon_of=wording.icon_of, why=wording.why, **_around([one for _what, one in told]),
    )  # fmt: skip


def _told(what, uid):
    if what == "conflict":
        rows = select(Conflict).where(Conflict.uid == uid, Conflict.settled.is_(None), hers(Conflict.author, g.reach))
        return db.session.scalars(rows.order_by(Conflict.seq.desc())).first()
    return Held.of(uid) if what == "held" else Receipt.of(uid)


def _around(told):
    """Who told these, on which phone, and what they wait for: {uid: …} of each."""
    authors, devices = {one.author for one in told}, {one.device for one in told}
    waited = {one.waits_for for one in told if isinstance(one, Held) and one.waits_for}
    return {
        "authors": {who.origin: who for who in db.session.scalars(_persons(authors))},
        "devices": {one.uid: one for one in db.session.scalars(select(Device).where(Device.uid.in_(devices)))},
        "waited": {held.uid: held for held in db.session.scalars(select(Held).where(Held.uid.in_(waited)))},
    }


def _persons(origins):
    return select(Person).where(Person.current, Person.origin.in_(origins))


@bp.get("/held/<uuid:uid>")
@signed_in
def fact(uid: UUID):
    """One of them: what was told, what is wrong with it, and what may be done."""
    return _page(inbox.find(uid, g.reach) or abort(404))


@bp.post("/held/<uuid:uid>")
@signed_in
def answer(uid: UUID):
    """Her word: taken as it is or mended, set aside, one of two tellings, or the right day."""
    told, act = inbox.find(uid, g.reach) or abort(404), request.form.get("act", "")
    if act in ("first", "second"):
        return _choose(told, act == "second")
    if isinstance(told, Held) and told.settled != "taken":
        return _set_aside(told) if act == "aside" else _accept(told, mended=act == "mend")
    return _redate(told) if isinstance(told, Receipt) else redirect(url_for(".fact", uid=uid), 303)


def _page(told, **more):
    """The page of what is told, judged again in the reader's language."""
    show = {Held: _held_page, Conflict: _conflict_page, Receipt: _dated_page}[type(told)]
    return show(told, **more)


# What was held


def _held_page(held, form=None, fault=None):
    form = form or _judged(held)
    settled = held.settled == "taken"
    others = tellings.others(held.uid, held, g.reach) if not settled else []
    editable = _editable(form) if form and not (form.refused or form.is_newer or form.out_of_reach) else []
    return render_template(
        "offline/held_fact.html", told=held, form=form, lines=wording.as_told(held, g.reach),
        settled=settled, others=others, fault=fault,
        editable=editable, fits=bool(form) and not _faulty(form), awaited=_awaited(held), to_come=_is_to_come(held),
        own=held.author == g.person.origin, on_line=held.path in FORMS and held.path not in CARRIED,
        settler=Person.now_of(held.settled_by) if held.settled_by else None, strangers=_strangers(form),
        address=_address(held) if settled else None, **_head(held),
    )  # fmt: skip


def _judged(held, body=None) -> FactForm | None:
    """The form of a held fact with its faults; None where there is no such form, or it breaks on what was sent."""
    try:
        form = holding.form_of(held, g.person, body)
        holding.fits(form, held.uid)
        return form
    except OperationalError:
        raise
    except Exception as error:
        db.session.rollback()
        log.warning("held_fact_unreadable", path=held.path, error=type(error).__name__)
        return None


def _faulty(form):
    return form.author is None or form.refused or form.is_newer or form.out_of_reach or bool(form.errors)


def _editable(form):
    """The fields that can be mended on the page: those that are seen; of a withdrawal, its reason."""
    if form.withdrawn.data:
        return [form.reason]
    return [field for field in form if _is_seen(field) and field.name not in ("withdrawn", "reason")]


def _is_seen(field):
    return getattr(field.widget, "input_type", None) != "hidden"


def _head(told):
    around = _around([told])
    return {
        "kind": wording.kind_of(told.path), "kind_of": wording.kind_of, "why": wording.why,
        "author": around["authors"].get(told.author),
        "device": around["devices"].get(told.device),
    }  # fmt: skip


def _awaited(held):
    """The held fact it waits for, when that is still to be settled, or was set aside."""
    awaited = Held.of(held.waits_for)
    return awaited if awaited and awaited.settled != "taken" else None


def _is_to_come(held):
    """Whether it waits for a fact that has not come at all."""
    return bool(held.waits_for and not held.settled and not Held.of(held.waits_for) and not Receipt.of(held.waits_for))


def _strangers(form):
    """How many on a roll do not belong to its register."""
    if form is None or "present" not in form or not form.present.errors or not (form.group.row or form.training.row):
        return 0
    return len(set(form.present.data) - form.register)


def _accept(held, mended):
    body = _mended(held) if mended else None
    try:
        form = holding.accept(held, g.person, body)
    except OperationalError:
        raise
    except Exception as error:
        db.session.rollback()
        log.warning("held_fact_not_taken", path=held.path, error=type(error).__name__)
        form = None
    held = Held.of(held.uid)
    if held.settled == "taken":
        flash(_("C’est accepté."))
        return redirect(url_for(".inbox_page"), 303)
    return _held_page(held, form), 422


def _mended(held):
    """The body that was told, with the fields of the page in the place of its own, under the uid it came with."""
    form = _judged(held)
    if form is None:
        return None
    names = [field.name for field in _editable(form)]
    kept = [(name, value) for name, value in pairs(held.body) if name not in (*names, "uid")]
    if request.form.get("strangers") == "off" and _strangers(form):
        kept = [(name, value) for name, value in kept if name != "present" or UUID(value.strip()) in form.register]
    given = [(name, value) for name in names for value in request.form.getlist(name)]
    return urlencode([("uid", str(held.uid)), *kept, *given]).encode()


def _set_aside(held):
    why = tidy(request.form.get("because", ""))[:LONGEST]
    if not why:
        return _held_page(held, fault=_("Dites pourquoi vous la mettez de côté.")), 422
    holding.set_aside(held, g.person, why)
    flash(_("C’est mis de côté. Rien n’est effacé."))
    return redirect(url_for(".inbox_page"), 303)


# What was told in two ways


def _conflict_page(conflict, fault=None):
    before = inbox.first(conflict.uid, g.reach)
    settled = conflict.settled is not None
    settler = Person.now_of(conflict.settled_by) if settled else None
    return render_template(
        "offline/held_fact.html", told=conflict, form=None, settled=settled,
        lines=wording.as_told(before, g.reach) if before else [],
        others=tellings.others(conflict.uid, before, g.reach), fault=fault, editable=[], fits=False,
        awaited=None, settler=settler,
        own=conflict.author == g.person.origin, strangers=0, address=_address(before) if before else None,
        **_head(conflict),
    )  # fmt: skip


def _choose(told, second):
    """One of two tellings is right: the first stays, or the second corrects it."""
    number = request.form.get("conflict", type=int)
    conflict = next((one for one in inbox.conflicts(told.uid, g.reach) if one.seq == number), None) or abort(404)
    before = inbox.first(told.uid, g.reach)
    if second and not tellings.may_take(conflict, before):
        abort(404)
    if second and not conflict.settled and (fault := tellings.take_second(conflict, before, g.person)):
        return _page(inbox.find(told.uid, g.reach), fault=fault), 422
    conflict = db.session.get(Conflict, number)
    if not conflict.settled:
        conflict.settled, conflict.settled_at = "second" if second else "first", now()
        conflict.settled_by = g.person.origin
        db.session.commit()
    flash(_("Votre réponse est enregistrée."))
    return redirect(url_for(".inbox_page"), 303)


# A day in doubt


def _dated_page(receipt, form=None, fault=None):
    kind = FORMS[receipt.path]
    form = form or kind.sent(receipt.body, g.person)
    return render_template(
        "offline/held_fact.html", told=receipt, form=form, lines=wording.as_told(receipt, g.reach),
        settled=False, others=[], fault=fault,
        editable=[form[name] for name in inbox.days_of(kind)] if form.may_post() else [], fits=False, awaited=None,
        own=receipt.author == g.person.origin, settler=None, strangers=0, address=_address(receipt),
        usual=_usual(receipt) if form.may_post() else None, **_head(receipt),
    )  # fmt: skip


def _usual(receipt):
    """Where the whole fact is corrected, or None where there is no such screen."""
    row = db.session.get(FORMS[receipt.path].model, receipt.uid)
    return url_for(USUAL[receipt.path], uid=row.origin) if receipt.path in USUAL else None


def _redate(receipt):
    """The day, as she knows it: a correction of that fact, told on line and in no doubt any more."""
    days = inbox.days_of(FORMS[receipt.path])
    kept = [pair for pair in pairs(receipt.body) if pair[0] not in (*days, "uid", "corrects")]
    given = [(name, request.form.get(name, "")) for name in days]
    form = tellings.corrected(receipt, [*kept, *given], g.person, request.form.get("uid", type=UUID))
    if form.errors:
        return _dated_page(receipt, form), 422
    flash(_("Le jour est enregistré."))
    return redirect(url_for(".inbox_page"), 303)


def _address(told):
    """Where the fact is read, once it is one."""
    screens = {"/sessions/": "cascade.session", "/persons/": "members.person", "/attempts/": "assessment.attempt",
               "/hands/": "hands.hands", "/groups/": "people.group", "/trainings/": "trainings.training"}  # fmt: skip
    row = db.session.get(FORMS[told.path].model, told.uid) if told.path in screens else None
    if row is None or FORMS[told.path].model.now_of(row.origin) is None:
        return None
    return url_for(screens[told.path], uid=row.origin)


def facts_held():
    """How many things wait for the reader's word."""
    return inbox.count(g.reach)


bp.app_template_global("facts_held")(facts_held)
