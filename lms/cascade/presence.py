"""How much of a teaching somebody was there for. Asked of sessions and rolls, never stored."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from datetime import date
from fractions import Fraction

ENOUGH = Fraction(80, 100)
"""Share of the minutes that earns an attestation of participation, a proposal (docs/decisions/0009)."""


def share(sessions: Sequence[tuple[int, Collection[Hashable]]], person: Hashable) -> Fraction:
    """The part of the minutes held that `person` was there for: sessions are (minutes, persons) pairs."""
    held = sum(minutes for minutes, _there in sessions)
    there = sum(minutes for minutes, there in sessions if person in there)
    return Fraction(there, held) if held else Fraction(0)


def half_days(sessions: Iterable[tuple[date, str, Collection[Hashable]]], person: Hashable = None) -> int:
    """How many half-days were held; with `person`, at how many she was seen. Sessions are (day, half, persons)."""
    return len({(day, half) for day, half, there in sessions if person is None or person in there})


def took_part(sessions: Sequence[tuple[int, Collection[Hashable]]], person: Hashable) -> bool:
    """Whether she was there for 80 % of the minutes or more."""
    return bool(sessions) and share(sessions, person) >= ENOUGH
