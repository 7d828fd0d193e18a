"""What had best be done next: a group not taught its next module yet, a training whose papers wait."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from lms.cascade.models import Session, Training
from lms.certificates.models import Award
from lms.core.database import db
from lms.curriculum.content import catalogue

LATELY = timedelta(days=60)


@dataclass(frozen=True)
class Step:
    """Teach `module` to `group`; `again` when it was begun already and lessons are left."""

    group: object
    module: object
    again: bool = False


def next_step(groups):
    """The next teaching for the first of these groups that needs one, or None."""
    taught = _taught([group.origin for group in groups])
    steps = (_next_of(group, taught.get(group.origin, {})) for group in groups)
    return next((step for step in steps if step), None)


def papers_waiting(person, day):
    """The trainings this person led that ended lately and for which nothing was awarded yet, the latest first."""
    awarded = select(Award.training_uid).where(Award.current, Award.training_uid.is_not(None))
    return db.session.scalars(
        select(Training)
        .where(Training.current, Training.led_by == person, Training.ends < day, Training.ends >= day - LATELY)
        .where(Training.origin.not_in(awarded))
        .order_by(Training.ends.desc(), Training.uid)
    ).all()


def _taught(groups):
    """{group: {module: lessons taught}}"""
    rows = select(Session.group_uid, Session.module, Session.lessons).where(
        Session.current, Session.group_uid.in_(groups)
    )
    taught: dict = {}
    for group, module, lessons in db.session.execute(rows):
        taught.setdefault(group, {}).setdefault(module, set()).update(lessons.split())
    return taught


def _next_of(group, taught):
    for module in catalogue():
        done = taught.get(module.slug, set())
        if not {lesson.id for lesson in module.lessons} <= done:
            return Step(group, module, again=bool(done))
    return None
