"""What reviewers have signed on this server, and the whole of it: the facts and what `review.toml` keeps.

Pages that are made once and handed out many times must know when somebody signs: what was signed is read again at most
a second after it changed, by every process of the server, and at once by the one that recorded it.
"""

import time
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Uid, db, only_reading
from lms.core.models import Fact
from lms.curriculum import review
from lms.curriculum.review import Signature, Verdict
from lms.curriculum.syllabus import Module

LATELY = 1.0  # seconds for which an answer of the database is good enough for a page
LONG_AGO = float("-inf")
CURRENT = sa.text("current")


class ReviewSignature(Fact, db.Model):
    """One reviewer's word for one unit in one language, with digests of the very texts she read.

    She has one word for it: a new reading corrects the one before. `back` is what the text says, in her French.
    """

    module: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(12))
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(500), default="")
    back: Mapped[str] = mapped_column(String(2000), default="")
    source: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(String(64))
    reviewer_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
    signed_on: Mapped[date]

    rules = (
        CheckConstraint("verdict in ('good', 'fix', 'dangerous')", name="verdict"),
        Index("ix_review_signature_module", "module"),
        Index(
            "ix_review_signature_word", "reviewer_uid", "module", "unit", "language", "role", unique=True,
            sqlite_where=CURRENT, postgresql_where=CURRENT,
        ),
    )  # fmt: skip

    @classmethod
    def within(cls, reach):
        """Her own words are hers to correct."""
        return sa.and_(cls.current, cls.reviewer_uid == reach.person)


@dataclass(frozen=True)
class Signed:
    """Everything signed here: what holds, by module, and the origins of all facts ever told."""

    stamp: tuple
    holding: dict[str, tuple[Signature, ...]] = field(default_factory=dict, compare=False)
    known: frozenset[str] = field(default_factory=frozenset, compare=False)


NOTHING = Signed(stamp=())
HOW_MANY = sa.select(
    sa.func.count(ReviewSignature.uid), sa.func.count(ReviewSignature.uid).filter(ReviewSignature.current)
)
"""Of all and of those that hold: every signing, correction or withdrawal changes one of the two numbers."""


def init_app(app: Flask):
    app.extensions["signed"] = [LONG_AGO, NOTHING]  # when the database was asked last, and what it said


def signed(app: Flask | None = None) -> Signed:
    """What has been signed on this server, as it was a moment ago."""
    app = app or current_app._get_current_object()  # type: ignore[attr-defined]
    asked, known = app.extensions["signed"]
    if time.monotonic() - asked < LATELY:
        return known
    with app.app_context():
        present = ask(known)
    app.extensions["signed"] = [time.monotonic(), present]
    return present


def last_known(app: Flask) -> Signed:
    """What the database said when it was asked last; asks nothing."""
    return app.extensions["signed"][1]


def forget():
    """Somebody has just signed, or must see what she signed through another process: the next to look asks the database."""
    current_app.extensions["signed"][0] = LONG_AGO


def ask(before: Signed = NOTHING) -> Signed:
    """What the database holds; `before` when it still does, or cannot be asked: what was withheld stays so."""
    try:
        with only_reading() as reading:
            stamp = tuple(reading.execute(HOW_MANY).one())
            return before if stamp == before.stamp else Signed(stamp, *_all(reading))
    except SQLAlchemyError:
        return before


def _all(reading):
    table = ReviewSignature.__table__
    holding: dict[str, list[Signature]] = {}
    known = set()
    for row in reading.execute(sa.select(table).order_by(table.c.uid)):
        known.add(str(row.origin))
        if row.current:
            holding.setdefault(row.module, []).append(signature_of(row))
    return {module: tuple(rows) for module, rows in holding.items()}, frozenset(known)


def signature_of(row) -> Signature:
    """A row of the table as one would write it in `review.toml`."""
    return Signature(
        unit=row.unit, language=row.language, role=row.role, reviewer=str(row.reviewer_uid), signed=row.signed_on,
        source=row.source, text=row.text, verdict=Verdict(row.verdict), note=row.note, back=row.back,
        fact=str(row.origin),
    )  # fmt: skip


def signatures(module: Module) -> tuple[Signature, ...]:
    """All that holds for a module: what its `review.toml` says, and what was signed here."""
    return union(module, signed())


def union(module: Module, here: Signed, faults=None) -> tuple[Signature, ...]:
    """As `signatures`, of what is given."""
    return review.united(review.signatures(module, faults), here.holding.get(module.slug, ()), here.known)
