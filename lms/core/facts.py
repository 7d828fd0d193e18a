"""The one door: a fact is stored with its receipt, and stored once however often it arrives."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import abort
from sqlalchemy.exc import IntegrityError

from lms.core.database import Uid, db
from lms.core.models import Conflict, Held, Receipt, Withdrawal

afterwards: list[Callable[[Uid], object]] = []
"""What floors above do in the transaction of a fact that was told on line: the roof hands it in."""


@dataclass(frozen=True)
class Many:
    """Many rows of one table as plain values, as a roll is: written together, without an object for each."""

    model: type
    values: list[dict]


def record(form, commit=True):
    """Store an accepted fact with its receipt, in one transaction. A known one changes nothing.

    Returns the receipt. Two posts of one fact at the same moment end as one: the database refuses the second.
    Without `commit` the transaction is the caller's, with other facts in it: what is refused is the caller's to undo.
    """
    if form.duplicate:
        return Receipt.of(form.uid.data)
    if not commit:
        return _write(form)
    try:
        receipt = _write(form)
        _settle_held(form)
        for follow in afterwards:
            follow(receipt.uid)
        db.session.commit()
        return receipt
    except IntegrityError:
        db.session.rollback()
        if not (known := Receipt.of(form.uid.data)):
            raise
        if not is_same(known, form):
            keep_conflict(form)
            abort(409)
        return known


def _write(form):
    receipt = Receipt(**_told(form))
    db.session.add(receipt)
    db.session.flush()
    if form.withdrawn.data:
        _take_back(form)
    else:
        _put(form)
    return receipt


def _told(form):
    """What the receipt of a fact says, column by column."""
    way = form.way
    return {
        "uid": form.uid.data, "path": form.path, "body": form.body, "hash": form.hash, "author": form.author_uid,
        "received_at": form.at, "device": way and way.device, "device_number": way and way.number,
        "device_at": way and way.at, "told_on": way and way.told_on, "doubt": form.doubt,
        "vouched_by": form.vouched_by and form.vouched_by.origin,
    }  # fmt: skip


def record_together(forms):
    """Store accepted new facts, each with its receipt, in the transaction that is open: a few statements for them all."""
    made = [form.rows() for form in forms]
    _add_all([Many(Receipt, [_told(form) for form in forms])])
    db.session.add_all([rows[0] for rows in made])
    db.session.flush()
    _add_all([row for rows in made for row in rows[1:]])


def _put(form):
    first, *others = form.rows()  # made before the old row goes: a correction looks at what it corrects
    if form.is_overtaken:
        first.current = False
    elif form.corrects.data:
        supersede(form.model, form.corrects.data)
    db.session.add(first)
    db.session.flush()  # the others point at it
    _add_all(others)


def _add_all(rows):
    """Rows that point at rows already there: objects one by one, the `Many` of a table in one statement."""
    db.session.add_all([row for row in rows if not isinstance(row, Many)])
    many = defaultdict(list)
    for row in rows:
        if isinstance(row, Many):
            many[row.model] += row.values
    for model, values in many.items():
        if values:
            db.session.execute(sa.insert(model.__table__), values)


def _take_back(form):
    for model, origin in form.taken_back():
        supersede(model, origin)
    db.session.add(Withdrawal(uid=form.uid.data, origin=form.corrects.data, reason=form.reason.data))


def supersede(model, origin):
    """The row of this origin that was current is so no longer. Two corrections at the same moment wait for each other."""
    db.session.execute(sa.select(Receipt.seq).where(Receipt.uid == origin).with_for_update())
    db.session.execute(
        sa.update(model).where(model.origin == origin, model.current).values(current=False),
        execution_options={"synchronize_session": "fetch"},
    )


def is_same(one, other):
    """Whether two tellings under one uid say the same: the same words, to the same address."""
    return (one.path, one.hash) == (other.path, other.hash)


def _settle_held(form):
    """A fact told on line settles what was held under its uid, if that was hers too; another's makes room for it."""
    held = Held.of(form.uid.data)
    if held and held.author != form.author_uid:
        set_beside(held, form)
    elif held and held.settled != "taken":
        held.settled, held.settled_at, held.settled_by, held.settled_why = "taken", form.at, form.author_uid, None


def set_beside(held, told):
    """What was held keeps no place from what may stand there; what it said otherwise stays as a conflict beside it."""
    db.session.delete(held)
    if not is_same(held, told) and not _kept_beside(held.uid, held.hash):
        kept = ("uid", "path", "body", "hash", "author", "received_at", "device", "device_number")
        db.session.add(Conflict(**{name: getattr(held, name) for name in kept}))
    db.session.flush()


def _kept_beside(uid, hash):
    """The row that keeps this body beside another of its uid, or None."""
    return db.session.scalar(sa.select(Conflict).filter_by(uid=uid, hash=hash))


def keep_conflict(form):
    """Keep the second body that came under a known uid, once, and show it as a conflict."""
    form.conflict = True
    if _kept_beside(form.uid.data, form.hash) is None:
        told = Conflict(uid=form.uid.data, path=form.path, body=form.body, hash=form.hash, author=form.author_uid)
        db.session.add(told)
        db.session.commit()
