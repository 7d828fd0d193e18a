"""What is remembered of who taught whom."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.database import Uid, db
from lms.core.models import Fact
from lms.people.models import Group, OrgUnit, below, groups_within


class Training(Fact, db.Model):
    """A class of several days: trainer to workers, or worker to a group. Its sessions come one by one."""

    title: Mapped[str] = mapped_column(String(120))
    unit_uid: Mapped[Uid] = mapped_column(ForeignKey("org_unit.uid"), index=True)
    place: Mapped[str] = mapped_column(String(80))
    starts: Mapped[date]
    ends: Mapped[date]
    modules: Mapped[str] = mapped_column(String(400))
    led_by: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)

    unit = relationship("OrgUnit")
    rules = (CheckConstraint("starts <= ends", name="days"),)

    @property
    def slugs(self):
        """The modules planned, in order."""
        return self.modules.split()

    @classmethod
    def within(cls, reach):
        places = select(OrgUnit.uid).where(below(reach.paths))
        return cls.current & or_(cls.led_by == reach.person, cls.unit_uid.in_(places))


class Trainee(db.Model):
    """A person expected at a training, with her place in its register."""

    training_uid: Mapped[Uid] = mapped_column(ForeignKey("training.uid"), primary_key=True)
    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), primary_key=True)
    number: Mapped[int]

    __table_args__ = (Index("ix_trainee_person_uid", "person_uid"),)


class Session(Fact, db.Model):
    """One sitting: a part of a module, one day, one place, one language. Minutes as they were held."""

    group_uid: Mapped[Uid | None] = mapped_column(ForeignKey("receipt.uid"))
    training_uid: Mapped[Uid | None] = mapped_column(ForeignKey("receipt.uid"), index=True)
    module: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    lessons: Mapped[str] = mapped_column(String(600))
    language: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(String(80))
    held_on: Mapped[date]
    half: Mapped[str] = mapped_column(String(2))
    minutes: Mapped[int]
    led_by: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))

    rules = (
        CheckConstraint("(group_uid is null) <> (training_uid is null)", name="whom"),
        CheckConstraint("minutes between 1 and 600", name="minutes"),
        Index("ix_session_group_uid_held_on", "group_uid", "held_on"),
        Index("ix_session_led_by_held_on", "led_by", "held_on"),
    )

    @classmethod
    def within(cls, reach):
        trainings = select(Training.origin).where(Training.within(reach))
        return cls.current & or_(
            cls.led_by == reach.person, cls.group_uid.in_(groups_within(reach)), cls.training_uid.in_(trainings)
        )

    @property
    def group(self):
        """The group taught, or None."""
        return Group.now_of(self.group_uid)

    @property
    def training(self):
        """The training this is a part of, or None."""
        return Training.now_of(self.training_uid)


class Attendance(db.Model):
    """A person who was there."""

    session_uid: Mapped[Uid] = mapped_column(ForeignKey("session.uid"), primary_key=True)
    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), primary_key=True)

    __table_args__ = (Index("ix_attendance_person_uid", "person_uid"),)


class Headcount(db.Model):
    """Men and visitors who were there, counted by sex and age band, unnamed."""

    session_uid: Mapped[Uid] = mapped_column(ForeignKey("session.uid"), primary_key=True)
    sex: Mapped[str] = mapped_column(String(1), primary_key=True)
    band: Mapped[str] = mapped_column(String(5), primary_key=True)
    number: Mapped[int]

    __table_args__ = (CheckConstraint("number > 0", name="number"),)


class Settlement(Fact, db.Model):
    """What a supervisor found out of two sessions that look alike: one sitting told twice, or two sittings."""

    first_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
    second_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
    same: Mapped[bool]

    rules = (
        CheckConstraint("first_uid < second_uid", name="pair"),
        Index("ix_settlement_first_uid_second_uid", "first_uid", "second_uid"),
    )

    @classmethod
    def within(cls, reach):
        of_groups = select(Session.origin).where(Session.current, Session.group_uid.in_(groups_within(reach)))
        return cls.current & cls.first_uid.in_(of_groups)
