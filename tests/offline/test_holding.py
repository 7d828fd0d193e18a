"""A held fact is mended and taken, or set aside; what pointed at it follows."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.assessment.models import Attempt
from lms.cascade.models import Session
from lms.core.models import Held, Receipt
from lms.offline import holding
from lms.people.models import Care, Person
from tests.offline.phone import Phone, body_of


@pytest.fixture
def phone(awa):
    return Phone(awa, "awa")


def person(who, name):
    return Person.now_of(who[name])


def test_what_waited_follows_the_fact_it_pointed_at(phone, who, a_session, an_attempt, stories):
    woman = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    session = a_session()
    phone.tells("/sessions/", **{**session, "present": [woman]})
    attempt = phone.tells("/attempts/", **an_attempt(person=woman))
    correction = phone.tells("/sessions/", **{**a_session(corrects=session["uid"], minutes=45), "present": [woman]})
    assert set(phone.sends().values()) == {"held"}
    mended = body_of({"uid": woman, "group": who["Benkadi"], "given": "Kadia", "sex": "F"}).encode()
    holding.accept(Held.of(woman), person(who, "awa"), mended)
    assert Person.now_of(woman).given == "Kadia"
    assert Session.now_of(session["uid"]).minutes == 45
    assert stories.get(Attempt, attempt).person_uid == woman
    assert {Held.of(uid).settled for uid in (woman, session["uid"], attempt, correction)} == {"taken"}
    assert Receipt.of(woman).vouched_by is None


def test_a_fact_that_was_mended_here_is_a_duplicate_when_it_comes_again(phone, who, stories):
    woman = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    phone.sends()
    mended = body_of({"uid": woman, "group": who["Benkadi"], "given": "Kadia", "sex": "F"}).encode()
    holding.accept(Held.of(woman), person(who, "awa"), mended)
    answer = phone.posts(phone.envelope([phone.facts[woman]])).json
    assert answer["results"][str(woman)]["state"] == "duplicate"
    assert Held.of(woman).body.decode() == phone.facts[woman].body


def test_a_worker_whose_group_was_handed_on_is_vouched_for_by_her_supervisor(phone, who, a_session, stories):
    session = phone.tells("/sessions/", **a_session())
    care = stories.scalar(select(Care).where(Care.group_uid == who["Benkadi"]))
    care.worker_uid = who["kadi"]
    stories.commit()
    assert phone.sends() == {session: "held"}
    assert holding.accept(Held.of(session), person(who, "mariam")).out_of_reach
    holding.accept(Held.of(session), person(who, "binta"))
    assert Session.now_of(session).led_by == who["awa"]
    assert Receipt.of(session).author == who["awa"]
    assert Receipt.of(session).vouched_by == who["binta"]


def test_what_is_set_aside_is_kept_with_the_reason_and_is_not_sent_again(phone, who, a_session, stories):
    uid = phone.tells("/sessions/", **a_session(minutes=0))
    phone.sends()
    holding.set_aside(Held.of(uid), person(who, "binta"), "Essai du téléphone")
    held = Held.of(uid)
    assert (held.settled, held.settled_why, held.settled_by) == ("aside", "Essai du téléphone", who["binta"])
    assert phone.posts(phone.envelope([phone.facts[uid]])).json["results"][str(uid)]["state"] == "duplicate"


def test_a_newer_phone_is_understood_after_the_upgrade(phone, a_session, stories, monkeypatch):
    from lms.cascade.forms import SessionForm

    with monkeypatch.context() as older:
        older.setattr(SessionForm, "understands", classmethod(lambda cls, names: "place" not in set(names)))
        uid = phone.tells("/sessions/", **a_session(held_on=date.today()))
        assert phone.sends() == {uid: "held"}
        assert holding.rejudge() == (0, 1)
    assert holding.rejudge() == (1, 0)
    assert Session.now_of(uid).minutes == 60
    assert phone.posts(phone.envelope([phone.facts[uid]])).json["results"][str(uid)]["state"] == "duplicate"
