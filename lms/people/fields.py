"""Form fields that name somebody or something within the author's reach."""

from dataclasses import replace
from functools import cached_property

from flask import g
from flask_babel import gettext as _
from sqlalchemy import select
from wtforms.validators import StopValidation

from lms.core.database import db
from lms.core.fields import UidField
from lms.core.forms import FactForm, OutOfReachError
from lms.people.models import OrgUnit, Role
from lms.people.reach import find, reach_of


class Reachable(UidField):
    """The origin of one row within the author's reach; `row` is that row once the form was judged."""

    def __init__(self, model, label=None, *, required=True, **kwargs):
        super().__init__(label, **kwargs)
        self.model, self.required, self.row = model, required, None

    def pre_validate(self, form):
        if self.data is None:
            if self.required:
                raise StopValidation(_("À choisir."))
            return
        self.row = form.once((self.model, self.data), lambda: find(self.model, self.data, form.reach))
        if self.row is None:
            form.out_of_reach = True
            raise OutOfReachError(_("Pas trouvé dans vos lieux."))


class ReachForm(FactForm):
    """A fact form that knows what its author reaches. `by` names the offices that may tell such facts."""

    by: frozenset[str] | None = None

    @cached_property
    def reach(self):
        """The reach the fact goes by: that of the request, or asked anew for a fact that came another way.

        A fact that was accepted once and is told again is not refused for what became of its author since.
        """
        reach = g.get("reach")
        if reach and reach.person == self.answerable:
            return reach
        return self.once(("reach", self.answerable), self._reach)

    def _reach(self):
        held = Role.held_some_time_on if self.retold else Role.held_on
        places = select(Role.kind, OrgUnit.path).join(OrgUnit, OrgUnit.uid == Role.unit_uid)
        roles = places.where(Role.person_uid == self.answerable, held(self.at.date()))
        return replace(reach_of(self.answerable, db.session.execute(roles)), everywhere=self.retold)

    def may_post(self):
        return self.retold or self.by is None or bool(self.reach.kinds & self.by)

    def may_correct(self, row):
        """What is within her reach today: who has left a group mends nothing in it any more."""
        return find(self.model, row.origin, self.reach) is not None

    def doer(self, column):
        """Who taught, who asked: the author, but a correction leaves it as it was. Who corrected stands on the receipt."""
        return getattr(self.before, column) if self.before else self.author_uid


class EndingForm(ReachForm):
    """A fact that ends others, as a move ends a membership. It is answered by the next fact, never mended or withdrawn:
    what it ended does not begin again.
    """

    def may_correct(self, row):
        return False
