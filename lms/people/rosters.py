"""Who is in a group: its roster, its officers, its care, asked of the database."""

from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from lms.core.database import db
from lms.people.models import Agreement, Care, Group, Membership, Office, OrgUnit, Person, Role, below

MOST = 1000
"""The longest list to choose from: a page that a phone still opens."""


def roster(group):
    """(number, person) of the members of a group today, in order of their numbers."""
    rows = (
        select(Membership.number, Person)
        .join(Person, (Person.origin == Membership.person_uid) & Person.current)
        .where(Membership.group_uid == group, Membership.current, Membership.until.is_(None))
        .order_by(Membership.number)
    )
    return db.session.execute(rows).all()


def sizes(groups):
    """How many members each of these groups has today: {origin: count}."""
    counts = (
        select(Membership.group_uid, func.count())
        .where(Membership.group_uid.in_(groups), Membership.current, Membership.until.is_(None))
        .group_by(Membership.group_uid)
    )
    return dict(db.session.execute(counts).all())


def membership(person):
    """The open membership of a person, or None."""
    return db.session.scalar(
        select(Membership).where(Membership.person_uid == person, Membership.current, Membership.until.is_(None))
    )


def belonged(person, day):
    """The membership of a person on a day, her last day in a group included; or None."""
    lasted = or_(Membership.until.is_(None), Membership.until >= day)
    rows = select(Membership).where(Membership.person_uid == person, Membership.current, lasted)
    return db.session.scalar(rows.order_by(Membership.since, Membership.uid).limit(1))


def open_offices(person):
    """The offices a person holds in her group today."""
    return db.session.scalars(
        select(Office).where(Office.person_uid == person, Office.current, Office.until.is_(None))
    ).all()


def care(group):
    """The care in which a group is today, or None."""
    return db.session.scalar(select(Care).where(Care.group_uid == group, Care.current, Care.until.is_(None)))


def is_in_use(group):
    """Whether anybody was ever in a group or was handed it: then there is a story that must not go with it.

    The care that came with its registration is no story yet: it goes with the group.
    """
    joined = select(Membership.uid).where(Membership.group_uid == group, Membership.current)
    handed = select(Care.uid).where(Care.group_uid == group, Care.current, Care.origin != group)
    return any(db.session.scalar(rows.limit(1)) for rows in (joined, handed))


def groups_near(group, reach):
    """The other groups in reach, those of the same health area first; at most `MOST`."""
    area = group.village.parent_uid
    return db.session.scalars(
        select(Group)
        .join(OrgUnit, OrgUnit.uid == Group.village_uid)
        .where(Group.within(reach), Group.origin != group.origin)
        .order_by(OrgUnit.parent_uid != area, Group.name_key, Group.uid)
        .options(selectinload(Group.village))
        .limit(MOST)
    ).all()


def chws_near(group, reach):
    """The CHWs in reach, those of the group's health area first; at most `MOST`."""
    near = select(Role.person_uid).where(
        Role.kind == "chw", Role.held_on(date.today()), Role.unit_uid == group.village.parent_uid
    )
    held = select(Role.person_uid).join(OrgUnit, OrgUnit.uid == Role.unit_uid)
    held = held.where(Role.kind == "chw", Role.held_on(date.today()), below(reach.paths))
    return db.session.scalars(
        select(Person)
        .where(Person.current, Person.origin.in_(held))
        .order_by(Person.origin.not_in(near), Person.given_key, Person.family_key, Person.uid)
        .limit(MOST)
    ).all()


def officers(group):
    """(office, person) of a group today."""
    rows = (
        select(Office, Person)
        .join(Person, (Person.origin == Office.person_uid) & Person.current)
        .where(Office.group_uid == group, Office.current, Office.until.is_(None))
        .order_by(Office.post)
    )
    return db.session.execute(rows).all()


def carer(group):
    """The CHW who follows a group today, or None."""
    return db.session.scalar(
        select(Person)
        .join(Care, Care.worker_uid == Person.origin)
        .where(Person.current, Care.group_uid == group, Care.current, Care.until.is_(None))
    )


def agreements(group):
    """The agreements of leaders that a group holds, the latest first."""
    return db.session.scalars(
        select(Agreement).where(Agreement.group_uid == group, Agreement.current).order_by(Agreement.agreed_on.desc())
    ).all()


def count_groups(reach):
    """How many groups are within reach."""
    return db.session.scalar(select(func.count()).select_from(Group).where(Group.within(reach)))


def agreed(groups):
    """Those of these groups whose village leader has agreed: a set of origins."""
    return set(
        db.session.scalars(select(Agreement.group_uid).where(Agreement.group_uid.in_(groups), Agreement.current))
    )


def without_agreement(reach):
    """The groups in reach that hold no leader's agreement yet, by name."""
    held = select(Agreement.group_uid).where(Agreement.current)
    return db.session.scalars(
        select(Group)
        .where(Group.within(reach), Group.origin.not_in(held))
        .order_by(Group.name_key)
        .options(selectinload(Group.village))
        .limit(100)
    ).all()


def groups_of(worker):
    """The groups a CHW follows today, by name."""
    return db.session.scalars(
        select(Group)
        .join(Care, Care.group_uid == Group.origin)
        .where(Group.current, Care.current, Care.until.is_(None), Care.worker_uid == worker)
        .order_by(Group.name_key)
        .options(selectinload(Group.village))
    ).all()
