"""Facts come home from a phone: each stored or held, none twice, none dropped, none in the way of the next."""

import gzip
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from lms.assessment.models import Attempt
from lms.cascade.models import Attendance, Headcount, Session
from lms.core.database import new_uid
from lms.core.models import Conflict, Epoch, Held, Receipt
from lms.offline import intake
from lms.people.devices import Device
from lms.people.models import Membership, Person
from tests.offline.phone import Phone, spoilt_hash


@pytest.fixture
def phone(awa):
    return Phone(awa, "awa")


def count(session, model, *where):
    return session.scalar(select(func.count()).select_from(model).where(*where))


def a_woman(phone, who, given, **more):
    return phone.tells("/persons/", group=who["Benkadi"], given=given, sex="F", **more)


def a_day(phone, who, a_session, an_attempt):
    """A woman joins, a session with her in it, her quiz, and the session corrected: all before any network."""
    woman = a_woman(phone, who, "Kadia")
    session = a_session()
    phone.tells("/sessions/", **{**session, "present": [*session["present"], woman]})
    phone.tells("/attempts/", **an_attempt(person=woman))
    phone.tells("/sessions/", **a_session(corrects=session["uid"], minutes=45))
    return woman, session["uid"]


def test_a_day_without_network_comes_home_in_one_batch(phone, who, a_session, an_attempt, stories):
    woman, session = a_day(phone, who, a_session, an_attempt)
    assert set(phone.sends().values()) == {"stored"}
    assert Person.now_of(woman).given == "Kadia"
    assert Session.now_of(session).minutes == 45
    assert stories.scalar(select(Attempt.person_uid)) == woman
    receipt = Receipt.of(session)
    assert (receipt.device, receipt.device_number) == (phone.device, 2)
    assert receipt.body.decode() == phone.facts[session].body


def test_a_batch_sent_again_is_a_duplicate_and_changes_nothing(phone, who, a_session, an_attempt, stories):
    a_day(phone, who, a_session, an_attempt)
    envelope = phone.envelope()
    first = phone.posts(envelope).json
    before = count(stories, Receipt), count(stories, Attendance)
    stories.rollback()
    again = phone.posts(envelope).json
    assert {result["state"] for result in first["results"].values()} == {"stored"}
    assert {result["state"] for result in again["results"].values()} == {"duplicate"}
    assert (count(stories, Receipt), count(stories, Attendance)) == before
    assert first["holds"] == again["holds"] == {"upto": 4, "missing": []}


def test_visitors_counted_away_from_the_network_are_counted_and_judged_as_on_line(phone, a_session, stories):
    counted = phone.tells("/sessions/", **a_session(present=[], heads_M_25_49=4, heads_F_15_19=""))
    nobody = phone.tells("/sessions/", **a_session(present=[], half="pm", heads_M_25_49=0))
    crowd = phone.tells("/sessions/", **a_session(half="pm", heads_M_25_49=1000))
    assert phone.sends() == {counted: "stored", nobody: "held", crowd: "held"}
    heads = stories.execute(select(Headcount.session_uid, Headcount.sex, Headcount.band, Headcount.number)).all()
    assert heads == [(counted, "M", "25-49", 4)]
    assert "25–49" in Held.of(crowd).reason


def test_one_poisoned_fact_among_many_is_held_and_the_others_are_stored(phone, who, a_session, stories):
    for number in range(199):
        if number == 100:
            poisoned = phone.tells("/sessions/", **a_session(minutes=-3))
        phone.tells("/sessions/", **a_session(present=2))
    states = phone.sends()
    assert states.pop(poisoned) == "held"
    assert set(states.values()) == {"stored"}
    held = Held.of(poisoned)
    assert "1 à 600" in held.reason
    assert held.body.decode() == phone.facts[poisoned].body
    assert held.author == who["awa"]


