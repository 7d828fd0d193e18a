"""The field phone as the field uses it: nine days away, a wrong clock, two phones at one session, a phone that is shared."""

import random
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from playwright.sync_api import Error
from sqlalchemy import select

from lms.assessment.models import Attempt
from lms.cascade import settling, teaching
from lms.cascade.models import Session
from lms.core.database import db, new_uid
from lms.core.models import Receipt
from lms.offline.envelope import Told, fill, pack
from lms.people.models import Person
from tests import cast
from tests.browser.conftest import SOAK, grow_benkadi, serving
from tests.browser.test_offline_day import MODULE, Day, quiz, take_along
from tests.browser.test_outbox import enrolled, flush, js, kept_offline, offline, online, unlocked, waiting
from tests.conftest import built

pytestmark = pytest.mark.browser
WOMEN = 25
LONG = 125_000  # milliseconds: longer than a phone lies open
SLOW = {
    "offline": False,
    "latency": 800,
    "uploadThroughput": 2500,
    "downloadThroughput": 3750,
}  # 2G: ms, bytes a second
THREE_YEARS = timedelta(days=3 * 365)
TYPED = """() => {
  const form = document.querySelector("main form[action]");
  for (const first of form.querySelectorAll("fieldset.question input[type=radio]")) first.checked = true;
  return String(new URLSearchParams(new FormData(form)));
}"""
ON_THESE_DAYS = """(async (days) => {
  const start = document.querySelector('script[src$="phone/start.js"]').src;
  const { unlock } = await import(start.replace("start.js", "keys.js"));
  const Now = Date;
  for (const [ago, facts] of days) {
    const now = () => Now.now() - ago * 86_400_000;
    globalThis.Date = class extends Now {
      constructor(...given) { super(...(given.length ? given : [now()])); }
      static now() { return now(); }
    };
    await unlock(...argument.door);
    for (const [path, body] of facts) await it.add(path, body);
  }
  globalThis.Date = Now;
})(argument.days)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """As every server of these tests, on SQLite, with a group of 25."""
    folder = tmp_path_factory.mktemp("scenarios")
    database = f"sqlite:///{folder / 'kalanso.sqlite'}"
    with built(database, folder) as (app, who):
        grow_benkadi(app, who, WOMEN)
        with serving(database, folder) as url:
            yield SimpleNamespace(url=url, who=who, app=app, engine="sqlite")


@pytest.fixture
def books(server):
    """The server's own books."""
    with server.app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


class Field(Day):
    """A day that nobody photographs."""

    def look(self, name):
        self.page.faults.clear()


def away(day, *pages):
    """Without network; the body of each of these forms, as the phone would keep it."""
    day.page.context.road.cut()
    bodies = []
    for page, about in pages:
        day.open(page, **about)
        typed = parse_qsl(day.page.evaluate(TYPED))
        bodies.append([pair for pair in typed if not pair[0].startswith("woman")])
    return bodies


def again(body, **changed):
    """The same form filled in otherwise, urlencoded."""
    names = {"uid": new_uid(), **changed}
    kept = [(name, value) for name, value in body if name not in names]
    return urlencode([*kept, *names.items()], doseq=True)


def roll_call(day, group, absent, half="am"):
    """A session told on the phone's own page: all but those at these places of the roll. Its uid."""
    page = day.page
    day.open(f"session/{MODULE}", group=group)
    day.tap("[data-all-but]")
    for place in absent:
        page.locator(".members li").nth(place).locator("label").tap()
    page.evaluate("document.querySelector('details.slim').open = true")
    page.locator(f"[name=half][value={half}]").check(force=True)
    day.tap("button.go")
    return day.kept("sitting#")["session"]


def told(page, author="awa"):
    """{uid: body} of what she told here, in the order of its numbers; {uid: state}."""
    rows = js(
        page,
        "outbox",
        "it.told(argument).then((rows) => rows.map((row) => [row.uid, `${row.fields}`, row.state]))",
        author,
    )
    return {uid: body for uid, body, _state in rows}, {uid: state for uid, _body, state in rows}


def device(page):
    return js(page, "database", "it.phone().then(({id}) => id)")


def receipts(device):
    return db.session.scalars(select(Receipt).where(Receipt.device == device).order_by(Receipt.seq)).all()


# 1


