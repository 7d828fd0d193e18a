"""What phones tell of the server's own epochs: one that heard of a later one than ours believes none of our answers."""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError

from lms.core.database import db
from lms.core.models import Epoch, now

AHEAD = timedelta(days=1)
"""How far beyond our clock an epoch is still believed: a clock that stood wrong, and not a tale."""
A_DAY = 3
"""Epochs that may begin in a day, restores and tales together: each has every phone send ninety days again."""

log = structlog.get_logger()


def number_of(text: str | None) -> int:
    """The number of an epoch as a phone tells it, or 0."""
    number = (text or "").partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def is_believed(told: int, present: int, clock: datetime, begun_today: int) -> bool:
    """Whether a later epoch is begun because a phone heard of `told` while ours is `present`."""
    return present < told <= (clock + AHEAD).timestamp() and begun_today < A_DAY


def hear(told: str | None, who: str) -> None:
    """Begin an epoch above the one this phone heard of, if there can have been one. Does not commit.

    A restore on a machine whose clock stood behind an earlier restore begins too small an epoch.
    """
    number, present = number_of(told), Epoch.last()
    if number <= present:
        return
    begun = sa.select(sa.func.count()).select_from(Epoch).where(Epoch.began_at > now() - timedelta(days=1))
    believed = is_believed(number, present, now(), db.session.scalar(begun) or 0)
    log.warning("later_epoch_told", told=number, present=present, believed=believed, by=who)
    if believed:
        _begin(number)


def _begin(after):
    try:
        with db.session.begin_nested():
            Epoch.begin(after=after)
    except IntegrityError:  # another phone told of it at this very moment
        pass
