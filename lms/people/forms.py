"""What is asked of persons and groups."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from wtforms.validators import ValidationError

from lms.core.database import db
from lms.core.fields import Choice, Day, Optional, Pick, Required, Short, Words
from lms.core.folding import fold_name
from lms.core.forms import FactForm
from lms.core.language import short_date
from lms.people.codes import member_code
from lms.people.fields import EndingForm, Reachable, ReachForm
from lms.people.mandates import HANDS_OVER, KEEPS_GROUPS
from lms.people.models import Account, Departure, Group, Membership, Office, Person
from lms.people.reach import find
from lms.people.rosters import membership, open_offices

SEXES = [("F", _l("Femme")), ("M", _l("Homme"))]
AGE_BANDS = {"10-14": (10, 14), "15-19": (15, 19), "20-24": (20, 24), "25-49": (25, 49), "50-99": (50, 99)}
AGES = [("", _l("Je ne sais pas")), *((band, band.replace("-", "–").replace("–99", " et plus")) for band in AGE_BANDS)]
LEFT = [
    ("depart", _l("A quitté le village")),
    ("choix", _l("Par choix")),
    ("deces", _l("Décès")),
    ("autre", _l("Autre")),
]


def not_to_come(form, field):
    """A thing that has happened did not happen after it was told. What a phone carried home is kept, its date in doubt."""
    if not field.data or field.data <= form.at.date():
        return
    if form.way is None:
        raise ValidationError(_("Cette date n’est pas encore venue."))
    form.doubt = "to_come"


def not_before(field, day, said):
    """A day comes no sooner than the one before it in the story; `said` names that one, `%(day)s` in it."""
    if field.data and day and field.data < day:
        raise ValidationError(said % {"day": short_date(day)})


def not_before_she_was_there(field, person):
    """She leaves no group before she joined it, and no office before she was elected."""
    belongs = membership(person)
    not_before(
        field, belongs and belongs.since, _("Elle est dans son groupement depuis le %(day)s : pas avant ce jour.")
    )
    elected = max((office.since for office in open_offices(person)), default=None)
    not_before(field, elected, _("Elle a été élue au bureau le %(day)s : pas avant ce jour."))


def born(band, year):
    """The years of birth of an age band, in the year she told it; (None, None) when she does not know."""
    youngest, oldest = AGE_BANDS.get(band, (None, None))
    return (year - oldest, year - youngest) if band else (None, None)


def age_band(person, year):
    """The age band in which a person was told to be, or None."""
    if person.born_to is None:
        return None
    age = year - person.born_to
    return next((band for band, (youngest, oldest) in AGE_BANDS.items() if youngest <= age <= oldest), None)


class PersonForm(ReachForm):
    """A person: her name as she wants it said, and no more about her than that."""

    given = Words(_l("Prénom ou petit nom"), [Required(), Short(60)])
    family = Words(_l("Nom de famille"), [Optional(), Short(60)])
    sex = Pick(_l("Femme ou homme"), [Required()], choices=SEXES)
    age = Choice(_l("Âge (estimé)"), [Optional()], choices=AGES)

    model = Person

    def person(self):
        """The row of the person told."""
        before = Person.now_of(self.corrects.data)
        born_from, born_to = self._born(before)
        return Person(
            uid=self.uid.data, origin=self.origin, given=self.given.data, family=self.family.data or "",
            given_key=fold_name(self.given.data)[:80], family_key=fold_name(self.family.data or "")[:80],
            sex=self.sex.data, born_from=born_from, born_to=born_to, code=before.code if before else None,
        )  # fmt: skip

    def _born(self, before):
        """Her years of birth: those told before, when the band that was shown is sent back; she grows no younger."""
        if before and (age_band(before, self.told_on.year) or "") == (self.age.data or ""):
            return before.born_from, before.born_to
        return born(self.age.data, self.told_on.year)


class MemberForm(PersonForm):
    """A woman who joins a group: she is registered and takes the next number of its roster."""

    path = "/persons/"
    by = KEEPS_GROUPS
    group = Reachable(Group, _l("Groupement"), required=False)

    def validate(self, extra_validators=None):
        valid = super().validate(extra_validators)
        if valid and not self.group.row and not self.corrects.data:
            self.group.errors = [_("À choisir.")]
            return False
        return valid

    def may_correct(self, row):
        """A name within reach; a worker is disabled, never withdrawn."""
        known = find(Person, row.origin, self.reach)
        return known is not None and not (self.withdrawn.data and has_account(row.origin))

    def taken_back(self):
        """She leaves the roster and the bureau with her name."""
        belongs, offices = membership(self.corrects.data), open_offices(self.corrects.data)
        return [
            *super().taken_back(),
            *([(Membership, belongs.origin)] if belongs else []),
            *((Office, office.origin) for office in offices),
        ]

    def rows(self):
        person = self.person()
        if self.corrects.data:
            return [person]
        membership = join(self, person.origin, self.group.row, self.told_on)
        person.code = member_code(self.group.row.code, membership.number)
        return [person, membership]


def has_account(person):
    """Whether this person signs in here."""
    return db.session.scalar(select(Account.uid).where(Account.person_uid == person)) is not None


def join(form, person, group, since):
    """The membership of a person who joins a group: she takes the next number of its roster."""
    db.session.execute(select(Group.uid).where(Group.uid == group.uid).with_for_update())
    last = db.session.scalar(select(func.max(Membership.number)).where(Membership.group_uid == group.origin))
    return Membership(
        uid=form.uid.data,
        origin=form.uid.data,
        person_uid=person,
        group_uid=group.origin,
        number=(last or 0) + 1,
        since=since,
    )


def end_memberships(person, day):
    """Her open memberships end on that day, and with them what her groups elected her to."""
    for model in (Membership, Office):
        db.session.execute(
            update(model).where(model.person_uid == person, model.current, model.until.is_(None)).values(until=day)
        )


class MoveForm(EndingForm):
    """A member who goes on in another group. Her code and her story go with her."""

    path = "/memberships/"
    model = Membership
    by = HANDS_OVER
    person = Reachable(Person)
    group = Reachable(Group, _l("Nouveau groupement"))
    since = Day(_l("Depuis le"), [Required(), not_to_come])

    def validate_person(self, field):
        if field.row and not self.corrects.data and not membership(field.data):
            raise ValidationError(_("Choisissez un membre d’un groupement."))

    def validate_group(self, field):
        now_in = membership(self.person.data)
        if field.row and now_in and now_in.group_uid == field.data and not self.corrects.data:
            raise ValidationError(_("Elle est déjà dans ce groupement."))

    def validate_since(self, field):
        not_before_she_was_there(field, self.person.data)

    def rows(self):
        end_memberships(self.person.data, self.since.data)
        return [join(self, self.person.data, self.group.row, self.since.data)]


class DepartureForm(EndingForm):
    """A member who leaves. Her past sessions still count."""

    path = "/departures/"
    model = Departure
    by = KEEPS_GROUPS
    person = Reachable(Person)
    left_on = Day(_l("Partie le"), [Required(), not_to_come])
    why = Choice(_l("Pourquoi"), [Required()], choices=LEFT)

    def validate_person(self, field):
        if field.row and not self.corrects.data and not membership(field.data):
            raise ValidationError(_("Choisissez un membre d’un groupement."))

    def validate_left_on(self, field):
        not_before_she_was_there(field, self.person.data)

    def rows(self):
        end_memberships(self.person.data, self.left_on.data)
        return [
            Departure(
                uid=self.uid.data,
                origin=self.origin,
                person_uid=self.person.data,
                left_on=self.left_on.data,
                why=self.why.data,
            )
        ]


FORMS: tuple[type[FactForm], ...] = (MemberForm, MoveForm, DepartureForm)
