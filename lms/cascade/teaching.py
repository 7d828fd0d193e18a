"""What was taught, asked of the database: sessions and rolls, hours of presence, who taught whom."""

from collections import Counter

from sqlalchemy import Integer, cast, func, literal, select
from sqlalchemy.orm import selectinload

from lms.cascade import doubles, settling
from lms.cascade.lineage import Edge
from lms.cascade.models import Attendance, Headcount, Session, Trainee, Training
from lms.core.database import db
from lms.people.models import Group, Person


def roll(session):
    """The persons who were at a session, by name."""
    return db.session.scalars(
        select(Person)
        .join(Attendance, Attendance.person_uid == Person.origin)
        .where(Person.current, Attendance.session_uid == session.uid)
        .order_by(Person.given_key, Person.family_key)
    ).all()


def heads(session):
    """Men and visitors counted at a session."""
    return db.session.scalars(
        select(Headcount).where(Headcount.session_uid == session.uid).order_by(Headcount.sex, Headcount.band)
    ).all()


def register(training):
    """(number, person) expected at a training, in the order of its register."""
    rows = (
        select(Trainee.number, Person)
        .join(Person, (Person.origin == Trainee.person_uid) & Person.current)
        .where(Trainee.training_uid == training.uid)
        .order_by(Trainee.number)
    )
    return db.session.execute(rows).all()


def sessions_of(*, group=None, training=None, module=None):
    """The sessions of a group or a training, the latest first."""
    found = select(Session).where(Session.current)
    found = found.where(Session.group_uid == group) if group else found.where(Session.training_uid == training)
    if module:
        found = found.where(Session.module == module)
    return db.session.scalars(found.order_by(Session.held_on.desc(), Session.half.desc(), Session.uid.desc())).all()


def numbers_present(sessions):
    """How many of the register were at each session: {uid: count}. A registration taken back counts no more."""
    counts = (
        select(Attendance.session_uid, func.count())
        .join(Person, present_person())
        .where(Attendance.session_uid.in_([session.uid for session in sessions]))
        .group_by(Attendance.session_uid)
    )
    return dict(db.session.execute(counts).all())


def whom_of(rows):
    """With whom each of these sessions (or awards) was, as it is known now: {uid: group or training}, or None if taken back."""
    found = {}
    for model, column in ((Group, "group_uid"), (Training, "training_uid")):
        named = {getattr(row, column) for row in rows} - {None}
        found |= {
            one.origin: one for one in db.session.scalars(select(model).where(model.current, model.origin.in_(named)))
        }
    return {row.uid: found.get(row.group_uid or row.training_uid) for row in rows}


def present_person():
    """What joins an attendance to the person as she is known now; who was taken back joins nothing."""
    return (Person.origin == Attendance.person_uid) & Person.current


def rolls(sessions):
    """Who is on the roll of each of these sessions: {uid: persons}."""
    there: dict = {session.uid: set() for session in sessions}
    rows = select(Attendance.session_uid, Attendance.person_uid).where(Attendance.session_uid.in_(list(there)))
    for session, person in db.session.execute(rows):
        there[session].add(person)
    return there


def presence(sessions):
    """(minutes, persons present) of each sitting: what `presence.took_part` is asked with. A sitting told twice is one."""
    return doubles.counted(sessions, rolls(sessions), settling.settled(sessions))


def minutes_of(person):
    """How many minutes of each module a person was there for: {module: minutes}. A sitting told twice is one."""
    hers = select(Attendance.session_uid).where(Attendance.person_uid == person)
    sessions = settling.with_twins(db.session.scalars(select(Session).where(Session.current, Session.uid.in_(hers))))
    there, minutes = rolls(sessions), Counter()
    for sitting in doubles.sittings(sessions, settling.settled(sessions)):
        if any(person in there[session.uid] for session in sitting):
            minutes[sitting[0].module] += max(session.minutes for session in sitting)
    return minutes


def edges_from(teachers):
    """Who was taught by these persons: workers one by one, members as their group."""
    taught = select(Session).where(Session.current, Session.led_by.in_(teachers)).subquery()
    first = func.min(taught.c.held_on)
    persons = (
        select(taught.c.led_by, Attendance.person_uid, taught.c.module, first, literal(1))
        .join(Attendance, Attendance.session_uid == taught.c.uid)
        .join(Person, present_person())
        .where(taught.c.training_uid.is_not(None))
        .group_by(taught.c.led_by, Attendance.person_uid, taught.c.module)
    )
    groups = (
        select(
            taught.c.led_by,
            taught.c.group_uid,
            taught.c.module,
            first,
            cast(func.count(Attendance.person_uid.distinct()), Integer),
        )
        .join(Attendance, Attendance.session_uid == taught.c.uid)
        .join(Person, present_person())
        .where(taught.c.group_uid.is_not(None))
        .group_by(taught.c.led_by, taught.c.group_uid, taught.c.module)
    )
    return [Edge(*row) for rows in (persons, groups) for row in db.session.execute(rows)]


def edges_below(root, depth=3):
    """Every teaching from one person downwards, level by level: one question a level."""
    edges, level, seen = [], {root}, {root}
    for _step in range(depth):
        found = edges_from(level)
        edges += found
        level = {edge.learner for edge in found} - seen
        seen |= level
        if not level:
            break
    return edges


def teachers_of(person):
    """Who taught a person, what, and when first: (teacher, module, day) rows."""
    rows = (
        select(Person, Session.module, func.min(Session.held_on))
        .join(Session, Session.led_by == Person.origin)
        .join(Attendance, Attendance.session_uid == Session.uid)
        .where(Person.current, Session.current, Attendance.person_uid == person)
        .group_by(Person.uid, Session.module)
        .order_by(func.min(Session.held_on))
    )
    return db.session.execute(rows).all()


def trainings_to_come(reach, day, most=5):
    """The trainings in reach that end on that day or later, the next first."""
    return db.session.scalars(
        select(Training)
        .where(Training.within(reach), Training.ends >= day)
        .order_by(Training.starts)
        .options(selectinload(Training.unit))
        .limit(most)
    ).all()
