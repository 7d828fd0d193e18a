"""What a CHW had best do next: the first group that was not taught its next module yet."""

from dataclasses import dataclass

from sqlalchemy import select

from lms.cascade.models import Session
from lms.core.database import db
from lms.curriculum.content import catalogue


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


def _taught(groups):
    """{group: {module: lessons taught}}"""
    rows = select(Session.group_uid, Session.module, Session.lessons).where(Session.current, Session.group_uid.in_(groups))
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
