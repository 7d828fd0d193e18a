"""Who may claim which certificate, asked of sessions and attempts; and which papers there are already."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lms.assessment import history
from lms.assessment.standing import Legs, competent
from lms.cascade import teaching
from lms.cascade.presence import share, took_part
from lms.certificates.eligibility import state
from lms.certificates.models import Certificate, Revocation
from lms.certificates.numbers import certificate_uid
from lms.core.database import Uid, db
from lms.curriculum.content import catalogue
from lms.people.mandates import audience
from lms.people.models import Person, Role
from lms.people.rosters import roster


@dataclass
class Claim:
    """One person's right to a certificate: her place in the register, what it rests on and since when, the paper she holds."""

    number: int
    person: Person
    basis: Uid
    earned_on: date
    version: int
    content: str
    uid: Uid | None = None
    held: Certificate | None = None


def register_of(group, training):
    """(number, person) of those who may receive a certificate here, in the order of the register."""
    return teaching.register(training) if training else roster(group.origin)


def claims(kind, module, *, group=None, training=None, day: date):
    """The claims of everybody on the register who has earned this kind, in its order."""
    register = register_of(group, training)
    found = (
        _participation(module, register, group, training) if kind == "participation" else _competence(module, register)
    )
    papers = _papers(kind, module, [claim.person.origin for claim in found])
    gone = revoked([paper.uid for paper in papers])
    for claim in found:
        _settle(claim, kind, module, [p for p in papers if p.person_uid == claim.person.origin], gone, day)
    return found


def _settle(claim, kind, module, papers, gone, day):
    """Which uid her paper has, and whether she holds it, or another one still in force, already."""
    papers = [paper for paper in papers if paper.version == claim.version]
    before = sum(paper.uid in gone for paper in papers)
    claim.uid = certificate_uid(kind, claim.person.origin, module, claim.version, claim.basis, before)
    claim.held = next(
        (p for p in papers if p.uid == claim.uid or state(p.issued_on, p.valid_until, p.uid in gone, day) == "valid"),
        None,
    )


def _papers(kind, module, persons):
    rows = select(Certificate).where(
        Certificate.kind == kind, Certificate.module == module, Certificate.person_uid.in_(persons)
    )
    return db.session.scalars(rows).all()


def _participation(module, register, group, training):
    sessions = teaching.sessions_of(
        group=group.origin if group else None, training=training.origin if training else None, module=module
    )
    if not sessions:
        return []
    presence, latest = teaching.presence(sessions), sessions[0]
    basis = (training or group).origin
    return [
        Claim(number, person, basis, latest.held_on, latest.version, latest.content)
        for number, person in register
        if took_part(presence, person.origin)
    ]


def _competence(module, register):
    persons = [person.origin for _number, person in register]
    sat, audiences = history.attempts_of_all(persons, module), as_whom(persons)
    found = []
    for number, person in register:
        best = history.earned(sat.get(person.origin, []))
        if best and competent(audiences[person.origin], Legs(quiz=True)):
            found.append(Claim(number, person, best.origin, best.taken_on, best.version, best.content))
    return found


def as_whom(persons):
    """As whom each of these persons is judged today: {origin: audience}."""
    offices: dict = {person: set() for person in persons}
    held = select(Role.person_uid, Role.kind).where(Role.person_uid.in_(persons), Role.held_on(date.today()))
    for person, kind in db.session.execute(held):
        offices[person].add(kind)
    return {person: audience(kinds) for person, kinds in offices.items()}


def shares(module, *, group=None, training=None):
    """{person: part of the minutes held that she was there for}."""
    sessions = teaching.sessions_of(
        group=group.origin if group else None, training=training.origin if training else None, module=module
    )
    presence = teaching.presence(sessions)
    return {person.origin: share(presence, person.origin) for _number, person in register_of(group, training)}


def quizzed(module, *, group=None, training=None):
    """The origins of those on the register who have passed the quiz that counts."""
    sat = history.attempts_of_all([person.origin for _number, person in register_of(group, training)], module)
    return {origin for origin, attempts in sat.items() if history.earned(attempts)}


def revoked(certificates):
    """Which of these certificates were revoked: {uid: the revocation}."""
    rows = select(Revocation).where(Revocation.current, Revocation.certificate_uid.in_(certificates))
    return {revocation.certificate_uid: revocation for revocation in db.session.scalars(rows)}


def modules_of(group, training):
    """The modules certificates may be awarded for here: those planned, or those taught."""
    modules = catalogue().modules
    if training:
        return [modules[slug] for slug in training.slugs if slug in modules]
    taught = {session.module for session in teaching.sessions_of(group=group.origin)}
    return [module for module in catalogue() if module.slug in taught]
