"""A real server with the cast, a village of 112, and a real Chromium on a phone of 360 × 640."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace
from uuid import uuid4

import pytest
from playwright.sync_api import sync_playwright

from lms.core.database import db
from lms.demo.names import FAMILIES, WOMEN
from lms.demo.voices import Teller
from lms.people.forms import MemberForm
from lms.people.models import Person
from tests import cast
from tests.browser.road import Road
from tests.conftest import DATABASES, built, run_on

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SOAK = bool(os.environ.get("LMS_SOAK"))
PHONE = {"width": 360, "height": 640}
LAPTOP = {"width": 1280, "height": 800}


def grow_benkadi(app, who, size=112):
    """Benkadi with as many women as the roll-call was designed for."""
    with app.app_context():
        teller, awa = Teller(112, cast.BEGAN), Person.now_of(who["awa"])
        names = [
            (WOMEN[n % len(WOMEN)], FAMILIES[n % len(FAMILIES)]) for n in range(size - len(who["Benkadi members"]))
        ]
        who["Benkadi members"] += [
            teller.tell(MemberForm, awa, given=given, family=family, sex="F", group=who["Benkadi"])
            for given, family in names
        ]
        db.session.commit()
        db.engine.dispose()


@pytest.fixture(scope="module", params=DATABASES)
def server(request, tmp_path_factory):
    """The server as it is run, on its own database: `url`, `who`."""
    folder = tmp_path_factory.mktemp("server")
    database = f"sqlite:///{folder / 'kalanso.sqlite'}"
    if request.param == "postgresql":
        pg = request.getfixturevalue("postgresql_server")
        name = f"browser_{uuid4().hex}"
        run_on(pg, f"CREATE DATABASE {name}")
        database = pg.set(database=name).render_as_string(hide_password=False)
    with built(database, folder) as (app, who):
        grow_benkadi(app, who)
    with serving(database, folder) as url:
        yield SimpleNamespace(url=url, who=who, app=app, engine=request.param)
    shutil.rmtree(folder, ignore_errors=True)


class serving:
    """A granian process for one database; its address. `root`: where another release of the code lies."""

    def __init__(self, database, data, port=None, root=None):
        self.port = port or free_port()
        environment = os.environ | {"DATABASE_URL": database, "LMS_DATA": str(data), "SECRET_KEY": "of the tests"}
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
                   "--workers", "1", "--blocking-threads", "4", "--no-ws", "wsgi:app"]  # fmt: skip
        self.process = subprocess.Popen(
            command, env=environment, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self):
        url = f"http://127.0.0.1:{self.port}"
        for _try in range(300):
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2).read()
                return url
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait(10)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the session."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium, server):
    """Opens phones: `phone("awa")` is signed in, `phone()` is a stranger's, `phone("awa", scripts=False)` has no JavaScript."""
    contexts = []

    def open_phone(identifier=None, scripts=True, language="fr", viewport=PHONE, **more):
        road = Road()
        context = chromium.new_context(
            viewport=viewport,
            java_script_enabled=scripts,
            base_url=server.url,
            has_touch=True,
            proxy=road.proxy,
            **more,
        )
        context.road = road
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": server.url}])
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
        if identifier:
            sign_in(page, identifier)
        return page

    yield open_phone
    for context in contexts:
        context.close()
        context.road.close()


def sign_in(page, identifier):
    """Through the door, as she would."""
    page.goto("/sign-in")
    page.fill("[name=identifier]", identifier)
    page.fill("[name=pin]", cast.PINS[identifier])
    page.click("button.go")
    page.wait_for_url(lambda url: "sign-in" not in url)
