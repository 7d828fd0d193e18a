"""While she was away with fifty facts she was moved, her account was closed, or her phone withdrawn: nothing goes silently."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.core.database import db
from lms.core.models import Held, Receipt
from lms.offline import holding, inbox
from lms.people.models import OrgUnit, Person
from lms.people.reach import reach_of
from tests.conftest import Browser
from tests.faults.check import nothing_lost_nothing_double
from tests.offline.sealing import enrol, parcel_of


@pytest.fixture
def phone(phones, who, a_session, an_attempt, dice):
    """Fifty facts of a week away: of the group, of its women, and of one who joined."""
    phone = phones("awa")
    woman = phone.tells("/persons/", group=who["Benkadi"], given="Kadia", sex="F")
    for _n in range(48):
        there = dice.choice([*who["Benkadi members"], woman])
        if dice.random() < 0.5:
            phone.tells("/sessions/", **a_session(present=[there]))
        else:
            phone.tells("/attempts/", **an_attempt(person=there))
    phone.tells("/agreements/", group=who["Benkadi"], leader="chef", manner="oral", agreed_on="2026-01-05")
    return phone


def seen_by(who, identifier, kind, path):
    """The uids of what waits for her word."""
    reach = reach_of(who[identifier], [(kind, path)])
    found = {uid for _what, uid, _at in inbox.items(reach, 1000)}
    db.session.rollback()
    return found


def states(stories, phone):
    """(held, stored) uids of a phone."""
    held = set(stories.scalars(select(Held.uid).where(Held.device == phone.device, Held.settled.is_(None))))
    stored = set(stories.scalars(select(Receipt.uid).where(Receipt.device == phone.device)))
    stories.rollback()
    return held, stored


def a_supervisor_sees(stories, phone, who, held):
    assert held <= seen_by(who, "binta", "supervisor", "ML.KKR.DIO.WAC")
    assert not held & seen_by(who, "mariam", "chw", "ML.KKR.BNB.BNB1")


def moved(world, who, stories):
    """Her group is handed to another, and she goes to the next area."""
    places = dict(stories.execute(select(OrgUnit.path, OrgUnit.uid)).all())
    chief = Browser(world.app, "modibo")
    for worker, place in (("kadi", "WAC"), ("awa", "MAS")):
        office = {"kind": "chw", "unit": places[f"ML.KKR.DIO.{place}"]}
        assert chief.post(f"/workers/{who[worker]}/move", office).status_code == 303
    answer, _uid = chief.tell("/cares/", group=who["Benkadi"], worker=who["kadi"], since=date.today())
    assert answer.status_code == 303


def test_moved_to_another_place(world, phone, who, stories, tmp_path):
    moved(world, who, stories)
    phone.comes_home()
    held, stored = states(stories, phone)
    assert held | stored == set(phone.made)
    assert len(held) == 50
    a_supervisor_sees(stories, phone, who, held)
    for uid in list(phone.made):
        if not Held.of(uid).settled:
            holding.accept(Held.of(uid), Person.now_of(who["binta"]))
    assert states(stories, phone) == (set(), set(phone.made))
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_her_account_is_closed(world, phone, who, stories, tmp_path):
    """She cannot send; what a colleague carries for her is held, and a supervisor sees it. Opened again, nothing is double."""
    key = enrol(world, phone, "awa")
    chief = Browser(world.app, "binta")
    assert chief.post(f"/workers/{who['awa']}/disable").status_code == 303
    assert phone.tries() is None
    assert len(phone.waiting()) == 50
    answer = Browser(world.app, "kadi").client.post("/outbox/parcels", data=parcel_of(world, phone, key))
    assert {result["state"] for result in answer.json["results"].values()} == {"held"}
    held, stored = states(stories, phone)
    assert (held, stored) == (set(phone.made), set())
    a_supervisor_sees(stories, phone, who, held)
    assert holding.rejudge() == (0, 50)  # a closed account lets nothing in by being judged again
    stories.rollback()
    assert chief.post(f"/workers/{who['awa']}/enable").status_code == 303
    phone.browser = Browser(world.app, "awa")
    phone.comes_home()
    assert holding.rejudge() == (50, 0)
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_her_phone_was_withdrawn(world, phone, who, stories, tmp_path):
    enrol(world, phone, "awa")
    answer = Browser(world.app, "binta").post(f"/devices/{phone.device}/revoke")
    assert answer.status_code == 303
    assert phone.tries() is None  # it is signed out; by signing in its worker is heard, and not believed
    phone.browser = Browser(world.app, "awa")
    phone.comes_home()
    held, stored = states(stories, phone)
    assert (held, stored) == (set(phone.made), set())
    a_supervisor_sees(stories, phone, who, held)
    assert holding.rejudge() == (0, 50)
    for uid in phone.made:
        holding.accept(Held.of(uid), Person.now_of(who["binta"]))
    assert states(stories, phone) == (set(), set(phone.made))
    nothing_lost_nothing_double(world, tmp_path, phone)
