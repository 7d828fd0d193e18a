"""What becomes of held facts: accepted as they are or mended, set aside with a reason, or judged again.

What pointed at a held fact waited with it, and follows it as soon as it is taken.
"""

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lms.core.database import db
from lms.core.facts import Way, record
from lms.core.models import Held, now
from lms.offline.envelope import CARRIED
from lms.offline.intake import reason, waited_for
from lms.people.models import Person


def form_of(held, vouched_by=None, body=None):
    """The form of a held fact as it would be judged now, mended when a `body` is given; None for an unknown kind."""
    kind = CARRIED.get(held.path)
    if kind is None or held.body is None:
        return None
    author = Person.now_of(held.author) if held.author else None
    way = held.device and Way(held.device, held.device_number, held.device_at, held.told_on, held.doubt)
    by_another = vouched_by if vouched_by and vouched_by.origin != held.author else None
    return kind.sent(held.body if body is None else body, author, now(), way=way or None, vouched_by=by_another)


def fits(form, uid) -> bool:
    """Whether the form of this held fact can be taken now."""
    return form is not None and form.author is not None and form.carries(uid) and form.validate()


def accept(held, vouched_by, body=None):
    """Take a held fact by the right of who vouches for it, and commit; returns its form, whose errors say why not."""
    form = form_of(held, vouched_by, body)
    if fits(form, held.uid):
        _take(held, form, vouched_by.origin)
        db.session.commit()
    return form


def set_aside(held, by, why):
    """Close a held fact without taking it; it stays readable, with who did it and why. Commits."""
    _settle(held, "aside", by.origin, why)
    db.session.commit()


def rejudge() -> tuple[int, int]:
    """Judge every open held fact again, in the order they came: (taken, still held). Commits once."""
    still_open = select(Held.uid).where(Held.settled.is_(None)).order_by(Held.seq)
    before = db.session.scalars(still_open).all()
    for uid in before:
        held = Held.of(uid)
        if not held.settled and not held.waits_for:
            _again(held)
    db.session.commit()
    left = len(db.session.scalars(still_open).all())
    return len(before) - left, left


def _take(held, form, by):
    record(form, commit=False)
    _settle(held, "taken", by, None)
    _release(held.uid)


def _settle(held, how, by, why):
    held.settled, held.settled_at, held.settled_by, held.settled_why = how, now(), by, why
    db.session.flush()


def _release(uid):
    """What waited for this fact is judged again, in the order it came."""
    waiting = select(Held).where(Held.waits_for == uid, Held.settled.is_(None)).order_by(Held.seq)
    for held in db.session.scalars(waiting).all():
        _again(held)


def _again(held):
    """Judge one held fact again by its author's own right; what still stands against it is written down."""
    held.waits_for = waited_for((held.body or b"").decode(), held.uid)
    if held.waits_for:
        return
    try:
        with db.session.begin_nested():
            form = form_of(held)
            if fits(form, held.uid):
                _take(held, form, None)
                return
    except OperationalError:
        raise
    except Exception:  # what a form breaks on stays held
        return
    if form is not None:
        held.reason = reason(form)[:500]
