"""What a fact is told with: an ordinary form that knows its author, the way it came, and what it corrects."""

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from flask import abort, g, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError

from lms.core.database import Uid, db, new_uid
from lms.core.facts import keep_conflict
from lms.core.fields import Day, Required, Short, UidField, Words
from lms.core.models import Fact, Receipt, now

MOST_FIELDS = 5000
"""No form has as many: a roll of the largest group has some hundreds. What has more is not read at all."""


class OutOfReachError(ValidationError):
    """The fact speaks of somebody or something outside its author's places."""


@dataclass(frozen=True)
class Way:
    """How a fact came home when it was told away from the network: by which phone, its number there, that phone's clock.

    `told_on` is the day by our clock, as far as that can be known; `doubt` why its dates may be wrong, or None.
    """

    device: str
    number: int | None = None
    at: datetime | None = None
    told_on: date | None = None
    doubt: str | None = None

    @classmethod
    def of(cls, row):
        """The way of a receipt or of a held fact; None when it was told on line."""
        return cls(row.device, row.device_number, row.device_at, row.told_on, row.doubt) if row.device else None


class FactForm(Form):
    """An ordinary form whose post is a fact.

    `uid` is minted when the form opens. `corrects` names the origin of the fact it corrects;
    with `withdrawn` the fact is taken back, and only `reason` is asked.
    A subclass names the `path` it is posted to and the `model` of its row, and makes its `rows()`.
    `together`: new facts of this kind ask nothing of one another, so that many can be judged first and written at once.
    `spare` names fields that may be left out and ask nothing then: a form that nobody will look at does without them.
    """

    path: ClassVar[str]
    model: ClassVar[type[Fact]]
    together: ClassVar[bool] = False
    about: ClassVar[dict[str, str]] = {}
    """{field: column} of whom and what the fact is about: a correction never moves a fact to somebody else."""
    spare: ClassVar[frozenset[str]] = frozenset()

    uid = UidField(validators=[Required()])
    corrects = UidField()
    withdrawn = BooleanField()
    reason = Words(validators=[Short(500)])

    def __init__(
        self, formdata=None, *, body=b"", author=None, at=None, way=None, vouched_by=None, known_here=None, unseen=False,
        retold=False, **known,
    ):  # fmt: skip
        self.body, self.author, self.at, self.way, self.vouched_by = body, author, at or now(), way, vouched_by
        self.retold = retold
        self.known_here = {} if known_here is None else known_here
        self.duplicate = self.conflict = self.out_of_reach = self.refused = False
        self.is_newer = bool(way and formdata) and not self.understands(formdata)
        if unseen and self.spare:  # to make a field costs WTForms more than to read it
            self._unbound_fields = [
                (name, field) for name, field in self._unbound_fields if name not in self.spare or name in formdata
            ]
        super().__init__(formdata, **known)
        has_days = any(isinstance(field, Day) and field.data for field in self)
        self.doubt = way.doubt if way and has_days else None

    @classmethod
    def opened(cls, author=None, **known):
        """An empty form for a fact that is about to be told; its uid is minted now."""
        return cls(author=author, uid=new_uid(), **known)

    @classmethod
    def posted(cls):
        """The form as the present request sent it, by the person who is signed in; 403 for the wrong role."""
        body = request.get_data(cache=True)  # before the form: once it is read there is no body left
        if not is_legible(body):
            abort(413)
        form = cls(request.form, body=body, author=g.person)
        return form if form.may_post() else abort(403)

    @classmethod
    def sent(cls, body, author, at=None, **how):
        """The form of a kept urlencoded body: from an outbox, a replay, or the demo. ValueError where it is not legible.

        `how`: the `way` it came, who vouches for what was held (`vouched_by`), what is known already (`known_here`),
        and that nobody will look at it (`unseen`).
        """
        return cls(MultiDict(pairs(body)), body=body, author=author, at=at, **how)

    @classmethod
    def of_receipt(cls, receipt, author, vouched_by=None):
        """The form as it was accepted once, to be told again to an empty database."""
        known = {"way": Way.of(receipt), "vouched_by": vouched_by, "retold": True}
        return cls.sent(receipt.body, author, receipt.received_at, **known)

    @classmethod
    def understands(cls, names):
        """Whether every field named is one this form reads: a newer phone may send more."""
        return all(isinstance(getattr(cls, name, None), UnboundField) for name in names)

    def carries(self, uid):
        """Whether this is a fact of that uid, and every word of it can be read here."""
        if self.uid.data != uid:
            self.uid.errors = [_("La fiche ne porte pas le numéro sous lequel elle est arrivée.")]
        return self.uid.data == uid and not self.is_newer

    @property
    def hash(self):
        """SHA-256 of the plain body: 32 bytes."""
        return hashlib.sha256(self.body).digest()

    @property
    def origin(self) -> Uid:
        """The origin of the row this form makes."""
        return self.corrects.data or self.uid.data

    def accepted(self):
        """Whether the fact may be recorded: known already, or valid. A second body under its uid is kept as a conflict."""
        receipt = Receipt.of(self.uid.data)
        if receipt is None:
            return self.validate()
        self.duplicate = receipt.hash == self.hash and receipt.path == self.path
        if not self.duplicate:
            self._told_otherwise(receipt)
        return self.duplicate

    def _told_otherwise(self, receipt):
        """Keep the second body, if it is hers to tell, and offer it as a correction of the first."""
        self.validate()
        if self.out_of_reach or self.refused:
            return
        keep_conflict(self)
        row = db.session.get(self.model, receipt.uid) if receipt.path == self.path else None
        if row is not None and row.current and self.may_correct(row):
            self.uid.data, self.corrects.data = new_uid(), row.origin

    def validate(self, extra_validators=None):
        if not self.may_post():
            self.refused = True
            return False
        if self.withdrawn.data:
            return self._may_withdraw()
        valid = super().validate(extra_validators)
        return self._corrects_something() and valid

    def may_post(self):
        """Whether this author may tell facts of this kind at all; floors above say."""
        return True

    def may_correct(self, row):
        """Whether this author may correct or withdraw this row; floors above may widen it."""
        return Receipt.of(row.origin).author == self.author_uid

    @property
    def author_uid(self):
        """The origin of the author, or None before anybody has signed in."""
        return self.author.origin if self.author else None

    @property
    def answerable(self):
        """The origin of the one by whose right the fact goes: who vouches for it, else its author."""
        return self.vouched_by.origin if self.vouched_by else self.author_uid

    @property
    def told_on(self):
        """The day it was told, by our clock: days before it came, when a phone carried it."""
        return (self.way and self.way.told_on) or self.at.date()

    def once(self, key: Hashable, ask: Callable[[], Any]):
        """What `ask` answers, asked once of all the forms that are judged together."""
        if key not in self.known_here:
            self.known_here[key] = ask()
        return self.known_here[key]

    @property
    def status(self):
        """The HTTP status of a form that is shown again; one that is out of reach is not (404)."""
        if self.out_of_reach:
            abort(404)
        return 409 if self.conflict else 422 if self.errors else 200

    def rows(self):
        """The rows this fact makes, its own `model` first, and `Many` where they are many."""
        raise NotImplementedError

    def taken_back(self):
        """(model, origin) of the rows that count no more when this fact is withdrawn."""
        return [(self.model, self.corrects.data)]

    def _corrects_something(self):
        if not self.corrects.data:
            return True
        row = self.before
        if row is None or not self.may_correct(row):
            self.corrects.errors = [_("Ce que vous corrigez n’existe plus ou n’est pas à vous.")]
            return False
        if not self.withdrawn.data and any(
            self[name].data != getattr(row, column) for name, column in self.about.items()
        ):
            self.corrects.errors = [
                _("Une correction ne change pas de qui on parle : retirez cette fiche et refaites-la.")
            ]
            return False
        return True

    @cached_property
    def before(self):
        """The row this form corrects, as it was when the form was judged; None for a new fact."""
        return self.model.now_of(self.corrects.data)

    @property
    def is_overtaken(self):
        """Whether what stands now was told after this correction on the same phone, and only came home before it."""
        if not self.corrects.data or not self.way or not self.before:
            return False
        standing = Receipt.of(self.before.uid)
        return standing.device == self.way.device and (standing.device_number or 0) > (self.way.number or 0)

    def _may_withdraw(self):
        valid = self.uid.validate(self) and self._corrects_something()
        if not self.corrects.data or not self.reason.data:
            self.reason.errors = [_("Dites pourquoi vous retirez ceci.")]
            return False
        return valid


def is_legible(body: bytes | None) -> bool:
    """Whether a body is there, and short of the fields that nobody waits for: millions of them travel in 4 KB."""
    return body is not None and body.count(b"&") < MOST_FIELDS


def pairs(body: bytes) -> list[tuple[str, str]]:
    """A body as (name, value) pairs. Raises ValueError beyond the most fields there may be."""
    return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
