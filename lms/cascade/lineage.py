"""Who was trained by whom, as a tree. Plain edges in, plain tree out."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Edge:
    """A teaching: `teacher` taught `learner` (a person or a group), `module`, first on `day`, to `people` persons."""

    teacher: Hashable
    learner: Hashable
    module: str
    day: date
    people: int = 1


@dataclass
class Branch:
    """One person or group in the tree, what she was taught by the one above, and whom she taught in turn."""

    who: Hashable
    modules: list[str] = field(default_factory=list)
    since: date | None = None
    people: int = 1
    below: list["Branch"] = field(default_factory=list)

    @property
    def reached(self) -> int:
        """How many persons were taught from here downwards. Who was taught by two counts once."""
        most: dict[Hashable, int] = {}
        for branch in self.everybody():
            most[branch.who] = max(branch.people, most.get(branch.who, 0))
        return sum(most.values())

    def everybody(self) -> Iterator["Branch"]:
        """Every branch from here downwards; the same person or group once for each who taught her."""
        for branch in self.below:
            yield branch
            yield from branch.everybody()


Taught = dict[Hashable, dict[Hashable, list[Edge]]]


def tree(root: Hashable, edges: Iterable[Edge], depth: int = 3) -> Branch:
    """The branch of `root` with everybody taught from it, down to `depth`. A circle is cut where it closes."""
    taught: Taught = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        taught[edge.teacher][edge.learner].append(edge)
    return _grow(Branch(root), taught, depth, frozenset({root}))


def _grow(branch: Branch, taught: Taught, depth: int, seen: frozenset[Hashable]) -> Branch:
    learners = taught.get(branch.who, {}) if depth else {}
    for learner, edges in learners.items():
        if learner in seen:
            continue
        below = Branch(
            learner,
            modules=sorted({edge.module for edge in edges}),
            since=min(edge.day for edge in edges),
            people=max(edge.people for edge in edges),
        )
        branch.below.append(_grow(below, taught, depth - 1, seen | {learner}))
    return branch