def test_nine_days_without_network_come_home_over_2g_that_is_cut_twice(phone, server, books):
    day = Field(phone("awa"), server, "fr")
    page, group = day.page, str(server.who["Benkadi"])
    take_along(day)
    women = [str(uid) for uid in server.who["Benkadi members"]]
    session, attempt = away(
        day,
        (f"session/{MODULE}", {"group": group}),
        (f"quiz/{MODULE}/A", {"group": group, "person": women[0], "kind": "post", "language": "bm"}),
    )
    page.click("[data-quick-exit]")
    page.wait_for_selector("[data-unlock]:not([hidden])")
    js(page, "outbox", ON_THESE_DAYS, {"door": ["awa", cast.PINS["awa"]], "days": eight_days(session, attempt, women)})
    unlocked(page, "awa")
    page.wait_for_url(lambda url: "unlock" not in url)

    day.open("group", group=group)
    day.tap("a[href*='new-person']")
    day.ready("new-person")
    page.fill("[name=given]", "Sɛtu")
    page.fill("[name=family]", "Ɲaɲa")
    day.tap("button.go")
    setu = day.kept("/person#")["person"]
    roll_call(day, group, [4])
    quiz(day, group, setu)
    made, _states = told(page)
    assert len(made) == 97
    assert sum(body.count("present=") for body in made.values()) == 140

    day.open("")
    assert page.locator("[data-said=waiting]").first.inner_text() == "97"
    market_day(page)
    page.get_by_text("Tout est arrivé.").wait_for(timeout=60_000)
    assert "97" in page.locator("small[data-if=arrived]").inner_text()
    assert page.locator("[data-counter] [data-say=sent]").is_visible()

    came = receipts(device(page))
    assert [receipt.device_number for receipt in came] == list(range(1, 98))
    assert {str(receipt.uid): receipt.body.decode() for receipt in came} == made
    assert set(told(page)[1].values()) == {"cleared"}
    assert not [receipt.doubt for receipt in came if receipt.doubt]
    days = [receipt.told_on for receipt in came]
    assert (days == sorted(days), days[-1] - days[0]) == (True, timedelta(days=8))
    benkadi = UUID(group)
    assert len(db.session.scalars(select(Session).where(Session.current, Session.group_uid == benkadi)).all()) == 6
    assert len(db.session.scalars(select(Attempt).where(Attempt.current, Attempt.group_uid == benkadi)).all()) == 90


def eight_days(session, attempt, women):
    """[(days ago, [(path, body)])]: five sessions of 23 women, 89 quizzes of all but the last two."""
    days = {ago: [] for ago in range(8, 0, -1)}
    for n in range(5):
        body = again(session, held_on=on(8 - n), present=random.Random(n).sample(women, 23))
        days[8 - n].append(("/sessions/", body))
    for n in range(89):
        ago = 8 - n * 8 // 89
        days[ago].append(("/attempts/", again(attempt, taken_on=on(ago), person=women[n % 23])))
    return list(days.items())


def on(ago):
    return (date.today() - timedelta(days=ago)).isoformat()


def market_day(page):
    """Network again, slow; the first answer is lost after the server has stored, later the network goes in the middle."""
    seen = []

    def cut(route):
        seen.append(route)
        if len(seen) == 1:
            route.fetch()
            route.abort("connectionreset")
        elif len(seen) == 3:
            page.context.road.cut()
            route.continue_()
        else:
            route.continue_()

    page.context.route("**/outbox", cut)
    slow(page)
    page.context.road.mend()
    slow(page)
    for _turn in range(600):
        page.wait_for_timeout(100)
        if len(seen) == 3:
            break
    assert 0 < waiting(page) < 97
    page.context.road.mend()
    slow(page)
    page.locator("[data-send]").tap()


def slow(page):
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)


# 2


def test_a_clock_three_years_behind_is_no_reason_to_refuse_and_awa_is_asked_for_the_day(phone, server, books):
    page = phone(service_workers="block")  # it has a clock of its own, which cannot be set here
    page.clock.install(time=datetime.now(UTC) - THREE_YEARS)
    before = db.session.scalar(select(Receipt.seq).order_by(Receipt.seq.desc()).limit(1))
    db.session.rollback()  # a reader that stays keeps the server from writing
    enrolled(page)
    day = Field(page, server, "fr")
    take_along_here(day)
    offline(page)
    told_uid = UUID(roll_call(day, str(server.who["Benkadi"]), [1, 2]))
    online(page)
    assert flush(page)["waiting"] == 0
    assert told(page)[1] == {str(told_uid): "cleared"}
    receipt = Receipt.of(told_uid)
    assert (receipt.doubt, receipt.seq > before) == ("clock", True)
    assert receipt.told_on == date.today()  # by the server's clock
    assert receipt.device_at.date() < date.today() - timedelta(days=1000)
    assert Session.now_of(told_uid).held_on < date.today() - timedelta(days=1000)
    db.session.rollback()

    page.goto("/held/")
    page.locator(f"a[href*='{told_uid}']", has_text="quel jour").tap()
    page.fill("[name=held_on]", on(1))
    page.locator(".act button").tap()
    page.wait_for_url("**/held/")
    assert not page.locator(f"a[href*='{told_uid}']").count()
    db.session.rollback()
    mended = Session.now_of(told_uid)
    assert mended.held_on.isoformat() == on(1)
    assert Receipt.of(mended.uid).doubt is None


