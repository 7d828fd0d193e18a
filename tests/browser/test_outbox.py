"""What a phone is told is kept, sent, and never lost or doubled, whatever happens to network, browser, server or hands."""

import contextlib
import gzip
import hashlib
import json
import time
import uuid
from urllib.parse import parse_qs, urlencode

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

from lms.core.database import db
from lms.core.models import Receipt
from tests import cast
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, SOAK, sign_in
from tests.browser.test_every_page import faults_of

pytestmark = pytest.mark.browser
LONG = 2 * 60 * 1000 + 5000  # milliseconds: longer than a phone lies open


def enrolled(page, identifier="awa"):
    """Signed in, and known to this phone."""
    sign_in(page, identifier)
    page.wait_for_selector("[data-counter]:not([hidden])", state="attached")
    return page


def js(page, module, expression, argument=None):
    """What an expression of this phone's module `it` comes to."""
    script = (
        "async ([module, argument]) => { const start = document.querySelector('script[src$=\"phone/start.js\"]').src;"
        f" const it = await import(start.replace('start.js', module + '.js')); return await ({expression}); }}"
    )
    return page.evaluate(script, [module, argument])


def a_group(name, village):
    """The body of a fact any CHW may tell: a new group."""
    return urlencode({"uid": str(uuid.uuid4()), "name": name, "village": village})


def add(page, body):
    """Keep a fact on the phone as its forms do; the uid."""
    return js(page, "outbox", "it.add('/groups/', argument).then((row) => row.uid)", body)


def waiting(page):
    return js(page, "database", "it.open().then((db) => db.countFromIndex('facts', 'state', 'waiting'))")


def flush(page):
    return js(page, "outbox", "it.flush()")


def offline(page):
    """No answer from the server to anything the outbox sends."""
    page.context.route("**/outbox", lambda route: route.abort("internetdisconnected"))


def online(page):
    page.context.unroute("**/outbox")


@pytest.fixture
def village(server):
    from lms.people.models import OrgUnit

    with server.app.app_context():
        uid = db.session.scalar(db.select(OrgUnit.uid).where(OrgUnit.path == "ML.KKR.DIO.WAC.V01"))
        db.session.remove()
    return str(uid)


@pytest.fixture
def stored(server):
    """Which of these uids the server holds, and with which bodies."""

    def look(uids):
        with server.app.app_context():
            found = db.session.scalars(db.select(Receipt).where(Receipt.uid.in_([uuid.UUID(uid) for uid in uids])))
            bodies = {str(receipt.uid): receipt.body.decode() for receipt in found}
            db.session.remove()
        return bodies

    return look


def test_what_was_told_without_network_arrives_once(phone, village, stored):
    awa = enrolled(phone())
    offline(awa)
    bodies = [a_group(f"Sabali {n}", village) for n in range(5)]
    uids = [add(awa, body) for body in bodies]
    assert flush(awa)["trouble"] == "network"
    assert waiting(awa) == 5
    assert awa.locator("[data-counter] [data-number]").inner_text() == "5"
    online(awa)
    assert flush(awa) == {"sent": 5, "waiting": 0, "trouble": None}
    assert stored(uids) == dict(zip(uids, bodies, strict=True))


def test_an_answer_lost_on_the_way_makes_nothing_double(phone, village, stored):
    awa = enrolled(phone())
    uids = lose_the_first_answer(awa, village)
    assert waiting(awa) == 3
    assert set(stored(uids)) == set(uids)
    assert flush(awa)["waiting"] == 0
    assert set(stored(uids)) == set(uids)


def lose_the_first_answer(page, village):
    offline(page)
    uids = [add(page, a_group(f"Jigi {n}", village)) for n in range(3)]
    flush(page)
    online(page)

    def lose(route):
        route.fetch()
        route.abort("connectionreset")

    page.context.route("**/outbox", lose, times=1)
    assert flush(page)["trouble"] == "network"
    return uids


