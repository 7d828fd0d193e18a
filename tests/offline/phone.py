"""A phone as the server sees one: it numbers facts, fills envelopes, and clears only what was answered."""

import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

from lms.core.database import new_uid
from lms.offline.envelope import Told, fill, pack


def body_of(fields):
    """The urlencoded body of a form; lists become repeated fields."""
    pairs = [(name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    return urlencode(pairs)


class Phone:
    """One worker's phone. `browser` posts for her; `author` is her identifier."""

    def __init__(self, browser, author, clock=lambda: datetime.now(UTC)):
        self.browser, self.author, self.clock = browser, author, clock
        self.device, self.last, self.epoch = uuid4().hex, 0, None
        self.facts: dict = {}  # uid → Told
        self.cleared: dict = {}  # uid → state

    def tells(self, path, **fields):
        """One more fact; returns its uid."""
        uid = fields.pop("uid", None) or new_uid()
        self.last += 1
        body = body_of({"uid": uid, **fields})
        self.facts[uid] = Told(
            uid=uid, path=path, body=body, number=self.last, at=self.clock().isoformat(), author=self.author
        )
        return uid

    def waiting(self):
        return [told for uid, told in self.facts.items() if uid not in self.cleared]

    def envelope(self, facts=None, **changed):
        """The facts that wait, as a dict to be spoilt; its bytes are what `pack` makes of it."""
        filled = fill(self.device, self.waiting() if facts is None else facts, now=self.clock(), epoch=self.epoch)
        return json.loads(filled.model_dump_json()) | changed

    def posts(self, envelope=None, **headers):
        """Posts an envelope (or raw bytes) and returns the answer; nothing is cleared."""
        raw = envelope if isinstance(envelope, bytes) else json.dumps(envelope or self.envelope()).encode()
        return self.browser.client.post("/outbox", data=raw, content_type="application/json", headers=headers)

    def sends(self):
        """Posts what waits, gzipped, and believes the answer: {uid: state}."""
        facts = self.waiting()[:200]
        answer = self.browser.client.post(
            "/outbox", data=pack(fill(self.device, facts, now=self.clock(), epoch=self.epoch)),
            content_type="application/json", headers={"Content-Encoding": "gzip"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return self.hears(answer.json)

    def hears(self, answer):
        """Judges an answer as a phone does: a new epoch brings everything back, an old answer clears nothing."""
        number = int(answer["epoch"].split("-")[0])
        known = int(self.epoch.split("-")[0]) if self.epoch else 0
        if number > known:
            self.epoch, self.cleared = answer["epoch"], {}
        if answer["epoch"] != self.epoch:
            return {}
        states = {uid: result["state"] for uid, result in answer["results"].items()}
        done = {told.uid: states[str(told.uid)] for told in self.facts.values() if str(told.uid) in states}
        self.cleared |= {uid: state for uid, state in done.items() if state != "later"}
        return done


def spoilt_hash(bodies):
    """The hash of other bodies than these."""
    return hashlib.sha256(("".join(bodies) + "x").encode()).hexdigest()
