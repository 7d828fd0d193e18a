"""`make screenshots`: the ten main pages in both languages, as a CHW's phone and a trainer's laptop show them.

Taken of the demo country on a server of its own; written to docs/screenshots/<page>.<language>.png.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from sqlalchemy import select

from lms import create_app
from lms.cascade.models import Session, Training
from lms.core.database import db
from lms.people.models import Group, Membership
from tests.browser.conftest import ARGUMENTS, CHROMIUM, LAPTOP, PHONE, serving, sign_in
from tests.conftest import settings

TARGET = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
MODULE, LESSON = "cycle-espacement", "pourquoi-espacer"


def pages(app):
    """(name, who looks, viewport, address) of the main pages."""
    with app.app_context():
        group = db.session.scalar(select(Group.origin).where(Group.current, Group.name == "Benkadi"))
        person = db.session.scalar(select(Membership.person_uid).where(Membership.group_uid == group).limit(1))
        session = db.session.scalar(select(Session.origin).where(Session.current, Session.group_uid == group).limit(1))
        training = db.session.scalar(select(Training.origin).order_by(Training.starts.desc()).limit(1))
    return [
        ("welcome", None, PHONE, "/"),
        ("home", "awa", PHONE, "/"),
        ("group", "awa", PHONE, f"/groups/{group}"),
        ("lesson", None, PHONE, f"/modules/{MODULE}/{LESSON}"),
        ("roll", "awa", PHONE, f"/sessions/new?group={group}&module={MODULE}"),
        ("session", "awa", PHONE, f"/sessions/{session}"),
        ("quiz", "awa", PHONE, f"/attempts/new?person={person}&module={MODULE}&kind=post"),
        ("hands", "awa", PHONE, f"/hands/new?group={group}&module={MODULE}"),
        ("verify", None, PHONE, "/verify"),
        ("training", "oumou", LAPTOP, f"/trainings/{training}"),
    ]


def take():
    """Loads the demo into a temporary folder, serves it, and takes every picture."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/kalanso.sqlite"
        environment = os.environ | {"LMS_DATA": folder}
        for command in (["upgrade"], ["demo", "load"]):
            subprocess.run([sys.executable, "-m", "lms", *command], env=environment, check=True)
        shots = pages(create_app(**settings(url, folder)))
        with serving(url, folder) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for language in ("fr", "bm"):
                for shot in shots:
                    shoot(browser, address, language, *shot)


def shoot(browser, url, language, name, who, viewport, address):
    """One picture, in few colours: it is for reading, not for printing."""
    context = browser.new_context(viewport=viewport, base_url=url, device_scale_factor=2 if viewport is PHONE else 1)
    context.add_cookies([{"name": "language", "value": language, "url": url}])
    page = context.new_page()
    if who:
        sign_in(page, who)
    page.goto(address)
    page.wait_for_timeout(500)
    path = TARGET / f"{name}.{language}.png"
    page.screenshot(path=path)
    context.close()
    Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
    print(path.relative_to(TARGET.parents[1]))


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    take()
