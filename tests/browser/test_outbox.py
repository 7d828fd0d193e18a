"""What a phone is told is kept, sent, and never lost or doubled, whatever happens to network, browser, server or hands."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import uuid
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode

import pytest

from lms.core.database import db
from lms.core.models import Receipt
from tests import cast
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, sign_in

pytestmark = pytest.mark.browser
LONG = 2 * 60 * 1000 + 5000  # milliseconds: longer than a phone lies open


def enrolled(page, identifier="awa"):
    """Signed in, and known to this phone."""
    met(page)
    sign_in(page, identifier)
    page.wait_for_selector("[data-counter]:not([hidden])", state="attached")
    return page


DEVICE = uuid.uuid4().hex


def met(page):
    def answer(route):
        who = page.evaluate("document.querySelector('[name=identifier]').value")
        told = {"device": DEVICE, "label": "A7", "epoch": None, "author": who, "called": who, "animal": "lion", "field": True, "seal": ""}
        route.fulfill(json=told)

    page.context.route("**/devices", answer)


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
