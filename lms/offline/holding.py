"""What becomes of held facts: accepted as they are or mended, set aside with a reason, or judged again.

What points at a held fact, or at one that has not come yet, waits for it, and follows as soon as it is taken.
"""

import re
from itertools import islice
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, union
from sqlalchemy.exc import OperationalError

from lms.certificates.models import Certificate
from lms.core.database import Uid, db
from lms.core.facts import record
from lms.core.forms import MOST_FIELDS, Way
from lms.core.models import Held, Receipt, now
from lms.offline.envelope import CARRIED
from lms.people.devices import Device
from lms.people.models import Account, OrgUnit, Person

UIDS = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
NAMED_IN_FACTS = (Receipt, Held, OrgUnit, Certificate)


def waited_for(body: str, own: UUID) -> Uid | None:
    """The first held fact that this body points at, else the first that has not come yet, else None.

    No more are looked up than a fact may have fields: a database takes so many at once.
    """
    named = (UUID(found.group()) for found in islice(UIDS.finditer(body), MOST_FIELDS))
    pointed = [uid for uid in dict.fromkeys(named) if uid != own]
    if not pointed:
        return None
    held = select(Held.uid).where(Held.uid.in_(pointed), Held.settled.is_(None)).order_by(Held.seq).limit(1)
    return db.session.scalar(held) or _not_here(pointed)


def _not_here(pointed):
    known = union(*(select(model.uid).where(model.uid.in_(pointed)) for model in NAMED_IN_FACTS))
    here = set(db.session.scalars(known))
    return next((uid for uid in pointed if uid not in here), None)


def why_waiting(uid) -> str:
    """In words, what a fact waits for."""
    if Held.of(uid):
        return _("Attend une autre fiche, qui est retenue.")
    return _("Attend une autre fiche, qui n’est pas encore arrivée.")


def reason(form) -> str:
    """In words, why a form did not accept a fact."""
    if form.is_newer:
        return _("Ce téléphone est plus récent que le serveur.")
    if form.refused:
        return _("Votre rôle ne permet pas cette fiche.")
    said = [f"{_label(form, name)}{error}" for name, errors in form.errors.items() for error in errors]
    return " ".join(said) or _("Pas trouvé dans vos lieux.")


def _label(form, name):
    text = str(form[name].label.text) if name in form else ""
    return f"{text} : " if text and text.lower() != name.replace("_", " ") else ""


def form_of(held, vouched_by=None, body=None):
    """The form of a held fact as it would be judged now, mended when a `body` is given; None for an unknown kind."""
    kind = CARRIED.get(held.path)
    if kind is None or held.body is None:
        return None
    author = Person.now_of(held.author) if held.author else None
    by_another = vouched_by if vouched_by and vouched_by.origin != held.author else None
    return kind.sent(held.body if body is None else body, author, now(), way=Way.of(held), vouched_by=by_another)


def fits(form, uid) -> bool:
    """Whether the form of this held fact can be taken now."""
    return form is not None and form.author is not None and form.carries(uid) and form.validate()


def accept(held, vouched_by, body=None):
    """Take a held fact by the right of who vouches for it, and commit; returns its form, whose errors say why not."""
    form = form_of(held, vouched_by, body)
    if fits(form, held.uid):
        _take(held, form, vouched_by.origin)
        db.session.commit()
    return form


def set_aside(held, by, why):
    """Close a held fact without taking it; it stays readable, with who did it and why. Commits."""
    _settle(held, "aside", by.origin, why)
    db.session.commit()


def rejudge() -> tuple[int, int]:
    """Judge every open held fact again, in the order they were told: (taken, still held). Commits once."""
    before = db.session.scalars(_open().with_only_columns(Held.uid)).all()
    for uid in before:
        held = Held.of(uid)
        if not held.settled:
            _again(held)
    db.session.commit()
    left = len(db.session.scalars(_open()).all())
    return len(before) - left, left


def follow() -> list[Uid]:
    """Judge again what waited for facts that have come meanwhile; returns what could be taken. Does not commit."""
    waiting = _open().where(Held.waits_for.is_not(None))  # an index knows those, in this order
    due = db.session.scalars(waiting.join(Receipt, Receipt.uid == Held.waits_for)).all()
    for held in due:
        if not held.settled:
            _again(held)
    return [held.uid for held in due if held.settled]


def _open():
    """Held facts that nobody has settled: those of one phone in the order they were told, else as they came."""
    return select(Held).where(Held.settled.is_(None)).order_by(Held.device, Held.device_number, Held.seq)


def _take(held, form, by):
    record(form, commit=False)
    _settle(held, "taken", by, None)
    release(held.uid)


def _settle(held, how, by, why):
    held.settled, held.settled_at, held.settled_by, held.settled_why = how, now(), by, why
    db.session.flush()


def release(uid):
    """What waited for this fact is judged again. Does not commit."""
    for held in db.session.scalars(_open().where(Held.waits_for == uid)).all():
        if not held.settled:
            _again(held)


def _again(held):
    """Judge one held fact again by its author's own right; what still stands against it is written down."""
    if distrust := _distrusted(held):
        held.waits_for, held.reason = None, distrust
    elif not _taken(held):
        held.waits_for = waited_for((held.body or b"").decode(), held.uid)
        if held.waits_for:
            held.reason = why_waiting(held.waits_for)


def _taken(held):
    """Whether its form takes it now; if not, why is written down. What a form breaks on stays held as it was."""
    try:
        with db.session.begin_nested():
            form = form_of(held)
            if fits(form, held.uid):
                _take(held, form, None)
                return True
    except OperationalError:
        raise
    except Exception:
        return False
    if form is not None:
        held.reason = reason(form)[:500]
    return False


def _distrusted(held):
    """Why only somebody's word lets this fact in, or None: what was not believed is not believed for being judged again."""
    device = held.device and db.session.get(Device, held.device)
    if device and device.revoked_at:
        return _("Ce téléphone a été retiré.")
    account = db.session.scalar(select(Account).where(Account.person_uid == held.author)) if held.author else None
    return _("Ce compte est fermé.") if account and account.disabled_at else None
