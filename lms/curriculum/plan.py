"""How the minutes of a sitting are shared out: a proposal for the one who leads it, printed in the trainer's guide."""

from dataclasses import dataclass

from lms.curriculum.syllabus import Lesson, Module

OPENING, CLOSING = 0.1, 0.15  # parts of a sitting: greeting and what was said last time; questions and what to remember
STEP = 5  # minutes: nobody keeps a plan by the minute


@dataclass(frozen=True)
class Part:
    """A lesson in a sitting, with its minutes."""

    lesson: Lesson
    minutes: int


@dataclass(frozen=True)
class Sitting:
    """One meeting: `opening`, `parts`, `closing`; together they are its `minutes`."""

    number: int
    minutes: int
    opening: int
    parts: tuple[Part, ...]
    closing: int


def group_sittings(module: Module) -> list[Sitting]:
    """A module with a group, in the sittings it foresees."""
    return sittings(module.lessons, module.minutes_group)


def training(module: Module) -> Sitting:
    """A module in the training of workers, in one piece."""
    return sittings(module.lessons, (module.minutes_chw,))[0]


def sittings(lessons: tuple[Lesson, ...], minutes: tuple[int, ...]) -> list[Sitting]:
    """Every lesson once and in order, shared among sittings by the number of its cards."""
    shared = _shared(lessons, len(minutes))
    return [_sitting(n, whole, some) for n, (whole, some) in enumerate(zip(minutes, shared, strict=True), start=1)]


def _shared(lessons, into):
    """The lessons in `into` runs of about as many cards each."""
    weights = [max(1, len(lesson.cards)) for lesson in lessons]
    total, before, runs = sum(weights), 0, [[] for _ in range(into)]
    for lesson, weight in zip(lessons, weights, strict=True):
        runs[min(into - 1, int((before + weight / 2) * into / total))].append(lesson)
        before += weight
    return runs


def _sitting(number, minutes, lessons):
    opening, closing = _rounded(minutes * OPENING), _rounded(minutes * CLOSING)
    left = minutes - opening - closing
    if not lessons:
        return Sitting(number, minutes, opening, (), closing + left)
    parts = tuple(Part(lesson, share) for lesson, share in zip(lessons, _shares(lessons, left), strict=True))
    return Sitting(number, minutes, opening, parts, closing)


def _rounded(minutes):
    return int(minutes / STEP + 0.5) * STEP


def _shares(lessons, minutes):
    """`minutes` among lessons by their cards, in steps; they add up."""
    weights = [max(1, len(lesson.cards)) for lesson in lessons]
    total, before, given, shares = sum(weights), 0, 0, []
    for weight in weights:
        before += weight
        until = minutes if before == total else min(minutes, _rounded(minutes * before / total))
        shares.append(until - given)
        given = until
    return shares
