"""Whose facts arrive, and what the phone is told: by the network under her sign-in, or in a parcel under her signature."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.core import keys
from lms.core.database import db
from lms.core.models import Epoch, now
from lms.offline import envelope as envelopes
from lms.offline import ledger, parcels
from lms.offline.intake import Sender, take
from lms.people.devices import Device, keys_of
from lms.people.models import Account, Person


def arrive(envelope, account, person) -> dict:
    """Take a batch of the worker who is signed in; returns the answer her phone waits for."""
    device = _met(envelope)
    distrust = _("Ce téléphone a été retiré.") if device.revoked_at else None
    return answer(device, take(envelope, Sender(person, account.identifier, distrust)))


def arrive_sealed(raw: bytes) -> dict:
    """Take one parcel, whoever carried it. Raises UnreadableError or TooBigError, and takes nothing."""
    parcel = parcels.unseal(raw, keys.sealing())
    envelope = envelopes.read(parcel.envelope.encode())
    account = _account(parcel.author)
    sender = Sender(account and Person.now_of(account.person_uid), parcel.author, _distrust(parcel, envelope, account))
    return answer(_met(envelope), take(envelope, sender))


def _account(identifier):
    return db.session.scalar(select(Account).where(func.lower(Account.identifier) == identifier.casefold()))


def _distrust(parcel, envelope, account):
    """Why a parcel is not believed, or None."""
    device = db.session.get(Device, envelope.device)
    if not account or parcel.device != envelope.device or not parcel.signed_by(keys_of(parcel.device, account.uid)):
        return _("La signature ne va pas.")
    if account.disabled_at:
        return _("Ce compte est fermé.")
    return _("Ce téléphone a été retiré.") if device and device.revoked_at else None


def _met(envelope):
    """The device of a batch, seen now, with how far its clock is off."""
    device = Device.met(envelope.device)
    said, device.seen_at = envelopes.moment(envelope.now), now()
    if said:
        device.skew = max(min(int((said - device.seen_at).total_seconds()), 2**31 - 1), -(2**31))
    return device


def answer(device, results) -> dict:
    """The answer to a batch: the state of each fact, what the server holds of this phone, and in which epoch."""
    held = ledger.holds(device.uid)
    return {
        "epoch": Epoch.present(), "now": now().isoformat(),
        "results": {str(uid): {"state": result.state, "reason": result.reason} for uid, result in results.items()},
        "holds": held, "receipt": ledger.receipt(device, held),
    }  # fmt: skip