@pytest.mark.parametrize(
    ("path", "spoilt"),
    [
        ("/stars/", {}),
        ("/sessions/", {"group": "no uid"}),
        ("/sessions/", {"colour": "blue"}),
        ("/sessions/", {"held_on": "soon"}),
        ("/sessions/", {"place": "\x00\x00"}),
        ("/attempts/", {}),
        ("/workers/", {}),
        ("/sessions/", {"content": "0" * 64}),
        ("/sessions/", {"corrects": str(new_uid())}),
    ],
)
def test_what_cannot_be_read_is_held_with_a_reason(phone, a_session, stories, path, spoilt):
    uid = phone.tells(path, **{**a_session(), **spoilt})
    assert phone.sends() == {uid: "held"}
    assert Held.of(uid).reason
    assert Held.of(uid).body.decode() == phone.facts[uid].body
    assert phone.posts(phone.envelope([phone.facts[uid]])).json["results"][str(uid)]["state"] == "held"
    assert count(stories, Held) == 1


def test_a_fact_out_of_reach_is_held_and_nothing_is_said_about_it(mariam, a_session, stories):
    phone = Phone(mariam, "mariam")
    uid = phone.tells("/sessions/", **a_session())
    assert phone.sends() == {uid: "held"}
    assert "Benkadi" not in Held.of(uid).reason
    assert count(stories, Session) == 0


def test_what_points_at_a_held_fact_waits_with_it(phone, who, a_session, an_attempt, stories):
    woman = a_woman(phone, who, "")
    session = a_session()
    phone.tells("/sessions/", **{**session, "present": [woman]})
    attempt = phone.tells("/attempts/", **an_attempt(person=woman))
    correction = phone.tells("/sessions/", **a_session(corrects=session["uid"]))
    assert set(phone.sends().values()) == {"held"}
    assert Held.of(woman).waits_for is None
    assert Held.of(session["uid"]).waits_for == Held.of(attempt).waits_for == woman
    assert Held.of(correction).waits_for == session["uid"]


def test_the_same_uid_with_another_body_is_a_conflict_and_both_are_kept(phone, a_session, stories):
    uid = phone.tells("/sessions/", **a_session())
    phone.sends()
    first = phone.facts[uid].body
    other = phone.tells("/sessions/", **a_session(uid=uid, minutes=17))
    answer = phone.posts(phone.envelope([phone.facts[other]])).json
    assert answer["results"][str(uid)]["state"] == "conflict"
    assert Receipt.of(uid).body.decode() == first
    assert stories.scalar(select(Conflict.body)).decode() == phone.facts[other].body
    assert answer["holds"] == {"upto": 2, "missing": []}


def test_two_bodies_under_one_uid_in_one_batch_are_both_kept(phone, a_session, stories):
    uid = phone.tells("/sessions/", **a_session())
    first = phone.facts[uid]
    phone.tells("/sessions/", **a_session(uid=uid, minutes=17))
    answer = phone.posts(phone.envelope([first, phone.facts[uid]])).json
    assert answer["results"][str(uid)]["state"] == "conflict"
    assert Receipt.of(uid).body.decode() == first.body
    assert stories.scalar(select(Conflict.body)).decode() == phone.facts[uid].body


def test_an_erased_fact_is_never_born_again(phone, who, stories):
    woman = a_woman(phone, who, "Fanta")
    phone.sends()
    receipt = Receipt.of(woman)
    receipt.body = None
    stories.commit()
    assert phone.posts(phone.envelope([phone.facts[woman]])).json["results"][str(woman)]["state"] == "duplicate"
    other = a_woman(phone, who, "Fantani", uid=woman)
    assert phone.posts(phone.envelope([phone.facts[other]])).json["results"][str(woman)]["state"] == "duplicate"
    assert count(stories, Conflict) == 0


def test_a_signed_out_phone_is_told_to_sign_in(visitor, who):
    phone = Phone(visitor, "awa")
    a_woman(phone, who, "Fanta")
    answer = phone.posts()
    assert (answer.status_code, answer.json) == (401, {"sign_in": True})


