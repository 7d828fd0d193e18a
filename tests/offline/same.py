"""Whether two databases hold the same facts: every row of every table but what nobody needs after a disaster."""

from datetime import UTC, datetime

import sqlalchemy as sa

from lms.core.database import db, elsewhere
from lms.offline.replay import NOT_COPIED


def rows(skip=()):
    """{table: sorted rows as text}, without the running numbers of receipts."""
    left_out = {model.__tablename__ for model in NOT_COPIED} | set(skip)
    return {
        table.name: sorted(
            repr({name: plain(value) for name, value in row.items() if not (table.name == "receipt" and name == "seq")})
            for row in db.session.execute(sa.select(table)).mappings()
        )
        for table in db.metadata.sorted_tables
        if table.name not in left_out
    }


def plain(value):
    """A value in the words of every database: one names UTC `UTC`, another `Etc/UTC`."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def rows_at(url, skip=()):
    with elsewhere(url):
        return rows(skip)
