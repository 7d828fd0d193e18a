"""What a new phone fetches to show a reading page, up to the `load` event, in real Chromium with nothing kept.

Every module page and every lesson, in every language; the goals hold for the heaviest. Counted: all requests begun
before `load`, the bytes received for each, headers included, as Chromium counts them (no TLS, no TCP).
Not counted: the service worker, and what is fetched once she scrolls.
"""

import sys
from dataclasses import dataclass, field

from playwright.sync_api import sync_playwright

from bench.result import Goal, worst
from bench.serving import ROOT, home, served
from lms.core.language import COOKIE, LANGUAGES
from lms.curriculum.content import load

GOALS = {"page.first_load_bytes": Goal("<=", 48_000), "page.first_load_requests": Goal("<=", 8)}
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {
    "viewport": {"width": 360, "height": 640}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True,
    "service_workers": "block", "reduced_motion": "reduce",
}  # fmt: skip
AFTER_LOAD = 300  # ms: for the answers to requests that were begun before it


@dataclass
class Load:
    """The requests of one page load: address → bytes received; those begun after `load` apart."""

    page: str
    before: dict[str, int] = field(default_factory=dict)
    later: dict[str, int] = field(default_factory=dict)

    @property
    def bytes(self):
        return sum(self.before.values())


def measure():
    with home() as environ, served(environ) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            loads = [fetched(browser, server, page, code) for code in LANGUAGES for page in pages()]
        finally:
            browser.close()
    return results(loads)


def pages():
    """Every module page and every lesson."""
    for module in load(ROOT, ROOT / "lms" / "static"):
        yield f"/modules/{module.slug}"
        for lesson in module.lessons:
            yield f"/modules/{module.slug}/{lesson.id}"


def fetched(browser, server, path, code):
    """One page on a phone that has never been here."""
    context = browser.new_context(**PHONE, locale=code)
    context.add_cookies([{"name": COOKIE, "value": code, "url": server.url("/")}])
    page = context.new_page()
    it, begun, loaded = Load(f"{path} ({code})"), {}, []
    wire = context.new_cdp_session(page)
    wire.on("Network.requestWillBeSent", lambda event: begun.update(asked(event, loaded)))
    wire.on("Network.loadingFinished", lambda event: note(it, begun, event))
    wire.on("Page.loadEventFired", lambda event: loaded.append(event))
    for domain in ("Network", "Page"):
        wire.send(f"{domain}.enable")
    page.goto(server.url(path), wait_until="load")
    page.wait_for_timeout(AFTER_LOAD)
    context.close()
    return it


def asked(event, loaded):
    return {event["requestId"]: (event["request"]["url"], bool(loaded))}


def note(it, begun, finished):
    url, late = begun[finished["requestId"]]
    if url.startswith("http"):
        (it.later if late else it.before)[url] = int(finished["encodedDataLength"])


def results(loads):
    """Figures of page loads; the two heaviest are told in full on the error stream."""
    heaviest = max(loads, key=lambda it: it.bytes)
    most = max(loads, key=lambda it: len(it.before))
    for it in {heaviest.page: heaviest, most.page: most}.values():
        print(told(it), file=sys.stderr)
    of = f"greatest of {len(loads)} reading pages"
    return {
        "page.first_load_bytes": worst([it.bytes for it in loads], "bytes", f"{of}: {heaviest.page}"),
        "page.first_load_requests": worst([len(it.before) for it in loads], "requests", f"{of}: {most.page}"),
    }


def told(it):
    """What one page fetched, line by line."""
    lines = [f"{size:8} {url.split('/', 3)[3]}" for url, size in it.before.items()]
    after = f"after `load`: {len(it.later)} requests, {sum(it.later.values())} bytes"
    return "\n".join(["", f"{it.page}: {it.bytes} bytes, {len(it.before)} requests", *lines, after])
