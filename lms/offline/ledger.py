"""What the server holds of a phone: its facts are numbered, so that what is missing can be told.

Anybody can write the name of another's phone into an envelope: only what its own workers told counts, as soon as it has any.
"""

from sqlalchemy import func, or_, select, tuple_, union

from lms.core import keys
from lms.core.database import db
from lms.core.models import Conflict, Epoch, Held, Receipt, now
from lms.people.devices import DeviceKey
from lms.people.models import Account


def numbers(devices):
    """(device, number) of what the server holds of these devices, as a subquery: stored, held and in conflict alike."""
    enrolled = select(DeviceKey.device_uid).where(DeviceKey.device_uid.in_(devices))
    pairs = enrolled.join(Account, Account.uid == DeviceKey.account_uid).add_columns(Account.person_uid)
    return union(
        *(
            select(model.device.label("device"), model.device_number.label("number")).where(
                model.device.in_(devices),
                model.device_number.is_not(None),
                or_(model.device.not_in(enrolled), tuple_(model.device, model.author).in_(pairs)),
            )
            for model in (Receipt, Held, Conflict)
        )
    ).subquery()


def holds(device: str) -> dict:
    """`{"upto": the highest number held, "missing": [[first, last], …]}`; upto 0 when nothing came yet."""
    return holds_of([device])[device]


def holds_of(devices: list[str]) -> dict[str, dict]:
    """What `holds` says of each of these devices, asked at once."""
    held = numbers(devices)
    ends = select(held.c.device, func.min(held.c.number), func.max(held.c.number)).group_by(held.c.device)
    following = func.lead(held.c.number).over(partition_by=held.c.device, order_by=held.c.number)
    pairs = select(held.c.device, held.c.number, following.label("after")).subquery()
    gaps = select(pairs).where(pairs.c.after - pairs.c.number > 1)  # no sum: the greatest number has none above it
    found: dict = {device: {"upto": 0, "missing": []} for device in devices}
    for device, first, last in db.session.execute(ends):
        found[device] = {"upto": last, "missing": [[1, first - 1]] if first > 1 else []}
    for device, number, after in db.session.execute(gaps.order_by(pairs.c.device, pairs.c.number)):
        found[device]["missing"].append([number + 1, after - 1])
    return found


def receipt(device, held: dict) -> str:
    """What the server holds of a phone, signed: a phone can show it to whoever doubts."""
    missing = " ".join(f"{first}-{last}" for first, last in held["missing"]) or "-"
    return keys.signed(f"{device.label}|1-{held['upto']}|{missing}|{now():%Y-%m-%dT%H:%MZ}|{Epoch.present()}")
