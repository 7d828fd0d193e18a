"""What is remembered of every fact: that it came, from whom, and byte for byte what it said."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from lms.core.database import Uid, UidType, db, new_uid

Sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def now():
    """Our clock, in UTC."""
    return datetime.now(UTC)


class AsSent:
    """What is kept of every fact that arrived, whatever became of it: byte for byte what it said, from whom, by which phone."""

    seq: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    body: Mapped[bytes | None]
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    author: Mapped[Uid | None] = mapped_column(index=True)
    received_at: Mapped[datetime] = mapped_column(default=now)
    device: Mapped[str | None] = mapped_column(String(64))
    device_number: Mapped[int | None]


class Travelled(AsSent):
    """A fact that may have come by a phone: that phone's clock, the day it was told by ours, whether its dates are in doubt."""

    device_at: Mapped[datetime | None]
    told_on: Mapped[date | None]
    doubt: Mapped[str | None] = mapped_column(String(12))

    @classmethod
    def of(cls, uid):
        """What is kept under this uid, or None."""
        return db.session.scalar(sa.select(cls).filter_by(uid=uid)) if uid else None


class Settled:
    """What waited for somebody's word: how it ended, when, and by whom; None while it is open."""

    settled: Mapped[str | None] = mapped_column(String(8))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[Uid | None]


class Receipt(Travelled, db.Model):
    """One posted fact. `seq` orders facts; a phone's clock never does. An erased body is None, its hash stays.

    Of what a phone brought home: its number there, the phone's clock (`device_at`), the day it was told by our clock as far
    as that can be known (`told_on`), and whether its dates are in doubt. `vouched_by` is who let in what was held.
    """

    uid: Mapped[Uid] = mapped_column(unique=True)
    path: Mapped[str] = mapped_column(String(64))
    vouched_by: Mapped[Uid | None]

    __table_args__ = (
        Index("ix_receipt_device", "device", "device_number", "author"),
        Index(  # by author and path: SQLite, which has no figures of its tables, would else read all her receipts
            "ix_receipt_doubt",
            "author",
            "path",
            sqlite_where=sa.text("doubt is not null"),
            postgresql_where=sa.text("doubt is not null"),
        ),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )


class Conflict(AsSent, Settled, db.Model):
    """A second, different body that came under a uid already taken: kept beside the first, and shown.

    `settled` says which of the two is right, `first` or `second`; None until somebody who knows has said it.
    """

    uid: Mapped[Uid] = mapped_column(index=True)
    path: Mapped[str] = mapped_column(String(200))

    __table_args__ = (sa.UniqueConstraint("uid", "hash"), Index("ix_conflict_device", "device", "device_number"))


WAITING = sa.text("settled is null and waits_for is not null")


class Held(Travelled, Settled, db.Model):
    """A fact that came home and cannot be taken as it is: kept whole, with the reason, until somebody settles it.

    `waits_for` is the fact it points at that is held too, or has not come yet. `settled` says how it ended: `taken` (with
    corrections or as it was) or `aside`; None while it is open. A row is deleted in one case: somebody else was believed
    under its uid (nobody had signed it, or she told it on line). What it said then stays as a conflict.
    """

    uid: Mapped[Uid] = mapped_column(unique=True)
    path: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    waits_for: Mapped[Uid | None] = mapped_column(index=True)
    settled_why: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index("ix_held_device", "device", "device_number"),
        Index(
            "ix_held_waiting",
            "device",
            "device_number",
            "seq",
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        {"sqlite_autoincrement": True},
    )


class Withdrawal(db.Model):
    """A fact taken back, with its reason. What it said stays readable; nothing counts it any more."""

    uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), primary_key=True)
    origin: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    reason: Mapped[str] = mapped_column(String(500))


class Fact:
    """A row that a posted form made. Facts are never edited: a correction is a new row of the same `origin`.

    `origin` is the uid of the first row of the chain; references elsewhere name the origin.
    At most one row of an origin is `current`; a withdrawn fact has none.
    """

    current: Mapped[bool] = mapped_column(default=True)

    @declared_attr
    def uid(cls) -> Mapped[Uid]:  # noqa: N805
        return mapped_column(UidType, ForeignKey("receipt.uid"), primary_key=True)

    @declared_attr
    def origin(cls) -> Mapped[Uid]:  # noqa: N805
        return mapped_column(UidType, ForeignKey("receipt.uid"))

    @declared_attr.directive
    def __table_args__(cls):  # noqa: N805
        name = cls.__tablename__
        return (
            Index(f"ix_{name}_origin", "origin"),
            Index(
                f"uq_{name}_current",
                "origin",
                unique=True,
                sqlite_where=sa.text("current"),
                postgresql_where=sa.text("current"),
            ),
            *getattr(cls, "rules", ()),
        )

    @classmethod
    def now_of(cls, origin):
        """The current row of an origin, or None when there is none or it was withdrawn."""
        return db.session.scalar(sa.select(cls).where(cls.origin == origin, cls.current)) if origin else None


class Epoch(db.Model):
    """One life of this database. A restore begins the next, so that phones send again what a backup did not hold."""

    uid: Mapped[Uid] = mapped_column(primary_key=True, default=new_uid)
    number: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    began_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def present(cls):
        """The epoch in force, as text: its number and its uid."""
        epoch = db.session.scalar(sa.select(cls).order_by(cls.number.desc()).limit(1))
        return f"{epoch.number}-{epoch.uid}" if epoch else None

    @classmethod
    def last(cls):
        """The number of the epoch in force, or 0."""
        return db.session.scalar(sa.select(sa.func.max(cls.number))) or 0

    @classmethod
    def begin(cls, after=0):
        """Begin the next epoch, above all that are here and above `after`.

        Its number is the second it begins in: two restores of one backup on two machines never share one.
        """
        db.session.add(cls(number=max(cls.last() + 1, after + 1, int(now().timestamp()))))
