"""Screens of the quiz by show of hands: one phone, everybody answers, nobody is singled out."""

from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from lms.assessment import history, questions
from lms.assessment.forms import HandsUpForm, held_in
from lms.assessment.models import HandsUp
from lms.assessment.scoring import most_frequent_wrong
from lms.assessment.standing import FORMS as LETTERS
from lms.assessment.standing import next_form
from lms.assessment.wording import spoken
from lms.core import facts
from lms.curriculum.content import catalogue, kept
from lms.curriculum.views import picture_address
from lms.people.models import Group
from lms.people.reach import find, reachable
from lms.people.rosters import sizes
from lms.people.signing_in import signed_in

bp = Blueprint("hands", __name__)


@bp.get("/hands/new")
@signed_in(kinds=HandsUpForm.by)
def new_hands():
    """The questions for a group."""
    module = catalogue().modules.get(request.args.get("module", "")) or abort(404)
    group = reachable(Group, request.args.get("group", type=UUID))
    before = history.hands_up(group.origin, module.slug)[::-1]
    asked_for = request.args.get("kind")
    return hands_page(
        HandsUpForm.opened(
            g.person,
            group=group.origin,
            module=module.slug,
            content=module.hash,
            form=next_form(before),
            kind=asked_for if asked_for in ("pre", "post") else "post" if before else "pre",
            language=held_in(request.args.get("language")),
            taken_on=date.today(),
            present=request.args.get("present", type=int) or sizes([group.origin]).get(group.origin),
        )
    )


@bp.post("/hands/")
@signed_in
def record_hands():
    """The hands of a group are recorded."""
    form = HandsUpForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("hands.hands", uid=form.origin), 303)
    return hands_page(form), form.status


def hands_page(form, sheet=None):
    """The form with its questions; `sheet`: the paper it is typed from, if any."""
    group, module = find(Group, form.group.data, g.reach), catalogue().modules.get(form.module.data)
    if not group or not module or form.form.data not in LETTERS:
        abort(404)
    shown = form.taught or module
    return render_template(
        "assessment/hands.html", form=form, group=group, module=module, sheet=sheet,
        items=questions.of(shown).form(form.form.data, "group"),
        words=spoken(shown), address=partial(picture_address, shown),
    )  # fmt: skip


@bp.get("/hands/<uuid:uid>")
@signed_in
def hands(uid):
    """What the group knows: hands for the right answer of each question, and what to explain first."""
    told = reachable(HandsUp, uid)
    module = catalogue().modules.get(told.module)
    try:
        module = kept(told.content)
        items = questions.of(module).form(told.form, "group")
    except LookupError:
        items = ()
    explain = {item.id: most_frequent_wrong(item, told.hands.get(item.id, {})) for item in items}
    return render_template(
        "assessment/hands_result.html", told=told, items=items, explain=explain, group=Group.now_of(told.group_uid),
        words=spoken(module) if module else None, address=partial(picture_address, module),
    )  # fmt: skip
