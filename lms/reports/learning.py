"""What one person has learnt, module by module."""

from dataclasses import dataclass, field

from sqlalchemy import select

from lms.assessment import history
from lms.assessment.standing import NEEDS, Legs, competent
from lms.cascade import teaching
from lms.certificates import earning
from lms.certificates.models import Certificate
from lms.core.database import db
from lms.curriculum.content import catalogue


@dataclass
class Row:
    """One module for one person: `attended` minutes, the attempt that earned it, the legs still missing, papers."""

    module: object
    attended: int
    earned: object = None
    missing: tuple = ()
    papers: list = field(default_factory=list)

    @property
    def begun(self):
        """Whether there is anything to tell."""
        return bool(self.attended or self.earned or self.papers)


def by_module(person):
    """A row for each module of the curriculum, in order."""
    minutes, papers = teaching.minutes_of(person.origin), _papers(person)
    audience = earning.as_whom([person.origin])[person.origin]
    return [
        _row(module, minutes.get(module.slug, 0), history.attempts(person.origin, module.slug), papers, audience)
        for module in catalogue()
    ]


def _row(module, attended, attempts, papers, audience):
    earned = history.earned(attempts)
    legs = Legs(quiz=bool(earned))
    missing = () if competent(audience, legs) else tuple(leg for leg in NEEDS[audience] if not getattr(legs, leg))
    return Row(module, attended, earned, missing, [paper for paper in papers if paper.module == module.slug])


def _papers(person):
    rows = select(Certificate).where(Certificate.person_uid == person.origin).order_by(Certificate.issued_on)
    papers = db.session.scalars(rows).all()
    gone = earning.revoked([paper.uid for paper in papers])
    return [paper for paper in papers if paper.uid not in gone]
