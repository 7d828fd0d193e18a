"""What is asked of two sessions that may be one sitting told twice."""

from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from lms.cascade.doubles import alike
from lms.cascade.models import Session, Settlement
from lms.core.fields import Pick, Required
from lms.core.forms import OutOfReachError
from lms.people.fields import Reachable, ReachForm
from lms.people.models import Group
from lms.people.reach import find

SETTLES = frozenset({"supervisor", "trainer", "district"})
SAME = [("yes", _l("C’est la même séance")), ("no", _l("Ce sont deux séances"))]


class SettlementForm(ReachForm):
    """Of two sessions that look alike: whether they are one sitting. `first` is the one that was born first."""

    path = "/doubles/"
    model = Settlement
    about: ClassVar = {"first": "first_uid", "second": "second_uid"}
    by = SETTLES
    first = Reachable(Session, _l("La première fiche"))
    second = Reachable(Session, _l("La deuxième fiche"))
    same = Pick(_l("Votre réponse"), [Required()], choices=SAME)

    def validate_first(self, field):
        """She reaches the group itself: to have led one of the two is not enough."""
        if field.row and find(Group, field.row.group_uid, self.reach) is None:
            self.out_of_reach = True
            raise OutOfReachError(_("Pas trouvé dans vos lieux."))

    def validate_second(self, field):
        """The two still look alike, and come in order, so that one pair has one name."""
        if not (self.first.row and field.row):
            return
        if not alike(self.first.row, field.row) or self.first.data > field.data:
            raise ValidationError(_("Ces deux fiches ne se ressemblent plus : il n’y a rien à vérifier."))

    def rows(self):
        return [
            Settlement(
                uid=self.uid.data, origin=self.origin, first_uid=self.first.data, second_uid=self.second.data,
                same=self.same.data == "yes",
            )
        ]  # fmt: skip
