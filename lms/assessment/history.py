"""What somebody was asked before, asked of the database."""

from sqlalchemy import select

from lms.assessment.models import Attempt, HandsUp
from lms.assessment.standing import Sitting, passing
from lms.core.database import db


def attempts(person, module=None):
    """The attempts of a person, the first first."""
    found = select(Attempt).where(Attempt.current, Attempt.person_uid == person)
    if module:
        found = found.where(Attempt.module == module)
    return db.session.scalars(found.order_by(Attempt.taken_on, Attempt.uid)).all()


def attempts_of_all(persons, module):
    """{person: her attempts at a module, the first first}."""
    found = select(Attempt).where(Attempt.current, Attempt.module == module, Attempt.person_uid.in_(persons))
    sat: dict = {}
    for attempt in db.session.scalars(found.order_by(Attempt.taken_on, Attempt.uid)):
        sat.setdefault(attempt.person_uid, []).append(attempt)
    return sat


def sitting(attempt):
    """An attempt as standing sees it."""
    return Sitting(
        attempt.kind, attempt.form, attempt.taken_on, attempt.passed, alone=attempt.asked_by == attempt.person_uid
    )


def earned(attempts):
    """The latest attempt that counts and was passed, or None."""
    best = passing([sitting(attempt) for attempt in attempts])
    return next((a for a in reversed(attempts) if sitting(a) == best), None) if best else None


def hands_up(group, module=None):
    """The quizzes by show of hands of a group, the latest first."""
    found = select(HandsUp).where(HandsUp.current, HandsUp.group_uid == group)
    if module:
        found = found.where(HandsUp.module == module)
    return db.session.scalars(found.order_by(HandsUp.taken_on.desc(), HandsUp.uid.desc())).all()