def test_two_tabs_send_everything_once(phone, village, stored):
    awa = enrolled(phone())
    other = awa.context.new_page()
    other.goto("/groups/")
    other.wait_for_selector("[data-counter]:not([hidden])")
    offline(awa)
    bodies = [a_group(f"Wasa {n}", village) for n in range(12)]
    uids = [add(page, body) for body, page in zip(bodies, [awa, other] * 6, strict=True)]
    again = add(other, bodies[0])  # the same fact told in both tabs
    assert again == uids[0]
    numbers = js(awa, "outbox", "it.told('awa').then((rows) => rows.map((row) => row.number))")
    assert numbers == list(range(1, 13))
    online(awa)
    for page in (awa, other):
        page.evaluate("document.dispatchEvent(new Event('send'))")
    awa.wait_for_selector("[data-say=sent]:not([hidden])")
    assert stored(uids) == dict(zip(uids, bodies, strict=True))


def test_an_answer_of_an_older_server_clears_nothing_and_a_newer_one_wakes_everything(phone, village):
    awa = enrolled(phone())
    offline(awa)
    first, second = (add(awa, a_group(f"Nyeta {n}", village)) for n in (1, 2))

    def judge(epoch, *uids):
        answer = {"epoch": epoch, "results": {uid: {"state": "stored"} for uid in uids}}
        return js(awa, "outbox", "it.judge(argument)", answer)

    older, present, newer = "1-a", "9000000000-b", "9000000001-c"
    assert judge(present, first) == 1
    assert judge(older, second) == 0  # late: from before the server was restored
    assert waiting(awa) == 1
    assert judge(present, second) == 1
    judge(newer)
    assert waiting(awa) == 2
    answer = "{epoch: '9000000001-c', results: {[argument]: {state: 'later'}}}"
    assert js(awa, "outbox", f"it.judge({answer})", first) == 0
    assert waiting(awa) == 2


def test_a_phone_with_nothing_to_send_hears_of_a_restore_and_of_what_became_of_held_facts(phone, village, stored):
    awa = enrolled(phone())
    held = add(awa, a_group("", village))
    flush(awa)
    assert told(awa)[held] == "held"
    stale = "it.remember({asked: 0, epoch: '1-a'})"
    js(awa, "database", stale)
    flush(awa)
    assert js(awa, "database", "it.phone().then(({epoch}) => epoch)") != "1-a"
    assert told(awa)[held] == "held"


def told(page):
    """{uid: state} of what awa told on this phone."""
    return js(
        page, "outbox", "it.told('awa').then((rows) => Object.fromEntries(rows.map((row) => [row.uid, row.state])))"
    )


def test_a_batch_that_is_too_big_is_halved(phone, village, stored):
    awa = enrolled(phone())
    offline(awa)
    uids = [add(awa, a_group(f"Dɛmɛ {n}", village)) for n in range(9)]
    flush(awa)
    online(awa)
    sizes = []

    def narrow(route):
        envelope = json.loads(gzip.decompress(route.request.post_data_buffer))
        sizes.append(envelope["count"])
        joined = "".join(fact["body"] for fact in envelope["facts"])
        assert envelope["sha256"] == hashlib.sha256(joined.encode()).hexdigest()
        route.fulfill(status=413, json={"error": "too big"}) if envelope["count"] > 2 else route.continue_()

    awa.context.route("**/outbox", narrow)
    assert flush(awa)["waiting"] == 0
    assert max(sizes) > 2
    assert set(stored(uids)) == set(uids)


def test_a_signed_out_phone_keeps_and_says_so(phone, village):
    awa = enrolled(phone())
    flush(awa)  # what it asks when it comes to life has been answered
    awa.context.request.post("/sign-out")  # on the server: an answer on its way may bring the cookie back
    add(awa, a_group("Sinsin", village))
    assert flush(awa)["trouble"] == "sign_in"
    awa.wait_for_selector("[data-say=sign_in]")
    assert waiting(awa) == 1


