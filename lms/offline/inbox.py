"""What waits for somebody's word: facts that were held, facts told twice in two ways, facts whose day is in doubt."""

from urllib.parse import parse_qs
from uuid import UUID

from sqlalchemy import and_, exists, func, literal, or_, select, union_all
from wtforms.fields.core import UnboundField

from lms.cascade.models import Training
from lms.core.database import db
from lms.core.fields import Day
from lms.core.forms import is_legible
from lms.core.models import Conflict, Held, Receipt
from lms.offline.envelope import FORMS, KINDS
from lms.offline.whose import gone, hers
from lms.people import reach as reaching
from lms.people.fields import EndingForm
from lms.people.models import Group, Person

SPOKEN_OF = {"group": Group, "person": Person, "training": Training}
MOST_GONE = 200
"""How many open facts of those who have left are looked through; there are a few, for the weeks after somebody moves."""


def days_of(kind):
    """The names of the dates that a kind of fact tells."""
    fields = {name: getattr(kind, name) for name in dir(kind)}
    return [
        name for name, field in fields.items() if isinstance(field, UnboundField) and issubclass(field.field_class, Day)
    ]


DATED = [kind for kind in KINDS if days_of(kind) and not issubclass(kind, EndingForm)]
"""The kinds of facts whose day can be mended."""


def items(reach, most, after=0):
    """(what, uid, received_at) of what waits for her word, the latest first; `what` is held, conflict or doubt."""
    rows = _all(reach)
    return db.session.execute(
        select(rows).order_by(rows.c.received_at.desc(), rows.c.uid).limit(most).offset(after)
    ).all()


def count(reach):
    """How many things wait for her word."""
    return db.session.scalar(select(func.count()).select_from(_all(reach)))


def count_from(device, reach):
    """How many facts of one phone are held and wait for her word."""
    held = select(func.count()).select_from(Held).where(Held.device == device, _open(reach))
    return db.session.scalar(held)


def _all(reach):
    held = select(literal("held").label("what"), Held.uid, Held.received_at).where(_open(reach))
    conflicts = (
        select(literal("conflict"), Conflict.uid, func.max(Conflict.received_at))
        .where(hers(Conflict.author, reach), Conflict.settled.is_(None))
        .where(~exists().where(Held.uid == Conflict.uid, Held.settled.is_(None)))
        .group_by(Conflict.uid)
    )
    doubts = select(literal("doubt"), Receipt.uid, Receipt.received_at).where(hers(Receipt.author, reach), IN_DOUBT)
    return union_all(held, conflicts, doubts).subquery()


def _open(reach):
    """The condition that a fact is held, not settled, and waits for her word."""
    seen = [hers(Held.author, reach), Held.uid.in_(_told_by_those_gone(reach))]
    if reach.holds({"national"}):
        seen.append(Held.author.is_(None))
    return and_(Held.settled.is_(None), or_(*seen))


IN_DOUBT = and_(
    Receipt.doubt.is_not(None),
    Receipt.path.in_([kind.path for kind in DATED]),
    or_(
        *(
            and_(Receipt.path == kind.path, exists().where(kind.model.uid == Receipt.uid, kind.model.current))
            for kind in DATED
        )
    ),
)
"""The condition that the day a fact tells may be wrong, and nobody has mended it since."""


def _told_by_those_gone(reach):
    """The uids of open held facts of who left these places, where they speak of somebody here."""
    rows = select(Held).where(Held.settled.is_(None), gone(Held.author, reach)).order_by(Held.seq).limit(MOST_GONE)
    return [held.uid for held in db.session.scalars(rows) if speaks_of(held, reach)]


def speaks_of(told, reach):
    """Whether a fact as it was told speaks of a group, a person or a training within reach, or waits for one that does."""
    return any(_names(one, reach) for one in _awaited(told))


def _awaited(told):
    """A fact, what it waits for, what that waits for …: as long as those are held."""
    found = {}
    while told and told.uid not in found:
        found[told.uid] = told
        told = Held.of(told.waits_for) if isinstance(told, Held) else None
    return found.values()


def _names(told, reach):
    fields = parse_qs(told.body.decode()) if is_legible(told.body) else {}
    named = [(model, _uid(fields[name][0])) for name, model in SPOKEN_OF.items() if name in fields]
    kind = FORMS.get(told.path)
    if kind and "corrects" in fields and hasattr(kind.model, "within"):
        named.append((kind.model, _uid(fields["corrects"][0])))
    return any(uid and reaching.find(model, uid, reach) for model, uid in named)


def _uid(text):
    try:
        return UUID(text)
    except ValueError:
        return None


def may_read(told, reach):
    """Whether what was told (held, in conflict, or a receipt) is hers to read and to judge."""
    model = type(told)
    if told.author is None:
        return model is Held and reach.holds({"national"})
    here = select(model.seq).where(model.seq == told.seq)
    if db.session.scalar(here.where(hers(model.author, reach))) is not None:
        return True
    return db.session.scalar(here.where(gone(model.author, reach))) is not None and speaks_of(told, reach)


def find(uid, reach):
    """What waits under this uid, or waited: a held fact, a conflict, a receipt whose day is in doubt; None for a stranger."""
    held = Held.of(uid)
    told_otherwise = select(Conflict).where(Conflict.uid == uid).order_by(Conflict.settled.is_not(None), Conflict.seq)
    conflicts = db.session.scalars(told_otherwise).all()
    doubtful = db.session.scalar(select(Receipt).where(Receipt.uid == uid, IN_DOUBT))
    is_open = [one for one in (held,) if one and one.settled != "taken"] + [one for one in conflicts if not one.settled]
    candidates = [*is_open, doubtful, held, *conflicts]
    return next((one for one in candidates if one and may_read(one, reach)), None)


def conflicts(uid, reach):
    """The other bodies that came under this uid, as far as they are hers to read, in the order they came."""
    rows = db.session.scalars(select(Conflict).where(Conflict.uid == uid).order_by(Conflict.seq))
    return [conflict for conflict in rows if may_read(conflict, reach)]


def first(uid, reach):
    """What came first under this uid, as far as it is hers to read: a receipt, a held fact, or None."""
    told = Receipt.of(uid) or Held.of(uid)
    return told if told and may_read(told, reach) else None
