"""What the server holds of a phone: its facts are numbered, so that what is missing can be told."""

from sqlalchemy import func, select, union

from lms.core import keys
from lms.core.database import db
from lms.core.models import Conflict, Epoch, Held, Receipt, now


def numbers(device):
    """The numbers the server holds of a device, as a subquery: stored, held and in conflict alike."""
    return union(
        *(
            select(model.device_number.label("number")).where(model.device == device, model.device_number.is_not(None))
            for model in (Receipt, Held, Conflict)
        )
    ).subquery()


def holds(device: str) -> dict:
    """`{"upto": the highest number held, "missing": [[first, last], …]}`; upto 0 when nothing came yet."""
    held = numbers(device)
    after = func.lead(held.c.number).over(order_by=held.c.number)
    pairs = select(held.c.number, after.label("after")).subquery()
    gaps = select(pairs.c.number + 1, pairs.c.after - 1).where(pairs.c.after > pairs.c.number + 1)
    first, last = db.session.execute(select(func.min(held.c.number), func.max(held.c.number))).one()
    missing = [[1, first - 1]] if first and first > 1 else []
    missing += [list(gap) for gap in db.session.execute(gaps.order_by(pairs.c.number))]
    return {"upto": last or 0, "missing": missing}


def receipt(device, held: dict) -> str:
    """What the server holds of a phone, signed: a phone can show it to whoever doubts."""
    missing = " ".join(f"{first}-{last}" for first, last in held["missing"]) or "-"
    return keys.signed(f"{device.label}|1-{held['upto']}|{missing}|{now():%Y-%m-%dT%H:%MZ}|{Epoch.present()}")
