"""Screens of the members of groups: registering, correcting, moving, leaving."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from lms.core import facts
from lms.people import forms, rosters, workers
from lms.people.cards import drawing
from lms.people.forms import age_band
from lms.people.mandates import HANDS_OVER, KEEPS_GROUPS
from lms.people.models import Group, Person, Role
from lms.people.pictures import pair
from lms.people.reach import find, reachable
from lms.people.signing_in import signed_in
from lms.people.telling import back_to_group, outcome, recorded, tell

bp = Blueprint("members", __name__)


@bp.get("/persons/<uuid:uid>")
@signed_in
def person(uid):
    """One person: her group, her number, her card. What she learnt is shown on the floors above."""
    person = reachable(Person, uid)
    membership = rosters.membership(uid)
    group = Group.now_of(membership.group_uid) if membership else None
    return render_template(
        "people/person.html", person=person, membership=membership, group=group, band=age_band(person, date.today().year),
        pair=pair(membership.number) if membership else None, drawing=_drawing(membership), roles=Role.of(uid),
        keeps=g.reach.holds(KEEPS_GROUPS), hands_over=g.reach.holds(HANDS_OVER), works=g.reach.holds(workers.SEES),
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
    return tell(
        forms.MemberForm.opened(g.person, group=group.origin, sex="F"),
        _("Une femme de plus"),
        back_to_group(group.origin),
    )


@bp.get("/persons/<uuid:uid>/edit")
@signed_in(kinds=forms.MemberForm.by)
def correct_person(uid):
    """The form of a person, to correct her name or age."""
    person = reachable(Person, uid)
    band = age_band(person, date.today().year)
    form = forms.MemberForm.opened(
        g.person, corrects=uid, given=person.given, family=person.family, sex=person.sex, age=band
    )
    return tell(form, _("Corriger"), url_for("members.person", uid=uid))


@bp.post("/persons/")
@signed_in
def record_person():
    """A woman joins a group, or what was told of her is corrected."""
    form = forms.MemberForm.posted()
    if form.accepted():
        if form.withdrawn.data:
            return _withdrawn(form)
        facts.record(form)
        flash(_("C’est corrigé.") if form.corrects.data else _("Elle est inscrite."))
        return redirect(url_for("members.person", uid=form.origin), 303)
    if form.corrects.data:
        return tell(form, _("Corriger"), url_for("members.person", uid=form.corrects.data)), form.status
    return tell(form, _("Une femme de plus"), back_to_group(form.group.data)), form.status


def _withdrawn(form):
    """Her page goes with her registration: back to her group."""
    belonged = rosters.membership(form.corrects.data)
    facts.record(form)
    flash(outcome(form))
    return redirect(back_to_group(belonged and belonged.group_uid), 303)


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
        return redirect(url_for("members.person", uid=form.person.data), 303)
    return _move_form(form), form.status


def _move_form(form):
    now_in = rosters.membership(form.person.data)
    group = find(Group, now_in.group_uid, g.reach) if now_in else None
    groups = rosters.groups_near(group, g.reach) if group else []
    options = [(group.origin, f"{group.name} · {group.village.name}") for group in groups]
    say_when_cut(form.group, options)
    back = url_for("members.person", uid=form.person.data) if form.person.data else ""
    return tell(form, _("Changer de groupement"), back, {"group": options})


def say_when_cut(field, options):
    """A list that is not whole says so."""
    if len(options) >= rosters.MOST:
        field.description = _("La liste s’arrête à %(most)s, ceux de la même aire de santé d’abord.", most=rosters.MOST)


@bp.get("/persons/<uuid:uid>/leave")
@signed_in(kinds=forms.DepartureForm.by)
def leave_group(uid):
    """The form of a member's departure."""
    person = reachable(Person, uid)
    form = forms.DepartureForm.opened(g.person, person=person.origin, left_on=date.today())
    return tell(form, _("Elle quitte le groupement"), url_for("members.person", uid=uid))


@bp.post("/departures/")
@signed_in
def record_departure():
    """A member leaves her group."""
    form = forms.DepartureForm.posted()
    left = rosters.membership(form.person.data)  # once she has left she is out of reach: go back to her group
    back = back_to_group(left.group_uid if left else None)
    return recorded(form, _("Elle quitte le groupement"), back)
