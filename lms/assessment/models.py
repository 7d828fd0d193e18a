"""What is remembered of what was checked. Answers say what somebody knows, never what she does."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, or_
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Uid, db
from lms.core.models import Fact
from lms.people.models import groups_within, members_within, workers_within


class Attempt(Fact, db.Model):
    """One person's answers to one form of a quiz, judged by the key of the content it names.

    `right` of `asked` with `needed` to pass; `vital_missed` items that must be right were not.
    """

    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
    group_uid: Mapped[Uid | None] = mapped_column(ForeignKey("receipt.uid"))
    module: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(1))
    audience: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(8))
    taken_on: Mapped[date]
    asked_by: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    answers: Mapped[dict] = mapped_column(JSON)
    right: Mapped[int]
    asked: Mapped[int]
    needed: Mapped[int]
    vital_missed: Mapped[int]

    rules = (
        CheckConstraint('"right" between 0 and asked', name="right"),
        Index("ix_attempt_person_uid_module", "person_uid", "module"),
        Index("ix_attempt_group_uid_module", "group_uid", "module"),
    )

    @property
    def passed(self):
        """Enough right answers, and every vital one."""
        return self.right >= self.needed and not self.vital_missed

    @classmethod
    def within(cls, reach):
        return cls.current & or_(
            cls.asked_by == reach.person, cls.person_uid == reach.person,
            cls.person_uid.in_(members_within(reach)), cls.person_uid.in_(workers_within(reach)),
        )  # fmt: skip


class HandsUp(Fact, db.Model):
    """A quiz by show of hands: for each item, how many hands for each answer. A group's result, nobody's own."""

    group_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
    module: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(1))
    kind: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(8))
    taken_on: Mapped[date]
    present: Mapped[int]
    hands: Mapped[dict] = mapped_column(JSON)
    asked_by: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)

    rules = (
        CheckConstraint("present between 1 and 999", name="present"),
        Index("ix_hands_up_group_uid_module", "group_uid", "module"),
    )

    @classmethod
    def within(cls, reach):
        return cls.current & or_(cls.asked_by == reach.person, cls.group_uid.in_(groups_within(reach)))
