"""A phone in the field, and the network it has: requests are lost, answers are lost, doubled, cut, or not ours."""

import json
from http.client import HTTPException
from types import SimpleNamespace

from lms.offline.envelope import fill, pack
from tests.offline.phone import Phone

NO_NETWORK = (OSError, HTTPException)
PORTAL = SimpleNamespace(status_code=200, text="<html>Bienvenue ! Achetez un forfait.</html>")


class FieldPhone(Phone):
    """A phone that keeps everything but what our own answer has settled; `made` is all that was ever told on it."""

    signs_in_again = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.made = {}  # uid → bodies
        self.sent = 0  # bytes

    def tells(self, path, **fields):
        uid = super().tells(path, **fields)
        self.made.setdefault(uid, set()).add(self.facts[uid].body.encode())
        return uid

    def tries(self, most=200):
        """One round with whatever network there is: {uid: state}, or None when no answer of ours came."""
        raw = self.packed(self.waiting()[:most])
        try:
            return self.believes(self.posts_packed(raw))
        except NO_NETWORK:
            return None

    def packed(self, facts):
        """These facts as they travel."""
        return pack(fill(self.device, facts, now=self.clock(), epoch=self.epoch))

    def posts_packed(self, raw):
        """A phone that is told to sign in asks its worker to, who does where the story says so: a restore ends every session."""
        answer = self._posts(raw)
        if answer.status_code != 401 or not self.signs_in_again:
            return answer
        self.browser.sign_in(self.author)
        return self._posts(raw)

    def _posts(self, raw):
        self.sent += len(raw)
        return self.browser.client.post(
            "/outbox", data=raw, content_type="application/json", headers={"Content-Encoding": "gzip"}
        )

    def believes(self, answer):
        """Anything but our JSON with an epoch is no network."""
        try:
            said = json.loads(answer.text)
        except ValueError:
            return None
        ours = answer.status_code == 200 and isinstance(said, dict) and said.get("epoch")
        return self.hears(said) if ours else None

    def comes_home(self, most=200, rounds=200):
        """Tries until nothing waits any more."""
        for _round in range(rounds):
            if not self.waiting():
                return
            self.tries(most)
        raise AssertionError(f"{len(self.waiting())} facts still wait after {rounds} rounds")


class Weather:
    """The network between a phone and its server; `kinds` of trouble are drawn by `dice`, one a request."""

    def __init__(self, browser, dice, kinds):
        self.under, self.dice, self.kinds, self.client, self.seen = browser.client, dice, kinds, self, []

    def post(self, address, *, data, **request):
        self.seen.append(self.dice.choice(self.kinds))
        return getattr(self, self.seen[-1])(lambda raw=data: self.under.post(address, data=raw, **request), data)

    def clear(self, send, _data):
        return send()

    def lost_request(self, _send, _data):
        raise ConnectionError("the request never arrived")

    def lost_answer(self, send, _data):
        send()
        raise ConnectionError("the answer never arrived")

    def twice(self, send, _data):
        send()
        return send()

    def cut_request(self, send, data):
        return send(data[: self.dice.randrange(len(data))])

    def cut_answer(self, send, _data):
        answer = send()
        return SimpleNamespace(
            status_code=answer.status_code, text=answer.text[: self.dice.randrange(len(answer.text))]
        )

    def portal(self, _send, _data):
        return PORTAL

    def portal_in_json(self, _send, _data):
        return SimpleNamespace(status_code=200, text=json.dumps({"status": "ok", "results": {}}))
