"""What is asked of persons and groups."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from wtforms.validators import ValidationError

from lms.core.database import db
from lms.core.facts import FactForm
from lms.core.fields import Choice, Day, Optional, Pick, Required, Short, UidField, WholeNumber, Words
from lms.core.folding import fold_name
from lms.people.codes import member_code
from lms.people.fields import Reachable, ReachForm
from lms.people.mandates import KEEPS_GROUPS
from lms.people.models import Account, Agreement, Care, Departure, Group, Membership, Office, OrgUnit, Person, Role
from lms.people.reach import find
from lms.people.rosters import membership, roster

SEXES = [("F", _l("Femme")), ("M", _l("Homme"))]
AGE_BANDS = {"10-14": (10, 14), "15-19": (15, 19), "20-24": (20, 24), "25-49": (25, 49), "50-99": (50, 99)}
AGES = [("", _l("Je ne sais pas")), *((band, band.replace("-", "–").replace("–99", " et plus")) for band in AGE_BANDS)]
BEGUN_AS = [
    ("", _l("Autre, ou je ne sais pas")),
    ("tontine", _l("Tontine")),
    ("epargne", _l("Groupe d’épargne et de crédit")),
    ("alphabetisation", _l("Alphabétisation")),
    ("maraichage", _l("Maraîchage, champ commun")),
    ("entraide", _l("Entraide, solidarité")),
]
POSTS = [("presidente", _l("Présidente")), ("secretaire", _l("Secrétaire")), ("tresoriere", _l("Trésorière"))]
LEADERS = [
    ("chef", _l("Chef de village")), ("imam", _l("Imam")), ("pretre", _l("Prêtre ou pasteur")),
    ("conseillere", _l("Conseillère du village")), ("asaco", _l("Président(e) de l’ASACO")),
]  # fmt: skip
MANNERS = [("oral", _l("De vive voix, devant le groupe")), ("ecrit", _l("Par écrit")), ("assemblee", _l("En assemblée du village"))]
LEFT = [("depart", _l("A quitté le village")), ("choix", _l("Par choix")), ("deces", _l("Décès")), ("autre", _l("Autre"))]


def not_to_come(form, field):
    """A thing that has happened did not happen tomorrow."""
    if field.data and field.data > date.today():
        raise ValidationError(_("Cette date n’est pas encore venue."))


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
        born_from, born_to = born(self.age.data, self.at.year)
        return Person(
            uid=self.uid.data, origin=self.origin, given=self.given.data, family=self.family.data or "",
            given_key=fold_name(self.given.data)[:80], family_key=fold_name(self.family.data or "")[:80],
            sex=self.sex.data, born_from=born_from, born_to=born_to, code=before.code if before else None,
        )  # fmt: skip


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

    def rows(self):
        person = self.person()
        if self.corrects.data:
            return [person]
        membership = join(self, person.origin, self.group.row, self.at.date())
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
        uid=form.uid.data, origin=form.uid.data, person_uid=person, group_uid=group.origin, number=(last or 0) + 1, since=since
    )


def end_memberships(person, day):
    """Her open memberships end on that day."""
    db.session.execute(
        update(Membership)
        .where(Membership.person_uid == person, Membership.current, Membership.until.is_(None))
        .values(until=day)
    )


class MoveForm(ReachForm):
    """A member who goes on in another group. Her code and her story go with her."""

    path = "/memberships/"
    model = Membership
    by = frozenset({"supervisor", "district", "national"})
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

    def rows(self):
        end_memberships(self.person.data, self.since.data)
        return [join(self, self.person.data, self.group.row, self.since.data)]


class DepartureForm(ReachForm):
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

    def rows(self):
        end_memberships(self.person.data, self.left_on.data)
        return [
            Departure(
                uid=self.uid.data, origin=self.origin, person_uid=self.person.data, left_on=self.left_on.data, why=self.why.data
            )
        ]


class GroupForm(ReachForm):
    """A women's group that is there already, told to the programme."""

    path = "/groups/"
    model = Group
    by = KEEPS_GROUPS | {"district", "national"}
    name = Words(_l("Nom du groupement"), [Required(), Short(80)])
    village = UidField(_l("Village"))
    founded = WholeNumber(_l("Année de naissance du groupement"), [Optional()], least=1900, most=2100)
    begun_as = Choice(_l("Le groupement a commencé comme"), [Optional()], choices=BEGUN_AS)

    def validate_village(self, field):
        """A village of her places; for a CHW, a village of the health area she works in."""
        unit = db.session.get(OrgUnit, field.data) if field.data else None
        if unit is None or unit.level != "village":
            raise ValidationError(_("Choisissez un village."))
        if not any(unit.path.startswith(f"{path}.") for path in self.work_places()):
            self.out_of_reach = True
            raise ValidationError(_("Ce village n’est pas dans vos lieux."))
        self.unit = unit

    def validate_founded(self, field):
        if field.data and field.data > date.today().year:
            raise ValidationError(_("Cette année n’est pas encore venue."))

    def work_places(self):
        """The paths of all her roles: a CHW may register a group in the area she works in."""
        roles = Role.of(self.author_uid, self.at.date())
        return [role.unit.path for role in roles]

    def rows(self):
        before = Group.now_of(self.corrects.data)
        group = Group(
            uid=self.uid.data, origin=self.origin, name=self.name.data, name_key=fold_name(self.name.data)[:100],
            village_uid=self.unit.uid, code=before.code if before else next_group_code(self.unit),
            founded=self.founded.data, begun_as=self.begun_as.data or None,
        )  # fmt: skip
        starts_care = not before and "chw" in self.reach.kinds
        return [group, self.care(group)] if starts_care else [group]

    def care(self, group):
        """A CHW who registers a group follows it."""
        return Care(
            uid=self.uid.data, origin=self.uid.data, group_uid=group.origin, worker_uid=self.author_uid, since=self.at.date()
        )


