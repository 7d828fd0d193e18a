"""Paper twins: sheets printed before a session, and typed in after it under the uid they were printed with."""

from types import SimpleNamespace
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from lms.assessment import history, tally_sheet
from lms.assessment.forms import HandsUpForm, held_in
from lms.assessment.hands_views import hands_page
from lms.assessment.models import HandsUp
from lms.assessment.standing import next_form
from lms.cascade import roll_sheet
from lms.cascade.forms import HEADS, SessionForm
from lms.cascade.models import Session, Training
from lms.cascade.views import foreseen, register_of, session_page, whom_of
from lms.core.database import db
from lms.core.language import LANGUAGES, language
from lms.core.models import Receipt
from lms.curriculum.content import catalogue, marked
from lms.curriculum.ink import Edition
from lms.curriculum.printing_views import sent
from lms.curriculum.provenance import keep
from lms.curriculum.sheets import MisreadError, Sheet, mark_of, read
from lms.curriculum.views import told
from lms.people.mandates import TEACHES
from lms.people.models import Group
from lms.people.reach import find, reachable
from lms.people.signing_in import called, signed_in

bp = Blueprint("sheets", __name__)
blueprints = (bp,)


@bp.get("/sheets/")
@signed_in(kinds=TEACHES)
def sheets():
    """Where a sheet's code is typed; for a group or training also every sheet that can be printed for it."""
    if code := request.args.get("code", "").replace("/", "").strip()[:60]:
        return redirect(url_for(".typed", code=code))
    return _desk(whom_of(request.args))


def _desk(whom=None, code="", fault=""):
    modules = list(catalogue())
    if isinstance(whom, Training):
        modules = [module for module in modules if module.slug in whom.slugs]
    return render_template(
        "cascade/sheets.html", whom=whom, is_group=isinstance(whom, Group), modules=modules, code=code, fault=fault,
        asks=g.reach.holds(HandsUpForm.by),
    )  # fmt: skip


@bp.get("/sheets/roll.pdf")
@signed_in(kinds=TEACHES)
def roll():
    """The roll of a session to come, its uid minted now."""
    whom, edition = whom_of(request.args) or abort(404), _edition()
    is_group = isinstance(whom, Group)
    sheet = Sheet.new("roll" if is_group else "training", whom.origin, edition.module.hash)
    rows = [roll_sheet.row(number, called(person), person.code or "", is_group) for number, person in register_of(whom)]
    heads = {sex: [band for other, band in HEADS if other == sex] for sex in "MF"}
    content = roll_sheet.pdf(edition, sheet, _address(sheet), _named(whom), rows, heads)
    return sent(content, f"presence-{sheet.code}.pdf")


@bp.get("/sheets/hands.pdf")
@signed_in(kinds=HandsUpForm.by)
def hands():
    """The tally of a quiz to come, its uid minted now."""
    group, edition = reachable(Group, request.args.get("group", type=UUID)), _edition()
    form = next_form(history.hands_up(group.origin, edition.module.slug)[::-1])
    when = "post" if request.args.get("kind") == "post" else "pre"
    sheet = Sheet.new("hands", group.origin, edition.module.hash, when, form)
    return sent(tally_sheet.pdf(edition, sheet, _address(sheet), _named(group)), f"mains-{sheet.code}.pdf")


@bp.get("/sheets/<code>")
@signed_in(kinds=TEACHES)
def typed(code):
    """The form of a sheet, under the uid it was printed with; what was typed in already is shown as it stands."""
    try:
        sheet = read(code)
    except MisreadError:
        fault = _("Ce code n’est pas celui d’une feuille : un signe est faux ou manque. Relisez-le sur le papier.")
        return _desk(code=code, fault=fault), 422
    whom, module = _whom(sheet) or abort(404), marked(sheet.content)
    if module is None or module.slug not in catalogue().modules:
        fault = _("Le module de cette feuille n’est plus connu ici. Ouvrez une séance et recopiez la feuille.")
        return _desk(whom, code, fault), 422
    return _stored(sheet, whom) or _form(sheet, whom, module)


def _stored(sheet, whom):
    """Where the fact of this sheet is, if it has been told; None when it has not."""
    model, place = (HandsUp, "hands.hands") if sheet.kind == "hands" else (Session, "cascade.session")
    if find(model, sheet.uid, g.reach):
        return redirect(url_for(place, uid=sheet.uid, sheet=1))
    if Receipt.of(sheet.uid):
        return _desk(whom, sheet.code, _("Cette feuille a été enregistrée, puis retirée. Elle ne revient pas.")), 422
    return None


def _form(sheet, whom, module):
    if sheet.kind == "hands":
        if not g.reach.holds(HandsUpForm.by):
            abort(403)
        form = HandsUpForm(
            author=g.person, uid=sheet.uid, group=whom.origin, module=module.slug, content=module.hash, form=sheet.form,
            kind=sheet.when, language=held_in(None),
        )  # fmt: skip
        form.taught = module
        return hands_page(form, sheet)
    return session_page(SessionForm(author=g.person, uid=sheet.uid, **foreseen(whom, module)), sheet=sheet)


def _whom(sheet):
    """The group or training of a sheet within reach; None where there is none, or more than one that it may be."""
    model = Training if sheet.kind == "training" else Group
    origins = db.session.scalars(select(model.origin).where(model.within(g.reach)))
    found = [origin for origin in origins if mark_of(origin) == sheet.whom]
    return find(model, found[0], g.reach) if len(found) == 1 else None


def _edition():
    """The module that is asked for, in black; what a sheet speaks of is kept, for it may come back in months."""
    module = catalogue().modules.get(request.args.get("module", "")) or abort(404)
    keep(module)
    asked = request.args.get("language")
    code = asked if asked in LANGUAGES else language()
    return Edition(told(module, code), code, black=True)


def _named(whom):
    is_group = isinstance(whom, Group)
    return SimpleNamespace(
        name=whom.name if is_group else whom.title, place=whom.village.name if is_group else whom.place,
        code=whom.code if is_group else "",
    )  # fmt: skip


def _address(sheet):
    root = current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")
    return root + url_for(".typed", code=sheet.code)
