"""Screens of certificates: who has earned one, the paper, the public page that checks it."""

from datetime import date
from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.cascade import teaching
from lms.cascade.models import Training
from lms.cascade.presence import ENOUGH
from lms.certificates import earning, printing
from lms.certificates.eligibility import KINDS, REFRESH_DAYS, state
from lms.certificates.forms import AWARDS, KIND_NAMES, AwardForm, RevocationForm
from lms.certificates.models import Award, Certificate
from lms.certificates.numbers import read_number
from lms.core import facts
from lms.core.database import db
from lms.core.guard import limiter
from lms.curriculum.content import catalogue
from lms.people.models import Group
from lms.people.reach import reachable
from lms.people.signing_in import signed_in

bp = Blueprint("certificates", __name__)
blueprints = (bp,)
PAGE = 50


@bp.get("/certificates/")
@signed_in
def certificates():
    """The awards within reach, the latest first."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    found = select(Award).where(Award.within(g.reach)).order_by(Award.awarded_on.desc(), Award.uid.desc())
    listed = db.session.scalars(found.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    return render_template(
        "certificates/awards.html", awards=listed[:PAGE], more=len(listed) > PAGE, page=page, kinds=KIND_NAMES,
        whom=teaching.whom_of(listed),
    )  # fmt: skip


@bp.get("/certificates/new")
@signed_in(kinds=AWARDS)
def new_award():
    """Who has earned what here; with a kind and a module, the form that awards it."""
    group, training = _named(Group, "group"), _named(Training, "training")
    if not (group or training):
        abort(404)
    if "module" in request.args:
        return _award_form(
            AwardForm.opened(
                g.person, group=group and group.origin, training=training and training.origin, awarded_on=date.today(),
                module=request.args["module"], kind=request.args.get("kind", "participation"),
            ), group, training, tick_all=True,
        )  # fmt: skip
    offers = [
        (module, kind, earning.claims(kind, module.slug, group=group, training=training, day=date.today()))
        for module in earning.modules_of(group, training)
        for kind in KINDS
    ]
    return render_template(
        "certificates/choose.html", group=group, training=training, offers=offers, kinds=KIND_NAMES,
        expected=len(earning.register_of(group, training)), enough=round(100 * ENOUGH),
        taught=bool(group or teaching.sessions_of(training=training.origin)),
    )  # fmt: skip


def _named(model, name):
    return reachable(model, request.args.get(name, type=UUID)) if request.args.get(name) else None


def _award_form(form, group, training, tick_all=False):
    if form.module.data not in catalogue().modules or form.kind.data not in KINDS:
        abort(404)
    claims = earning.claims(form.kind.data, form.module.data, group=group, training=training, day=date.today())
    if tick_all:
        form.persons.data = [claim.person.origin for claim in claims if not claim.held]
    return render_template(
        "certificates/award_form.html", form=form, group=group, training=training, claims=claims,
        register=earning.register_of(group, training), module=catalogue().modules[form.module.data],
        kind=KIND_NAMES[form.kind.data], unprintable=printing.unprintable_names(claim.person for claim in claims),
        shares=earning.shares(form.module.data, group=group, training=training),
        quizzed=earning.quizzed(form.module.data, group=group, training=training),
    )  # fmt: skip


@bp.post("/certificates/")
@signed_in
def award():
    """Certificates are awarded, each exactly once."""
    form = AwardForm.posted()
    if form.accepted():
        try:
            facts.record(form)
            return redirect(url_for("certificates.awarded", uid=form.origin), 303)
        except IntegrityError:  # another trainer awarded the same papers at this very moment: hers hold
            form = AwardForm.posted()
            form.accepted()
    status = form.status
    group, training = form.group.row, form.training.row
    if not (group or training):
        abort(404 if form.out_of_reach else 409 if form.conflict else 422)
    return _award_form(form, group, training), status


@bp.get("/awards/<uuid:uid>")
@signed_in
def awarded(uid):
    """One award: its certificates in the order of the register, to print or to look at."""
    award = reachable(Award, uid)
    papers = printing.of_award(award)
    return render_template(
        "certificates/award.html", award=award, papers=papers, kind=KIND_NAMES[award.kind],
        whom=teaching.whom_of([award])[award.uid], revoked=earning.revoked([paper.uid for paper in papers]),
        prints=g.reach.holds(AWARDS), unprintable=printing.unprintable_names(paper.holder for paper in papers),
    )  # fmt: skip


@bp.post("/awards/<uuid:uid>/print.pdf")
@signed_in(kinds=AWARDS)
def print_award(uid):
    """All the certificates of one award in one PDF."""
    award = reachable(Award, uid)
    return _pdf(printing.of_award(award), f"attestations-{award.awarded_on:%Y-%m-%d}")


@bp.post("/trainings/<uuid:uid>/certificates.pdf")
@signed_in(kinds=AWARDS)
def print_training(uid):
    """Every certificate of a training in one PDF, in the order of its register."""
    training = reachable(Training, uid)
    papers = _in_force(printing.of_training(training))
    if not papers:  # nothing is awarded yet: that comes first
        flash(_("Rien à imprimer encore : délivrez d’abord les attestations."), "missing")
        return redirect(url_for(".new_award", training=uid), 303)
    return _pdf(papers, f"attestations-{training.starts:%Y-%m-%d}")


@bp.get("/certificates/<uuid:uid>")
@signed_in
def certificate(uid):
    """One certificate: what it says, whether it holds."""
    paper = reachable(Certificate, uid)
    return render_template(
        "certificates/certificate_page.html", **_facts(paper), revokes=g.reach.holds(RevocationForm.by)
    )


@bp.post("/certificates/<uuid:uid>/print.pdf")
@signed_in(kinds=AWARDS)
def print_one(uid):
    """One certificate, as a duplicate when it was printed before."""
    paper = reachable(Certificate, uid)
    return _pdf([paper], paper.number)


def _pdf(papers, name):
    """The answer to a print button. A post, for it is remembered: no link from elsewhere makes a paper a duplicate."""
    papers = _in_force(papers)
    if not papers:
        abort(404)
    missing = printing.unprintable_names(paper.holder for paper in papers)
    if missing:
        return render_template("certificates/unprintable.html", missing=missing), 422
    black = request.form.get("black") == "1"
    return send_file(
        BytesIO(printing.pdf(papers, g.person, black_only=black)),
        mimetype="application/pdf",
        download_name=f"{name}.pdf",
    )


def _in_force(papers):
    gone = earning.revoked([paper.uid for paper in papers])
    return [paper for paper in papers if paper.uid not in gone]


@bp.get("/certificates/<uuid:uid>/revoke")
@signed_in(kinds=RevocationForm.by)
def revoke(uid):
    """The form that revokes a certificate."""
    paper = reachable(Certificate, uid)
    return render_template(
        "certificates/revoke.html", form=RevocationForm.opened(g.person, certificate=uid), paper=paper
    )


@bp.post("/revocations/")
@signed_in
def record_revocation():
    """A certificate is revoked; its public page says so from now on."""
    form = RevocationForm.posted()
    if form.accepted():
        facts.record(form)
        return redirect(url_for("certificates.certificate", uid=form.certificate.data), 303)
    if form.certificate.row is None:
        abort(form.status if form.status != 200 else 422)
    return render_template("certificates/revoke.html", form=form, paper=form.certificate.row), form.status


@bp.get("/verify")
@limiter.limit("60 per minute; 600 per hour")
def verify():
    """The public check of a number: whether it holds, for which module, since when, for which initials. Nothing else."""
    asked = request.args.get("number", "").strip()
    if not asked:
        return render_template("certificates/verify.html", asked="", found=None)
    number = read_number(asked)
    paper = db.session.scalar(select(Certificate).filter_by(number=number)) if number else None
    found = _facts(paper) if paper else None
    return render_template(
        "certificates/verify.html", asked=asked, sound=bool(number), found=found
    ), 200 if paper else 404


@bp.get("/verify/<number>")
@limiter.limit("60 per minute; 600 per hour")
def verify_number(number):
    """The address behind the QR code of a certificate."""
    return redirect(url_for("certificates.verify", number=number), 302)


def _facts(paper):
    gone = earning.revoked([paper.uid]).get(paper.uid)
    today = date.today()
    soon = paper.valid_until and 0 <= (paper.valid_until - today).days <= REFRESH_DAYS
    return {
        "paper": paper, "state": state(paper.issued_on, paper.valid_until, gone, today), "revocation": gone,
        "kind": KIND_NAMES[paper.kind], "refresh": soon and not gone,
    }  # fmt: skip
