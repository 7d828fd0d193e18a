"""Wrong tries at the door, counted in the database: by account or code, and by device."""

import hashlib

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.core.database import db
from lms.core.models import now
from lms.people.access import WrongTries
from lms.people.throttle import TRIES_LAST, wait


def keys(what, identifier, device):
    """What a try is counted under; always in the same order, so that tries wait for each other and never in a ring."""
    return sorted((f"{what}:{_digest(identifier.casefold())}", f"device:{_digest(device)}"))


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def count(keys):
    """Count a try as a wrong one until it proves right; or, uncounted, how long the door stays closed yet.

    Committed before anything is looked at: of a thousand guesses sent at once each is counted before the next.
    """
    _forget_old()
    counted = {key: _one_more(key) for key in keys}
    until = max((closed for _failures, closed in counted.values() if closed), default=None)
    if until and until > now():
        db.session.rollback()
        return until - now()
    for key, (failures, _closed) in counted.items():
        closed = {"closed_until": now() + wait(failures)}
        db.session.execute(update(WrongTries).where(WrongTries.key == key).values(closed))
    db.session.commit()
    return None


def _one_more(key):
    """(wrong tries with this one, until when the door was closed). The row stays locked until they are committed."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    one_more = insert(WrongTries).values(key=key, failures=1)
    one_more = one_more.on_conflict_do_update(
        index_elements=[WrongTries.key], set_={"failures": WrongTries.failures + 1}
    )
    return db.session.execute(one_more.returning(WrongTries.failures, WrongTries.closed_until)).one()


def _forget_old():
    """Tries count for a day after the door they closed has opened again, so that the table does not grow for ever."""
    old = select(WrongTries.key).where(WrongTries.closed_until < now() - TRIES_LAST)
    old = old.with_for_update(skip_locked=True)
    db.session.execute(WrongTries.__table__.delete().where(WrongTries.key.in_(old)))


def forget(keys):
    """A try proved right: what was counted under these keys is forgotten."""
    for key in sorted(keys):
        db.session.execute(WrongTries.__table__.delete().where(WrongTries.key == key))
