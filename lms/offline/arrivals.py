"""Whose facts arrive, and what the phone is told: by the network under her sign-in, or in a parcel under her signature."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.core import keys
from lms.core.database import db
from lms.core.models import now
from lms.offline import envelope as envelopes
from lms.offline import epochs, ledger, parcels
from lms.offline.intake import Sender, take
from lms.people.devices import Device, keys_of, may_speak_for
from lms.people.models import Account, Person


def arrive(envelope, account, person) -> dict:
    """Take a batch of the worker who is signed in; returns the answer her phone waits for."""
    epochs.hear(envelope.epoch, account.identifier)
    device = _met(envelope, account)
    distrust = _("Ce téléphone a été retiré.") if device.revoked_at else None
    return answer(device, *take(envelope, Sender(person, account.identifier, distrust)))


def arrive_sealed(raw: bytes) -> dict:
    """Take one parcel, whoever carried it. Raises UnreadableError or TooBigError, and takes nothing."""
    parcel = parcels.unseal(raw, keys.sealing())
    envelope = envelopes.read(parcel.envelope.encode())
    envelope.now = None  # it lay in a file: for how long says nothing of the phone's clock
    sender = _sender(parcel, envelope)
    return answer(_met(envelope, _account(sender.identifier or "")), *take(envelope, sender))


def _account(identifier):
    return db.session.scalar(select(Account).where(func.lower(Account.identifier) == identifier.casefold()))


def _sender(parcel, envelope):
    """Who speaks in a parcel. Without a signature that fits it is nobody; a closed account or a withdrawn phone is known."""
    account, device = _account(parcel.author), db.session.get(Device, envelope.device)
    points = keys_of(parcel.device, account.uid) if account and parcel.device == envelope.device else []
    if not parcel.signed_by(points):
        return Sender(None, None, _("La signature ne va pas."))
    closed = _("Ce compte est fermé.") if account.disabled_at else None
    withdrawn = _("Ce téléphone a été retiré.") if device and device.revoked_at else None
    return Sender(Person.now_of(account.person_uid), account.identifier, closed or withdrawn)


def _met(envelope, account):
    """The device of a batch; seen now, with how far its clock is off, when it is one of its workers who says so."""
    device = Device.met(envelope.device)
    if account is None or not may_speak_for(device.uid, account.uid):
        return device
    said, device.seen_at = envelopes.moment(envelope.now), now()
    if said:
        device.skew = max(min(int((said - device.seen_at).total_seconds()), 2**31 - 1), -(2**31))
    return device


def answer(device, results, epoch) -> dict:
    """The answer to a batch: the state of each fact in its epoch, and what the server holds of this phone."""
    held = ledger.holds(device.uid)
    return {
        "epoch": epoch, "now": now().isoformat(),
        "results": {str(uid): {"state": result.state, "reason": result.reason} for uid, result in results.items()},
        "holds": held, "receipt": ledger.receipt(device, held),
    }  # fmt: skip
