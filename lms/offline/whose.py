"""Whose phones and held facts are for a worker to look after: her own, and those of who works in her places."""

from datetime import date, timedelta

from sqlalchemy import and_, false, literal, select, union

from lms.core.database import UidType
from lms.offline.intake import LONGEST_AWAY
from lms.people.models import OrgUnit, Role, below, workers_within
from lms.people.workers import SEES


def hers(person, reach):
    """The condition that this column names the worker herself or, if she sees workers, somebody in her places."""
    if not reach.holds(SEES):
        return person == reach.person
    herself = select(literal(reach.person, UidType()))  # one list and no "or", so that an index of two columns serves
    return person.in_(union(herself, workers_within(reach)))


def gone(person, reach):
    """The condition that this column names somebody who left her places, while facts told there may still come home."""
    if not reach.holds(SEES):
        return false()
    today = date.today()
    left = and_(Role.until <= today, Role.until > today - LONGEST_AWAY - timedelta(days=1))
    held = select(Role.person_uid).join(OrgUnit, OrgUnit.uid == Role.unit_uid).where(left, below(reach.paths))
    return and_(person.in_(held), ~hers(person, reach))