def next_group_code(village):
    """`WAC-G03`: the code of the health area, and the group's number there."""
    area = village.above("area")
    db.session.execute(select(OrgUnit.uid).where(OrgUnit.uid == area.uid).with_for_update())
    prefix = f"{area.code}-G"
    taken = db.session.scalar(select(func.count(func.distinct(Group.origin))).where(Group.code.startswith(prefix)))
    return f"{prefix}{taken + 1:02d}"


class CareForm(ReachForm):
    """A group handed to a CHW. Its past stays with the one who led it."""

    path = "/cares/"
    model = Care
    by = frozenset({"supervisor", "district", "national"})
    group = Reachable(Group)
    worker = Reachable(Person, _l("ASC"))
    since = Day(_l("À partir du"), [Required()])

    def validate_worker(self, field):
        if field.row and not any(role.kind == "chw" for role in Role.of(field.data, self.at.date())):
            raise ValidationError(_("Choisissez un ou une ASC."))

    def rows(self):
        db.session.execute(
            update(Care)
            .where(Care.group_uid == self.group.data, Care.current, Care.until.is_(None))
            .values(until=self.since.data)
        )
        return [
            Care(
                uid=self.uid.data, origin=self.origin, group_uid=self.group.data, worker_uid=self.worker.data, since=self.since.data
            )
        ]


class OfficeForm(ReachForm):
    """A member elected to an office of her group; the one before her leaves it that day."""

    path = "/offices/"
    model = Office
    by = KEEPS_GROUPS
    group = Reachable(Group)
    person = Reachable(Person, _l("Membre"))
    post = Pick(_l("Charge"), [Required()], choices=POSTS)
    since = Day(_l("Élue le"), [Required(), not_to_come])

    def validate_person(self, field):
        if field.row and field.row not in (person for _number, person in roster(self.group.data)):
            raise ValidationError(_("Choisissez un membre de ce groupement."))

    def rows(self):
        db.session.execute(
            update(Office)
            .where(Office.group_uid == self.group.data, Office.post == self.post.data, Office.current, Office.until.is_(None))
            .values(until=self.since.data)
        )
        return [
            Office(
                uid=self.uid.data, origin=self.origin, group_uid=self.group.data, person_uid=self.person.data,
                post=self.post.data, since=self.since.data,
            )
        ]  # fmt: skip


class AgreementForm(ReachForm):
    """The agreement of a village leader: who he is by office, when, how. Never his name."""

    path = "/agreements/"
    model = Agreement
    by = KEEPS_GROUPS
    group = Reachable(Group)
    leader = Choice(_l("Qui a donné son accord"), [Required()], choices=LEADERS)
    manner = Choice(_l("Comment"), [Required()], choices=MANNERS)
    agreed_on = Day(_l("Le"), [Required(), not_to_come])

    def rows(self):
        return [
            Agreement(
                uid=self.uid.data, origin=self.origin, group_uid=self.group.data, leader=self.leader.data,
                manner=self.manner.data, agreed_on=self.agreed_on.data,
            )
        ]  # fmt: skip


FORMS: tuple[type[FactForm], ...] = (MemberForm, MoveForm, DepartureForm, GroupForm, CareForm, OfficeForm, AgreementForm)
