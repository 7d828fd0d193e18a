"""How the demo speaks: every fact as the urlencoded body a browser would send, through the same form, at a past moment."""

import random
import uuid
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlencode

from lms.core import facts

HAPPENED = ("held_on", "taken_on", "awarded_on")


class Teller:
    """Tells facts, one after another, deterministically by seed. `now` is the moment of the story."""

    def __init__(self, seed, begins):
        self.random = random.Random(seed)  # noqa: S311  a story, not a secret
        self.now = datetime.combine(begins, time(8), UTC)
        self.told = 0
        self.reaches = {}  # author → reach: in the story nobody changes places

    def uid(self):
        """A UUIDv7 of the story's moment."""
        stamp = int(self.now.timestamp() * 1000)
        value = (stamp & (1 << 48) - 1) << 80 | 7 << 76 | self.random.getrandbits(12) << 64 | 2 << 62
        return uuid.UUID(int=value | self.random.getrandbits(62))

    def tell(self, form_class, author, **fields):
        """Post one fact; returns its uid. A demo that the forms refuse is a fault of the demo."""
        self.now += timedelta(seconds=1)
        uid = self.uid()
        pairs = [("uid", uid)]
        for name, value in fields.items():
            pairs += [(name, one) for one in value] if isinstance(value, list) else [(name, value)]
        form = form_class.sent(urlencode(pairs).encode(), author, self._after(fields))
        if author is not None:
            form.reach = self._reach(form, author.origin)
        if not form.accepted():
            raise ValueError(f"{form_class.__name__}: {form.errors} {fields}")
        facts.record(form, commit=False)
        self.told += 1
        return uid

    def _after(self, fields):
        """The moment a fact is told: not before the day it happened."""
        days = [fields[name] for name in HAPPENED if name in fields]
        return max(self.now, *(datetime.combine(day, time(18), UTC) for day in days)) if days else self.now

    def _reach(self, form, author):
        if author not in self.reaches:
            self.reaches[author] = form.reach
        return self.reaches[author]
