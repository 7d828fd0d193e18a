"""What had best be done next: a group not taught its next module yet, a training whose papers wait."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from lms.cascade.models import Session, Training
from lms.certificates import earning
from lms.certificates.eligibility import KINDS
from lms.core.database import db
from lms.curriculum.content import catalogue

LATELY = timedelta(days=60)
LATEST = 3  # trainings looked at: asking who has earned what takes time


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
    """(training, number of papers earned there and not awarded yet), of this person's latest that ended, the latest first."""
    ended = db.session.scalars(
        select(Training)
        .where(Training.current, Training.led_by == person, Training.ends < day, Training.ends >= day - LATELY)
        .order_by(Training.ends.desc(), Training.uid)
        .limit(LATEST)
    ).all()
    counted = ((training, _papers_waiting(training, day)) for training in ended)
    return [(training, count) for training, count in counted if count]


def _papers_waiting(training, day):
    return sum(
        claim.held is None
        for module in earning.modules_of(None, training)
        for kind in KINDS
        for claim in earning.claims(kind, module.slug, training=training, day=day)
    )


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
