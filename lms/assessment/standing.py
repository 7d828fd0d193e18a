"""Who is competent, and which quiz comes next. Asked anew each time, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

FORMS = ("A", "B")
BETWEEN_RESITS = timedelta(days=1)


@dataclass(frozen=True)
class Sitting:
    """One attempt, as far as standing needs it: `kind` is "pre" or "post"; `alone` when nobody asked her."""

    kind: str
    form: str
    taken_on: date
    passed: bool
    alone: bool = False

    @property
    def counts(self) -> bool:
        """A test before the teaching never counts; one taken alone is practice."""
        return self.kind == "post" and not self.alone


class HasForm(Protocol):
    """Whatever was asked with one of the forms."""

    form: str


@dataclass(frozen=True)
class Legs:
    """What competence stands on: knowledge, and for workers a skill to standard and a supervised delivery."""

    quiz: bool
    skill: bool = False
    delivery: bool = False


NEEDS = {
    "group": ("quiz",),
    "chw": ("quiz", "skill", "delivery"),
    "trainer": ("quiz", "skill"),
}
"""Which legs each audience needs (Jhpiego's mastery learning: knowledge, skills, practice)."""


def competent(audience: str, legs: Legs) -> bool:
    """Whether every leg that this audience needs stands."""
    return all(getattr(legs, leg) for leg in NEEDS[audience])


def passing(sittings: Sequence[Sitting]) -> Sitting | None:
    """The latest sitting that counts and was passed, or None."""
    return max((s for s in sittings if s.counts and s.passed), key=lambda s: s.taken_on, default=None)


def next_form(sittings: Sequence[HasForm]) -> str:
    """The form to present next: A first; after that the one not taken last."""
    if not sittings:
        return FORMS[0]
    last = sittings[-1].form
    return FORMS[1 - FORMS.index(last)]


def may_sit(sittings: Sequence[Sitting], day: date) -> date | None:
    """None when she may take the counted quiz on that day, else the day from which she may.

    After a failure she is taught again, or a day goes by. This is advice: what happened may always be recorded.
    """
    failed = [s for s in sittings if s.counts and not s.passed]
    if not failed or passing(sittings):
        return None
    first = max(s.taken_on for s in failed) + BETWEEN_RESITS
    return first if day < first else None
