"""The door: PINs, one-time codes, sessions, and who stays outside."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from lms import create_app
from lms.core.database import db
from lms.core.guard import limiter
from lms.people import pin, signing_in
from lms.people.access import OneTimeCode, SignIn, WrongTries
from lms.people.models import Account
from lms.people.signing_in import hand_out_code
from lms.people.throttle import wait
from tests.conftest import Browser, settings

GOOD, OTHER = "580263", "739158"


def knock(browser, identifier="awa", code="999999", **more):
    return browser.post("/sign-in", identifier=identifier, pin=code, **more)


def inside(browser):
    """Whether this browser is signed in."""
    return browser.get("/tour").status_code == 200


def account_of(identifier):
    return db.session.scalar(select(Account).where(Account.identifier == identifier))


def code_for(app, identifier):
    with app.app_context():
        return hand_out_code(account_of(identifier))


def redeem(browser, code, identifier="awa", chosen=GOOD, again=None):
    return browser.post("/activate", identifier=identifier, code=code, new_pin=chosen, again=again or chosen)


# PIN


def test_the_right_pin_opens_and_goes_home(visitor):
    answer = knock(visitor, code="271828")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert inside(visitor)


def test_the_identifier_may_be_written_in_capitals(visitor):
    assert knock(visitor, " AWA ", "271828").status_code == 303


def test_a_wrong_pin_and_an_unknown_identifier_are_told_in_the_same_words(app):
    wrong, unknown = knock(Browser(app), "awa"), knock(Browser(app), "ghost")
    assert wrong.status_code == unknown.status_code == 401
    assert "L’identifiant ou le code PIN ne va pas." in wrong.text
    assert wrong.text.replace("awa", "ghost") == unknown.text


def test_the_pin_that_was_typed_is_not_shown_again(visitor):
    assert "918273" not in knock(visitor, code="918273").text


def test_after_five_wrong_pins_the_right_one_is_refused_too_even_after_a_restart(world):
    browser = Browser(world.app)
    for _try in range(5):
        assert knock(browser).status_code == 401
    assert "Trop d’essais" in knock(browser, code="271828").text
    restarted = create_app(**settings(world.url, world.data))
    answer = knock(Browser(restarted), code="271828")
    assert answer.status_code == 401
    assert "Trop d’essais" in answer.text
    with restarted.app_context():
        db.engine.dispose()


def test_the_door_opens_again_after_a_minute_and_forgets(visitor):
    for _try in range(5):
        knock(visitor)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert knock(visitor, code="271828").status_code == 303
        assert knock(visitor).status_code == 401
        assert knock(visitor, code="271828").status_code == 303


def test_wrong_tries_of_an_unknown_identifier_are_counted_as_well(app):
    """Else the wait itself would tell who has an account."""
    browser = Browser(app)
    for _try in range(5):
        knock(browser, "ghost")
    assert "Trop d’essais" in knock(Browser(app), "ghost").text


def test_one_phone_trying_many_identifiers_is_stopped(app):
    browser = Browser(app)
    browser.get("/sign-in")
    for number in range(5):
        knock(browser, f"ghost{number}")
    assert "Trop d’essais" in knock(browser, "awa", "271828").text
    assert knock(Browser(app), "awa", "271828").status_code == 303


def test_tries_at_the_same_moment_are_all_counted(app):
    """A thousand guesses sent at once are not a thousand free guesses."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(knock(Browser(app)))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [401] * 12
    assert sum("ne va pas" in answer.text for answer in answers) == 5


def test_forty_workers_of_one_address_sign_in(throttled):
    assert [knock(Browser(throttled), code="271828").status_code for _worker in range(40)] == [303] * 40


def test_hundreds_of_tries_of_one_address_are_too_many(throttled):
    for address, fields in (("/sign-in", {"identifier": ""}), ("/activate", {"identifier": ""})):
        answers = [Browser(throttled).post(address, fields) for _try in range(125)]
        assert answers[119].status_code != 429
        assert answers[-1].status_code == 429
        assert "Attendez une minute" in answers[-1].text
        assert Browser(throttled).get(address).status_code == 200


@pytest.fixture
def throttled(world):
    """The app as it runs, with its limits for each address."""
    limited = create_app(**{**settings(world.url, world.data), "RATELIMIT_ENABLED": True})
    limiter.reset()
    yield limited
    create_app(**settings(world.url, world.data))  # the limiter is one for the process: off again
    with limited.app_context():
        db.engine.dispose()


def test_nothing_is_kept_of_right_tries_nor_of_wrong_ones_of_the_day_before_yesterday(app, visitor, stories):
    knock(visitor, code="271828")
    assert stories.scalars(select(WrongTries)).all() == []
    for number in range(4):
        knock(Browser(app), f"ghost{number}")
    assert len(stories.scalars(select(WrongTries)).all()) == 8
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        knock(Browser(app), "ghost")
    stories.rollback()
    assert len(stories.scalars(select(WrongTries)).all()) == 2


