"""Screens of groups: who is in them, who follows them, whom they elected, who agreed."""

from datetime import date
from io import BytesIO

from flask import Blueprint, flash, g, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from lms.core import facts
from lms.core.country import COUNTRY
from lms.core.database import db
from lms.people import door, group_forms, members, places, rosters, workers
from lms.people.cards import Card, print_cards
from lms.people.mandates import HANDS_OVER, KEEPS_GROUPS, TEACHES
from lms.people.models import Group, OrgUnit, Role, below
from lms.people.pictures import pair
from lms.people.reach import find, reachable
from lms.people.signing_in import called, signed_in
from lms.people.telling import back_to_group, outcome, recorded, tell

bp = Blueprint("people", __name__)
blueprints = (bp, members.bp, workers.bp, places.bp, door.bp)
PAGE = 50
PRINTS_CARDS = KEEPS_GROUPS | {"trainer"}


@bp.get("/groups/")
@signed_in
def groups():
    """The groups within reach, by name, fifty a page."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    found = select(Group).where(Group.within(g.reach)).order_by(Group.name_key, Group.uid)
    found = found.options(selectinload(Group.village))
    listed = db.session.scalars(found.limit(PAGE).offset((page - 1) * PAGE)).all()
    count = db.session.scalar(select(func.count()).select_from(Group).where(Group.within(g.reach)))
    origins = [group.origin for group in listed]
    return render_template(
        "people/groups.html", groups=listed, sizes=rosters.sizes(origins), agreed=rosters.agreed(origins),
        tells=g.reach.holds(group_forms.GroupForm.by), page=page, count=count, per_page=PAGE,
    )  # fmt: skip


@bp.get("/groups/<uuid:uid>")
@signed_in
def group(uid):
    """One group: who follows it, who leads it, who is in it."""
    group = reachable(Group, uid)
    return render_template(
        "people/group.html",
        group=group,
        roster=rosters.roster(uid),
        officers=rosters.officers(uid),
        carer=rosters.carer(uid),
        agreements=rosters.agreements(uid),
        labels=_labels(),
        keeps=g.reach.holds(KEEPS_GROUPS),
        hands_over=g.reach.holds(HANDS_OVER),
        tells=g.reach.holds(group_forms.GroupForm.by),
        teaches=g.reach.holds(TEACHES),
        prints=g.reach.holds(PRINTS_CARDS),
        awards=g.reach.holds({"trainer"}),
    )


def _labels():
    lists = (group_forms.POSTS, group_forms.LEADERS, group_forms.MANNERS, group_forms.BEGUN_AS)
    return {value: label for choices in lists for value, label in choices}


@bp.get("/groups/<uuid:uid>/cards.pdf")
@signed_in(kinds=PRINTS_CARDS)
def cards(uid):
    """The members' cards, ten to a sheet."""
    group = reachable(Group, uid)
    cards = [
        Card(called(person), number, person.code, *pair(number), group.name, group.village.name)
        for number, person in rosters.roster(uid)
    ]
    return send_file(BytesIO(print_cards(cards)), mimetype="application/pdf", download_name=f"cartes-{group.code}.pdf")


@bp.get("/groups/new")
@signed_in(kinds=group_forms.GroupForm.by)
def new_group():
    """The empty form of a group."""
    return _group_form(group_forms.GroupForm.opened(g.person))


@bp.get("/groups/<uuid:uid>/edit")
@signed_in(kinds=group_forms.GroupForm.by)
def correct_group(uid):
    """The form of a group, to correct what was told."""
    group = reachable(Group, uid)
    return _group_form(
        group_forms.GroupForm.opened(
            g.person,
            corrects=uid,
            name=group.name,
            village=group.village_uid,
            founded=group.founded,
            begun_as=group.begun_as,
        )
    )


@bp.post("/groups/")
@signed_in
def record_group():
    """A group is told, or corrected."""
    form = group_forms.GroupForm.posted()
    if form.accepted():
        facts.record(form)
        flash(outcome(form))
        return redirect(back_to_group(None if form.withdrawn.data else form.origin), 303)
    return _group_form(form), form.status


def _group_form(form):
    paths = tuple(role.unit.path for role in Role.of(g.person.origin))
    villages = (
        select(OrgUnit).where(below(paths), OrgUnit.level == COUNTRY.level_keys[-1]).order_by(OrgUnit.name).limit(1000)
    )
    villages = db.session.scalars(villages.options(selectinload(OrgUnit.parent))).all()
    return render_template("people/group_form.html", form=form, villages=villages)


@bp.get("/groups/<uuid:uid>/care")
@signed_in(kinds=group_forms.CareForm.by)
def hand_over(uid):
    """The form that hands a group to a CHW."""
    group = reachable(Group, uid)
    return _care_form(group_forms.CareForm.opened(g.person, group=group.origin, since=date.today()))


@bp.post("/cares/")
@signed_in
def record_care():
    """A group is handed to a CHW."""
    form = group_forms.CareForm.posted()
    if form.accepted():
        facts.record(form)
        flash(_("C’est enregistré."))
        return redirect(back_to_group(form.group.data), 303)
    return _care_form(form), form.status


def _care_form(form):
    group = find(Group, form.group.data, g.reach)
    options = [(person.origin, person.name) for person in (rosters.chws_near(group, g.reach) if group else [])]
    members.say_when_cut(form.worker, options)
    return tell(form, _("Confier le groupement"), back_to_group(form.group.data), {"worker": options})


@bp.get("/groups/<uuid:uid>/office")
@signed_in(kinds=group_forms.OfficeForm.by)
def new_officer(uid):
    """The form of an elected officer."""
    group = reachable(Group, uid)
    return _office_form(group_forms.OfficeForm.opened(g.person, group=group.origin, since=date.today()))


@bp.post("/offices/")
@signed_in
def record_office():
    """A member is elected to an office."""
    form = group_forms.OfficeForm.posted()
    if form.accepted():
        facts.record(form)
        flash(_("C’est enregistré."))
        return redirect(back_to_group(form.group.data), 303)
    return _office_form(form), form.status


def _office_form(form):
    group = find(Group, form.group.data, g.reach)
    members = (
        [(person.origin, f"{number} · {called(person)}") for number, person in rosters.roster(group.origin)]
        if group
        else []
    )
    return tell(form, _("Élue du bureau"), back_to_group(form.group.data), {"person": members})


@bp.get("/groups/<uuid:uid>/agreement")
@signed_in(kinds=group_forms.AgreementForm.by)
def new_agreement(uid):
    """The form of a leader's agreement."""
    group = reachable(Group, uid)
    form = group_forms.AgreementForm.opened(g.person, group=group.origin, agreed_on=date.today())
    return tell(form, _("Accord du village"), back_to_group(uid))


@bp.post("/agreements/")
@signed_in
def record_agreement():
    """A village leader has agreed."""
    form = group_forms.AgreementForm.posted()
    return recorded(form, _("Accord du village"), back_to_group(form.group.data))
