"""Screens of groups and their members."""

from datetime import date
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.core import facts
from lms.core.database import db
from lms.people import door, forms, rosters, workers
from lms.people.cards import Card, print_cards
from lms.people.forms import age_band
from lms.people.mandates import KEEPS_GROUPS
from lms.people.models import Group, OrgUnit, Person, Role, below
from lms.people.pictures import pair
from lms.people.reach import reachable
from lms.people.signing_in import called, signed_in

bp = Blueprint("people", __name__)
blueprints = (bp, workers.bp, door.bp)
PAGE = 50
HANDS_OVER = frozenset({"supervisor", "district", "national"})


@bp.get("/groups/")
@signed_in
def groups():
    """The groups within reach, by name, fifty a page."""
    page = max(request.args.get("page", 1, type=int), 1)
    found = select(Group).where(Group.within(g.reach)).order_by(Group.name_key, Group.uid)
    listed = db.session.scalars(found.limit(PAGE).offset((page - 1) * PAGE)).all()
    count = db.session.scalar(select(func.count()).select_from(Group).where(Group.within(g.reach)))
    sizes = rosters.sizes([group.origin for group in listed])
    return render_template("people/groups.html", groups=listed, sizes=sizes, page=page, count=count, per_page=PAGE)


@bp.get("/groups/<uuid:uid>")
@signed_in
def group(uid):
    """One group: who follows it, who leads it, who is in it."""
    group = reachable(Group, uid)
    return render_template(
        "people/group.html", group=group, roster=rosters.roster(uid), officers=rosters.officers(uid),
        carer=rosters.carer(uid), agreements=rosters.agreements(uid), labels=_labels(),
        keeps=bool(g.reach.kinds & KEEPS_GROUPS), hands_over=bool(g.reach.kinds & HANDS_OVER),
    )  # fmt: skip


def _labels():
    lists = (forms.POSTS, forms.LEADERS, forms.MANNERS, forms.BEGUN_AS)
    return {value: label for choices in lists for value, label in choices}


@bp.get("/groups/<uuid:uid>/cards.pdf")
@signed_in(kinds=KEEPS_GROUPS | {"trainer"})
def cards(uid):
    """The members' cards, ten to a sheet."""
    group = reachable(Group, uid)
    cards = [
        Card(called(person), number, person.code, *pair(number), group.name, group.village.name)
        for number, person in rosters.roster(uid)
    ]
    return send_file(print_cards(cards), mimetype="application/pdf", download_name=f"cartes-{group.code}.pdf")


@bp.get("/groups/new")
@signed_in(kinds=forms.GroupForm.by)
def new_group():
    """The empty form of a group."""
    return _group_form(forms.GroupForm.opened(g.person))


@bp.get("/groups/<uuid:uid>/edit")
@signed_in(kinds=forms.GroupForm.by)
def correct_group(uid):
    """The form of a group, to correct what was told."""
    group = reachable(Group, uid)
    return _group_form(
        forms.GroupForm.opened(
            g.person, corrects=uid, name=group.name, village=group.village_uid, founded=group.founded, begun_as=group.begun_as
        )
    )


@bp.post("/groups/")
@signed_in
def record_group():
    """A group is told, or corrected."""
    form = forms.GroupForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("people.group", uid=form.origin), 303)
    return _group_form(form), form.status


def _group_form(form):
    paths = tuple(role.unit.path for role in Role.of(g.person.origin))
    villages = select(OrgUnit).where(below(paths), OrgUnit.level == "village").order_by(OrgUnit.name).limit(1000)
    return render_template("people/group_form.html", form=form, villages=db.session.scalars(villages).all())


@bp.get("/persons/<uuid:uid>")
@signed_in
def person(uid):
    """One person: her group, her number, her card. What she learnt is shown on the floors above."""
    person = reachable(Person, uid)
    membership = rosters.membership(uid)
    group = Group.now_of(membership.group_uid) if membership else None
    return render_template(
        "people/person.html", person=person, membership=membership, group=group, band=age_band(person, date.today().year),
        pair=pair(membership.number) if membership else None, roles=Role.of(uid),
        keeps=bool(g.reach.kinds & KEEPS_GROUPS), hands_over=bool(g.reach.kinds & HANDS_OVER),
    )  # fmt: skip


@bp.get("/persons/new")
@signed_in(kinds=forms.MemberForm.by)
def new_person():
    """The empty form of a woman who joins a group."""
    group = reachable(Group, request.args.get("group", type=UUID))
    return _tell(forms.MemberForm.opened(g.person, group=group.origin, sex="F"), _("Une femme de plus"), _back_to_group(group.origin))


