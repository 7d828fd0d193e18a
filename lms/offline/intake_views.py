"""Where batches and parcels are posted. Always answers JSON: anything else is a captive portal to a phone."""

from functools import wraps

from flask import Blueprint, g, jsonify, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from lms.core.database import db
from lms.offline import arrivals, parcels
from lms.offline import envelope as envelopes
from lms.offline.envelope import TooBigError, UnreadableError
from lms.people.signing_in import meet, signed_in

bp = Blueprint("intake", __name__)
A_FILE = 16 * 1024 * 1024


def in_json(view):
    """A page for phones: every answer is our JSON, refusals too; a signed-out phone is told to sign in."""

    @wraps(view)
    def page():
        if not meet():
            return jsonify(sign_in=True), 401
        try:
            return jsonify(view())
        except UnreadableError as error:
            db.session.rollback()
            return jsonify(error=str(error)), 400
        except (TooBigError, RequestEntityTooLarge) as error:
            db.session.rollback()
            return jsonify(error=str(error)), 413

    return page


@bp.post("/outbox")
@in_json
def outbox():
    """A batch of the worker who is signed in."""
    raw = request.stream.read(envelopes.ON_THE_WIRE + 1)
    gzipped = request.headers.get("Content-Encoding") == "gzip"
    return arrivals.arrive(envelopes.read(raw, gzipped), g.account, g.person)


@bp.get("/outbox/parcels")
@signed_in
def bring():
    """The page where the file of a phone without network is brought home, one's own or a colleague's."""
    return render_template("offline/bring.html", outcome=None, fault=None)


@bp.post("/outbox/parcels")
def bring_parcel():
    """A file or a parcel that somebody carried here."""
    request.max_content_length = A_FILE
    return _from_page() if request.files else _from_phone()


@in_json
def _from_phone():
    return arrivals.arrive_sealed(request.stream.read(parcels.LARGEST + 1))


@signed_in
def _from_page():
    """Each parcel of the file is taken for itself: what is whole before a cut comes home."""
    outcome, fault = [], None
    try:
        for parcel in parcels.parcels_in(request.files["parcel"].read(A_FILE)):
            outcome.append(arrivals.arrive_sealed(parcel))
    except (UnreadableError, TooBigError):
        db.session.rollback()
        fault = _("Ce fichier n’est pas entier, ou n’a pas été fait pour ce serveur.")
    states = [result["state"] for answer in outcome for result in answer["results"].values()]
    counts = {state: states.count(state) for state in ("stored", "duplicate", "held", "conflict", "aside", "later")}
    return render_template(
        "offline/bring.html", outcome=counts if outcome else None, fault=fault
    ), 400 if fault else 200
