"""Screens of places: the tree from one's own places down, and a new place in it."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import Form
from wtforms.validators import Regexp, ValidationError

from lms.core.country import COUNTRY
from lms.core.database import db, new_uid
from lms.core.fields import Required, Short, UidField, Words
from lms.people.models import Group, OrgUnit, Person, Role, below
from lms.people.signing_in import signed_in
from lms.people.workers import MANAGERS, SEES

bp = Blueprint("places", __name__)
LEVELS = COUNTRY.level_keys


class PlaceForm(Form):
    """A place told to the programme: reference data, kept by whoever answers for the place above it."""

    above = UidField()
    name = Words(_l("Nom du lieu"), [Required(), Short(80)])
    code = Words(
        _l("Code court : lettres majuscules ou chiffres"),
        [Required(), Short(6), Regexp(r"^[A-Z0-9]{2,6}$", message=_l("De 2 à 6 lettres majuscules ou chiffres."))],
        render_kw={"autocapitalize": "characters"},
    )

    def __init__(self, formdata=None, *, reach, **known):
        self.reach = reach
        super().__init__(formdata, **known)
        self.parent = db.session.get(OrgUnit, self.above.data) if self.above.data else None

    def validate_code(self, field):
        taken = select(OrgUnit.uid).where(OrgUnit.path == f"{self.parent.path}.{field.data}")
        if db.session.scalar(taken):
            raise ValidationError(_("Ce code est déjà pris ici."))

    def place(self):
        """The place told, one level below the one it lies in."""
        level = LEVELS[LEVELS.index(self.parent.level) + 1]
        path = f"{self.parent.path}.{self.code.data}"
        return OrgUnit(
            uid=new_uid(), name=self.name.data, level=level, path=path, parent_uid=self.parent.uid, opened=date.today()
        )


@bp.get("/places/new")
@signed_in(kinds=MANAGERS)
def new_place():
    """The empty form of a place below one in reach."""
    return _place_form(PlaceForm(reach=g.reach, above=request.args.get("in", type=UUID)))


@bp.post("/places/")
@signed_in(kinds=MANAGERS)
def record_place():
    """A place is added to the tree."""
    form = PlaceForm(request.form, reach=g.reach)
    _refuse_unreached(form)
    if not form.validate():
        return _place_form(form), 422
    place = form.place()
    db.session.add(place)
    db.session.commit()
    return redirect(url_for("places.places", **{"in": place.uid}), 303)


def _place_form(form):
    _refuse_unreached(form)
    return render_template("people/place_form.html", form=form, above=form.parent)


def _refuse_unreached(form):
    """A place is added below one of her own places, and nothing lies below a village."""
    if form.parent is None or form.parent.level == LEVELS[-1] or not g.reach.covers(form.parent.path):
        abort(404)


@bp.get("/places/")
@signed_in
def places():
    """The tree of places, from the ones in reach down, one level at a time."""
    own = list({role.unit.uid: role.unit for role in Role.of(g.person.origin)}.values())
    if not request.args.get("in"):
        return _places_page(None, own, own)
    uid = request.args.get("in", type=UUID) or abort(404)
    top = db.session.get(OrgUnit, uid) or abort(404)
    if not _on_her_way(top, own):
        abort(404)
    inside = db.session.scalars(select(OrgUnit).where(OrgUnit.parent_uid == top.uid).order_by(OrgUnit.name))
    return _places_page(top, [unit for unit in inside if _on_her_way(unit, own)], own)


def _on_her_way(unit, own):
    """Whether a place is one of hers, lies in one, or has one in it."""
    path = f"{unit.path}."
    return any(path.startswith(f"{mine.path}.") or f"{mine.path}.".startswith(path) for mine in own)


def _places_page(top, units, own):
    first = top is None or top in own
    above = url_for("places.places", **({} if first else {"in": top.parent_uid})) if top else None
    groups = (
        select(Group).where(Group.within(g.reach), Group.village_uid == top.uid).order_by(Group.name_key)
        if top
        else None
    )
    return render_template(
        "people/places.html",
        top=top,
        units=units,
        above=above,
        trail=_trail(top),
        here=_working_at(top) if top and g.reach.kinds & SEES else [],
        adds=_adds_below(top),
        groups=db.session.scalars(groups).all() if top else [],
    )


def _adds_below(unit):
    """Whether the reader may add a place in this one."""
    return unit and unit.level != LEVELS[-1] and g.reach.kinds & MANAGERS and g.reach.covers(unit.path)


def _trail(unit):
    """The names of the places this one lies in, from the nearest up."""
    names = []
    while unit and unit.parent:
        unit = unit.parent
        names.append(unit.name)
    return names


def _working_at(unit):
    """(role, person) of those who have an office in this very place, when it is within reach."""
    rows = (
        select(Role, Person)
        .join(OrgUnit, OrgUnit.uid == Role.unit_uid)
        .join(Person, (Person.origin == Role.person_uid) & Person.current)
        .where(Role.unit_uid == unit.uid, Role.held_on(date.today()), below(g.reach.paths))
        .order_by(Role.kind, Person.given_key, Person.family_key)
    )
    return db.session.execute(rows).all()