def fill_group(page, name):
    page.goto("/groups/new")
    page.wait_for_selector("[data-counter]:not([hidden])")
    page.fill("[name=name]", name)
    page.locator("[name=village]").first.check(force=True)


def no_answer(page):
    """The server is not there for forms either. What they would have posted."""
    bodies = []

    def swallow(route):
        if route.request.method != "POST":
            return route.fallback()
        if "name=" in (route.request.post_data or ""):
            bodies.append(route.request.post_data)
        return route.abort("internetdisconnected")

    page.context.route("**/groups/", swallow)
    offline(page)
    return bodies


def in_the_outbox(page):
    """{uid: body} of what is kept here, for whoever is there."""
    return js(
        page,
        "outbox",
        "it.told('awa').then((rows) => Object.fromEntries(rows.map((row) => [row.uid, `${row.fields}`])))",
    )


def test_a_form_without_network_is_kept_and_ticked(phone):
    awa = enrolled(phone())
    bodies = no_answer(awa)
    fill_group(awa, "Ɲɛtaa")
    awa.click("button.go")
    awa.wait_for_selector("[data-kept]:not([hidden])")
    assert list(in_the_outbox(awa).values()) == bodies
    awa.wait_for_url("**/phone/fr/told")


def test_a_form_with_network_goes_to_the_server_and_on_as_ever(phone):
    awa = enrolled(phone())
    fill_group(awa, "Kɛlɛya")
    awa.click("button.go")
    awa.wait_for_url(lambda url: url.rsplit("/", 1)[1].count("-") == 4)
    assert "Kɛlɛya" in awa.locator("h1").inner_text()
    assert waiting(awa) == 0
    assert not js(awa, "database", "it.open().then((db) => db.count('drafts'))")


def test_a_form_the_server_refuses_comes_back_with_its_faults(phone):
    awa = enrolled(phone())
    awa.goto("/groups/new")
    awa.wait_for_selector("[data-counter]:not([hidden])")
    awa.click("button.go")
    awa.wait_for_selector(".problems")
    assert waiting(awa) == 0


def test_the_page_of_a_captive_portal_is_no_network(phone, village):
    awa = enrolled(phone())
    portal = {"status": 200, "content_type": "text/html", "body": "<html><body>Buy an hour</body></html>"}
    awa.context.route("**/outbox", lambda route: route.fulfill(**portal))
    awa.context.route(
        "**/groups/", lambda route: route.fulfill(**portal) if route.request.method == "POST" else route.fallback()
    )
    fill_group(awa, "Hakili")
    awa.click("button.go")
    awa.wait_for_selector("[data-kept]:not([hidden])")
    assert flush(awa)["trouble"] == "network"
    assert waiting(awa) == 1


def test_what_is_half_typed_is_there_again_and_gone_once_told(phone):
    awa = enrolled(phone())
    fill_group(awa, "Laban")
    uid = awa.input_value("[name=uid]")
    awa.wait_for_timeout(500)
    awa.goto("/groups/new")
    awa.wait_for_selector("[data-resumed]:not([hidden])")
    assert awa.input_value("[name=name]") == "Laban"
    assert awa.input_value("[name=uid]") == uid
    no_answer(awa)
    awa.click("button.go")
    awa.wait_for_selector("[data-kept]:not([hidden])")
    awa.goto("/groups/new")
    awa.wait_for_selector("[data-counter]:not([hidden])")
    assert awa.input_value("[name=name]") == ""


def unlocked(page, identifier, pin=None):
    """Opens the phone at its own door."""
    page.wait_for_selector("[data-unlock]:not([hidden])")
    page.locator(f"[name=author][value={identifier}]").check(force=True)
    page.fill("[name=pin]", pin or cast.PINS[identifier])
    page.click("button.go")


