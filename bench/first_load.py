"""What a new phone fetches to show a reading page, in real Chromium with nothing kept.

Every module page and every lesson, in every language; the goals hold for the heaviest. Counted: all requests until
the page has loaded and half a second passed without any, for a font or a picture may begin just before or after the
`load` event; of each, the bytes received, headers included, as Chromium counts them (no TLS, no TCP).
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


@dataclass
class Load:
    """The requests of one page load: (address, bytes received)."""

    page: str
    requests: list[tuple[str, int]] = field(default_factory=list)

    @property
    def bytes(self):
        return sum(size for _url, size in self.requests)


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
    it, begun, refused = Load(f"{path} ({code})"), {}, {}
    wire = context.new_cdp_session(page)
    wire.on("Network.requestWillBeSent", lambda event: begun.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.responseReceived", lambda event: refused.update(told_no(event["response"])))
    wire.on("Network.loadingFailed", lambda event: refused.update({begun[event["requestId"]]: event["errorText"]}))
    wire.on("Network.loadingFinished", lambda event: note(it, begun, event))
    wire.send("Network.enable")
    page.goto(server.url(path), wait_until="networkidle")
    context.close()
    if refused:
        raise RuntimeError(f"{path} is not whole: {refused}")
    return it


def told_no(response):
    return {response["url"]: response["status"]} if response["status"] >= 400 else {}


def note(it, begun, finished):
    url = begun[finished["requestId"]]
    if url.startswith("http"):
        it.requests.append((url, int(finished["encodedDataLength"])))


def results(loads):
    """Figures of page loads; the two heaviest are told in full on the error stream."""
    heaviest = max(loads, key=lambda it: it.bytes)
    most = max(loads, key=lambda it: len(it.requests))
    for it in {heaviest.page: heaviest, most.page: most}.values():
        print(told(it), file=sys.stderr)
    of = f"greatest of {len(loads)} reading pages"
    return {
        "page.first_load_bytes": worst([it.bytes for it in loads], "bytes", f"{of}: {heaviest.page}"),
        "page.first_load_requests": worst([len(it.requests) for it in loads], "requests", f"{of}: {most.page}"),
    }


def told(it):
    """What one page fetched, line by line."""
    lines = [f"{size:8} {url.split('/', 3)[3]}" for url, size in it.requests]
    return "\n".join(["", f"{it.page}: {it.bytes} bytes, {len(it.requests)} requests", *lines])
