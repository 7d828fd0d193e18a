"""Screens of groups and their members."""

from datetime import date
from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select

from lms.core import facts
from lms.core.database import db
from lms.people import door, forms, places, rosters, workers
from lms.people.cards import Card, drawing, print_cards
from lms.people.forms import age_band
from lms.people.mandates import KEEPS_GROUPS, KINDS, TEACHES
from lms.people.models import Group, OrgUnit, Person, Role, below
from lms.people.pictures import pair
from lms.people.reach import find, reachable
from lms.people.signing_in import called, signed_in

bp = Blueprint("people", __name__)
blueprints = (bp, workers.bp, places.bp, door.bp)
PAGE = 50
HANDS_OVER = frozenset({"supervisor", "district", "national"})
PRINTS_CARDS = KEEPS_GROUPS | {"trainer"}


@bp.get("/groups/")
@signed_in
def groups():
    """The groups within reach, by name, fifty a page."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    found = select(Group).where(Group.within(g.reach)).order_by(Group.name_key, Group.uid)
    listed = db.session.scalars(found.limit(PAGE).offset((page - 1) * PAGE)).all()
    count = db.session.scalar(select(func.count()).select_from(Group).where(Group.within(g.reach)))
    origins = [group.origin for group in listed]
    return render_template(
        "people/groups.html", groups=listed, sizes=rosters.sizes(origins), agreed=rosters.agreed(origins),
        tells=_may(forms.GroupForm.by), page=page, count=count, per_page=PAGE,
    )  # fmt: skip


def _may(kinds):
    return bool(g.reach.kinds & kinds)


@bp.get("/groups/<uuid:uid>")
@signed_in
def group(uid):
    """One group: who follows it, who leads it, who is in it."""
    group = reachable(Group, uid)
    return render_template(
        "people/group.html", group=group, roster=rosters.roster(uid), officers=rosters.officers(uid),
        carer=rosters.carer(uid), agreements=rosters.agreements(uid), labels=_labels(),
        keeps=_may(KEEPS_GROUPS), hands_over=_may(HANDS_OVER), tells=_may(forms.GroupForm.by), teaches=_may(TEACHES),
        prints=_may(PRINTS_CARDS), awards=_may({"trainer"}),
    )  # fmt: skip


def _labels():
    lists = (forms.POSTS, forms.LEADERS, forms.MANNERS, forms.BEGUN_AS)
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
        flash(_("C’est enregistré."))
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
        pair=pair(membership.number) if membership else None, drawing=_drawing(membership), roles=Role.of(uid), kinds=KINDS,
        keeps=_may(KEEPS_GROUPS), hands_over=_may(HANDS_OVER), works=_may(workers.SEES),
    )  # fmt: skip


def _drawing(membership):
    """The picture of her card, to stand in a page: decoration, its words are beside it."""
    if not membership:
        return ""
    svg = drawing(*pair(membership.number)).decode().replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    return Markup(svg)  # noqa: S704  ours, from files of ours


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
        flash(_("C’est corrigé.") if form.corrects.data else _("Elle est inscrite."))
        return redirect(url_for("people.person", uid=form.origin), 303)
    if form.corrects.data:
        return _tell(form, _("Corriger"), url_for("people.person", uid=form.corrects.data)), form.status
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
        flash(_("C’est enregistré."))
        return redirect(url_for("people.person", uid=form.person.data), 303)
    return _move_form(form), form.status


def _move_form(form):
    now_in = rosters.membership(form.person.data)
    groups = db.session.scalars(select(Group).where(Group.within(g.reach)).order_by(Group.name_key).limit(1000)).all()
    options = [
        (group.origin, f"{group.name} · {group.village.name}")
        for group in groups
        if not now_in or group.origin != now_in.group_uid
    ]
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
    form = forms.DepartureForm.posted()
    left = rosters.membership(form.person.data)  # once she has left she is out of reach: go back to her group
    back = _back_to_group(left.group_uid if left else None)
    return _recorded(form, _("Elle quitte le groupement"), back)


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
        flash(_("C’est enregistré."))
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
        flash(_("C’est enregistré."))
        return redirect(_back_to_group(form.group.data), 303)
    return _office_form(form), form.status


def _office_form(form):
    group = find(Group, form.group.data, g.reach)
    members = [(person.origin, f"{number} · {called(person)}") for number, person in rosters.roster(group.origin)] if group else []
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
    form = forms.AgreementForm.posted()
    return _recorded(form, _("Accord du village"), _back_to_group(form.group.data))


def _recorded(form, title, back):
    if form.accepted():
        facts.record(form)
        flash(_("C’est enregistré."))
        return redirect(back, 303)
    return _tell(form, title, back), form.status


def _tell(form, title, back, options=None):
    """One form, one screen. `options` are (uid, label) lists for fields that choose a row."""
    return render_template("people/tell.html", form=form, title=title, back=back, options=options or {}, about=_about(form))


def _about(form):
    """Whom or which group the fact is about, when that is given and within reach: (icon, name)."""
    told = form.corrects.data or (form.person.data if "person" in form else None)
    if told and (person := find(Person, told, g.reach)):
        return ("man" if person.sex == "M" else "woman", called(person))
    group = find(Group, form.group.data, g.reach) if "group" in form and form.group.data else None
    return ("group", group.name) if group else None


def _back_to_group(uid):
    return url_for("people.group", uid=uid) if uid else url_for("people.groups")