def take_along_here(day):
    """With network: group and module."""
    page = day.page
    page.goto(f"/phone/fr/#take={day.server.who['Benkadi']}")
    for key in (f"group:{day.server.who['Benkadi']}", f"module:{MODULE}"):
        day.tap(f"[data-key^='{key}'] [data-take]")
        page.locator(f"[data-key^='{key}'] [data-drop]").wait_for(timeout=60_000)


# 3


def test_two_phones_at_one_session_are_both_kept_and_counted_once(phone, server, books):
    group, uids = str(server.who["Benkadi"]), []
    phones = [Field(phone(name), server, "fr") for name in ("awa", "binta")]
    for day in phones:
        take_along_here(day)
        kept_offline(day.page)
        day.page.context.road.cut()
    for day, absent in zip(phones, ([3, 5], [5, 7]), strict=True):
        uids.append(UUID(roll_call(day, group, absent, half="pm")))
    for day in phones:
        day.page.context.road.mend()
        flush(day.page)
        day.page.locator("[data-say=sent]:not([hidden])").wait_for()

    both = [Session.now_of(uid) for uid in uids]
    assert settling.doubtful(both) == set(uids)
    rolls = teaching.rolls(both)
    one, other = (rolls[session.uid] for session in both)
    assert (len(one - other), len(other - one)) == (1, 1)
    assert teaching.presence(both) == [(60, one | other)]
    awa, binta = (day.page for day in phones)
    awa.goto(f"/sessions/{uids[0]}")
    assert awa.locator("a[href$='/doubles']").is_visible()
    binta.goto("/doubles/")
    binta.locator("main a.row").first.tap()
    binta.wait_for_url("**/doubles")
    names = binta.locator(".names").all_inner_texts()
    differing = {Person.now_of(uid).name for uid in one ^ other}
    assert {name.strip() for text in names for name in text.splitlines()} == differing
    db.session.rollback()
    binta.locator("button[name=same][value=yes]").tap()
    binta.get_by_text("Votre réponse est enregistrée.").wait_for(timeout=8_000)
    assert not binta.locator("main a.row").count()
    db.session.rollback()
    assert not settling.doubtful(both)
    assert teaching.presence(both) == [(60, one | other)]


# 18


def test_a_shared_phone_shows_nobody_what_is_anothers(phone, server, books):
    page, group = phone(), str(server.who["Benkadi"])
    page.clock.install(
        time=datetime.now(UTC) - timedelta(seconds=90)
    )  # so that after two minutes no other clock is far off
    looks_neutral(enrolled(page, "kadi"))
    page.click("[data-quick-exit]")
    page.wait_for_selector("[data-unlock]:not([hidden])")
    enrolled(page, "awa")
    day = Field(page, server, "fr")
    take_along_here(day)
    kept_offline(page)
    page.goto(f"/groups/{group}")
    page.context.road.cut()
    roll_call(day, group, [0], half="am")
    day.open("new-person", group=group)
    page.fill("[name=given]", "Nagnouma")
    day.open("group", group=group)
    names = {Person.now_of(uid).name for uid in server.who["Benkadi members"]} | {"Benkadi", "Nagnouma"}
    assert any(name in page.content() for name in names)

    page.clock.fast_forward(LONG)
    page.wait_for_url("**/phone/fr/unlock#*")
    page.wait_for_selector("[data-unlock]:not([hidden])")
    assert_nothing_of(names, page)
    back(page, names)
    page.goto("/phone/fr/")
    page.wait_for_selector("[data-unlock]:not([hidden])")
    unlocked(page, "kadi")
    page.wait_for_url(lambda url: "unlock" not in url)
    assert told(page, "kadi") == ({}, {})
    assert told(page, "awa") == ({}, {})
    for name in ("", "groups", "told", f"group#group={group}", f"new-person#group={group}"):
        page.goto("about:blank")
        page.goto(f"/phone/fr/{name}")
        page.locator("[data-laid]:visible, [data-state]:visible").first.wait_for()
        assert_nothing_of(names, page)
        assert not page.locator("[data-list=drafts] li").count()
    page.click("[data-quick-exit]")
    page.wait_for_url("**/phone/fr/unlock#*")
    assert_nothing_of(names, page)
    back(page, names)


def looks_neutral(page):
    """Among the other apps of a phone: a notebook, no word of what is in it."""
    manifest = page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then((it) => it.json())")
    assert {manifest["name"], manifest["short_name"]} == {"Carnet"}
    assert [icon["src"].split("?")[0] for icon in manifest["icons"]] == ["/static/img/notebook.svg"]


