"""The one door: a fact is stored with its receipt, and stored once however often it arrives."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from flask import abort
from sqlalchemy.exc import IntegrityError

from lms.core.database import db
from lms.core.models import Conflict, Receipt, Withdrawal


@dataclass(frozen=True)
class Many:
    """Many rows of one table as plain values, as a roll is: written together, without an object for each."""

    model: type
    values: list[dict]


def record(form, commit=True):
    """Store an accepted fact with its receipt, in one transaction. A known one changes nothing.

    Returns the receipt. Two posts of one fact at the same moment end as one: the database refuses the second.
    """
    if form.duplicate:
        return Receipt.of(form.uid.data)
    try:
        receipt = _write(form)
        if commit:
            db.session.commit()
        return receipt
    except IntegrityError:
        db.session.rollback()
        if not (known := Receipt.of(form.uid.data)):
            raise
        if known.hash != form.hash:
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


def keep_conflict(form):
    """Keep the second body that came under a known uid, once, and show it as a conflict."""
    form.conflict = True
    known = sa.select(Conflict).filter_by(uid=form.uid.data, hash=form.hash)
    if db.session.scalar(known) is None:
        told = Conflict(uid=form.uid.data, path=form.path, body=form.body, hash=form.hash, author=form.author_uid)
        db.session.add(told)
        db.session.commit()
