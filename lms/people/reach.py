"""Who may reach whom, and whose names she sees. Plain decisions; `reachable` asks them of the database."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import abort, g
from sqlalchemy import select, true

from lms.core.database import Uid, db

CALLED_BY_NAME = frozenset({"chw", "midwife", "supervisor", "trainer"})
"""Offices that work with the women themselves. Officials above the health area see codes (docs/decisions/0008)."""


@dataclass(frozen=True)
class Reach:
    """What one worker reaches: the subtrees of her roles' places, and the groups she follows herself.

    `kinds` are her offices. A CHW's own office gives no subtree: she reaches her groups, not her neighbour's.
    `everywhere`: what was accepted once is not asked again where it may reach; people have moved since.
    """

    person: Uid
    kinds: frozenset[str]
    paths: tuple[str, ...]
    everywhere: bool = False

    def covers(self, path: str) -> bool:
        """Whether a place lies in her places."""
        return self.everywhere or any(path == own or path.startswith(f"{own}.") for own in self.paths)

    def holds(self, kinds: Collection[str]) -> bool:
        """Whether one of her offices is among these."""
        return not self.kinds.isdisjoint(kinds)

    @property
    def sees_names(self) -> bool:
        """Whether members are shown to her by name, or by code only."""
        return self.holds(CALLED_BY_NAME)


def reach_of(person: Uid, roles: Iterable[tuple[str, str]]) -> Reach:
    """The reach of a person from the roles she holds: (kind, path) pairs."""
    roles = list(roles)
    return Reach(
        person,
        kinds=frozenset(kind for kind, _path in roles),
        paths=tuple(sorted({path for kind, path in roles if kind != "chw"})),
    )


def find(model, uid, reach):
    """The current row of this origin if it is within reach, else None."""
    here = getattr(model, "current", true()) if reach.everywhere else model.within(reach)
    return db.session.scalar(select(model).where(_key(model) == uid, here))


def reachable(model, uid):
    """The row, or 404: a stranger learns nothing, not even that it exists."""
    return find(model, uid, g.reach) or abort(404)


def _key(model):
    return getattr(model, "origin", model.uid)