def test_a_closed_door_counts_nobody(app, visitor, stories):
    for _try in range(5):
        knock(visitor)
    for _try in range(3):
        knock(Browser(app))
    assert sorted(one.failures for one in stories.scalars(select(WrongTries))) == [5, 5]


def test_others_write_while_a_pin_is_looked_at(app, monkeypatch):
    """The hash takes its time on purpose; the database must be free meanwhile."""
    fits, wrote = pin.fits, []

    def slowly(kept, given):
        with app.app_context(), db.engine.begin() as other:
            other.execute(update(Account).where(Account.identifier == "kadi").values(toured=True))
            wrote.append(given)
        return fits(kept, given)

    monkeypatch.setattr(pin, "fits", slowly)
    code, browser = code_for(app, "binta"), Browser(app)
    assert knock(browser, code="271828").status_code == 303
    assert browser.post("/pin", old_pin="271828", new_pin=GOOD, again=GOOD).status_code == 303
    assert redeem(Browser(app), code, "binta").status_code == 303
    assert wrote == ["271828", "271828", code]


@given(st.integers(0, 1000))
def test_the_wait_grows_and_never_passes_an_hour(failures):
    assert wait(failures) <= wait(failures + 1) <= timedelta(hours=1)
    assert bool(wait(failures)) == (failures >= 5)


# Going where she wanted to go


OUT_OF_HERE = (
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/\n/evil.example",
     "\t//evil.example", " //evil.example", "javascript:alert(1)", "/\r\nSet-Cookie: a=b", "/\x00/evil.example",
     "evil.example",
)  # fmt: skip


def test_next_never_leads_out_of_here(visitor):
    for address in OUT_OF_HERE:
        answer = knock(visitor, code="271828", next=address)
        assert (address, answer.status_code, answer.headers["Location"]) == (address, 303, "/")
        answer = visitor.post("/language", language="fr", next=address)
        assert (address, answer.headers["Location"]) == (address, "/")


def test_next_leads_to_a_page_of_ours_with_its_query(visitor):
    assert knock(visitor, code="271828", next="/search?q=awa").headers["Location"] == "/search?q=awa"


def test_who_is_not_signed_in_is_sent_to_the_door_and_back(visitor, who):
    answer = visitor.get(f"/groups/{who['Benkadi']}?page=2")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=/groups/")
    assert visitor.post("/groups/", name="x").status_code == 401


# One-time codes


def test_a_one_time_code_opens_once(app, visitor):
    code = code_for(app, "awa")
    assert redeem(visitor, code).status_code == 303
    assert inside(visitor)
    assert redeem(Browser(app), code, chosen=OTHER).status_code == 422
    assert knock(Browser(app), code=OTHER).status_code == 401
    assert knock(Browser(app), code=GOOD).status_code == 303


def test_a_code_ends_the_old_pin_and_the_old_sessions(app, awa):
    redeem(Browser(app), code_for(app, "awa"))
    assert not inside(awa)
    assert knock(Browser(app), code="271828").status_code == 401


def test_a_code_expires_after_three_days(app, visitor):
    code = code_for(app, "awa")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=72, minutes=1)):
        assert redeem(visitor, code).status_code == 422


def test_a_code_still_opens_on_the_third_day(app, visitor):
    code = code_for(app, "awa")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=71)):
        assert redeem(visitor, code).status_code == 303


def test_a_new_code_ends_the_one_before(app, visitor):
    first, second = code_for(app, "awa"), code_for(app, "awa")
    assert redeem(visitor, first).status_code == 422
    assert redeem(visitor, second).status_code == 303


def test_a_code_is_of_one_worker(app, visitor):
    assert redeem(visitor, code_for(app, "binta")).status_code == 422


def test_wrong_codes_close_the_door_on_the_right_one(app, visitor):
    code = code_for(app, "awa")
    for guess in range(5):
        redeem(visitor, f"{(int(code) + 1 + guess) % 10**8:08d}")
    assert redeem(Browser(app), code).status_code == 422
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert redeem(Browser(app), code).status_code == 303


def test_a_code_is_not_spent_on_a_pin_that_is_refused(app, visitor):
    code = code_for(app, "awa")
    assert redeem(visitor, code, chosen="123456").status_code == 422
    assert redeem(visitor, code, again="580264").status_code == 422
    assert redeem(visitor, code).status_code == 303


def test_a_disabled_worker_chooses_no_pin(app, visitor, binta, who):
    code = code_for(app, "awa")
    binta.post(f"/workers/{who['awa']}/disable")
    assert redeem(visitor, code).status_code == 422
    assert not inside(visitor)


