"""Screens that look over everything: home, the first-use tour, search, what one person has learnt."""

from datetime import date

from flask import Blueprint, g, redirect, render_template, request, url_for

from lms.assessment import history
from lms.assessment.forms import AttemptForm
from lms.cascade import teaching
from lms.cascade.forms import TrainingForm
from lms.certificates.forms import AWARDS, KIND_NAMES
from lms.certificates.numbers import PREFIX, read_number
from lms.core.fields import tidy
from lms.curriculum.content import catalogue
from lms.people import search as finding
from lms.people.mandates import KEEPS_GROUPS, TEACHES
from lms.people.models import Person, Role
from lms.people.reach import reachable
from lms.people.reviewers import capacities
from lms.people.rosters import count_groups, groups_of, sizes, without_agreement
from lms.people.signing_in import meet, signed_in
from lms.people.workers import MANAGERS, without_pin
from lms.reports import learning, today
from lms.reports.tours import tour_of

bp = Blueprint("reports", __name__)
blueprints = (bp,)


@bp.get("/")
def home():
    """What there is to do today; for a stranger, what this is and the door."""
    if not meet():
        return render_template("reports/welcome.html", modules=catalogue().modules)
    groups, kinds = groups_of(g.person.origin), g.reach.kinds
    return render_template(
        "reports/home.html",
        groups=groups,
        sizes=sizes([group.origin for group in groups]),
        group_count=count_groups(g.reach),
        roles=Role.of(g.person.origin),
        day=date.today(),
        unsettled=without_agreement(g.reach) if kinds & KEEPS_GROUPS else [],
        waiting=today.papers_waiting(g.person.origin, date.today()) if kinds & AWARDS else [],
        appoints=bool(kinds & MANAGERS),
        codeless=without_pin(g.reach),
        leads=bool(kinds & TrainingForm.by),
        oversees=bool(kinds - {"chw"}),
        quizzes=bool(kinds & AttemptForm.by),
        next_step=today.next_step(groups),
        trainings=teaching.trainings_to_come(g.reach, date.today()),
        modules=catalogue().modules,
        teaches=g.reach.holds(TEACHES),
        manages=g.reach.holds(MANAGERS | {"trainer"}),
        awards=g.reach.holds(AWARDS),
        reviews=bool(capacities(g.person.origin)),
    )


@bp.get("/tour")
@signed_in
def tour():
    """Three screens that show a newcomer what her role does here; then her home."""
    return render_template("core/tour.html", screens=tour_of(g.reach.kinds), done=url_for("reports.home"))


@bp.get("/search")
@signed_in
def search():
    """Persons, groups and certificates by name, code or number, however they are spelt."""
    asked = tidy(request.args.get("q", ""))[:80]
    number = read_number(asked)
    if number and asked.upper().startswith(PREFIX):
        return redirect(url_for("certificates.verify", number=number))
    return render_template(
        "reports/search.html",
        asked=asked,
        people=finding.find_people(asked, g.reach),
        groups=finding.find_groups(asked, g.reach),
    )


@bp.get("/learning/<uuid:uid>")
@signed_in
def learnt(uid):
    """What one person has learnt: sessions, quizzes, papers, and what she still needs, module by module."""
    person = reachable(Person, uid)
    return render_template(
        "reports/learning.html", person=person, rows=learning.by_module(person), kinds=KIND_NAMES,
        attempts=history.attempts(uid),
    )  # fmt: skip
