"""What is remembered of what was awarded."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.cascade.models import Training
from lms.core.database import Uid, db
from lms.core.models import Fact
from lms.people.models import OrgUnit, below, groups_within


class Award(Fact, db.Model):
    """One act of issuing: a trainer awards certificates of one kind and module to all who have earned them."""

    kind: Mapped[str] = mapped_column(String(16))
    module: Mapped[str] = mapped_column(String(60))
    training_uid: Mapped[Uid | None] = mapped_column(ForeignKey("receipt.uid"), index=True)
    group_uid: Mapped[Uid | None] = mapped_column(ForeignKey("receipt.uid"), index=True)
    awarded_on: Mapped[date]
    awarded_by: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"), index=True)

    @classmethod
    def within(cls, reach):
        trainings = select(Training.origin).where(Training.within(reach))
        return cls.current & or_(
            cls.awarded_by == reach.person, cls.group_uid.in_(groups_within(reach)), cls.training_uid.in_(trainings)
        )


class Certificate(db.Model):
    """What one paper says, frozen at issue. The name is that of one row of `Person`: a later correction is a reissue.

    `number` derives from what was earned where, never from a counter: two offices can never give the same one.
    """

    uid: Mapped[Uid] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    award_uid: Mapped[Uid] = mapped_column(ForeignKey("award.uid"), index=True)
    place_in_register: Mapped[int]
    person_uid: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
    holder_uid: Mapped[Uid] = mapped_column(ForeignKey("person.uid"))
    kind: Mapped[str] = mapped_column(String(16))
    cadre: Mapped[str] = mapped_column(String(12))
    module: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    title_fr: Mapped[str] = mapped_column(String(160))
    title_bm: Mapped[str] = mapped_column(String(160))
    unit_uid: Mapped[Uid] = mapped_column(ForeignKey("org_unit.uid"), index=True)
    place: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    trainer_uid: Mapped[Uid] = mapped_column(ForeignKey("person.uid"))

    award = relationship("Award")
    holder = relationship("Person", foreign_keys=[holder_uid])
    trainer = relationship("Person", foreign_keys=[trainer_uid])
    unit = relationship("OrgUnit")

    __table_args__ = (
        UniqueConstraint("award_uid", "person_uid"),
        Index("ix_certificate_person_uid_module", "person_uid", "module"),
    )

    @classmethod
    def within(cls, reach):
        places = select(OrgUnit.uid).where(below(reach.paths))
        awards = select(Award.uid).where(Award.within(reach))
        return or_(cls.award_uid.in_(awards), cls.unit_uid.in_(places), cls.person_uid == reach.person)


class Revocation(Fact, db.Model):
    """A certificate that no longer holds, with the reason from a list."""

    certificate_uid: Mapped[Uid] = mapped_column(ForeignKey("certificate.uid"), index=True)
    why: Mapped[str] = mapped_column(String(20))
    revoked_on: Mapped[date]


class Printing(db.Model):
    """A certificate that went to the printer: the first time as an original, afterwards as a duplicate."""

    uid: Mapped[Uid] = mapped_column(primary_key=True)
    certificate_uid: Mapped[Uid] = mapped_column(ForeignKey("certificate.uid"), index=True)
    printed_by: Mapped[Uid] = mapped_column(ForeignKey("receipt.uid"))
