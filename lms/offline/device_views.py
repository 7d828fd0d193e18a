"""Screens of phones: which are there, what the server holds of each, which is trusted no more. And how a phone is enrolled."""

import base64
import binascii
import secrets
from datetime import datetime

from flask import Blueprint, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from lms.core import keys
from lms.core.database import db
from lms.core.models import Epoch, now
from lms.offline import inbox, ledger, phones
from lms.offline.envelope import UnreadableError
from lms.offline.intake_views import in_json
from lms.offline.parcels import POINT
from lms.people import door
from lms.people.devices import end_sessions, first_on
from lms.people.signing_in import called, meet, signed_in
from lms.people.workers import MANAGERS

bp = Blueprint("devices", __name__)
ABOVE = frozenset({"national", "district"})
"""Offices that tell nothing in the field: their phones keep nothing."""
AN_ENROLMENT = 4096
PAGE = 30


@bp.post("/devices")
@in_json
def enrol():
    """The phone of the worker who is signed in is written down, with the key that signs her facts."""
    request.max_content_length = AN_ENROLMENT
    hers = {"epoch": Epoch.present(), "author": g.account.identifier, "called": g.person.given}
    if not g.reach.kinds - ABOVE:
        return {"device": None, "label": None, "field": False, "animal": None, "seal": None, **hers}
    asked = _asked()
    phone = _enrolled(_device(asked.get("device")), _point(asked.get("key")))
    return {
        "device": phone.uid, "label": phone.label, "field": True, "animal": phones.animal_of(g.account, phone.uid),
        "seal": base64.b64encode(keys.sealing_point()).decode(), **hers,
    }  # fmt: skip


def _asked():
    """What the phone says of itself, {} where it says nothing. Raises UnreadableError where it is nested without end."""
    try:
        asked = request.get_json(force=True, silent=True)
    except RecursionError as error:
        raise UnreadableError("nested too deep") from error
    return asked if isinstance(asked, dict) else {}


def _enrolled(device, point):
    try:
        return phones.enrol(g.account, device, point, current_user.sign_in.device)
    except IntegrityError:  # the same phone, by another of its pages, a moment earlier
        db.session.rollback()
        meet()
        return phones.enrol(g.account, device, point, current_user.sign_in.device)


def _device(said):
    """The name the phone has already, else that of this browser, else a new one.

    A browser that told facts and knows of none has lost its memory: its numbers begin anew, so it is another phone.
    """
    if isinstance(said, str) and door.OURS.fullmatch(said):
        return said
    browser = request.cookies.get(door.DEVICE, "")
    return browser if door.OURS.fullmatch(browser) and not ledger.holds(browser)["upto"] else secrets.token_hex(16)


def _point(said):
    """65 bytes: a point of P-256, uncompressed. Raises UnreadableError where it is none."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        point = base64.b64decode(str(said), validate=True)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, binascii.Error) as error:
        raise UnreadableError("no key of this kind") from error
    if len(point) != POINT:
        raise UnreadableError("no uncompressed key")
    return point


@bp.get("/phone/holds")
def holds():
    """What the server holds of a phone, asked by the phone itself."""
    if not meet():
        return jsonify(sign_in=True), 401
    phone = phones.find(request.args.get("device", ""), g.reach)
    if phone is None:
        return jsonify(error="unknown device"), 404
    held = ledger.holds(phone.uid)
    return jsonify(device=phone.uid, holds=held, receipt=ledger.receipt(phone, held), epoch=Epoch.present())


@bp.get("/devices/")
@signed_in
def devices():
    """The phones she looks after: those that have been silent longest first."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    listed = phones.listed(g.reach, PAGE, (page - 1) * PAGE)
    return render_template(
        "offline/devices.html", devices=listed, users=phones.users(listed, g.reach), page=page, per_page=PAGE,
        holds=ledger.holds_of([phone.uid for phone in listed]), count=phones.count(g.reach), **_words(),
    )  # fmt: skip


@bp.get("/devices/receipt")
@signed_in
def check_receipt():
    """Whether this server signed a receipt that a phone shows, and what it says."""
    text = " ".join(request.args.get("text", "").split())[:4000]
    return render_template(
        "offline/receipt.html", text=text, said=_said(text), present=Epoch.present(), ranges=phones.ranges
    )


def _said(text):
    """What a receipt says: label, the highest number, what was missing, when, in which epoch; None when it is not ours."""
    parts = (keys.said_by_us(text) or "").split("|")
    if len(parts) != 5:
        return None
    label, held, missing, at, epoch = parts
    gaps = [] if missing == "-" else [[int(end) for end in gap.split("-")] for gap in missing.split()]
    at = datetime.strptime(at, "%Y-%m-%dT%H:%MZ")
    return {"label": label, "upto": int(held.partition("-")[2]), "missing": gaps, "at": at, "epoch": epoch}


@bp.get("/devices/<device>")
@signed_in
def device(device):
    """One phone: whose it is, what the server holds of it, signed, and what is missing."""
    phone = _reachable(device)
    held = ledger.holds(phone.uid)
    return render_template(
        "offline/device.html", device=phone, users=phones.users([phone], g.reach)[phone.uid], holds=held,
        receipt=ledger.receipt(phone, held), waiting=inbox.count_from(phone.uid, g.reach), manages=g.reach.holds(MANAGERS),
        may_end=_may_end(phone), **_words(),
    )  # fmt: skip


@bp.post("/devices/<device>/revoke")
@signed_in
def revoke(device):
    """A phone that is lost or lent away is believed no more: nobody is signed in on it, what still comes from it is held."""
    phone = _reachable(device)
    if not _may_end(phone):
        abort(403)
    phone.revoked_at = phone.revoked_at or now()
    end_sessions(phone.uid)
    db.session.commit()
    flash(_("Ce téléphone est retiré. Ce qui en arrivera encore sera retenu, pas perdu."))
    return redirect(url_for(".device", device=device), 303)


@bp.post("/devices/<device>/trust")
@signed_in(kinds=MANAGERS)
def trust(device):
    """A phone that was found again is believed again."""
    _reachable(device).revoked_at = None
    db.session.commit()
    flash(_("Ce téléphone sert de nouveau."))
    return redirect(url_for(".device", device=device), 303)


def _reachable(device):
    return phones.find(device, g.reach) or abort(404)


def _may_end(phone):
    """Who answers for its worker, or the worker who enrolled on it first: anybody may enrol who knows its name."""
    first = first_on(phone.uid)
    users = (
        [] if first else phones.users([phone], g.reach)[phone.uid]
    )  # nobody has enrolled: it is whose facts it brought
    own = first == g.account.uid or g.person.origin in {person.origin for person in users}
    return own or g.reach.holds(MANAGERS)


def _words():
    return {"silent_for": phones.silent_for, "clock": phones.clock, "ranges": phones.ranges, "names": _names}


def _names(persons):
    return ", ".join(called(person) for person in persons)
