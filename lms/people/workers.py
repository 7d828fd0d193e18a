"""Screens of workers: who works where; creating, moving, disabling; one-time codes."""

from datetime import date

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from wtforms import Form
from wtforms.validators import Regexp, ValidationError

from lms.core import facts
from lms.core.database import db
from lms.core.fields import Choice, Required, Short, UidField, Words
from lms.core.models import now
from lms.people import reviewers, rosters
from lms.people.forms import PersonForm
from lms.people.mandates import KINDS, LEVEL, MAY_APPOINT, NAMES_REVIEWERS, appointable
from lms.people.models import Account, OrgUnit, Person, Role, below
from lms.people.reach import reachable
from lms.people.signing_in import end_sessions, hand_out_code, signed_in

bp = Blueprint("workers", __name__)
MANAGERS = frozenset(MAY_APPOINT)
SEES = MANAGERS | {"trainer"}
PAGE = 50


class PlaceOfWork:
    """The fields of an office in a place, and the rules they share."""

    kind = Choice(_l("Rôle"), [Required()], choices=list(KINDS.items()))
    unit = UidField(_l("Lieu de travail"))

    def validate_unit(self, field):
        """A place of the level of the office, in reach of who gives it."""
        place = db.session.get(OrgUnit, field.data) if field.data else None
        if place is None or place.level != LEVEL.get(self.kind.data):
            raise ValidationError(_("Choisissez un lieu qui va avec ce rôle."))
        if not self.reach.covers(place.path):
            raise ValidationError(_("Ce lieu n’est pas dans vos lieux."))
        self.place = place

    def validate_kind(self, field):
        if not self.reach.everywhere and field.data not in appointable(self.reach.kinds):
            raise ValidationError(_("Vous ne pouvez pas donner ce rôle."))


class WorkerForm(PlaceOfWork, PersonForm):
    """A worker told to the programme: a person, an office, an identifier."""

    path = "/workers/"
    by = MANAGERS
    identifier = Words(
        _l("Identifiant (lettres sans accent, chiffres)"),
        [
            Required(),
            Short(30),
            Regexp(r"^[a-z0-9.-]+$", message=_l("Lettres minuscules sans accent, chiffres, point, tiret.")),
        ],
        render_kw={"autocapitalize": "none"},
    )

    def may_correct(self, row):
        """New workers are told here; a name is corrected where persons are told."""
        return False

    def validate_identifier(self, field):
        if db.session.scalar(select(Account).where(Account.identifier == field.data)):
            raise ValidationError(_("Cet identifiant est déjà pris."))

    def rows(self):
        return [self.person()]


class FoundingForm(PersonForm):
    """The first worker of an installation, told from the command line: nobody is there yet who could appoint her."""

    path = "/workers/first"

    def rows(self):
        return [self.person()]


def appoint(person, kind, unit, identifier=None, since=None, **account):
    """Give a person an office, and with an identifier the account to sign in with. Reference data, not facts."""
    db.session.add(Role(person_uid=person, kind=kind, unit_uid=unit.uid, since=since or date.today()))
    if identifier:
        db.session.add(Account(person_uid=person, identifier=identifier, **account))


class MoveWorkerForm(PlaceOfWork, Form):
    """Another office or place for a worker, from today."""

    def __init__(self, formdata=None, *, reach, **known):
        self.reach = reach
        super().__init__(formdata, **known)


def without_pin(reach):
    """The workers to whom the holder of this reach may give a code, and who never signed in; by name."""
    held = select(Role.person_uid).join(OrgUnit, OrgUnit.uid == Role.unit_uid)
    held = held.where(Role.kind.in_(appointable(reach.kinds)), Role.held_on(date.today()), below(reach.paths))
    return db.session.scalars(
        select(Person)
        .join(Account, Account.person_uid == Person.origin)
        .where(Person.current, Person.origin.in_(held), Account.pin_hash.is_(None), Account.disabled_at.is_(None))
        .order_by(Person.given_key, Person.family_key)
    ).all()


@bp.get("/workers/")
@signed_in(kinds=SEES)
def workers():
    """The workers of these places, fifty a page; with `kind`, those of one office."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else None
    held = (
        select(Role, Person)
        .join(OrgUnit, OrgUnit.uid == Role.unit_uid)
        .join(Person, (Person.origin == Role.person_uid) & Person.current)
        .where(Role.held_on(date.today()), below(g.reach.paths))
    )
    offices = set(db.session.scalars(held.with_only_columns(Role.kind).distinct()))
    held = held.where(Role.kind == kind) if kind else held
    in_order = held.order_by(Person.given_key, Person.family_key, Role.uid)
    listed = db.session.execute(in_order.limit(PAGE).offset((page - 1) * PAGE)).all()
    return render_template(
        "people/workers.html", workers=listed, accounts=_accounts([person.origin for _role, person in listed]), kinds=KINDS,
        kind=kind, offered_kinds=[one for one in KINDS if one in offices], appoints=g.reach.holds(MANAGERS),
        page=page, count=db.session.scalar(held.with_only_columns(func.count())), per_page=PAGE,
    )  # fmt: skip


def _accounts(persons):
    found = db.session.scalars(select(Account).where(Account.person_uid.in_(persons)))
    return {account.person_uid: account for account in found}


@bp.get("/workers/new")
@signed_in(kinds=MANAGERS)
def new_worker():
    """The empty form of a worker."""
    return _worker_form(WorkerForm.opened(g.person, sex="F"))


@bp.post("/workers/")
@signed_in
def record_worker():
    """A worker is told: person, office and account, and a code so that she chooses her PIN."""
    form = WorkerForm.posted()
    if not form.accepted():
        return _worker_form(form), form.status
    try:
        facts.record(form, commit=False)
        if not form.duplicate and not _has_account(form.origin):  # else the same post, a moment earlier, gave them
            appoint(form.origin, form.kind.data, form.place, form.identifier.data)
        db.session.commit()
    except IntegrityError:  # at this very moment the same post came, or another worker was given this identifier
        db.session.rollback()
        if not form.accepted():
            return _worker_form(form), form.status
        if not form.duplicate:
            raise
    return redirect(url_for("workers.worker", uid=form.origin), 303)


def _has_account(person_uid):
    return db.session.scalar(select(Account.uid).where(Account.person_uid == person_uid)) is not None


def _worker_form(form):
    return render_template("people/worker_form.html", form=form, kinds=_offers(), places=_places())


def _offers():
    return [(kind, KINDS[kind]) for kind in appointable(g.reach.kinds)]


def _places():
    levels = {LEVEL[kind] for kind in appointable(g.reach.kinds)}
    found = select(OrgUnit).where(below(g.reach.paths), OrgUnit.level.in_(levels)).order_by(OrgUnit.path).limit(3000)
    return db.session.scalars(found).all()


@bp.get("/workers/<uuid:uid>")
@signed_in(kinds=SEES)
def worker(uid):
    """One worker: office, groups, account. A member of a group is no worker."""
    person = reachable(Person, uid)
    if not Role.of(uid) and _account(person) is None:
        abort(404)
    return _worker_page(person)


def _worker_page(person, **more):
    roles = Role.of(person.origin)
    return render_template(
        "people/worker.html", person=person, roles=roles, account=_account(person),
        groups=rosters.groups_of(person.origin), manages=_manages(person, roles), offers=_offers(), places=_places(),
        form=more.pop("form", None) or _move_form(roles), reviews=reviewers.capacities(person.origin),
        review_form=reviewers.ReviewsForm.of(person.origin) if _names_reviewer(person) else None, **more,
    )  # fmt: skip


def _move_form(roles):
    now = {"kind": roles[0].kind, "unit": roles[0].unit_uid} if roles else {}
    return MoveWorkerForm(reach=g.reach, **now)


def _account(person):
    return db.session.scalar(select(Account).where(Account.person_uid == person.origin))


def _manages(person, roles):
    """Whether all the offices of this worker are ones that the reader may give, here. Nobody shuts herself out."""
    gives = set(appointable(g.reach.kinds))
    hers = [role.kind in gives and g.reach.covers(role.unit.path) for role in roles]
    return bool(hers) and all(hers) and person.origin != g.person.origin


def _names_reviewer(person):
    """Whether the reader may say which texts this worker reviews."""
    return g.reach.holds(NAMES_REVIEWERS) and _account(person) is not None


def _managed(uid):
    """The worker, when the reader answers for her; 403 for one she may only see."""
    person = reachable(Person, uid)
    if not _manages(person, Role.of(uid)) or _account(person) is None:
        abort(403)
    return person


@bp.post("/workers/<uuid:uid>/code")
@signed_in(kinds=MANAGERS)
def give_code(uid):
    """A one-time code, shown once: she chooses her PIN with it within three days."""
    person = _managed(uid)
    return _worker_page(person, code=hand_out_code(_account(person)))


@bp.post("/workers/<uuid:uid>/disable")
@signed_in(kinds=MANAGERS)
def disable(uid):
    """She may not sign in any more; what she recorded stays."""
    account = _account(_managed(uid))
    account.disabled_at = now()
    end_sessions(account)
    db.session.commit()
    return redirect(url_for("workers.worker", uid=uid), 303)


@bp.post("/workers/<uuid:uid>/enable")
@signed_in(kinds=MANAGERS)
def enable(uid):
    """She may sign in again."""
    _account(_managed(uid)).disabled_at = None
    db.session.commit()
    return redirect(url_for("workers.worker", uid=uid), 303)


@bp.post("/workers/<uuid:uid>/move")
@signed_in(kinds=MANAGERS)
def move(uid):
    """Her offices end today, another begins: here or in another place in reach."""
    person = _managed(uid)
    form = MoveWorkerForm(request.form, reach=g.reach)
    if not form.validate():
        return _worker_page(person, form=form), 422
    for role in Role.of(uid):
        role.until = date.today()
    appoint(uid, form.kind.data, form.place)
    db.session.commit()
    return redirect(url_for("workers.worker", uid=uid), 303)


@bp.post("/workers/<uuid:uid>/reviews")
@signed_in(kinds=NAMES_REVIEWERS)
def name_reviewer(uid):
    """Which texts she reviews from now on: in which language, or for what they say of health."""
    person = reachable(Person, uid)
    if _account(person) is None:
        abort(403)
    form = reviewers.ReviewsForm(request.form)
    if not form.validate():
        return _worker_page(person), 422
    reviewers.name(uid, form.capacities.data)
    db.session.commit()
    return redirect(url_for("workers.worker", uid=uid), 303)
