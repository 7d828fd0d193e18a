"""Who may sign texts, and as what: a speaker of a language, or a midwife or clinician. Named, for as long as she is."""

from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import Form

from lms.core.database import Uid, db, new_uid
from lms.core.fields import Picks, options
from lms.core.language import LANGUAGES
from lms.core.models import now
from lms.people.mandates import REVIEWS


class Capacity(NamedTuple):
    """As what somebody signs: `native` of one language, or `clinician` in every language ("")."""

    role: str
    language: str = ""

    @property
    def code(self):
        """`native.bm`, `clinician`: how a form names it."""
        return ".".join(filter(None, self))

    @property
    def said(self):
        """In words: « Langue : Bamanankan »."""
        return " : ".join(filter(None, (str(REVIEWS[self.role]), LANGUAGES.get(self.language))))


CAPACITIES = [*(Capacity("native", code) for code in LANGUAGES), Capacity("clinician")]


class Reviewer(db.Model):
    """One capacity of one worker, from one moment to another. Reference data, as offices are.

    By the moment and not by the day: a signature of this morning is still judged by who she was then.
    """

    uid: Mapped[Uid] = mapped_column(primary_key=True, default=new_uid)
    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime | None]

    @classmethod
    def held_at(cls, moment):
        """The capacities in force at a moment."""
        return and_(cls.since <= moment, or_(cls.until.is_(None), cls.until > moment))


class ReviewsForm(Form):
    """All that one worker reviews."""

    capacities = Picks(_l("Textes à relire"))

    def __init__(self, formdata=None, **known):
        super().__init__(formdata, **known)
        self.capacities.choices = options((capacity.code, capacity.said) for capacity in CAPACITIES)

    @classmethod
    def of(cls, person):
        """As it is now."""
        return cls(capacities=[capacity.code for capacity in capacities(person)])


def capacities(person, moment=None):
    """The capacities a person has, or had at a moment."""
    held = select(Reviewer.role, Reviewer.language).where(
        Reviewer.person_uid == person, Reviewer.held_at(moment or now())
    )
    return {Capacity(*row) for row in db.session.execute(held)}


def roles_in(person, language, moment=None):
    """As what a person signs texts of this language, the language before the matter."""
    hers = capacities(person, moment)
    return [role for role in REVIEWS if {Capacity(role, language), Capacity(role)} & hers]


def name(person, codes):
    """From now on she has these capacities, and no others."""
    asked, held = set(codes), {capacity.code for capacity in capacities(person)}
    moment = now()
    for row in db.session.scalars(select(Reviewer).where(Reviewer.person_uid == person, Reviewer.until.is_(None))):
        if Capacity(row.role, row.language).code not in asked:
            row.until = moment
    fresh = [capacity for capacity in CAPACITIES if capacity.code in asked - held]
    db.session.add_all(Reviewer(person_uid=person, role=one.role, language=one.language, since=moment) for one in fresh)
