"""What is asked of trainings and sessions."""

from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms.validators import ValidationError

from lms.cascade.double_forms import SettlementForm
from lms.cascade.models import Attendance, Headcount, Session, Trainee, Training
from lms.core.database import db
from lms.core.facts import Many
from lms.core.fields import (
    Day,
    Optional,
    Pick,
    Picks,
    Required,
    Short,
    UidField,
    UidsField,
    WholeNumber,
    Words,
    options,
)
from lms.core.language import language
from lms.curriculum.content import catalogue, said
from lms.curriculum.fields import LANGUAGE_CHOICES, ContentFields
from lms.people.fields import Reachable, ReachForm
from lms.people.forms import AGE_BANDS, not_to_come
from lms.people.mandates import TEACHES
from lms.people.models import Group, Membership, OrgUnit, Person

HALVES = [("am", _l("Matin")), ("pm", _l("Après-midi"))]
HEADS = [(sex, band) for sex in "MF" for band in AGE_BANDS]


def head_field(sex, band):
    """The name of the field that counts one sex and age band."""
    return f"heads_{sex}_{band.replace('-', '_')}"


HEAD_FIELDS = {(sex, band): head_field(sex, band) for sex, band in HEADS}


class SessionForm(ContentFields, ReachForm):
    """A session as it was held: with a group or in a training, what was taught, who was there."""

    path = "/sessions/"
    model = Session
    together = True
    about = {"group": "group_uid", "training": "training_uid"}  # noqa: RUF012
    by = TEACHES
    spare = frozenset(HEAD_FIELDS.values())
    group = Reachable(Group, required=False)
    training = Reachable(Training, required=False)
    lessons = Picks(_l("Leçons vues"), [Required()], choices=[])
    language = Pick(_l("Langue parlée"), [Required()], choices=LANGUAGE_CHOICES)
    held_on = Day(_l("Jour"), [Required(), not_to_come])
    half = Pick(_l("Moment"), [Required()], choices=HALVES)
    minutes = WholeNumber(_l("Durée en minutes"), [Required()], least=1, most=600)
    place = Words(_l("Lieu"), [Required(), Short(80)])
    present = UidsField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        module = catalogue().modules.get(self.module.data)
        lessons = module.lessons if module else ()
        self.lessons.choices = options((lesson.id, said(lesson.title, language())) for lesson in lessons)

    def validate(self, extra_validators=None):
        valid = super().validate(extra_validators)
        if self.withdrawn.data or self.refused:
            return valid
        if bool(self.group.data) == bool(self.training.data):
            self.group.errors = [_("Choisissez le groupement ou la formation.")]
            return False
        return valid

    def validate_present(self, field):
        """Those present belong to the register; and somebody was there."""
        strangers = set(field.data) - self.register
        if strangers:
            raise ValidationError(_("%(n)s personne(s) cochée(s) ne sont pas sur la liste.", n=len(strangers)))
        if not field.data and not any(self.heads().values()):
            raise ValidationError(_("Personne n’est marqué présent. Cochez les présentes, ou comptez les visiteurs."))

    @cached_property
    def register(self):
        """Everybody who has ever been on the roster of the group, or is expected at the training."""
        return self.once(("register", self.group.data, self.training.data), self._register)

    def _register(self):
        if self.group.data:
            listed = select(Membership.person_uid).where(Membership.group_uid == self.group.data)
        else:
            listed = (
                select(Trainee.person_uid)
                .join(Training, Training.uid == Trainee.training_uid)
                .where(Training.origin == self.training.data)
            )
        return set(db.session.scalars(listed))

    def heads(self):
        """Men and visitors, counted and not named: {(sex, band): number}."""
        return {head: self[name].data or 0 for head, name in HEAD_FIELDS.items() if name in self}

    def rows(self):
        session = Session(
            uid=self.uid.data, origin=self.origin, group_uid=self.group.data, training_uid=self.training.data,
            module=self.module.data, version=self.taught.version, content=self.content.data,
            lessons=" ".join(self.lessons.data), language=self.language.data, place=self.place.data,
            held_on=self.held_on.data, half=self.half.data, minutes=self.minutes.data, led_by=self.doer("led_by"),
        )  # fmt: skip
        roll = [{"session_uid": session.uid, "person_uid": person} for person in self.present.data]
        heads = [
            {"session_uid": session.uid, "sex": sex, "band": band, "number": number}
            for (sex, band), number in self.heads().items()
            if number
        ]
        return [session, Many(Attendance, roll), Many(Headcount, heads)]


def _head_label(sex, band):
    """Who is counted in this field, so that a fault can be told from the others: « Hommes, 25–49 ans »."""
    if band.startswith("50"):
        return _l("Hommes, 50 ans et plus") if sex == "M" else _l("Femmes, 50 ans et plus")
    ages = band.replace("-", "–")
    return _l("Hommes, %(ages)s ans", ages=ages) if sex == "M" else _l("Femmes, %(ages)s ans", ages=ages)


for (_sex, _band), _name in HEAD_FIELDS.items():
    setattr(SessionForm, _name, WholeNumber(_head_label(_sex, _band), [Optional()], most=999))


class TrainingForm(ReachForm):
    """A training that is planned: when, where, which modules, who is expected."""

    path = "/trainings/"
    model = Training
    by = TEACHES - {"chw"}
    title = Words(_l("Titre"), [Required(), Short(120)])
    unit = UidField(_l("Lieu de santé"))
    place = Words(_l("Salle ou lieu"), [Required(), Short(80)])
    starts = Day(_l("Premier jour"), [Required()])
    ends = Day(_l("Dernier jour"), [Required()])
    modules = Picks(_l("Modules"), [Required()], choices=[])
    trainees = UidsField(_l("Participantes et participants"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.modules.choices = options((module.slug, said(module.title, language())) for module in catalogue())

    def validate_unit(self, field):
        unit = db.session.get(OrgUnit, field.data) if field.data else None
        if unit is None:
            raise ValidationError(_("À choisir."))
        if not self.reach.covers(unit.path):
            self.out_of_reach = True
            raise ValidationError(_("Ce lieu n’est pas dans vos lieux."))

    def validate_ends(self, field):
        if field.data and self.starts.data and field.data < self.starts.data:
            raise ValidationError(_("Le dernier jour vient avant le premier."))

    def validate_trainees(self, field):
        if not field.data:
            raise ValidationError(_("Choisissez au moins une personne."))
        known = select(Person.origin).where(Person.origin.in_(field.data), Person.within(self.reach))
        if set(field.data) - set(db.session.scalars(known)):
            raise ValidationError(_("Une personne choisie n’est pas dans vos lieux."))

    def rows(self):
        training = Training(
            uid=self.uid.data, origin=self.origin, title=self.title.data, unit_uid=self.unit.data, place=self.place.data,
            starts=self.starts.data, ends=self.ends.data, modules=" ".join(self.modules.data), led_by=self.doer("led_by"),
        )  # fmt: skip
        trainees = [
            {"training_uid": training.uid, "person_uid": person, "number": number}
            for number, person in enumerate(self.trainees.data, start=1)
        ]
        return [training, Many(Trainee, trainees)]


FORMS = (SessionForm, TrainingForm, SettlementForm)
