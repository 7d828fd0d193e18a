"""Who was trained by whom, as a tree. Plain edges in, plain tree out."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edge:
    """A teaching: `teacher` taught `learner` (a person or a group), `module`, first on `day`, to `people` persons."""

    teacher: object
    learner: object
    module: str
    day: object
    people: int = 1


@dataclass
class Branch:
    """One person or group in the tree, what she was taught by the one above, and whom she taught in turn."""

    who: object
    modules: list = field(default_factory=list)
    since: object = None
    people: int = 1
    below: list = field(default_factory=list)

    @property
    def reached(self):
        """How many persons were taught from here downwards."""
        return sum(branch.people + branch.reached for branch in self.below)


def tree(root, edges, depth=3):
    """The branch of `root` with everybody taught from it, down to `depth`. A circle is cut where it closes."""
    taught = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        taught[edge.teacher][edge.learner].append(edge)
    return _grow(Branch(root), taught, depth, {root})


def _grow(branch, taught, depth, seen):
    for learner, edges in taught.get(branch.who, {}).items() if depth else ():
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
