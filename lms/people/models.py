"""What is remembered of places, persons and groups. Names live in `Person` and nowhere else."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, and_, exists, or_, select
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from lms.core.database import Uid, db, new_uid
from lms.core.models import Fact

Path = String(200).with_variant(String(200, collation="C"), "postgresql")


def days_in_order():
    """The rule of what lasts from one day to another: it does not end before it began."""
    return CheckConstraint("until >= since", name="days")


class OrgUnit(db.Model):
    """A place of the health system: country · region · district · area · village. `path` holds the codes from the top."""

    uid: Mapped[Uid] = mapped_column(primary_key=True, default=new_uid)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(Path, unique=True)
    parent_uid: Mapped[Uid | None] = mapped_column(ForeignKey("org_unit.uid"), index=True)
    opened: Mapped[date | None]
    closed: Mapped[date | None]
    fictional: Mapped[bool] = mapped_column(default=False)

    parent = relationship("OrgUnit", remote_side=uid)
    codes = relationship("OrgUnitCode", order_by="OrgUnitCode.scheme")

    @property
    def code(self):
        """Its own short code, last of the path."""
        return self.path.rsplit(".", 1)[-1]

    @classmethod
    def within(cls, reach):
        return below(reach.paths)

    def above(self, level):
        """The unit of that level this one lies in (or is), or None."""
        unit = self
        while unit and unit.level != level:
            unit = unit.parent
        return unit


def below(paths):
    """The units at these paths and under them. A range on the path, so that its index serves."""
    return or_(
        sa.false(),
        *(or_(OrgUnit.path == path, and_(OrgUnit.path > f"{path}.", OrgUnit.path < f"{path}/")) for path in paths),
    )


class OrgUnitCode(db.Model):
    """A code by which another system knows a unit, for as long as it was in force there."""

    unit_uid: Mapped[Uid] = mapped_column(ForeignKey("org_unit.uid"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(30), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    since: Mapped[date | None]
    until: Mapped[date | None]

    __table_args__ = (Index("ix_org_unit_code_scheme_code", "scheme", "code"),)


class Person(Fact, db.Model):
    """A person as she was told to us. No phone, no photo, no date of birth: a band of years. Never a method."""

    given: Mapped[str] = mapped_column(String(60))
    family: Mapped[str] = mapped_column(String(60), default="")
    given_key: Mapped[str] = mapped_column(String(80), index=True)
    family_key: Mapped[str] = mapped_column(String(80), index=True)
    sex: Mapped[str] = mapped_column(String(1))
    born_from: Mapped[int | None]
    born_to: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(String(30), index=True)

    rules = (
        CheckConstraint("sex in ('F', 'M')", name="sex"),
        CheckConstraint("born_from <= born_to", name="born"),
    )

    @property
    def name(self):
        """First name and family name."""
        return f"{self.given} {self.family}".strip()

    @property
    def initials(self):
        """`F. K.`: what a certificate's public page shows."""
        return " ".join(f"{word[0].upper()}." for word in self.name.split())

    @classmethod
    def within(cls, reach):
        if reach.everywhere:
            return cls.current
        members = members_within(reach)
        workers = workers_within(reach)
        return and_(cls.current, or_(cls.origin == reach.person, cls.origin.in_(members), cls.origin.in_(workers)))


