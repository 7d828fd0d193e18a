"""Screens of quizzes: whom to ask, the questions, what came out."""

from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from lms.assessment import hands_views, history, questions
from lms.assessment.forms import AttemptForm, HandsUpForm, held_in, suggested
from lms.assessment.models import Attempt
from lms.assessment.standing import FORMS as LETTERS
from lms.assessment.standing import may_sit
from lms.assessment.wording import spoken
from lms.core import facts
from lms.core.language import SPOKEN, language
from lms.curriculum.content import catalogue, kept
from lms.curriculum.views import picture_address
from lms.people.mandates import audience
from lms.people.models import Group, Person, Role
from lms.people.reach import find, reachable
from lms.people.rosters import membership, roster
from lms.people.signing_in import signed_in

bp = Blueprint("assessment", __name__)
blueprints = (bp, hands_views.bp)


@bp.get("/quizzes/<slug>")
@signed_in
def quiz(slug):
    """A module's quiz in a group: whom to ask, who was asked, and the quiz by show of hands."""
    module = catalogue().modules.get(slug) or abort(404)
    group = reachable(Group, request.args.get("group", type=UUID))
    members = roster(group.origin)
    sat = history.attempts_of_all([person.origin for _number, person in members], slug)
    hands = history.hands_up(group.origin, slug)
    return render_template(
        "assessment/quiz.html", module=module, group=group, members=members, sat=sat,
        hands=hands, earned=history.earned, kind=request.args.get("kind") or ("post" if sat or hands else "pre"),
        shows_hands=g.reach.holds(HandsUpForm.by), spoken_in=held_in(request.args.get("language"), None),
    )  # fmt: skip


@bp.get("/attempts/new")
@signed_in(kinds=AttemptForm.by)
def new_attempt():
    """The questions for one person."""
    module = catalogue().modules.get(request.args.get("module", "")) or abort(404)
    person = reachable(Person, request.args.get("person", type=UUID))
    known = suggested(person.origin, module, history.attempts(person.origin, module.slug))
    asked_for = request.args.get("kind")
    return _runner(
        AttemptForm.opened(
            g.person, **{**known, "kind": asked_for if asked_for in ("pre", "post") else known["kind"]},
            mode="picture_tap",
            language=held_in(request.args.get("language"), SPOKEN if membership(person.origin) else language()),
        )
    )  # fmt: skip


@bp.post("/attempts/")
@signed_in
def record_attempt():
    """One person's answers are recorded and judged."""
    form = AttemptForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("assessment.attempt", uid=form.origin), 303)
    return _runner(form), form.status


def _runner(form):
    person = find(Person, form.person.data, g.reach)
    module = catalogue().modules.get(form.module.data)
    if not person or not module:
        abort(404)
    asked_as = audience({role.kind for role in Role.of(person.origin)})
    shown = form.taught or module
    sat = [history.sitting(attempt) for attempt in history.attempts(person.origin, module.slug)]
    return render_template(
        "assessment/runner.html", form=form, person=person, module=module, audience=asked_as,
        items=questions.of(shown).form(form.form.data, asked_as) if form.form.data in LETTERS else (),
        words=spoken(shown), address=partial(picture_address, shown),
        wait_until=may_sit(sat, date.today()), told=form.kind.data != "pre", belongs=membership(person.origin),
    )  # fmt: skip


@bp.get("/attempts/<uuid:uid>")
@signed_in
def attempt(uid):
    """What came out of one attempt: how many right of how many, what to go over again, and whom to ask next."""
    attempt = reachable(Attempt, uid)
    module = catalogue().modules.get(attempt.module)
    try:
        module = kept(attempt.content)
        items = questions.of(module).form(attempt.form, attempt.audience)
    except LookupError:
        items = ()
    return render_template(
        "assessment/result.html", attempt=attempt, person=Person.now_of(attempt.person_uid), items=items,
        words=spoken(module) if module else None, address=partial(picture_address, module),
        belongs=membership(attempt.person_uid), following=_next_to_ask(attempt),
    )  # fmt: skip


def _next_to_ask(attempt):
    """The next member of her group, in order of the roster, who has not been asked about this module."""
    members = roster(attempt.group_uid) if find(Group, attempt.group_uid, g.reach) else []
    sat = history.attempts_of_all([person.origin for _number, person in members], attempt.module)
    waiting = [(number, person) for number, person in members if person.origin not in sat]
    own = next((number for number, person in members if person.origin == attempt.person_uid), 0)
    return min(waiting, key=lambda member: (member[0] < own, member[0]), default=None)
