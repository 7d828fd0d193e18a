"""What a fact says, as lines to read: label and value, persons and groups by name only where the reader reaches them."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext, ngettext, pgettext
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from wtforms import BooleanField

from lms.cascade.views import title_of
from lms.core.database import db
from lms.core.fields import Choice, Day, Pick, Picks, UidField, UidsField, WholeNumber
from lms.core.language import number, short_date
from lms.offline.envelope import FORMS
from lms.people.fields import Reachable
from lms.people.models import Group, OrgUnit, Person
from lms.people.reach import find
from lms.people.signing_in import called

KINDS = {
    "/persons/": ("woman", lazy_pgettext("fiche", "Une femme inscrite")),
    "/departures/": ("leave", lazy_pgettext("fiche", "Un départ")),
    "/memberships/": ("next", lazy_pgettext("fiche", "Un changement de groupement")),
    "/groups/": ("group", lazy_pgettext("fiche", "Un groupement")),
    "/cares/": ("worker", lazy_pgettext("fiche", "Un groupement confié")),
    "/offices/": ("hand", lazy_pgettext("fiche", "Une élue du bureau")),
    "/agreements/": ("check", lazy_pgettext("fiche", "Un accord du village")),
    "/sessions/": ("calendar", lazy_pgettext("fiche", "Une séance")),
    "/trainings/": ("training", lazy_pgettext("fiche", "Une formation")),
    "/doubles/": ("calendar", lazy_pgettext("fiche", "Une réponse sur deux séances")),
    "/attempts/": ("quiz", lazy_pgettext("fiche", "Un quiz")),
    "/hands/": ("hand", lazy_pgettext("fiche", "Un quiz à mains levées")),
    "/certificates/": ("award", lazy_pgettext("fiche", "Des attestations")),
    "/signatures/": ("check", lazy_pgettext("fiche", "Une relecture")),
    "/revocations/": ("certificate", lazy_pgettext("fiche", "Une attestation annulée")),
}
LABELS = {
    "person": _l("Personne"), "group": _l("Groupement"), "training": _l("Formation"), "present": _l("Présentes"),
    "module": _l("Module"), "form": _l("Série de questions"), "persons": _l("Personnes"),
}  # fmt: skip
UNSAID = ("uid", "corrects", "content", "withdrawn")
OWN_NAMES = ("given", "family")
LISTS = (Choice, Pick, Picks)
MOST, FEW, LEGIBLE = 60, 2, 20_000


@dataclass(frozen=True)
class Line:
    """One line of a fact: `names` are those of a roll, as far as they may be read; `raw` what was sent, to compare."""

    name: str
    label: str
    value: str
    names: tuple[str, ...] = ()
    raw: frozenset = frozenset()


def kind_of(path):
    """What a fact of this path is called."""
    return KINDS[path][1] if path in KINDS else pgettext("fiche", "Une fiche")


def icon_of(path):
    """The icon that stands for facts of this path."""
    return KINDS[path][0] if path in KINDS else "question"


def why(reason: str) -> str:
    """Why a fact was held, in the reader's language where it was said in one sentence; else as it was said then."""
    return _(reason) if reason else ""


def lines(form, reach):
    """The lines of a fact; of one that takes another back, what it takes back and why."""
    fields = [form.reason] if form.withdrawn.data else [field for field in form if field.name not in UNSAID]
    told = [_line(form, field, reach) for field in fields if not isinstance(field, BooleanField)]
    return [line for line in [*_corrected(form, reach), *told, *_answers(form)] if line.value]


def _line(form, field, reach):
    label = str(LABELS.get(field.name, field.label.text))
    raw = frozenset(text.strip() for text in field.raw_data or () if text.strip())
    if field.name in OWN_NAMES and form.model is Person and not reach.sees_names:
        return Line(field.name, label, "—" if raw else "", raw=raw)
    if isinstance(field, Picks) and len(field.data or ()) > FEW:
        return Line(
            field.name, label, _("%(n)s sur %(of)s", n=len(field.data), of=len(field.choices)), _chosen(field), raw
        )
    names = _roll(field.data, reach) if isinstance(field, UidsField) else ()
    return Line(field.name, label, _value(field, reach), names, raw)