@bp.get("/persons/<uuid:uid>/edit")
@signed_in(kinds=forms.MemberForm.by)
def correct_person(uid):
    """The form of a person, to correct her name or age."""
    person = reachable(Person, uid)
    band = age_band(person, date.today().year)
    form = forms.MemberForm.opened(g.person, corrects=uid, given=person.given, family=person.family, sex=person.sex, age=band)
    return _tell(form, _("Corriger"), url_for("people.person", uid=uid))


@bp.post("/persons/")
@signed_in
def record_person():
    """A woman joins a group, or what was told of her is corrected."""
    form = forms.MemberForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("people.person", uid=form.origin), 303)
    return _tell(form, _("Une femme de plus"), _back_to_group(form.group.data)), form.status


@bp.get("/persons/<uuid:uid>/move")
@signed_in(kinds=forms.MoveForm.by)
def move_person(uid):
    """The form that moves a member to another group of these places."""
    person = reachable(Person, uid)
    return _move_form(forms.MoveForm.opened(g.person, person=person.origin, since=date.today()))


@bp.post("/memberships/")
@signed_in
def record_move():
    """A member goes on in another group."""
    form = forms.MoveForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("people.person", uid=form.person.data), 303)
    return _move_form(form), form.status


def _move_form(form):
    groups = db.session.scalars(select(Group).where(Group.within(g.reach)).order_by(Group.name_key).limit(1000)).all()
    options = [(group.origin, f"{group.name} · {group.village.name}") for group in groups]
    back = url_for("people.person", uid=form.person.data) if form.person.data else ""
    return _tell(form, _("Changer de groupement"), back, {"group": options})


@bp.get("/persons/<uuid:uid>/leave")
@signed_in(kinds=forms.DepartureForm.by)
def leave_group(uid):
    """The form of a member's departure."""
    person = reachable(Person, uid)
    form = forms.DepartureForm.opened(g.person, person=person.origin, left_on=date.today())
    return _tell(form, _("Elle quitte le groupement"), url_for("people.person", uid=uid))


@bp.post("/departures/")
@signed_in
def record_departure():
    """A member leaves her group."""
    return _recorded(forms.DepartureForm.posted(), _("Elle quitte le groupement"))


@bp.get("/groups/<uuid:uid>/care")
@signed_in(kinds=forms.CareForm.by)
def hand_over(uid):
    """The form that hands a group to a CHW."""
    group = reachable(Group, uid)
    return _care_form(forms.CareForm.opened(g.person, group=group.origin, since=date.today()))


@bp.post("/cares/")
@signed_in
def record_care():
    """A group is handed to a CHW."""
    form = forms.CareForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(_back_to_group(form.group.data), 303)
    return _care_form(form), form.status


def _care_form(form):
    options = [(person.origin, person.name) for person in workers.in_reach("chw", g.reach)]
    return _tell(form, _("Confier le groupement"), _back_to_group(form.group.data), {"worker": options})


@bp.get("/groups/<uuid:uid>/office")
@signed_in(kinds=forms.OfficeForm.by)
def new_officer(uid):
    """The form of an elected officer."""
    group = reachable(Group, uid)
    return _office_form(forms.OfficeForm.opened(g.person, group=group.origin, since=date.today()))


@bp.post("/offices/")
@signed_in
def record_office():
    """A member is elected to an office."""
    form = forms.OfficeForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(_back_to_group(form.group.data), 303)
    return _office_form(form), form.status


def _office_form(form):
    members = [(person.origin, f"{number} · {called(person)}") for number, person in rosters.roster(form.group.data)]
    return _tell(form, _("Élue du bureau"), _back_to_group(form.group.data), {"person": members})


@bp.get("/groups/<uuid:uid>/agreement")
@signed_in(kinds=forms.AgreementForm.by)
def new_agreement(uid):
    """The form of a leader's agreement."""
    group = reachable(Group, uid)
    form = forms.AgreementForm.opened(g.person, group=group.origin, agreed_on=date.today())
    return _tell(form, _("Accord du village"), _back_to_group(uid))


@bp.post("/agreements/")
@signed_in
def record_agreement():
    """A village leader has agreed."""
    return _recorded(forms.AgreementForm.posted(), _("Accord du village"))


def _recorded(form, title):
    who = getattr(form, "person", None)
    back = url_for("people.person", uid=who.data) if who and who.data else _back_to_group(getattr(form, "group", form.uid).data)
    if form.accepted():
        facts.record(form)
        return redirect(back, 303)
    return _tell(form, title, back), form.status


def _tell(form, title, back, options=None):
    """One form, one screen. `options` are (uid, label) lists for fields that choose a row."""
    return render_template("people/tell.html", form=form, title=title, back=back, options=options or {})


def _back_to_group(uid):
    return url_for("people.group", uid=uid) if uid else url_for("people.groups")