def test_a_colleagues_facts_stay_on_the_phone_until_she_signs_in(phone, who, stories):
    phone.author = "kadi"
    uid = a_woman(phone, who, "Fanta")
    assert phone.sends() == {uid: "later"}
    assert count(stories, Held, Held.uid == uid) == count(stories, Receipt, Receipt.uid == uid) == 0


def envelopes_that_are_none(phone):
    """Bytes and statuses."""
    good = phone.envelope()
    raw = gzip.compress(b"{}")
    yield "no JSON", b"<html>", {}, 400
    yield "an array", b"[]", {}, 400
    yield "wrong count", phone.envelope(count=7), {}, 400
    yield "wrong hash", phone.envelope(sha256=spoilt_hash([fact["body"] for fact in good["facts"]])), {}, 400
    yield "no device", phone.envelope(device="mine"), {}, 400
    yield "a lone surrogate", {**good, "facts": [{**good["facts"][0], "body": "\ud800"}]}, {}, 400
    yield "not gzip", b"not gzip at all", {"Content-Encoding": "gzip"}, 400
    yield "cut gzip", raw[:-4], {"Content-Encoding": "gzip"}, 400
    yield "gzip bomb", gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}, 413
    yield "ten megabytes", b" " * 10_000_000, {}, 413
    yield (
        "five thousand facts",
        {**good, "facts": [{"uid": "0" * 32, "path": "", "body": ""}] * 5000, "count": 5000},
        {},
        413,
    )


def test_a_bad_envelope_changes_not_one_row(phone, who, stories):
    a_woman(phone, who, "Fanta")
    before = {model: count(stories, model) for model in (Receipt, Held, Conflict, Person, Device)}
    stories.rollback()
    for name, envelope, headers, status in envelopes_that_are_none(phone):
        answer = phone.posts(envelope, **headers)
        assert (name, answer.status_code, list(answer.json)) == (name, status, ["error"])
    assert {model: count(stories, model) for model in before} == before


def test_gaps_in_a_phones_numbers_are_told(phone, who):
    for given in ("Ada", "Bintou", "Coumba", "Djeneba", "Fanta", "Hawa"):
        a_woman(phone, who, given)
    first, _second, third, _fourth, _fifth, sixth = phone.waiting()
    answer = phone.posts(phone.envelope([third, sixth])).json
    assert answer["holds"] == {"upto": 6, "missing": [[1, 2], [4, 5]]}
    assert phone.posts(phone.envelope([first])).json["holds"]["missing"] == [[2, 2], [4, 5]]


@pytest.mark.parametrize("years", [-10, -3, 10])
def test_a_clock_that_is_years_off_refuses_nothing_and_its_dates_are_in_doubt(phone, who, a_session, stories, years):
    off = timedelta(days=365 * years)
    phone.clock = lambda: datetime.now(UTC) + off
    session = phone.tells("/sessions/", **a_session(held_on=date.today() + off))
    woman = a_woman(phone, who, "Fanta")
    assert set(phone.sends().values()) == {"stored"}
    assert Receipt.of(session).doubt
    assert Receipt.of(session).told_on == datetime.now(UTC).date()
    assert Receipt.of(woman).doubt is None
    device = stories.get(Device, phone.device)
    assert abs(device.skew - off.total_seconds()) < 60


def test_a_woman_joined_on_the_day_she_was_told_not_on_the_day_it_came(phone, who, stories):
    nine_days_ago = datetime.now(UTC) - timedelta(days=9)
    phone.clock = lambda: nine_days_ago
    woman = a_woman(phone, who, "Fanta")
    phone.clock = lambda: datetime.now(UTC)
    phone.tells("/departures/", person=woman, left_on=(nine_days_ago + timedelta(days=3)).date(), why="depart")
    assert set(phone.sends().values()) == {"stored"}
    assert stories.scalar(select(Membership.since).where(Membership.person_uid == woman)) == nine_days_ago.date()


