"""A batch that says what no phone of ours says: it is taken all the same, and costs the facts beside it nothing."""

import gzip
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from lms.cascade.models import Session
from lms.core.forms import MOST_FIELDS
from lms.core.models import Held, Receipt
from lms.people.forms import MemberForm
from tests.offline.phone import Phone
from tests.offline.sealing import enrol


@pytest.fixture
def phone(awa):
    return Phone(awa, "awa")


def a_woman(phone, who, given, **more):
    return phone.tells("/persons/", group=who["Benkadi"], given=given, sex="F", **more)


def states(answer):
    assert answer.status_code == 200, answer.text
    return {UUID(uid): result["state"] for uid, result in answer.json["results"].items()}


def packed(phone, envelope):
    raw = gzip.compress(json.dumps(envelope).encode())
    return phone.browser.client.post("/outbox", data=raw, headers={"Content-Encoding": "gzip"})


def test_what_the_tables_refuse_of_one_fact_takes_none_of_the_others_with_it(phone, who, stories, monkeypatch):
    first, bad, last = (a_woman(phone, who, given) for given in ("Ada", "Bad", "Coumba"))
    made = MemberForm.rows

    def rows(form):
        rows = made(form)
        if form.given.data == "Bad":
            rows[0].sex = "X"  # a rule of the table refuses it
        return rows

    monkeypatch.setattr(MemberForm, "rows", rows)
    assert phone.sends() == {first: "stored", bad: "held", last: "stored"}
    stories.rollback()
    assert Receipt.of(first)
    assert Receipt.of(last)
    assert Held.of(bad)


@pytest.mark.parametrize("kind", ["persons", "sessions"])
def test_a_fact_on_its_way_by_another_door_at_this_very_moment(phone, who, a_session, stories, world, kind):
    """The form was posted on line and is about to be committed. SQLite lets nobody write beside it."""
    phone.posts(phone.envelope([]))
    if kind == "persons":
        a_woman(phone, who, "Ada")
        twice = a_woman(phone, who, "Binta")
    else:
        phone.tells("/sessions/", **a_session())
        twice = phone.tells("/sessions/", **a_session(half="pm"))
    fact, answers = phone.facts[twice], []
    engine = sa.create_engine(world.url)
    if engine.dialect.name == "sqlite":
        assert set(states(phone.posts()).values()) == {"stored"}
        return
    with engine.connect() as beside:
        told = {"uid": twice, "path": fact.path, "body": fact.body.encode(), "hash": fact.hash, "author": who["awa"]}
        beside.execute(sa.insert(Receipt).values(received_at=datetime.now(UTC), **told))
        batch = threading.Thread(target=lambda: answers.append(phone.posts(phone.envelope())))
        batch.start()
        time.sleep(1)
        beside.commit()
        batch.join()
    engine.dispose()
    assert sorted(states(answers[0]).values()) == ["duplicate", "stored"]
    stories.rollback()
    assert all(Receipt.of(uid) for uid in phone.facts)


def test_the_greatest_number_there_is_breaks_no_screen(world, phone, awa, binta, who, stories):
    enrol(world, phone, "awa")
    phone.last = 2**31 - 2
    last = a_woman(phone, who, "Ada")
    phone.last = 5
    early = a_woman(phone, who, "Bintou")
    assert states(phone.posts(phone.envelope([phone.facts[last]]))) == {last: "stored"}
    answer = phone.posts(phone.envelope([phone.facts[early]]))
    assert states(answer) == {early: "stored"}
    assert answer.json["holds"] == {"upto": 2**31 - 1, "missing": [[1, 5], [7, 2**31 - 2]]}
    assert binta.get("/devices/").status_code == binta.get(f"/devices/{phone.device}").status_code == 200


@pytest.mark.parametrize(
    ("at", "now", "doubt"),
    [
        (None, "9000-01-01T00:00:00Z", "clock"),
        ("0001-01-01T00:00:00Z", None, None),
        ("0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-10:00", None),
        ("9999-12-31T23:59:59Z", "0002-01-01T00:00:00Z", "clock"),
        ("0002-06-01T00:00:00Z", None, "clock"),
    ],
)
def test_a_clock_at_the_end_of_the_calendar_refuses_nothing(phone, awa, who, a_session, stories, at, now, doubt):
    session, woman = phone.tells("/sessions/", **a_session()), a_woman(phone, who, "")
    envelope = phone.envelope()
    for fact in envelope["facts"]:
        fact["at"] = at or fact["at"]
    envelope["now"] = now or (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    assert states(phone.posts(envelope)) == {session: "stored", woman: "held"}
    assert Receipt.of(session).doubt == doubt
    assert Receipt.of(session).told_on is None
    assert awa.get(f"/held/{woman}").status_code == awa.get("/devices/").status_code == 200


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**30, 1.5, "x", True, [], None])
def test_a_number_that_is_none_counts_as_not_sent(phone, who, stories, number):
    uid = a_woman(phone, who, "Ada")
    envelope = phone.envelope()
    envelope["facts"][0]["number"] = number
    assert states(phone.posts(envelope)) == {uid: "stored"}
    assert Receipt.of(uid).device_number in (None, int(number is True) or None)


