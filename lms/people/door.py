"""Screens of the door: signing in and out, the first PIN, a new PIN."""

import re
import secrets
from math import ceil

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import Form, PasswordField
from wtforms.validators import ValidationError

from lms.core.database import db
from lms.core.fields import Required, Short, Words
from lms.core.guard import is_own, limiter
from lms.people import pin, signing_in
from lms.people.signing_in import signed_in

bp = Blueprint("door", __name__)
DEVICE = "device"
OURS = re.compile("[0-9a-f]{32}")
MANY_TRIES = "120 per minute"  # of one address: behind it may stand a whole training
YEARS = 5 * 365 * 24 * 3600
DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6, "pattern": "[0-9]*"}


class SignInForm(Form):
    """Identifier and PIN."""

    identifier = Words(
        _l("Identifiant"), [Required(), Short(30)], render_kw={"autocapitalize": "none", "autocomplete": "username"}
    )
    pin = PasswordField(_l("Code PIN"), [Required()], render_kw=DIGITS)


class NewPinForm(Form):
    """A PIN of one's own, twice."""

    new_pin = PasswordField(_l("Nouveau code PIN : 6 chiffres"), [Required()], render_kw=DIGITS)
    again = PasswordField(_l("Le même code, encore une fois"), [Required()], render_kw=DIGITS)

    def validate_new_pin(self, field):
        if not (field.data.isdigit() and field.data.isascii() and len(field.data) == 6):
            raise ValidationError(_("Six chiffres, rien d’autre."))
        if pin.too_easy(field.data):
            raise ValidationError(_("Ce code est trop facile à deviner. Choisissez-en un autre."))

    def validate_again(self, field):
        if field.data != self.new_pin.data:
            raise ValidationError(_("Les deux codes ne sont pas les mêmes."))


class ChangePinForm(NewPinForm):
    """The PIN there was, and the new one."""

    old_pin = PasswordField(_l("Code PIN actuel"), [Required()], render_kw=DIGITS)


class ActivateForm(NewPinForm):
    """Identifier, the code the supervisor handed out, and a PIN of her own."""

    identifier = Words(_l("Identifiant"), [Required(), Short(30)], render_kw={"autocapitalize": "none"})
    code = Words(_l("Code reçu : 8 chiffres"), [Required()], render_kw={**DIGITS, "maxlength": 8})


@bp.get("/sign-in")
def sign_in():
    """The door."""
    return _with_device(render_template("people/sign_in.html", form=SignInForm(), next=request.args.get("next", "")))


@bp.post("/sign-in")
@limiter.limit(MANY_TRIES)
def enter():
    """Identifier and PIN fit, or it is said that they do not: the same words whatever was wrong."""
    form = SignInForm(request.form)
    if form.validate():
        worker, closed = signing_in.try_pin(form.identifier.data, form.pin.data, _device())
        if worker:
            return _with_device(redirect(_next(worker), 303))
        form.pin.errors = [_closed_for(closed) if closed else _("L’identifiant ou le code PIN ne va pas.")]
    page = render_template("people/sign_in.html", form=form, next=request.form.get("next", ""))
    return _with_device(make_response(page, 401))


def _closed_for(closed):
    minutes = ceil(closed.total_seconds() / 60)
    return ngettext("Trop d’essais. Attendez %(num)s minute.", "Trop d’essais. Attendez %(num)s minutes.", minutes)


def _next(worker):
    """Where she wanted to go; the first time, the tour of her role."""
    address = request.form.get("next", "")
    if is_own(address):
        return address
    if worker.account.toured:
        return url_for("reports.home")
    worker.account.toured = True
    db.session.commit()
    return url_for("reports.tour")


@bp.post("/sign-out")
@signed_in
def sign_out():
    """Close the session of this browser."""
    signing_in.leave()
    return redirect(url_for("reports.home"), 303)


@bp.get("/activate")
def activate():
    """The first PIN, or the next one after a PIN was forgotten."""
    return _with_device(render_template("people/activate.html", form=ActivateForm()))


@bp.post("/activate")
@limiter.limit(MANY_TRIES)
def redeem():
    """A one-time code opens the choice of a PIN, once."""
    form = ActivateForm(request.form)
    if form.validate():
        worker, closed = signing_in.redeem(form.identifier.data, form.code.data, form.new_pin.data, _device())
        if worker:
            return _with_device(redirect(url_for("reports.tour"), 303))
        unfit = _("Cet identifiant et ce code ne vont pas ensemble, ou le code a déjà servi.")
        form.code.errors = [_closed_for(closed) if closed else unfit]
    return _with_device(make_response(render_template("people/activate.html", form=form), 422))


@bp.get("/pin")
@signed_in
def change_pin():
    """A new PIN."""
    return render_template("people/change_pin.html", form=ChangePinForm())


@bp.post("/pin")
@signed_in
def record_pin():
    """The PIN is changed, and every other session of the account ends."""
    form = ChangePinForm(request.form)
    if not (form.validate() and _knows_the_old_one(form)):
        return _with_device(make_response(render_template("people/change_pin.html", form=form), 422))
    db.session.commit()  # no lock is held while the new one is hashed
    kept = pin.keep(form.new_pin.data)
    g.account.pin_hash = kept
    signing_in.end_sessions(g.account, but=signing_in.current_user.sign_in)
    db.session.commit()
    flash(_("Votre code PIN est changé."))
    return redirect(url_for("reports.home"), 303)


def _knows_the_old_one(form):
    """Wrong tries count as they do at the door: a phone left open is no place to guess at leisure."""
    account, closed = signing_in.prove(g.account.identifier, form.old_pin.data, _device())
    if account is None:
        form.old_pin.errors = [_closed_for(closed) if closed else _("Ce n’est pas le bon code.")]
    return account is not None


def _device():
    """The random name of this browser, by which wrong tries are counted. It names no person."""
    if "device" not in g:
        known = request.cookies.get(DEVICE, "")
        g.device = known if OURS.fullmatch(known) else secrets.token_hex(16)
    return g.device


def _with_device(answer):
    answer = make_response(answer)
    answer.set_cookie(DEVICE, _device(), max_age=YEARS, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer
