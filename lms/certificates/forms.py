"""What is asked when certificates are awarded and revoked."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import HiddenField
from wtforms.validators import ValidationError

from lms.cascade.models import Training
from lms.certificates import earning
from lms.certificates.eligibility import KINDS, valid_until
from lms.certificates.models import Award, Certificate, Revocation
from lms.certificates.numbers import certificate_number
from lms.core.database import db
from lms.core.fields import Choice, Day, Required, UidsField
from lms.core.language import SPOKEN, short_date
from lms.curriculum.content import catalogue
from lms.people.fields import EndingForm, Reachable
from lms.people.forms import not_to_come
from lms.people.mandates import audience
from lms.people.models import Group, Person, Role

AWARDS = frozenset({"trainer"})
KIND_NAMES = {"participation": _l("Attestation de participation"), "competence": _l("Attestation de compétence")}
WHY_REVOKED = [
    ("nom", _l("Nom à corriger")),
    ("erreur", _l("Délivrée par erreur")),
    ("demande", _l("À la demande de la personne")),
    ("fraude", _l("Fraude")),
]


class AwardForm(EndingForm):
    """Certificates of one kind and module, awarded to the persons chosen among those who have earned them."""

    path = "/certificates/"
    model = Award
    by = AWARDS
    kind = HiddenField(validators=[Required()])
    module = HiddenField(validators=[Required()])
    group = Reachable(Group, required=False)
    training = Reachable(Training, required=False)
    persons = UidsField(_l("Personnes"))
    awarded_on = Day(_l("Délivrées le"), [Required(), not_to_come])

    def validate_kind(self, field):
        if field.data not in KINDS:
            raise ValidationError(_("Choisissez dans la liste."))

    def validate_module(self, field):
        if field.data not in catalogue().modules:
            raise ValidationError(_("Ce module n’existe pas."))

    def validate(self, extra_validators=None):
        valid = super().validate(extra_validators)
        if not valid or self.withdrawn.data:
            return valid
        if bool(self.group.data) == bool(self.training.data):
            self.group.errors = [_("Choisissez le groupement ou la formation.")]
            return False
        return self._persons_have_earned()

    def _persons_have_earned(self):
        self.claims = {claim.person.origin: claim for claim in self._claims() if not claim.held}
        missing = set(self.persons.data) - set(self.claims)
        if missing:
            self.persons.errors = [
                _("%(n)s personne(s) n’y ont pas droit, ou l’ont déjà reçue. Rouvrez la page.", n=len(missing))
            ]
        elif not self.persons.data:
            self.persons.errors = [_("Choisissez au moins une personne.")]
        return not self.persons.errors and self._dated_after_what_earned_it()

    def _dated_after_what_earned_it(self):
        earned = max(self.claims[person].earned_on for person in self.persons.data)
        if self.awarded_on.data < earned:
            self.awarded_on.errors = [_("Pas avant le %(day)s, jour où le droit a été acquis.", day=short_date(earned))]
        return not self.awarded_on.errors

    def _claims(self):
        return earning.claims(
            self.kind.data, self.module.data, group=self.group.row, training=self.training.row, day=self.awarded_on.data
        )

    def rows(self):
        award = Award(
            uid=self.uid.data, origin=self.origin, kind=self.kind.data, module=self.module.data,
            training_uid=self.training.data, group_uid=self.group.data, awarded_on=self.awarded_on.data,
            awarded_by=self.author_uid,
        )  # fmt: skip
        chosen = set(self.persons.data)
        claims = [claim for origin, claim in self.claims.items() if origin in chosen]
        offices, trainer = self._offices(), Person.now_of(self.author_uid)
        return [award, *(self._certificate(award, claim, offices, trainer) for claim in claims)]

    def _certificate(self, award, claim, offices, trainer):
        module, unit = catalogue().modules[self.module.data], self._unit()
        return Certificate(
            uid=claim.uid, number=certificate_number(claim.uid), award_uid=award.uid, place_in_register=claim.number,
            person_uid=claim.person.origin, holder_uid=claim.person.uid, kind=award.kind,
            cadre=offices.get(claim.person.origin) or audience(set()), module=module.slug, version=claim.version,
            content=claim.content, title_fr=module.title["fr"], title_bm=module.title.get(SPOKEN, module.title["fr"]),
            unit_uid=unit.uid, place=self._place(unit), issued_on=award.awarded_on,
            valid_until=valid_until(award.kind, award.awarded_on), trainer_uid=trainer.uid,
        )  # fmt: skip

    def _unit(self):
        return self.training.row.unit if self.training.row else self.group.row.village

    def _place(self, unit):
        where = self.training.row.place if self.training.row else self.group.row.name
        area = unit.above("area")
        return f"{where}, aire de santé de {area.name}" if area else f"{where}, {unit.name}"

    def _offices(self):
        """The office that each of the persons holds on the day, of several the one given first: {origin: kind}."""
        held = select(Role.person_uid, Role.kind).where(Role.held_on(self.awarded_on.data))
        held = held.where(Role.person_uid.in_(self.persons.data)).order_by(Role.uid.desc())
        return dict(db.session.execute(held).all())


class RevocationForm(EndingForm):
    """A certificate that no longer holds."""

    path = "/revocations/"
    model = Revocation
    by = AWARDS | {"national"}
    certificate = Reachable(Certificate)
    why = Choice(_l("Pourquoi"), [Required()], choices=WHY_REVOKED)

    def rows(self):
        return [
            Revocation(
                uid=self.uid.data, origin=self.origin, certificate_uid=self.certificate.data, why=self.why.data,
                revoked_on=self.at.date(),
            )
        ]  # fmt: skip


FORMS = (AwardForm, RevocationForm)