def kept_offline(page):
    """The service worker has everything."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_two_workers_share_a_phone_without_network(phone, village, stored):
    page = enrolled(phone())
    offline(page)
    uid = add(page, a_group("Awa ka kulu", village))
    page.click("[data-quick-exit]")
    page.wait_for_url("**/phone/fr/unlock#*")
    enrolled(page, "mariam")
    kept_offline(page)
    assert js(page, "outbox", "it.told('awa')") == []
    assert js(page, "outbox", "it.count('mariam')") == {"waiting": 0, "held": 0, "others": 1, "oldest_days": 0}
    online(page)
    assert flush(page)["trouble"] is None
    assert stored([uid]) == {}  # awa's fact waits for awa
    page.context.road.cut()
    page.click("[data-quick-exit]")
    unlocked(page, "awa", "000000")
    page.wait_for_selector("[data-said=wrong]:not([hidden])")
    page.faults.clear()
    assert not faults_of(page, Axe())
    unlocked(page, "awa")
    page.wait_for_url("**/phone/fr/")
    assert [row["uid"] for row in js(page, "outbox", "it.told('awa')")] == [uid]
    assert js(page, "outbox", "it.told('mariam')") == []
    page.context.road.mend()
    page.click("[data-quick-exit]")
    unlocked(page, "awa")
    page.wait_for_url(lambda url: "unlock" not in url)
    page.wait_for_selector("[data-say=sent]:not([hidden])", state="attached")
    assert set(stored([uid])) == {uid}


def test_guessing_at_the_phone_closes_its_door(phone):
    awa = enrolled(phone())
    awa.click("[data-quick-exit]")
    awa.wait_for_url("**/unlock#*")
    tries = [js(awa, "keys", "it.unlock('awa', argument)", f"00000{n}") for n in range(5)]
    assert tries == ["wrong"] * 5
    unlocked(awa, "awa")
    awa.wait_for_selector("[data-said=closed]:not([hidden])")
    assert awa.locator("[data-minutes]").inner_text() == "1"


def test_a_phone_left_lying_closes_itself_and_keeps_what_was_typed(phone):
    awa = phone()
    awa.clock.install(
        time=time.time() - 110
    )  # so that the service worker, which has its own clock, sees her on time after it
    enrolled(awa)
    kept_offline(awa)
    fill_group(awa, "Sugu")
    awa.clock.fast_forward(LONG)
    awa.wait_for_url("**/phone/fr/unlock#*")
    awa.goto("/groups/")
    awa.wait_for_url("**/phone/fr/unlock#*")
    unlocked(awa, "awa")
    awa.wait_for_url("**/groups/")
    awa.goto("/groups/new")
    awa.wait_for_selector("[data-resumed]:not([hidden])")
    assert awa.input_value("[name=name]") == "Sugu"


def test_signing_out_keeps_what_is_unsent_and_says_how_much(phone, village, stored):
    awa = enrolled(phone())
    offline(awa)
    uid = add(awa, a_group("To", village))
    awa.goto("/")
    awa.wait_for_selector("[data-counter]:not([hidden])")
    awa.click("form[action='/sign-out'] button")
    awa.wait_for_selector("[data-unsent]:not([hidden])")
    assert awa.locator("[data-unsent] [data-number]").inner_text() == "1"
    awa.click("form[action='/sign-out'] button")
    awa.wait_for_url("**/phone/fr/unlock#*")
    assert waiting(awa) == 1
    online(awa)
    unlocked(awa, "awa")
    awa.wait_for_url(lambda url: "unlock" not in url)
    awa.wait_for_selector("[data-say=sent]:not([hidden])", state="attached")
    assert set(stored([uid])) == {uid}


def test_a_file_carried_by_a_colleague_comes_home(phone, village, stored):
    """It is sealed to the server, signed by its author, and leaves her own phone as it was."""
    awa = enrolled(phone())
    offline(awa)
    bodies = [a_group(f"Baara {n}", village) for n in range(3)]
    uids = [add(awa, body) for body in bodies]
    file = js(
        awa, "parcel", "it.file().then((made) => made.arrayBuffer()).then((bytes) => Array.from(new Uint8Array(bytes)))"
    )
    assert bytes(file[:8]) == b"KALANSO1"
    assert b"Baara" not in bytes(file)
    assert waiting(awa) == 3
    mariam = enrolled(phone(), "mariam")
    assert js(mariam, "parcel", "it.take(new Blob([new Uint8Array(argument)]))", file) == 1
    assert flush(mariam)["trouble"] is None
    assert stored(uids) == dict(zip(uids, bodies, strict=True))
    assert js(mariam, "database", "it.open().then((db) => db.count('parcels'))") == 0
    with pytest.raises(Error, match="cut short"):
        js(mariam, "parcel", "it.take(new Blob([new Uint8Array(argument)]))", file[:-5])
    online(awa)
    assert flush(awa)["waiting"] == 0  # it hears that they are known


class Killable:
    """A browser with a memory on disk, for ending it without a word."""

    def __init__(self, chromium, folder, url):
        self.type, self.folder, self.url = chromium.browser_type, folder, url
        self.argument = f"--user-data-dir={folder}"

    def __enter__(self):
        for left in self.folder.glob("Singleton*"):
            left.unlink()
        context = self.type.launch_persistent_context(
            self.folder, executable_path=CHROMIUM, args=ARGUMENTS, viewport=PHONE, base_url=self.url
        )
        self.page = context.pages[0]
        return self.page

    def __exit__(self, *_error):
        """All its processes at once: kill -9."""
        ours = [each for each in psutil.process_iter(["cmdline"]) if self.argument in (each.info["cmdline"] or ())]
        assert ours
        for process in ours:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(ours, 10)


@pytest.mark.parametrize("tries", [40 if SOAK else 3])
def test_a_browser_killed_at_the_tick_has_lost_nothing(chromium, server, stored, tmp_path, tries):
    made, browser = {}, Killable(chromium, tmp_path / "profile", server.url)
    for each in range(tries):
        with browser as page:
            bodies = no_answer(page)
            enrolled(page)
            fill_group(page, f"Sabu {each} {uuid.uuid4().hex[:6]}")
            page.click("button.go")
            page.wait_for_selector("[data-kept]:not([hidden])")
            made[parse_qs(bodies[-1])["uid"][0]] = bodies[-1]
    with browser as page:
        offline(page)
        enrolled(page)
        assert in_the_outbox(page) == made
        online(page)
        assert flush(page) == {"sent": tries, "waiting": 0, "trouble": None}
    assert stored(list(made)) == made


def test_a_full_phone_says_so_and_keeps_the_form(chromium, server, village, tmp_path):
    """In a browser with a memory on disk: only there the quota can be set."""
    with Killable(chromium, tmp_path / "profile", server.url) as awa:
        awa.goto("/healthz")
        wire = awa.context.new_cdp_session(awa)
        wire.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 1_000_000})
        no_answer(awa)
        enrolled(awa)
        made = filled_up(awa, village)
        fill_group(awa, "Caman" * 10)
        awa.click("button.go")
        awa.wait_for_selector("[data-unkept]:not([hidden])")
        assert awa.locator("[data-kept]").is_hidden()
        assert awa.input_value("[name=name]") == "Caman" * 10
        assert list(in_the_outbox(awa)) == made
        wire.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 100_000_000})
        awa.click("button.go")
        awa.wait_for_selector("[data-kept]:not([hidden])", timeout=60_000)
        assert len(in_the_outbox(awa)) == len(made) + 1


def filled_up(page, village):
    """Facts until the phone has no room for another; their uids."""
    made = []
    for size in (200_000, 50_000, 10_000, 2_000, 400, 100, 20):
        while True:
            try:
                made.append(add(page, a_group("N" * size, village)))
            except Error as full:
                if "QuotaExceeded" not in str(full):
                    raise
                break
    return made
