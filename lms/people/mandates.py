"""Offices, and who may give them to whom. Plain tables and plain questions."""

from collections.abc import Iterable

from flask_babel import get_locale, lazy_pgettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lms.core.country import COUNTRY, Country, Words, said

RIGHTS = frozenset({"national", "district", "trainer", "supervisor", "midwife", "chw"})
"""The offices that mean something to the code; a country names those it has, and may have fewer."""


def _named(words: Words) -> LazyString:
    return LazyString(lambda: said(words, str(get_locale())))


def cadre_faults(country: Country) -> list[str]:
    """What is wrong with the offices of a country: one the code does not know, or nobody at the head."""
    kinds = {cadre.kind for cadre in country.cadres}
    found = [f"le métier « {kind} » n’a pas de droits dans le code." for kind in sorted(kinds - RIGHTS)]
    return found + [f"le métier « {kind} » manque." for kind in ("national", "chw") if kind not in kinds]


if wrong := cadre_faults(COUNTRY):
    raise SystemExit("\n".join(["Le pays ne peut pas être chargé ; rien n’est servi :", *wrong]))
KINDS = {cadre.kind: _named(cadre.name) for cadre in COUNTRY.cadres}
TITLES = {
    cadre.kind: {sex: _named(words) for sex, words in (("F", cadre.woman), ("M", cadre.man)) if words}
    for cadre in COUNTRY.cadres
}
MEMBER = _l("Membre du groupement")
LEVEL = {cadre.kind: cadre.level for cadre in COUNTRY.cadres}
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