@pytest.mark.parametrize(
    ("at", "skew", "expected"),
    [
        (datetime(2026, 3, 4, 8, tzinfo=UTC), 0, (date(2026, 3, 4), None)),
        (datetime(2023, 3, 4, 8, tzinfo=UTC), -3 * 365, (date(2026, 3, 3), "clock")),
        (datetime(2026, 3, 20, tzinfo=UTC), 0, (None, "clock")),
        (datetime(1999, 1, 1, tzinfo=UTC), 0, (None, "clock")),
        (None, 0, (None, None)),
    ],
)
def test_when_a_fact_was_told(at, skew, expected):
    came = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert intake.told_when(at, came, timedelta(days=skew)) == expected


def test_a_device_may_not_fill_the_server_with_facts_to_be_held(phone, who, stories, monkeypatch):
    monkeypatch.setattr(intake, "HELD_A_DAY", 3)
    for _n in range(5):
        a_woman(phone, who, "")
    assert sorted(phone.sends().values()) == ["held", "held", "held", "later", "later"]
    assert len(phone.waiting()) == 2


def test_a_withdrawn_phone_is_kept_but_not_believed(phone, who, stories):
    stories.add(Device(uid=phone.device, label="A7", revoked_at=datetime.now(UTC)))
    stories.commit()
    uid = a_woman(phone, who, "Fanta")
    assert phone.sends() == {uid: "held"}


def test_a_new_epoch_brings_everything_back_and_nothing_is_doubled(phone, who, stories):
    woman = a_woman(phone, who, "Fanta")
    phone.sends()
    Epoch.begin()
    stories.commit()
    other = a_woman(phone, who, "Hawa")
    phone.sends()
    assert phone.waiting() == [] or phone.sends() == {woman: "duplicate"}
    assert {woman, other} <= set(phone.cleared)
    assert count(stories, Receipt, Receipt.device == phone.device) == 2


def test_an_answer_tells_the_epoch_its_facts_were_judged_in(phone, who, stories, monkeypatch):
    """A restore that comes between judging and answering is not in the answer: nothing was looked for in it."""
    before, judge = Epoch.present(), intake.Batch.results

    def results(batch):
        found = judge(batch)
        Epoch.begin()
        intake.db.session.flush()
        return found

    monkeypatch.setattr(intake.Batch, "results", results)
    a_woman(phone, who, "Ada")
    assert phone.posts().json["epoch"] == before


def test_a_worker_is_appointed_on_line_and_the_phone_is_told_so(phone, awa, stories):
    uid = phone.tells("/workers/", given="Sira")
    answer = phone.posts().json["results"][str(uid)]
    assert answer == {"state": "held", "reason": "Cette fiche se remplit en ligne seulement."}
    page = awa.get(f"/held/{uid}").text
    assert "en ligne seulement" in page
    assert "récent" not in page


def answers_in_trouble(world, awa):
    """(what happened, the status that says so, the answer)."""
    yield "asked for", 405, awa.get("/outbox")
    yield "from a foreign page", 403, awa.client.post("/outbox", data=b"{}", headers={"Sec-Fetch-Site": "cross-site"})
    world.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    for status, error in (
        (500, RuntimeError("insides")),
        (507, OperationalError("insert", {}, Exception("could not extend file: No space left on device"))),
    ):

        def breaks(error=error):
            raise error

        world.app.view_functions["intake.outbox"] = breaks
        yield str(error), status, awa.client.post("/outbox", data=b"{}")


def test_the_outbox_always_answers_json(world, awa, stories):
    """Anything else is a captive portal to a phone."""
    for what, status, answer in answers_in_trouble(world, awa):
        assert (what, answer.status_code, answer.is_json) == (what, status, True)
        assert list(answer.json) == ["error"]
        assert "insides" not in answer.text


def test_the_database_is_whole_afterwards(phone, who, a_session, an_attempt, stories):
    a_day(phone, who, a_session, an_attempt)
    phone.sends()
    if stories.get_bind().dialect.name == "sqlite":
        assert stories.execute(text("pragma integrity_check")).scalar() == "ok"
        assert stories.execute(text("pragma foreign_key_check")).all() == []