def back(page, names):
    """The back button, as often as a curious husband touches it."""
    for _touch in range(12):
        page.evaluate("setTimeout(() => history.back())")
        page.wait_for_timeout(100)
        assert_nothing_of(names, page)


def assert_nothing_of(names, page):
    for _try in range(20):
        try:
            shown = page.title() + page.content()
            break
        except Error:  # on its way from one page to the next
            page.wait_for_timeout(50)
    assert not [name for name in names if name in shown], page.url


# Browser storage that is gone, and a network that breaks one request in twenty


def test_a_phone_that_lost_its_memory_has_lost_nothing_that_had_arrived(phone, server, books):
    page = enrolled(phone(), "kadi")
    page.click("[data-quick-exit]")
    page.wait_for_selector("[data-unlock]:not([hidden])")
    enrolled(page, "awa")
    acked = facts(page, server, 2)
    assert flush(page)["sent"] == 2
    offline(page)
    unsent = facts(page, server, 3)
    page.click("[data-quick-exit]")
    page.wait_for_selector("[data-unlock]:not([hidden])")
    enrolled(page, "kadi")
    other = fact(page, server, "Sabugnuma")
    online(page)
    assert flush(page)["sent"] == 1  # numbered after what waits for awa
    lost = device(page)

    wire = page.context.new_cdp_session(page)
    page.goto("about:blank")
    wire.send(
        "Storage.clearDataForOrigin", {"origin": server.url, "storageTypes": "indexeddb,cache_storage,service_workers"}
    )
    page.context.clear_cookies(name="session")
    enrolled(page, "awa")
    assert told(page) == ({}, {})
    new = device(page)
    assert new != lost, "its numbers begin anew: under the old name they would fill the gap"
    after = fact(page, server)
    assert flush(page) == {"sent": 1, "waiting": 0, "trouble": None}
    assert [(str(row.uid), row.device_number) for row in receipts(lost)] == [(acked[0], 1), (acked[1], 2), (other, 6)]
    assert [(str(row.uid), row.device_number) for row in receipts(new)] == [(after, 1)]
    assert not [uid for uid in unsent if Receipt.of(UUID(uid))]
    page.goto("/devices/")
    assert "il manque : 3–5" in page.locator(f"a[href*='{lost}']").inner_text()
    assert "il manque" not in page.locator(f"a[href*='{new}']").inner_text()


def fact(page, server, group="Benkadi"):
    """A woman registered; her uid."""
    return facts(page, server, 1, group)[0]


def facts(page, server, many, group="Benkadi"):
    """So many women registered; their uids."""
    woman = {"given": "Sitan", "family": "Samaké", "sex": "F", "group": server.who[group]}
    bodies = [urlencode({"uid": new_uid(), **woman}) for _n in range(many)]
    added = "for (const body of argument) uids.push((await it.add('/persons/', body)).uid);"
    return js(page, "outbox", f"(async (uids) => {{ {added} return uids; }})([])", bodies)


PORTIONS = 25 if SOAK else 10


def test_a_network_that_breaks_one_request_in_twenty_costs_little(phone, server, books):
    """Portions of 20 facts over 2G; a request that is reset was heard as far as the dice say."""
    page, dice = enrolled(phone()), random.Random(17)
    slow(page)
    seen = SimpleNamespace(bytes=0, resets=0)

    def weather(route):
        size = len(route.request.post_data_buffer)
        reset = dice.random() < 0.05
        seen.resets += reset
        seen.bytes += size * dice.random() if reset else size
        route.abort("connectionreset") if reset else route.continue_()

    page.context.route("**/outbox", weather)
    made, ideal = {}, 0
    for _portion in range(PORTIONS):
        first = len(made) + 1
        facts(page, server, 20)
        made = told(page)[0]
        ideal += ideally(page, list(made.items())[first - 1 :], first)
        for _try in range(20):
            if flush(page)["trouble"] is None and not waiting(page):
                break
    assert len(made) == 20 * PORTIONS
    assert {str(receipt.uid): receipt.body.decode() for receipt in receipts(device(page))} == made
    assert set(told(page)[1].values()) == {"cleared"}
    assert seen.resets
    assert seen.bytes <= 1.3 * ideal, f"{seen.bytes:.0f} bytes for {ideal}"


def ideally(page, facts, first):
    """Bytes of these facts when each travels once, in one batch."""
    now = datetime.now(UTC)
    told = [
        Told(uid=uid, path="/persons/", body=body, number=n, at=now.isoformat(), author="awa")
        for n, (uid, body) in enumerate(facts, first)
    ]
    return len(pack(fill(device(page), told, now=now, epoch=None)))
