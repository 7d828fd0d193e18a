"""What was measured, and whether it is what was wanted."""

from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median


@dataclass(frozen=True)
class Goal:
    """At most (`<=`) or at least (`>=`) so much."""

    sign: str
    bound: float

    def met(self, value):
        return value <= self.bound if self.sign == "<=" else value >= self.bound

    def __str__(self):
        return f"{'≤' if self.sign == '<=' else '≥'} {self.bound:g}"


@dataclass(frozen=True)
class Result:
    """One figure: its value, the least and the greatest of its runs, what it is compared with, and the day."""

    value: float
    unit: str
    against: str
    runs: int
    min: float
    max: float
    on: str


def middle(values, unit, against):
    """The median of several runs."""
    return _of(median(values), values, unit, against)


def worst(values, unit, against):
    """The greatest of several, where a limit must hold for every one."""
    return _of(max(values), values, unit, against)


def _of(value, values, unit, against):
    short = [round(float(one), 3) for one in (value, min(values), max(values))]
    return Result(short[0], unit, against, len(values), short[1], short[2], datetime.now(UTC).date().isoformat())
