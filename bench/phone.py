"""The phone itself: a month of facts sent over a 2G network, and a page of the phone without any network.

Real Chromium, the real client, the real server, one phone enrolled through the door. The month: 50 facts of a CHW, 6
sessions with a roll of 25, 42 quizzes, 2 quizzes with raised hands, each added to the outbox as its forms add it; the
network by CDP on the page: 800 ms, 20 kbit/s up, 30 down; from the touch of « Envoyer maintenant » until the outbox says
that nothing waits, enrolment not counted. The pages: without network and with the processor six times slower, from the
service worker to the end of the `load` event as the browser times it (not slowed: the service worker's own thread).
"""

import re
from contextlib import contextmanager
from statistics import median
from types import SimpleNamespace

from playwright.sync_api import sync_playwright

from bench.first_load import ARGUMENTS, CHROMIUM, PHONE
from bench.result import Goal, middle
from bench.serving import environment, served
from bench.sync import folder, grown
from lms.core.database import db, new_uid
from lms.curriculum.content import catalogue
from tests import cast, replays
from tests.conftest import built, settings

GOALS = {"sync.2g_month_s": Goal("<=", 6), "offline.page_load_ms": Goal("<=", 300)}
MODULE = "choix-libre-eclaire"
UID = re.compile("uid=[0-9a-f-]{36}")
SLOW = {"offline": False, "latency": 800, "uploadThroughput": 2500, "downloadThroughput": 3750}
FAST = {"offline": False, "latency": 0, "uploadThroughput": -1, "downloadThroughput": -1}
ROUNDS, LOADS, SLOWER = 5, 9, 6
JS = """async ([module, argument]) => {
  const start = document.querySelector('script[src$="phone/start.js"]').src;
  const it = await import(start.replace('start.js', module + '.js'));
  return await (%s);
}"""
UNTIL_SENT = """new Promise((resolve) => {
  let touched;
  addEventListener("click", () => (touched = performance.now()), { capture: true, once: true });
  document.addEventListener("outbox", async () => {
    if (touched && !(await it.count(argument)).waiting) resolve((performance.now() - touched) / 1000);
  });
})"""


def measure():
    with field() as it, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            page = enrolled(browser, it)
            sent = [sending(page, it.month()) for _turn in range(ROUNDS)]
            loads = loading(page, it)
        finally:
            browser.close()
    return results(sent, loads)


def results(sent, loads):
    """Figures of `[s, …]` and `{page: [ms, …]}`: of the pages, the one that is slowest most of the time."""
    slowest = max(loads, key=lambda page: median(loads[page]))
    return {
        "sync.2g_month_s": middle(sent, "s", "50 facts, 800 ms, 20 kbit/s up"),
        "offline.page_load_ms": middle(
            loads[slowest], "ms", f"slowest of {len(loads)} pages without network, processor ÷ {SLOWER}: {slowest}"
        ),
    }


@contextmanager
def field():
    """A server with the cast; `rolls` of awa's groups; `month()`: (path, body) of what a month tells."""
    with folder() as data:
        url = f"sqlite:///{data / 'kalanso.sqlite'}"
        with built(url, data) as (app, who):
            rolls = grown(app, who)
            with app.app_context():
                db.engine.dispose()
        environ = environment() | {"DATABASE_URL": url, "LMS_DATA": str(data)}
        with served(environ | {"SECRET_KEY": settings(url, data)["SECRET_KEY"]}) as server:
            yield SimpleNamespace(server=server, rolls=rolls, month=lambda: month(app, rolls))


def month(app, rolls):
    """The golden month of a CHW (tests/replays/month.json), its facts born anew each time: [(path, body), …]."""
    with app.app_context():
        content = catalogue().modules[MODULE].hash
    group, women = rolls[0]
    return [
        (path, UID.sub(f"uid={new_uid()}", body, count=1)) for path, body, _at in replays.month(group, women, content)
    ]


def enrolled(browser, it):
    """A phone of awa's, with a group and a module taken along."""
    phone = {name: value for name, value in PHONE.items() if name != "service_workers"}
    page = browser.new_context(**phone, base_url=it.server.url(""), locale="fr").new_page()
    page.goto("/sign-in")
    page.fill("[name=identifier]", "awa")
    page.fill("[name=pin]", cast.PINS["awa"])
    page.click("button.go")
    page.wait_for_selector("[data-counter]:not([hidden])", state="attached")
    page.goto(f"/groups/{it.rolls[0][0]}")
    page.locator("a[href*='#take=']").first.tap()
    for key in (f"group:{it.rolls[0][0]}", f"module:{MODULE}"):
        page.locator(f"[data-key^='{key}'] [data-take]").tap()
        page.locator(f"[data-key^='{key}'] [data-drop]").wait_for(timeout=60_000)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def js(page, module, expression, argument=None):
    """What an expression of the phone's module `it` comes to."""
    return page.evaluate(JS % expression, [module, argument])


def sending(page, facts):
    """Seconds from the touch until nothing waits any more."""
    opened(page, "/phone/fr/")
    page.wait_for_load_state("networkidle")
    for path, body in facts:
        js(page, "outbox", "it.add(...argument).then(() => 1)", [path, body])
    page.locator("[data-send]:visible").wait_for()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    js(page, "outbox", f"void (window.sent = {UNTIL_SENT})", "awa")
    page.locator("[data-send]").tap()
    took = page.evaluate("window.sent")
    wire.send("Network.emulateNetworkConditions", FAST)
    wire.detach()
    states = js(page, "outbox", "it.told('awa').then((rows) => rows.map((row) => row.state))")
    assert set(states) == {"cleared"}, f"not all was stored: {states}"
    return took


def opened(page, address):
    """Goes there anew even when only the fragment is another, until the page is filled."""
    page.goto("about:blank")
    page.goto(address)
    page.locator("[data-laid]:visible").first.wait_for()


def loading(page, it):
    """{page: [milliseconds, …]} without network, on a slow processor; the pages take turns."""
    group, women = it.rolls[0]
    pages = [
        "", "groups", f"group#group={group}", f"person#person={women[0]}&group={group}",
        f"session/{MODULE}#group={group}",
    ]  # fmt: skip
    page.context.set_offline(True)
    wire = page.context.new_cdp_session(page)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    loads = {name.split("#")[0]: [] for name in pages}
    for name in pages * (LOADS + 1):
        opened(page, f"/phone/fr/{name}")
        loads[name.split("#")[0]].append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    return {f"/phone/fr/{name}": them[1:] for name, them in loads.items()}  # the first of each fills caches
