"""One fact told in two ways: which tellings there are, and what it takes for the second to stand."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort

from lms.core import facts
from lms.core.database import new_uid
from lms.core.forms import is_legible, pairs
from lms.core.models import Conflict, Held
from lms.offline import holding, inbox, wording
from lms.offline.envelope import FORMS
from lms.offline.holding import reason
from lms.people.fields import EndingForm


@dataclass
class Other:
    """A second telling under one uid, beside the first: rows of (label, here, there, whether they differ)."""

    conflict: Conflict
    rows: list
    may_take: bool


def others(uid, before, reach):
    """The other tellings that nobody has settled, each beside the first."""
    here = wording.as_told(before, reach) if before else []
    return [
        Other(one, wording.side_by_side(here, wording.as_told(one, reach)), may_take(one, before))
        for one in inbox.conflicts(uid, reach)
        if not one.settled
    ]


def may_take(conflict, before):
    """Whether the second telling can stand in the place of the first: it is mended by it, or it was only held.

    A correction of the first says of it what the second says of something else, so both must speak of the same.
    """
    kind = FORMS.get(conflict.path)
    if kind is None or before is None or before.path != conflict.path or not is_legible(conflict.body):
        return False
    return isinstance(before, Held) or (not issubclass(kind, EndingForm) and _spoken_of(conflict) == _spoken_of(before))


def _spoken_of(told):
    """What a telling corrects, and whether it takes it back."""
    said = dict(pairs(told.body or b""))
    return said.get("corrects", ""), said.get("withdrawn", "")


def take_second(conflict, before, by):
    """Record the second telling, as a correction or as what was held is accepted; returns why it may not be, or None."""
    if isinstance(before, Held):
        form = holding.accept(before, by, conflict.body)
        taken = Held.of(before.uid).settled == "taken"
    else:
        form = corrected(before, [pair for pair in pairs(conflict.body) if pair[0] not in ("uid", "corrects")], by)
        taken = not form.errors
    return None if taken else reason(form)


def corrected(receipt, said, by, uid=None):
    """A correction of what a receipt told, recorded when it may be; its errors say why not."""
    kind = FORMS[receipt.path]
    origin = dict(pairs(receipt.body)).get("corrects") or receipt.uid
    body = urlencode([("uid", str(uid or new_uid())), ("corrects", str(origin)), *said]).encode()
    form = kind.sent(body, by)
    if form.accepted():
        facts.record(form)
    elif not form.errors:
        abort(403 if form.refused else 404)
    return form
