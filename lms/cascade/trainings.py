"""Screens of trainings: a class of several days, its register, its sessions."""

from datetime import date

from flask import Blueprint, g, redirect, render_template, url_for
from sqlalchemy import select

from lms.assessment import history
from lms.cascade import teaching
from lms.cascade.forms import TrainingForm
from lms.cascade.models import Training
from lms.cascade.presence import ENOUGH, half_days, share
from lms.core import facts
from lms.core.country import COUNTRY
from lms.core.database import db
from lms.curriculum.content import catalogue
from lms.people.mandates import KINDS, TEACHES
from lms.people.models import OrgUnit, Person, Role, below
from lms.people.reach import reachable
from lms.people.signing_in import signed_in

bp = Blueprint("trainings", __name__)


@bp.get("/trainings/")
@signed_in
def trainings():
    """The trainings within reach, the latest first."""
    found = select(Training).where(Training.within(g.reach)).order_by(Training.starts.desc(), Training.uid).limit(100)
    return render_template(
        "cascade/trainings.html", trainings=db.session.scalars(found).all(), plans=g.reach.holds(TrainingForm.by)
    )


@bp.get("/trainings/new")
@signed_in(kinds=TrainingForm.by)
def new_training():
    """The empty form of a training."""
    own = db.session.scalars(select(OrgUnit).where(OrgUnit.path.in_(g.reach.paths)).order_by(OrgUnit.path)).first()
    return _form(TrainingForm.opened(g.person, starts=date.today(), ends=date.today(), unit=own and own.uid))


@bp.get("/trainings/<uuid:uid>/edit")
@signed_in(kinds=TrainingForm.by)
def correct(uid):
    """The form of a training as it was planned."""
    training = reachable(Training, uid)
    return _form(
        TrainingForm.opened(
            g.person, corrects=uid, title=training.title, unit=training.unit_uid, place=training.place, starts=training.starts,
            ends=training.ends, modules=training.slugs, trainees=[person.origin for _n, person in teaching.register(training)],
        )
    )  # fmt: skip


@bp.post("/trainings/")
@signed_in
def record():
    """A training is planned, or its plan corrected."""
    form = TrainingForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("trainings.training", uid=form.origin), 303)
    return _form(form), form.status


def _form(form):
    places = select(OrgUnit).where(below(g.reach.paths), OrgUnit.level.in_(COUNTRY.level_keys[:-1]))
    return render_template(
        "cascade/training_form.html", form=form, workers=_workers(form.trainees.data), kinds=KINDS,
        places=db.session.scalars(places.order_by(OrgUnit.path).limit(3000)).all(),
    )  # fmt: skip


def _workers(chosen):
    """[(person, office, place)]: those chosen in the order of the register, then everybody else in reach."""
    found: dict = {}
    for person, kind, place in _offices():
        found.setdefault(person.origin, (person, kind, place))
    left = select(Person).where(Person.origin.in_(set(chosen) - set(found)), Person.within(g.reach))
    found |= {person.origin: (person, None, "") for person in db.session.scalars(left)}  # whose office has ended since
    order = [origin for origin in chosen if origin in found]
    return [found[origin] for origin in dict.fromkeys([*order, *found])]


def _offices():
    rows = (
        select(Person, Role.kind, OrgUnit.name)
        .join(Role, Role.person_uid == Person.origin)
        .join(OrgUnit, OrgUnit.uid == Role.unit_uid)
        .where(Person.current, Role.held_on(date.today()), below(g.reach.paths), Person.origin != g.person.origin)
        .order_by(OrgUnit.path, Person.given_key, Person.family_key)
        .limit(1000)
    )
    return db.session.execute(rows).all()


@bp.get("/trainings/<uuid:uid>")
@signed_in
def training(uid):
    """One training: its register with the presence of each, its sessions, what comes next."""
    training = reachable(Training, uid)
    sessions = teaching.sessions_of(training=uid)
    presence, there = teaching.presence(sessions), teaching.rolls(sessions)
    halves = [(session.held_on, session.half, there[session.uid]) for session in sessions]
    register = [
        (number, person, share(presence, person.origin), half_days(halves, person.origin))
        for number, person in teaching.register(training)
    ]
    expected = [person.origin for _number, person, *_rest in register]
    return render_template(
        "cascade/training.html",
        enough=round(100 * ENOUGH),
        training=training,
        sessions=sessions,
        register=register,
        modules=catalogue().modules,
        present=teaching.numbers_present(sessions),
        halves=half_days(halves),
        leader=Person.now_of(training.led_by),
        sat={slug: history.attempts_of_all(expected, slug) for slug in training.slugs},
        earned=history.earned,
        taught={session.module for session in sessions},
        today=date.today(),
        teaches=g.reach.holds(TEACHES),
        plans=g.reach.holds(TrainingForm.by),
    )
