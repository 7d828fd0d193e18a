"""The reviewer's screens: a module unit by unit, her word for each, and the drafts to take away."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from lms.core import facts
from lms.core.database import db
from lms.core.language import DEFAULT, LANGUAGES
from lms.core.models import Receipt
from lms.core.pages import sentence
from lms.curriculum import drafts, review, signatures
from lms.curriculum.content import Module, catalogue
from lms.curriculum.leaves import Leaf, leaves
from lms.curriculum.review import Signature, Verdict, digest, stands
from lms.curriculum.review_forms import VERDICTS, SignatureForm, word_of
from lms.curriculum.views import audio_address, picture_address
from lms.people.models import Person
from lms.people.reach import find
from lms.people.reviewers import roles_in
from lms.people.signing_in import called, signed_in

bp = Blueprint("review", __name__)
blueprints = (bp,)
FIRST = next(code for code in LANGUAGES if code != DEFAULT)
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "po": "text/x-gettext-translation; charset=utf-8",
}


@dataclass(frozen=True)
class Desk:
    """What one reviewer reads: a module in a language, in one of her roles, and what holds of it."""

    module: Module
    language: str
    role: str
    roles: list[str]
    leaves: list[Leaf]
    signed: tuple[Signature, ...]

    @property
    def own(self):
        """{unit: her word in this role}, of those that still stand on what she would read."""
        hers = [one for one in self.signed if one.reviewer == str(g.person.origin) and one.role == self.role]
        texts = {leaf.unit.id: leaf.unit.text for leaf in self.leaves}
        return {one.unit: one for one in hers if one.language == self.language and self._read(one, texts)}

    def _read(self, one, texts):
        text = texts.get(one.unit, {})
        return (one.source, one.text) == (digest(text.get(DEFAULT, "")), digest(text.get(self.language, "")))

    def next(self):
        """The first unit that lacks her word, or None when she has said it of all."""
        own = self.own
        return next((leaf for leaf in self.leaves if leaf.unit.id not in own), None)

    def others(self, leaf):
        """What others say of the text as it is now, the earliest first."""
        text = leaf.unit.text
        mine = (str(g.person.origin), self.role)
        return [
            (one, _who(one.reviewer))
            for one in sorted(self.signed, key=lambda one: (one.signed, one.role))
            if (one.unit, one.language) == (leaf.unit.id, self.language) and (one.reviewer, one.role) != mine
            and stands(one, text.get(DEFAULT, ""), text[self.language])
        ]  # fmt: skip


def _who(reviewer):
    """A reviewer by her name to those who reach her; as what a file calls her, when it was written by hand."""
    try:
        person = find(Person, UUID(reviewer), g.reach)
    except ValueError:
        return reviewer
    return called(person) if person else _("une autre personne")


@bp.get("/review/<slug>")
@signed_in
def read(slug):
    """One unit of a module: that asked for, or the first that lacks her word."""
    desk = _desk(slug, request.args.get("lang", FIRST), request.args.get("role"))
    asked = request.args.get("unit")
    leaf = next((leaf for leaf in desk.leaves if leaf.unit.id == asked), None) if asked else desk.next()
    if asked and leaf is None:
        abort(404)
    return _page(desk, leaf, _opened(desk, leaf) if leaf else None)


@bp.post("/signatures/")
@signed_in
def record():
    """Her word is recorded, and the next unit is shown; what has changed since she opened it is shown anew instead."""
    form = SignatureForm.posted()
    if _changed(form):
        return _again(form, _("Ce texte a changé depuis que vous l’avez ouvert. Rien n’est signé : relisez-le."), 409)
    if not form.accepted():
        return _again(form, sentence(409) if form.conflict else None, form.status)
    try:
        facts.record(form)
    except IntegrityError:  # her other tab was first, at this very moment
        db.session.rollback()
        return _again(form, None, 422)
    signatures.forget()
    if form.withdrawn.data:
        return redirect(url_for("curriculum.review_page"), 303)
    return redirect(url_for("review.read", **_same(form), signed=form.unit.data), 303)


def _same(form):
    return {"slug": form.module.data, "lang": form.language.data, "role": form.role.data}


def _changed(form):
    """Whether the text in force is another than the one she read, or is gone. A known fact has changed nothing."""
    if form.withdrawn.data or Receipt.of(form.uid.data):
        return False
    module = catalogue().modules.get(form.module.data)
    leaf = module and _leaf(leaves(module), form.unit.data)
    text = leaf.unit.text if leaf else {}
    present = digest(text.get(DEFAULT, "")), digest(text.get(form.language.data, ""))
    return (form.source.data, form.text.data) != present


def _again(form, problem, status):
    """The unit as it is now, with what she wrote; 404 when there is no such thing to review."""
    desk = _desk(form.module.data or "", form.language.data or FIRST, form.role.data)
    leaf = _leaf(desk.leaves, form.unit.data) or abort(404)
    fresh = _opened(desk, leaf, note=form.note.data, back=form.back.data)
    return _page(desk, leaf, fresh, problem=problem, errors=[] if problem else _said(form)), status


def _said(form):
    return [error for errors in form.errors.values() for error in errors]


def _desk(slug, language, role):
    """404 for what is not there, 403 for a language that is not hers to review."""
    module = catalogue().modules.get(slug)
    if module is None or language not in LANGUAGES:
        abort(404)
    roles = roles_in(g.person.origin, language) or abort(403)
    written = [leaf for leaf in leaves(module) if leaf.unit.text.get(language)]
    role = role if role in roles else roles[0]
    signatures.forget()
    return Desk(module, language, role, roles, written, signatures.signatures(module))


def _leaf(found, unit):
    return next((leaf for leaf in found if leaf.unit.id == unit), None)


def _opened(desk, leaf, **written):
    """The form of her word for this unit: a correction when she has said one."""
    before = word_of(g.person.origin, desk.module.slug, leaf.unit.id, desk.language, desk.role)
    text = leaf.unit.text
    if before and leaf.unit.id in desk.own:
        written = {"note": before.note, "back": before.back} | {key: one for key, one in written.items() if one}
    return SignatureForm.opened(
        g.person, module=desk.module.slug, content=desk.module.hash, unit=leaf.unit.id, language=desk.language,
        role=desk.role, source=digest(text.get(DEFAULT, "")), text=digest(text[desk.language]),
        corrects=before and before.origin, **written,
    )  # fmt: skip


def _page(desk, leaf, form, problem=None, errors=()):
    own, before = desk.own, _leaf(desk.leaves, request.args.get("signed"))
    return render_template(
        "curriculum/review_unit.html", desk=desk, leaf=leaf, form=form, problem=problem, errors=errors,
        own=own.get(leaf.unit.id) if leaf else None, done=len(own), verdicts=dict(VERDICTS), default=DEFAULT,
        others=desk.others(leaf) if leaf and leaf.unit.id in own else [],
        before=before, told=desk.others(before) if before and before.unit.id in own else [],
        told_by_her=own.get(before.unit.id) if before else None,
        place=desk.leaves.index(leaf) if leaf else None, objections=_to_mend(desk),
        picture=lambda name: picture_address(desk.module, name),
        audio=lambda card: audio_address(desk.module, desk.language, card),
        kinds=drafts.FORMATS if desk.language != DEFAULT else (),
    )  # fmt: skip


def _to_mend(desk):
    """The units she found good in their present words, and somebody objects to."""
    found = review.objections([leaf.unit for leaf in desk.leaves], desk.signed)
    good = {unit for unit, one in desk.own.items() if one.verdict is Verdict.GOOD}
    return [unit for unit, code in found if code == desk.language and unit in good]


@bp.get("/review/<slug>/drafts.xlsx")
@signed_in
def drafts_xlsx(slug):
    """The drafts of a module as a spreadsheet, for who reviews elsewhere."""
    return _taken(slug, "xlsx")


@bp.get("/review/<slug>/drafts.po")
@signed_in
def drafts_po(slug):
    """The drafts of a module as a gettext catalogue, for a translator's tools."""
    return _taken(slug, "po")


def _taken(slug, kind):
    desk = _desk(slug, request.args.get("lang", FIRST), None)
    if desk.language == DEFAULT:
        abort(404)
    rows = drafts.rows_of(desk.module, leaves(desk.module), desk.signed, desk.language)
    file = drafts.packed(rows, desk.language, kind)
    return send_file(
        file, mimetype=KINDS[kind], as_attachment=True, download_name=f"{slug}.{desk.language}.{kind}", max_age=0
    )