class Role(db.Model):
    """A person's office in one place, from one day to another."""

    uid: Mapped[Uid] = mapped_column(primary_key=True, default=new_uid)
    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    unit_uid: Mapped[Uid] = mapped_column(ForeignKey("org_unit.uid"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]

    unit = relationship("OrgUnit")
    __table_args__ = (days_in_order(),)

    @classmethod
    def held_on(cls, day):
        """The roles in force on a day."""
        return and_(cls.since <= day, or_(cls.until.is_(None), cls.until > day))

    @classmethod
    def held_some_time_on(cls, day):
        """The roles in force on a day, those that ended in the course of it too."""
        return or_(cls.held_on(day), and_(cls.since <= day, cls.until == day))

    @classmethod
    def of(cls, person, day=None):
        """The roles a person holds, with their places."""
        held = select(cls).where(cls.person_uid == person, cls.held_on(day or date.today()))
        return db.session.scalars(held.options(joinedload(cls.unit))).all()


class Group(Fact, db.Model):
    """A women's group. Groups were there before any programme: they are registered, not founded, here."""

    __tablename__ = "womens_group"

    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(100), index=True)
    village_uid: Mapped[Uid] = mapped_column(ForeignKey("org_unit.uid"), index=True)
    code: Mapped[str] = mapped_column(String(24), index=True)
    founded: Mapped[int | None]
    begun_as: Mapped[str | None] = mapped_column(String(20))

    village = relationship("OrgUnit")

    @classmethod
    def within(cls, reach):
        in_places = cls.village_uid.in_(select(OrgUnit.uid).where(below(reach.paths)))
        return and_(cls.current, or_(in_places, cls.origin.in_(cared_for_by(reach))))


def groups_within(reach):
    """The origins of the groups within reach, as a subquery."""
    return select(Group.origin).where(Group.within(reach))


def members_within(reach):
    """The origins of those whose group is within reach: the one they are in, or, once they have left, their last."""
    again = aliased(Membership)
    begun_after = or_(
        again.since > Membership.since, and_(again.since == Membership.since, again.uid > Membership.uid)
    )  # a move on the very day she joined: uids follow one another in time
    later = exists().where(
        again.current, again.person_uid == Membership.person_uid, or_(again.until.is_(None), begun_after)
    )
    return select(Membership.person_uid).where(
        Membership.current, Membership.group_uid.in_(groups_within(reach)), or_(Membership.until.is_(None), ~later)
    )


def workers_within(reach):
    """The origins of those who hold an office in these places today, as a subquery."""
    held = select(Role.person_uid).join(OrgUnit, OrgUnit.uid == Role.unit_uid)
    return held.where(Role.held_on(date.today()), below(reach.paths))


def cared_for_by(reach):
    """The origins of the groups a CHW follows herself: until they are handed over, wherever she works by then."""
    if "chw" not in reach.kinds:
        return select(Care.group_uid).where(sa.false())
    return select(Care.group_uid).where(Care.current, Care.until.is_(None), Care.worker_uid == reach.person)


class Care(Fact, db.Model):
    """A group in the care of a CHW. The next care of the group ends this one: `until` is its first day."""

    group_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    worker_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]

    rules = (days_in_order(),)


class Membership(Fact, db.Model):
    """A member of a group, with her number on its roster. Ended by a departure or a move, never rewritten."""

    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    group_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
    number: Mapped[int]
    since: Mapped[date]
    until: Mapped[date | None]

    rules = (days_in_order(), Index("ix_membership_group_uid_number", "group_uid", "number"))


class Departure(Fact, db.Model):
    """A member who left her group, and why, in a word from a list."""

    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    left_on: Mapped[date]
    why: Mapped[str] = mapped_column(String(20))


class Office(Fact, db.Model):
    """A member elected to an office of her group."""

    group_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    post: Mapped[str] = mapped_column(String(12))
    since: Mapped[date]
    until: Mapped[date | None]

    rules = (days_in_order(),)


class Agreement(Fact, db.Model):
    """The agreement of a village leader that the group be trained: his office, the day, the manner; never his name."""

    group_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    leader: Mapped[str] = mapped_column(String(20))
    manner: Mapped[str] = mapped_column(String(20))
    agreed_on: Mapped[date]

    @classmethod
    def within(cls, reach):
        return and_(cls.current, cls.group_uid.in_(groups_within(reach)))


class Account(db.Model):
    """The means of a worker to sign in. Members need none."""

    uid: Mapped[Uid] = mapped_column(primary_key=True, default=new_uid)
    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), unique=True)
    identifier: Mapped[str] = mapped_column(String(30), unique=True)
    pin_hash: Mapped[str | None] = mapped_column(String(120))
    demo: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None] = mapped_column(info={"closes": True})
    toured: Mapped[bool] = mapped_column(default=False)
