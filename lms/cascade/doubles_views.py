"""Screens of sessions that may have been told twice: those that wait, two side by side, and the answer."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select

from lms.cascade import settling, teaching
from lms.cascade.double_forms import SETTLES, SettlementForm
from lms.cascade.doubles import differing
from lms.cascade.models import Session, Settlement
from lms.core import facts
from lms.core.database import db
from lms.people.models import Group, Person
from lms.people.reach import find, reachable
from lms.people.signing_in import signed_in

bp = Blueprint("doubles", __name__)
PAGE = 30


@dataclass
class Twin:
    """Another session that may be the same sitting, beside the one that is read."""

    session: Session
    leader: Person | None
    present: int
    here_only: list
    there_only: list
    said: Settlement | None
    form: SettlementForm | None


@bp.get("/doubles/")
@signed_in(kinds=SETTLES)
def doubles():
    """The sessions within reach that may have been told twice, two by two, the latest first."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    pairs = settling.in_doubt(g.reach, PAGE, (page - 1) * PAGE)
    listed = [session for pair in pairs for session in pair]
    return render_template(
        "cascade/doubles.html", pairs=pairs, whom=teaching.whom_of(listed), leaders=_leaders(listed), page=page,
        per_page=PAGE, count=settling.count_in_doubt(g.reach),
    )  # fmt: skip


@bp.get("/sessions/<uuid:uid>/doubles")
@signed_in
def compare(uid: UUID):
    """One session beside those that may be the same sitting: whom the rolls do not agree about, and what was said of it."""
    return _side_by_side(reachable(Session, uid))


@bp.post("/doubles/")
@signed_in
def settle():
    """A supervisor says whether two sessions are one sitting."""
    form = SettlementForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("doubles.doubles", settled=1), 303)
    status = form.status
    return _side_by_side(find(Session, form.first.data, g.reach) or abort(404), form), status


def _side_by_side(session, told=None):
    others = settling.twins(session)
    everybody = [session, *others]
    there, leaders, said = teaching.rolls(everybody), _leaders(everybody), settling.settlements(everybody)
    settles = g.reach.holds(SETTLES) and find(Group, session.group_uid, g.reach)
    persons = _persons(set().union(*there.values()))
    twins = [_twin(session, other, there, leaders, said, persons, settles) for other in others]
    return render_template(
        "cascade/double.html", session=session, whom=session.group or session.training, twins=twins, told=told,
        leader=leaders.get(session.led_by), present=len(there[session.uid] & persons.keys()),
    )  # fmt: skip


def _twin(session, other, there, leaders, said, persons, settles):
    pair = tuple(sorted((session.origin, other.origin)))
    before = said.get(pair)
    here_only, there_only = differing(there[session.uid], there[other.uid])
    form = settles and SettlementForm.opened(g.person, first=pair[0], second=pair[1], corrects=before and before.origin)
    return Twin(
        other, leaders.get(other.led_by), len(there[other.uid] & persons.keys()), _by_name(persons, here_only),
        _by_name(persons, there_only), before, form or None,
    )  # fmt: skip


def _by_name(persons, origins):
    return sorted((persons[one] for one in origins if one in persons), key=lambda who: (who.given_key, who.family_key))


def _persons(origins):
    rows = db.session.scalars(select(Person).where(Person.current, Person.origin.in_(origins)))
    return {person.origin: person for person in rows}


def _leaders(sessions):
    """Who led each of these sessions: {origin: person}."""
    return _persons({session.led_by for session in sessions})


def doubles_to_settle():
    """How many possible doubles wait for the reader's word; none for who has none to give."""
    return settling.count_in_doubt(g.reach) if g.reach.holds(SETTLES) else 0


bp.app_template_global("doubles_to_settle")(doubles_to_settle)
