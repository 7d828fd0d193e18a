"""What is asked of groups: that they are there, who follows them, whom they elect, who agreed."""

from datetime import date
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from wtforms.validators import ValidationError

from lms.core.country import COUNTRY
from lms.core.database import db
from lms.core.fields import Choice, Day, Optional, Pick, Required, Short, UidField, WholeNumber, Words
from lms.core.folding import fold_name
from lms.core.forms import FactForm
from lms.people.fields import EndingForm, Reachable, ReachForm
from lms.people.forms import not_before, not_to_come
from lms.people.mandates import HANDS_OVER, KEEPS_GROUPS
from lms.people.models import Agreement, Care, Group, Office, OrgUnit, Person, Role
from lms.people.rosters import care, is_in_use, membership, officers, roster

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
MANNERS = [
    ("oral", _l("De vive voix, devant le groupe")),
    ("ecrit", _l("Par écrit")),
    ("assemblee", _l("En assemblée du village")),
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
        if unit is None or unit.level != COUNTRY.level_keys[-1]:
            raise ValidationError(_("Choisissez un village."))
        if not self.retold and not any(unit.path.startswith(f"{path}.") for path in self.work_places()):
            self.out_of_reach = True
            raise ValidationError(_("Ce village n’est pas dans vos lieux."))
        self.unit = unit

    def validate_founded(self, field):
        if field.data and field.data > date.today().year:
            raise ValidationError(_("Cette année n’est pas encore venue."))

    def validate(self, extra_validators=None):
        valid = super().validate(extra_validators)
        if valid and self.withdrawn.data and is_in_use(self.corrects.data):
            self.reason.errors = [_("Ce groupement a des membres, ou il a été confié : il ne se retire pas.")]
            return False
        return valid

    def work_places(self):
        """The paths of all her roles: a CHW may register a group in the area she works in."""
        roles = Role.of(self.answerable, self.at.date())
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

    def taken_back(self):
        """The care that came with the registration goes with it."""
        return [*super().taken_back(), (Care, self.corrects.data)]

    def care(self, group):
        """A CHW who registers a group follows it."""
        return Care(
            uid=self.uid.data,
            origin=self.uid.data,
            group_uid=group.origin,
            worker_uid=self.author_uid,
            since=self.told_on,
        )


def next_group_code(village):
    """`WAC-G03`: the code of the health area, and the group's number there."""
    area = village.parent
    db.session.execute(select(OrgUnit.uid).where(OrgUnit.uid == area.uid).with_for_update())
    prefix = f"{area.code}-G"
    taken = db.session.scalar(select(func.count(func.distinct(Group.origin))).where(Group.code.startswith(prefix)))
    return f"{prefix}{taken + 1:02d}"


class CareForm(EndingForm):
    """A group handed to a CHW. Its past stays with the one who led it."""

    path = "/cares/"
    model = Care
    by = HANDS_OVER
    group = Reachable(Group)
    worker = Reachable(Person, _l("ASC"))
    since = Day(_l("À partir du"), [Required(), not_to_come])

    def validate_worker(self, field):
        if (
            field.row
            and not self.retold
            and not any(role.kind == "chw" for role in Role.of(field.data, self.at.date()))
        ):
            raise ValidationError(_("Choisissez un ou une ASC."))

    def validate_since(self, field):
        before = care(self.group.data)
        not_before(field, before and before.since, _("Le groupement est suivi depuis le %(day)s : pas avant ce jour."))

    def rows(self):
        db.session.execute(
            update(Care)
            .where(Care.group_uid == self.group.data, Care.current, Care.until.is_(None))
            .values(until=self.since.data)
        )
        return [
            Care(
                uid=self.uid.data,
                origin=self.origin,
                group_uid=self.group.data,
                worker_uid=self.worker.data,
                since=self.since.data,
            )
        ]


class OfficeForm(EndingForm):
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

    def validate_since(self, field):
        """She is elected once she is in the group, and after the one before her."""
        belongs = membership(self.person.data)
        not_before(
            field, belongs and belongs.since, _("Elle est dans son groupement depuis le %(day)s : pas avant ce jour.")
        )
        before = next((office for office, _who in officers(self.group.data) if office.post == self.post.data), None)
        not_before(field, before and before.since, _("L’élection d’avant est du %(day)s : pas avant ce jour."))

    def rows(self):
        db.session.execute(
            update(Office)
            .where(
                Office.group_uid == self.group.data,
                Office.post == self.post.data,
                Office.current,
                Office.until.is_(None),
            )
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
    about: ClassVar = {"group": "group_uid"}
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


FORMS: tuple[type[FactForm], ...] = (GroupForm, CareForm, OfficeForm, AgreementForm)