def _chosen(field):
    chosen = field.data if isinstance(field.data, list) else [field.data]
    return tuple(str(label) for value, label, *_rest in field.iter_choices() if value and value in chosen)


def _value(field, reach):
    if isinstance(field, Reachable):
        return _named(field.model, field.data, reach) if field.data else _unread(field)
    if isinstance(field, UidsField):
        n = len(field.data or ())
        return ngettext("%(num)s personne", "%(num)s personnes", n) if n else _unread(field)
    if isinstance(field, UidField):
        place = db.session.get(OrgUnit, field.data) if field.data else None
        return place.name if place else _unread(field)
    return _plain(field) or _unread(field)


def _plain(field):
    if isinstance(field, LISTS):
        return ", ".join(_chosen(field))
    if isinstance(field, Day):
        return short_date(field.data)
    if isinstance(field, WholeNumber):
        return number(field.data)
    return str(title_of(field.data) if field.name == "module" else field.data or "")


def _unread(field):
    """What was sent and could not be read."""
    return ", ".join(field.raw_data or ())[:MOST]


def _named(model, uid, reach):
    row = find(model, uid, reach)
    return said_of(row) if row else _("hors de vos lieux, ou pas encore arrivé")


def said_of(row):
    """How a row of any kind is named in a line."""
    if isinstance(row, Person):
        return called(row)
    if isinstance(row, Group):
        return row.name
    title, day = getattr(row, "title", None), getattr(row, "held_on", None) or getattr(row, "taken_on", None)
    title = title or (title_of(row.module) if hasattr(row, "module") else None)
    return " · ".join(filter(None, [title, short_date(day)])) or _("une autre fiche")


def _roll(uids, reach) -> tuple[str, ...]:
    rows = select(Person).where(Person.origin.in_(uids or ()), Person.within(reach))
    return tuple(called(person) for person in db.session.scalars(rows.order_by(Person.given_key, Person.family_key)))


def _corrected(form, reach):
    """What a correction or a withdrawal speaks of."""
    if not form.corrects.data:
        return []
    row = find(form.model, form.corrects.data, reach) if hasattr(form.model, "within") else None
    label = _("Retire") if form.withdrawn.data else _("Corrige")
    return [Line("corrects", label, said_of(row) if row else _("une autre fiche"), raw=frozenset([form.corrects.data]))]


def _answers(form):
    """How many answers a quiz holds: what each was is nobody's to mend by hand."""
    if answers := getattr(form, "answers", None):
        return [Line("answers", _("Réponses"), number(len(answers)), raw=frozenset(answers.items()))]
    if counts := getattr(form, "hands", None):
        raised = [(item, option, n) for item, options in counts.items() for option, n in options.items()]
        return [Line("hands", _("Mains comptées"), number(sum(n for *_rest, n in raised)), raw=frozenset(raised))]
    return []


def unread_lines(body: bytes, reach) -> list[Line]:
    """The lines of a fact whose kind is not known here: names and values as they were sent."""
    fields = parse_qs((body or b"")[:LEGIBLE].decode(errors="replace"))
    hidden = () if reach.sees_names else OWN_NAMES
    return [
        Line(name, name, "—" if name in hidden else ", ".join(values)[:MOST])
        for name, values in list(fields.items())[:MOST]
        if name != "uid"
    ]


def side_by_side(one: Iterable[Line], other: Iterable[Line]) -> list[tuple[str, Line | None, Line | None, bool]]:
    """(label, here, there, whether they differ) of two tellings, in the order of the first."""
    here, there = {line.name: line for line in one}, {line.name: line for line in other}
    return [
        ((here.get(name) or there[name]).label, here.get(name), there.get(name), _raw(here, name) != _raw(there, name))
        for name in {**here, **there}
    ]


def _raw(lines, name):
    return lines[name].raw if name in lines else frozenset()


def as_told(told, reach):
    """What was told, to read; as it was sent where its kind is not known here."""
    kind = FORMS.get(told.path)
    if kind is None or told.body is None:
        return unread_lines(told.body, reach)
    try:
        return lines(kind.sent(told.body, None), reach)
    except OperationalError:
        raise
    except Exception:  # what a form breaks on is read as it was sent
        db.session.rollback()
        return unread_lines(told.body, reach)
