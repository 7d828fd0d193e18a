"""Phones of every release come home: old bodies and old envelopes are understood, newer ones are kept until they are."""

from collections import Counter
from datetime import UTC, date, datetime
from itertools import cycle
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.core.database import new_uid
from lms.core.models import Held, Receipt
from lms.curriculum.content import catalogue
from lms.offline import holding
from lms.offline.envelope import CARRIED
from lms.people.models import OrgUnit
from tests import replays
from tests.faults.check import nothing_lost_nothing_double

BODIES = replays.bodies()
RELEASES = sorted({body.version for body in BODIES})


@pytest.fixture
def names(who, stories):
    """What the golden bodies call by name, in this world."""
    places = dict(stories.execute(select(OrgUnit.path, OrgUnit.uid)).all())
    found = {
        **{name: who[name] for name in ("awa", "kadi", "oumou", "binta")}, "benkadi": who["Benkadi"],
        **{f"benkadi.{place}": uid for place, uid in enumerate(who["Benkadi members"])},
        "village": places["ML.KKR.DIO.WAC.V02"], "dioila": places["ML.KKR.DIO"], "today": date.today(),
        "content": catalogue().modules["choix-libre-eclaire"].hash,
    }  # fmt: skip
    stories.rollback()
    return found


def told_again(phone, path, body):
    """A body as it stands in a file becomes a fact on this phone; returns its uid."""
    uid = next(value for name, value in parse_qsl(body) if name == "uid")
    phone.tells(path, uid=uid)
    told = phone.facts.pop(uid)
    phone.facts[told.uid] = told.model_copy(update={"body": body})
    phone.made[told.uid] = {body.encode()}
    del phone.made[uid]
    return told.uid


@pytest.mark.parametrize("version", RELEASES)
def test_every_golden_body_is_taken(world, phones, names, stories, tmp_path, version):
    """In envelopes of every release by turns."""
    releases = cycle(replays.ENVELOPES)
    of = {author: phones(author) for author in {body.author for body in BODIES}}
    for body in [body for body in BODIES if body.version == version]:
        if "{certificate}" in body.text:
            names["certificate"] = stories.scalars(select(Certificate.uid)).one()
            stories.rollback()
        phone = of[body.author]
        uid = told_again(phone, body.path, body.told(names))
        answer = phone.posts(replays.in_shape(phone.envelope([phone.facts[uid]]), next(releases)))
        result = answer.json["results"][str(uid)]
        assert result == {"state": "stored", "reason": None}, (body.path, body.author, result)
        phone.believes(answer)
    nothing_lost_nothing_double(world, tmp_path, *of.values())


def test_there_is_a_golden_body_of_every_kind():
    assert {body.path for body in BODIES if body.version == RELEASES[0]} <= set(CARRIED)
    assert set(CARRIED) == {body.path for body in BODIES}


def test_no_field_of_a_golden_body_was_renamed():
    for body in BODIES:
        assert CARRIED[body.path].understands(dict(parse_qsl(body.text))), body


def test_what_a_newer_phone_says_is_kept_and_judged_after_the_upgrade(
    world, phones, names, stories, monkeypatch, tmp_path
):
    """Words in the envelope nobody knows yet, a kind of fact nobody knows, one that points at it."""
    phone = phones("awa")
    by_path = {body.path: body for body in BODIES if body.author == "awa" and "corrects" not in body.text}
    with monkeypatch.context() as before:
        before.delitem(CARRIED, "/groups/")
        group = told_again(phone, "/groups/", by_path["/groups/"].told(names))
        agreement = phone.tells(
            "/agreements/", group=group, leader="imam", manner="oral", agreed_on=date.today(), uid=new_uid()
        )
        newer = phone.envelope() | {"client": 99, "mood": "good"}
        newer["facts"] = [fact | {"weight": 3} for fact in newer["facts"]]
        assert set(phone.believes(phone.posts(newer)).values()) == {"held"}
        stories.rollback()
        assert Held.of(group).body.decode() == phone.facts[group].body
        assert Held.of(agreement).waits_for == group
        assert holding.rejudge() == (0, 2)
    assert holding.rejudge() == (2, 0)
    assert {Receipt.of(uid).author for uid in (group, agreement)} == {names["awa"]}
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_a_month_comes_home_in_one_batch(world, who, phones, names, stories, tmp_path):
    phone = phones("awa")
    joined = [phone.tells("/persons/", group=who["Benkadi"], given=f"Sira {n}", sex="F") for n in range(15)]
    phone.comes_home()
    facts = replays.month(who["Benkadi"], [*who["Benkadi members"], *joined], names["content"])
    for path, body, moment in facts:
        phone.clock = lambda moment=moment: moment.replace(tzinfo=UTC)
        told_again(phone, path, body)
    phone.clock = lambda: datetime.now(UTC)
    assert Counter(path for path, _body, _moment in facts) == {"/sessions/": 6, "/attempts/": 42, "/hands/": 2}
    assert len(phone.waiting()) == 50
    assert set(phone.tries().values()) == {"stored"}
    nothing_lost_nothing_double(world, tmp_path, phone)
