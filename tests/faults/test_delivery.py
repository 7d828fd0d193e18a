"""What the network does to batches: they come twice, at once, in part, unanswered, or meet a portal instead of us."""

import threading
from contextlib import suppress
from itertools import cycle

import pytest
from sqlalchemy import func, select

from lms.core.database import db
from lms.core.models import Receipt
from lms.offline import intake
from tests.conftest import Browser
from tests.faults.check import nothing_lost_nothing_double
from tests.faults.conftest import more
from tests.faults.field import Weather
from tests.faults.process import KillableServer, Wire
from tests.offline.same import rows

TROUBLE = [
    "clear", "lost_request", "lost_answer", "twice", "cut_request", "cut_answer", "portal", "portal_in_json",
]  # fmt: skip


def a_batch(phone, dice, who, a_session, facts=20):
    """Women and sessions, some of which will be held."""
    for _n in range(facts):
        if dice.random() < 0.6:
            phone.tells("/persons/", group=who["Benkadi"], given=dice.choice(["Ada", "Kadia", ""]), sex="F")
        else:
            phone.tells("/sessions/", **a_session(present=dice.randint(1, 10), minutes=dice.choice([60, 0])))


@pytest.fixture
def all_have_looked(world, monkeypatch):
    """The worst moment, on PostgreSQL: four requests have looked what is known before any of them writes.

    On SQLite requests that write never overlap.
    """
    if world.url.startswith("sqlite"):
        return
    here, results = threading.Barrier(4), intake.Batch.results

    def waiting(batch):
        with suppress(threading.BrokenBarrierError):  # some have come to their end
            here.wait(timeout=3)
        return results(batch)

    monkeypatch.setattr(intake.Batch, "results", waiting)


def test_the_same_batch_again_and_again_from_four_threads_at_once(
    world, who, a_session, dice, phones, all_have_looked, tmp_path
):
    phone, browsers = phones("awa"), [Browser(world.app, "awa") for _n in range(4)]
    a_batch(phone, dice, who, a_session)
    phone.tells("/stars/", colour="blue")
    raw, answers = phone.packed(phone.waiting()), []

    def post(browser, times):
        for _time in range(times):
            phone.browser = browser
            answers.append(
                browser.client.post(
                    "/outbox", data=raw, content_type="application/json", headers={"Content-Encoding": "gzip"}
                )
            )

    threads = [threading.Thread(target=post, args=(browser, dice.randint(2, 5))) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    states = {uid: {answer.json["results"][uid]["state"] for answer in answers} for uid in answers[0].json["results"]}
    assert all(found <= {"stored", "duplicate"} or found == {"held"} for found in states.values()), states
    assert len({str(answer.json["holds"]) for answer in answers}) == 1
    phone.believes(answers[-1])
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_an_answer_that_is_lost_is_asked_for_again(world, who, a_session, dice, phones, tmp_path):
    phone = phones("awa")
    a_batch(phone, dice, who, a_session, 5)
    phone.browser = Weather(phone.browser, dice, ["lost_answer"])
    assert phone.tries() is None
    assert len(phone.waiting()) == 5
    phone.browser.kinds = ["clear"]
    assert set(phone.tries().values()) <= {"duplicate", "held"}
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_a_request_that_is_lost_leaves_everything_on_the_phone(world, who, a_session, dice, phones, tmp_path):
    phone = phones("awa")
    a_batch(phone, dice, who, a_session, 5)
    phone.browser = Weather(phone.browser, dice, ["lost_request"])
    phone.tries()
    phone.browser.kinds = ["clear"]
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_every_trouble_of_the_road(world, who, a_session, dice, phones, tmp_path):
    """Portals, proxies that cut and double, silence: facts are made all the while, and small batches find their way."""
    phone = phones("awa")
    phone.browser = Weather(phone.browser, dice, TROUBLE)
    for _day in range(more(6, 60)):
        a_batch(phone, dice, who, a_session, 8)
        for _try in range(3):
            phone.tries(most=dice.randint(1, 20))
    for kind in cycle(TROUBLE):
        phone.browser.kinds = [kind]
        phone.tries()
        if set(phone.browser.seen) == set(TROUBLE):
            break
    phone.browser.kinds = ["clear"]
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)  # what travels is the same whatever the database
def test_five_hundred_facts_over_a_line_that_breaks_cost_little_more_than_over_a_good_one(
    world, who, a_session, dice, phones, tmp_path
):
    """One request in twenty is lost on its way there or back. What was answered is never sent again."""
    phone = phones("awa")
    for _n in range(500):
        phone.tells("/sessions/", **a_session(present=3))
    ideal = sum(len(phone.packed(phone.waiting()[start : start + 20])) for start in range(0, 500, 20))
    phone.browser = Weather(phone.browser, dice, ["lost_request"] + ["lost_answer"] + ["clear"] * 38)
    phone.comes_home(most=20)
    assert phone.sent - ideal <= 0.3 * ideal or phone.browser.seen.count("clear") < 25
    nothing_lost_nothing_double(world, tmp_path, phone)


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)  # the cut is the web server's
def test_a_request_that_breaks_off_changes_nothing(world, who, a_session, dice, phone_kind, tmp_path):
    """Real sockets: the line goes dead anywhere in the body; the next whole request is taken as if nothing had been."""
    with KillableServer(world) as server:
        phone = phone_kind(Wire(server.port, "awa"), "awa")
        a_batch(phone, dice, who, a_session)
        with world.app.app_context():
            before = rows()
            db.session.remove()
        raw = phone.packed(phone.waiting())
        for _time in range(more(30, 300)):
            phone.browser.posts_in_part("/outbox", raw, dice.randrange(len(raw)), {"Content-Encoding": "gzip"})
        with world.app.app_context():
            assert rows() == before
            db.session.remove()
        phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_what_is_no_answer_of_ours_clears_nothing(world, who, a_session, dice, phones):
    phone = phones("awa")
    a_batch(phone, dice, who, a_session, 3)
    for kind in ("portal", "portal_in_json", "cut_answer"):
        phone.browser = Weather(Browser(world.app, "awa"), dice, [kind])
        assert phone.tries() is None
        assert len(phone.waiting()) == 3
    with world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Receipt).where(Receipt.device == phone.device)) <= 3