def test_after_wrong_tries_the_new_pin_opens_at_once(app, visitor):
    for _try in range(5):
        knock(visitor)
    code = code_for(app, "awa")
    other = Browser(app)
    assert redeem(other, "00000000").status_code == 422
    assert redeem(other, code).status_code == 303
    assert knock(Browser(app), code=GOOD).status_code == 303
    assert knock(other, code=GOOD).status_code == 303


def test_a_code_brought_twice_at_the_same_moment_opens_once(app, stories):
    code, answers = code_for(app, "awa"), []
    threads = [threading.Thread(target=lambda: answers.append(redeem(Browser(app), code))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    assert all(one.used_at for one in stories.scalars(select(OneTimeCode)))


# Sessions


def test_a_change_of_pin_ends_the_other_sessions_and_not_this_one(app, awa):
    other = Browser(app, "awa")
    answer = awa.post("/pin", old_pin="271828", new_pin=GOOD, again=GOOD)
    assert answer.status_code == 303
    assert inside(awa)
    assert not inside(other)
    assert knock(Browser(app), code=GOOD).status_code == 303


BAD_CHANGES = (
    ("000000", GOOD, GOOD), ("271828", GOOD, OTHER), ("271828", "123456", "123456"), ("271828", "58026", "58026"),
     ("271828", "５８０２６３", "５８０２６３"), ("271828", "58o263", "58o263"), ("", GOOD, GOOD),
)  # fmt: skip


def test_a_bad_change_of_pin_changes_nothing(app, awa):
    for old, new, again in BAD_CHANGES:
        assert awa.post("/pin", old_pin=old, new_pin=new, again=again).status_code == 422
    assert knock(Browser(app), code="271828").status_code == 303


def test_wrong_old_pins_close_the_door_and_say_how_long(app, awa):
    for _try in range(5):
        assert "Ce n’est pas le bon code." in awa.post("/pin", old_pin=OTHER, new_pin=GOOD, again=GOOD).text
    for answer in (awa.post("/pin", old_pin="271828", new_pin=GOOD, again=GOOD), knock(Browser(app), code="271828")):
        assert answer.status_code in (401, 422)
        assert "Attendez 1 minute" in answer.text
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert awa.post("/pin", old_pin="271828", new_pin=GOOD, again=GOOD).status_code == 303
        assert knock(Browser(app), code=GOOD).status_code == 303


def test_a_page_opens_though_somebody_saved_while_it_was_asked_for(app, awa, stories, monkeypatch):
    """SQLite refuses at once to write after a reading that is no longer the latest."""
    may_enter = signing_in.may_enter

    def meanwhile(account):
        found = may_enter(account)
        with db.engine.connect() as other:
            other.execute(update(Account).where(Account.identifier == "kadi").values(toured=True))
            other.commit()
        return found

    opened = stories.scalars(select(SignIn.seen_at)).one()
    stories.rollback()
    monkeypatch.setattr(signing_in, "may_enter", meanwhile)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert inside(awa)
    assert stories.scalars(select(SignIn.seen_at)).one() - opened > timedelta(minutes=10)


def test_a_page_opens_though_the_database_is_busy(awa, monkeypatch):
    def busy(*_args):
        raise OperationalError("UPDATE sign_in", {}, Exception("database is locked"))

    monkeypatch.setattr(signing_in, "_write_seen", busy)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert inside(awa)


def test_pages_made_for_a_worker_are_kept_nowhere(awa, visitor, who):
    group = f"/groups/{who['Benkadi']}"
    for address in ("/", "/tour", group, f"{group}/cards.pdf", "/workers/"):
        assert awa.get(address).headers["Cache-Control"] == "private, no-store", address
    for address in ("/modules/", "/static/css/kalanso.css"):
        assert "no-store" not in awa.get(address).headers.get("Cache-Control", ""), address
    assert "no-store" not in visitor.get("/").headers.get("Cache-Control", "")


def test_signing_out_ends_the_session_of_a_copied_cookie_too(app, awa):
    thief = Browser(app)
    thief.client.set_cookie("session", awa.client.get_cookie("session").value)
    assert inside(thief)
    awa.post("/sign-out")
    assert not inside(awa)
    assert not inside(thief)


def test_an_idle_session_ends_after_twelve_hours(awa):
    start = datetime.now(UTC)
    with time_machine.travel(start + timedelta(hours=11)):
        assert inside(awa)
    with time_machine.travel(start + timedelta(hours=22)):
        assert inside(awa)
    with time_machine.travel(start + timedelta(hours=34, minutes=1)):
        assert not inside(awa)


def test_a_disabled_worker_is_out_at_once_and_comes_back_when_enabled(app, awa, binta, who):
    assert binta.post(f"/workers/{who['awa']}/disable").status_code == 303
    assert not inside(awa)
    assert knock(Browser(app), code="271828").status_code == 401
    binta.post(f"/workers/{who['awa']}/enable")
    assert not inside(awa)
    assert knock(Browser(app), code="271828").status_code == 303


def test_a_strange_device_cookie_breaks_nothing(app, stories):
    for name in ("a" * 500, '"\\000\\001"', "ɛɔɲŋ", "'; drop table person; --"):
        headers = {"Cookie": f"device={name}".encode().decode("latin1")}
        answer = app.test_client(use_cookies=False).post(
            "/sign-in", data={"identifier": "awa", "pin": "271828"}, headers=headers
        )
        assert answer.status_code == 303
    assert all(re.fullmatch("[0-9a-f]{32}", device) for device in stories.scalars(select(SignIn.device)))


# Demo accounts


def test_demo_accounts_stay_outside_when_others_can_reach_the_server(app, awa):
    for public in (
        {"HOST": "0.0.0.0"},
        {"HOST": "192.168.1.10"},
        {"HOST": "127.0.0.1", "PUBLIC_URL": "https://kalanso.example"},
        {"HOST": "0.0.0.0", "PUBLIC_URL": "http://localhost:8000"},
    ):
        app.config.update(public)
        answer = knock(Browser(app), code="271828")
        assert answer.status_code == 401
        assert "L’identifiant ou le code PIN ne va pas." in answer.text
        assert not inside(awa)


def test_demo_accounts_stay_outside_under_another_name_of_this_machine(visitor):
    for host in ("kalanso.example", "10.0.0.7:8000", "127.0.0.1.evil.example", "localhost.evil.example:8000"):
        answer = visitor.client.post("/sign-in", data={"identifier": "awa", "pin": "271828"}, headers={"Host": host})
        assert answer.status_code == 401


def test_demo_accounts_stay_outside_when_asked_for_from_elsewhere_or_through_a_proxy(visitor):
    def status(address="127.0.0.1", **headers):
        fields = {"identifier": "awa", "pin": "271828"}
        headers = {"Host": "localhost:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
        environ = {"REMOTE_ADDR": address}
        return visitor.client.post("/sign-in", data=fields, headers=headers, environ_overrides=environ).status_code

    for address in ("10.0.0.7", "192.168.1.3", "::ffff:10.0.0.7", "", "unix:"):
        assert status(address) == 401, address
    for name in ("X_Forwarded_For", "X_Forwarded_Host", "X_Forwarded_Proto", "X_Real_IP", "Forwarded", "Via"):
        assert status(**{name: "127.0.0.1"}) == 401, name
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        for address in ("127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"):
            assert status(address) == 303, address
        assert status(Host="[::1]:8000") == status(Host="[::1]") == status(Host="127.0.0.1") == 303


def test_a_one_time_code_does_not_let_a_demo_account_in_either(app, visitor):
    code = code_for(app, "awa")
    app.config["HOST"] = "0.0.0.0"
    assert redeem(visitor, code).status_code == 422
    assert not inside(visitor)


def test_real_accounts_sign_in_on_a_public_server(app, visitor, stories):
    stories.execute(update(Account).where(Account.identifier == "awa").values(demo=False))
    stories.commit()
    app.config["PUBLIC_URL"] = "https://kalanso.example"
    answer = visitor.client.post(
        "/sign-in", data={"identifier": "awa", "pin": "271828"}, headers={"Host": "kalanso.example"}
    )
    assert answer.status_code == 303


# Which PINs


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_repeated_digits_are_too_easy(a, b, c):
    assert pin.too_easy(f"{a}{b}" * 3)
    assert pin.too_easy(f"{a}{b}{c}" * 2)
    assert pin.too_easy("".join(str((a + step) % 10) for step in range(6)))
    assert pin.too_easy("".join(str((a - step) % 10) for step in range(6)))


@given(st.dates())
def test_dates_of_birth_are_too_easy(day):
    assert pin.too_easy(f"{day:%d%m}{day.year % 100:02d}")


@given(st.text("0123456789", min_size=6, max_size=6))
def test_every_pin_of_six_digits_is_judged(digits):
    assert pin.too_easy(digits) in (True, False)


def test_most_pins_remain_free():
    free = sum(not pin.too_easy(f"{number:06d}") for number in range(0, 10**6, 37))
    assert free > 0.9 * 10**6 / 37


def test_a_pin_is_kept_so_that_nobody_reads_it():
    kept = pin.keep(GOOD)
    assert GOOD not in kept
    assert kept.startswith("$argon2id$")
    assert pin.keep(GOOD) != kept
    assert pin.fits(kept, GOOD)
    assert not pin.fits(kept, OTHER)
    assert not pin.fits(None, "nobody signs in with this")
    assert not pin.fits("not a hash", GOOD)