def test_a_clock_that_is_no_text_counts_as_not_sent(phone, who, stories):
    uid = a_woman(phone, who, "Ada")
    envelope = phone.envelope(now=1732)
    envelope["facts"][0]["at"] = {"day": 3}
    assert states(phone.posts(envelope)) == {uid: "stored"}
    assert Receipt.of(uid).device_at is None


def strangers(number):
    """Uids of persons who are nowhere."""
    return [UUID(int=(7 << 76) + (1 << 63) + n) for n in range(number)]


@pytest.mark.parametrize("newer", [{}, {"colour": "blue"}])
def test_a_roll_of_seventy_thousand_is_held_and_judged_again_like_any_other(
    phone, app, awa, who, a_session, stories, newer
):
    woman = a_woman(phone, who, "Ada")
    crowd = phone.tells("/sessions/", **a_session(present=strangers(70_000)), **newer)
    assert states(packed(phone, phone.envelope())) == {woman: "stored", crowd: "held"}
    stories.rollback()
    judged = app.test_cli_runner().invoke(args=["receipts", "rejudge"])
    assert judged.exit_code == 0, judged.output
    assert awa.get(f"/held/{crowd}").status_code == awa.get("/held/").status_code == 200
    assert awa.post(f"/held/{crowd}", act="mend").status_code == 422


def test_ids_hidden_in_one_field_are_no_more_trouble_than_in_many(phone, awa, a_session, stories):
    uid = phone.tells("/sessions/", **a_session(place=" ".join(map(str, strangers(70_000)))))
    assert states(packed(phone, phone.envelope())) == {uid: "held"}
    assert awa.get(f"/held/{uid}").status_code == 200


def test_the_longest_roll_that_is_read_is_read(phone, awa, who, a_session, stories):
    uid = phone.tells("/sessions/", **a_session(present=strangers(MOST_FIELDS - 40)))
    assert states(phone.posts()) == {uid: "held"}
    assert Held.of(uid).waits_for
    assert awa.get(f"/held/{uid}").status_code == 200


@pytest.mark.parametrize("more", ["a&", "present=&", "answer.a=1&"])
def test_a_fact_of_too_many_fields_is_kept_unread(phone, awa, binta, modibo, who, a_session, stories, more):
    """Four kilobytes on the wire are two million fields: to read them would keep everybody waiting."""
    woman = a_woman(phone, who, "Ada")
    crowd = phone.tells("/sessions/", **a_session())
    told = phone.facts[crowd]
    phone.facts[crowd] = told.model_copy(update={"body": f"{told.body}&{more * MOST_FIELDS}"})
    assert states(packed(phone, phone.envelope())) == {woman: "stored", crowd: "held"}
    assert Held.of(crowd).body.decode() == phone.facts[crowd].body
    for worker in (awa, binta):
        assert worker.get("/held/").status_code == worker.get(f"/held/{crowd}").status_code == 200
        assert worker.post(f"/held/{crowd}", act="accept").status_code == 422
        assert worker.post(f"/held/{crowd}", act="mend").status_code == 422
    assert binta.post(f"/held/{crowd}", act="aside", because="Illisible").status_code == 303


def test_a_form_of_too_many_fields_is_refused_on_line(awa, a_session, stories):
    told = a_session()
    answer = awa.post("/sessions/", {**told, "a": [""] * MOST_FIELDS})
    assert answer.status_code == 413
    assert Receipt.of(told["uid"]) is None


def test_a_path_that_no_database_can_write_keeps_nobody_waiting(phone, awa, who, stories):
    woman, bad = a_woman(phone, who, "Ada"), a_woman(phone, who, "Bad")
    envelope = phone.envelope()
    envelope["facts"][1]["path"] = "/st\0ars/"
    assert states(phone.posts(envelope)) == {woman: "stored", bad: "held"}
    assert states(phone.posts(envelope)) == {woman: "duplicate", bad: "held"}
    assert awa.get(f"/held/{bad}").status_code == 200


def test_the_same_words_under_another_path_are_another_fact(phone, a_session, stories):
    session = phone.tells("/sessions/", **a_session())
    phone.sends()
    taken_back = {"corrects": session, "withdrawn": "y", "reason": "Notée deux fois"}
    uid = phone.tells("/stars/", **taken_back)
    assert phone.sends() == {uid: "held"}
    phone.tells("/sessions/", uid=uid, **taken_back)
    phone.cleared.pop(uid)
    assert phone.sends() == {uid: "conflict"}
    assert states(phone.posts(phone.envelope([phone.facts[uid]]))) == {uid: "conflict"}


def test_two_paths_in_one_batch_are_both_kept(phone, a_session, stories):
    session = phone.tells("/sessions/", **a_session())
    told = phone.facts[session]
    elsewhere = told.model_copy(update={"path": "/stars/"})
    assert states(phone.posts(phone.envelope([told, elsewhere]))) == {session: "conflict"}
    assert stories.scalar(select(Session.uid)) == session
