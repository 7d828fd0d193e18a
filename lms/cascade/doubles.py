"""Two phones, one group, one day: which sessions may be one sitting told twice, and how they count. Plain decisions.

Both are kept. Until a supervisor settles it they count once: whoever is on one of the rolls was there, and the longer
of the two lengths is what was held. Of groups alone: a training often holds two sittings of a module in a half-day.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Any, Protocol


class Told(Protocol):
    """A session as one phone told it."""

    @property
    def uid(self) -> Any: ...
    @property
    def origin(self) -> Any: ...
    @property
    def group_uid(self) -> Any: ...
    @property
    def module(self) -> str: ...
    @property
    def held_on(self) -> date: ...
    @property
    def half(self) -> str: ...
    @property
    def minutes(self) -> int: ...


Settled = Mapping[tuple[Hashable, Hashable], bool]
"""What was said of pairs of sessions: {(first, second): whether they are one sitting}, by their origins, in order."""

Sitting = list[Told]


def alike(one: Told, other: Told) -> bool:
    """Whether these may be one sitting told twice: one group, module, day and half-day, and born apart."""
    return one.group_uid is not None and one.origin != other.origin and _looks(one) == _looks(other)


def _looks(session: Told) -> tuple[Hashable, ...]:
    return session.group_uid, session.module, session.held_on, session.half


def pairs(sessions: Iterable[Told]) -> Iterator[tuple[Told, Told]]:
    """The possible doubles among these, each pair once, in order of origin."""
    for of_one in _told_alike(sessions):
        yield from combinations(of_one, 2)


def in_doubt(sessions: Iterable[Told], settled: Settled) -> list[tuple[Told, Told]]:
    """The possible doubles nobody has settled yet."""
    return [(one, other) for one, other in pairs(sessions) if (one.origin, other.origin) not in settled]


def sittings(sessions: Iterable[Told], settled: Settled) -> list[Sitting]:
    """The sessions as they count: those of one sitting together.

    What is said to be one sitting is one, also through a third session. What nobody has settled goes with the first it
    may be the same as: a third phone never undoes that two were told apart.
    """
    found: list[Sitting] = []
    for of_one in _told_alike(sessions):
        held: list[Sitting] = []
        for joined in _joined(of_one, settled):
            home = next((sitting for sitting in held if not _apart(sitting, joined, settled)), None)
            if home is None:
                held.append(joined)
            else:
                home += joined
        found += held
    return found


def counted(
    sessions: Iterable[Told], there: Mapping[Any, Collection[Hashable]], settled: Settled
) -> list[tuple[int, set[Hashable]]]:
    """(minutes, persons) of each sitting; `there` says who was at which session, by its uid."""
    return [
        (max(session.minutes for session in sitting), set().union(*(there[session.uid] for session in sitting)))
        for sitting in sittings(sessions, settled)
    ]


def differing(one: Collection[Hashable], other: Collection[Hashable]) -> tuple[set[Hashable], set[Hashable]]:
    """Whom the two rolls do not agree about: those on the first alone, those on the second alone."""
    return set(one) - set(other), set(other) - set(one)


def _told_alike(sessions: Iterable[Told]) -> list[list[Told]]:
    """The sessions by what they look like, each list in order of origin; one of a training stands alone."""
    found: dict[Hashable, list[Told]] = defaultdict(list)
    for session in sorted(sessions, key=lambda session: session.origin):
        found[_looks(session) if session.group_uid is not None else session.origin].append(session)
    return list(found.values())


def _joined(sessions: list[Told], settled: Settled) -> list[Sitting]:
    """Those said to be one sitting, together, however many others they are so through."""
    found: list[Sitting] = []
    for session in sessions:
        same = [sitting for sitting in found if any(settled.get((one.origin, session.origin)) for one in sitting)]
        found = [sitting for sitting in found if sitting not in same]
        found.append([*(one for sitting in same for one in sitting), session])
    return sorted(found, key=lambda sitting: min(one.origin for one in sitting))


def _apart(one: Sitting, other: Sitting, settled: Settled) -> bool:
    """Whether somebody said of a session here and one there that they are two sittings."""
    return any(settled.get((min(a.origin, b.origin), max(a.origin, b.origin))) is False for a in one for b in other)
