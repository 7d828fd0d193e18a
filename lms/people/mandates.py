"""Offices, and who may give them to whom. Plain tables and plain questions."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

KINDS = {
    "national": _l("Niveau national"),
    "district": _l("District sanitaire"),
    "trainer": _l("Formatrice, formateur"),
    "supervisor": _l("Superviseur (DTC)"),
    "midwife": _l("Sage-femme"),
    "chw": _l("Agent(e) de santé communautaire (ASC)"),
}
TITLES = {
    "trainer": {"F": _l("Formatrice"), "M": _l("Formateur")},
    "supervisor": {"F": _l("Superviseure (DTC)"), "M": _l("Superviseur (DTC)")},
    "midwife": {"F": _l("Sage-femme"), "M": _l("Maïeuticien")},
    "chw": {"F": _l("Agente de santé communautaire"), "M": _l("Agent de santé communautaire")},
}
MEMBER = _l("Membre du groupement")
LEVEL = {"national": "country", "district": "district", "trainer": "district", "supervisor": "area", "midwife": "area",
         "chw": "area"}  # fmt: skip
MAY_APPOINT = {
    "national": frozenset(KINDS),
    "district": frozenset({"trainer", "supervisor", "midwife", "chw"}),
    "supervisor": frozenset({"midwife", "chw"}),
}
TEACHES = frozenset({"chw", "midwife", "supervisor", "trainer", "national"})
KEEPS_GROUPS = frozenset({"chw", "supervisor"})
HANDS_OVER = frozenset({"supervisor", "district", "national"})
REVIEWS = {"native": lazy_pgettext("relecture", "Langue"), "clinician": lazy_pgettext("relecture", "Santé")}
"""As what a text is signed. Two people answer for it: one for the language, one for the matter."""
NAMES_REVIEWERS = frozenset({"national"})


def office_title(kind: str, sex: str) -> LazyString:
    """What one person in this office is called, a woman ("F") or a man ("M"); without an office she is a member."""
    return TITLES.get(kind, {}).get(sex) or KINDS.get(kind, MEMBER)


def appointable(kinds: Iterable[str]) -> list[str]:
    """The offices that a holder of `kinds` may give, in order."""
    given = frozenset().union(*(MAY_APPOINT.get(kind, ()) for kind in kinds))
    return [kind for kind in KINDS if kind in given]


def audience(kinds: frozenset[str] | set[str]) -> str:
    """As whom a person is assessed: a trainer and a midwife as `trainer`, a CHW as `chw`, a member as `group`."""
    if kinds & {"trainer", "midwife", "national"}:
        return "trainer"
    return "chw" if kinds & {"chw", "supervisor"} else "group"
