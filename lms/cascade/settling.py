"""Possible doubles, asked of the database: which sessions may be one sitting, and what was said of them."""

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from lms.cascade.models import Session, Settlement
from lms.core.database import db
from lms.core.models import Receipt
from lms.people.models import groups_within

ONE, OTHER = aliased(Session), aliased(Session)
MAY_BE_ONE = and_(
    OTHER.group_uid == ONE.group_uid, OTHER.held_on == ONE.held_on, OTHER.half == ONE.half,
    OTHER.module == ONE.module, OTHER.origin != ONE.origin, ONE.current, OTHER.current,
)  # fmt: skip
IS_SETTLED = exists().where(
    Settlement.current,
    or_(
        and_(Settlement.first_uid == ONE.origin, Settlement.second_uid == OTHER.origin),
        and_(Settlement.first_uid == OTHER.origin, Settlement.second_uid == ONE.origin),
    ),
)


def settlements(sessions):
    """What was said last of these sessions, two by two: {(first, second): settlement}. Our order of facts decides."""
    rows = (
        select(Settlement)
        .join(Receipt, Receipt.uid == Settlement.uid)
        .where(Settlement.current, Settlement.first_uid.in_([session.origin for session in sessions]))
        .order_by(Receipt.seq)
    )
    return {(said.first_uid, said.second_uid): said for said in db.session.scalars(rows)}


def settled(sessions):
    """{(first, second): whether they are one sitting}: what `doubles` is asked with."""
    return {pair: said.same for pair, said in settlements(sessions).items()}


def twins(*sessions):
    """The other sessions that may be the same sitting as one of these, in the order they were born."""
    rows = select(OTHER).select_from(ONE).join(OTHER, MAY_BE_ONE).where(ONE.uid.in_([told.uid for told in sessions]))
    return list({twin.uid: twin for twin in db.session.scalars(rows.order_by(OTHER.origin))}.values())


def with_twins(sessions):
    """These sessions, and those that may be the same sittings."""
    sessions = list(sessions)
    return list({told.uid: told for told in [*sessions, *twins(*sessions)]}.values())


def doubtful(sessions):
    """The origins of those among these that may be told twice, and nobody has settled it."""
    rows = select(ONE.origin).join(OTHER, MAY_BE_ONE).where(~IS_SETTLED)
    return set(db.session.scalars(rows.where(ONE.origin.in_([session.origin for session in sessions]))))


def _in_doubt(reach, *what):
    """What is asked of the pairs of the groups within reach that wait to be settled, each pair once."""
    rows = select(*what).select_from(ONE).join(OTHER, MAY_BE_ONE)
    return rows.where(ONE.group_uid.in_(groups_within(reach)), ONE.origin < OTHER.origin, ~IS_SETTLED)


def in_doubt(reach, most, after=0):
    """(one, other) sessions that wait to be settled, the latest day first."""
    rows = _in_doubt(reach, ONE, OTHER).order_by(ONE.held_on.desc(), ONE.origin, OTHER.origin)
    return db.session.execute(rows.limit(most).offset(after)).all()


def count_in_doubt(reach):
    """How many pairs wait to be settled."""
    return db.session.scalar(_in_doubt(reach, func.count()))
