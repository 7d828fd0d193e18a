"""A reviewer signs on a small phone, without scripts: she reads, says her word, and the next text is there."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PHONE, sign_in
from tests.browser.test_every_page import faults_of
from tests.conftest import Browser

pytestmark = pytest.mark.browser
DESK = "/review/choix-libre-eclaire"


@pytest.fixture
def reviewer(server):
    """The midwife reviews what the texts say of health."""
    answer = Browser(server.app, "admin").post(f"/workers/{server.who['djeneba']}/reviews", capacities="clinician")
    assert answer.status_code == 303


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_she_signs_without_scripts(server, chromium, reviewer, language):
    context = chromium.new_context(viewport=PHONE, base_url=server.url, java_script_enabled=False)
    context.add_cookies([{"name": "language", "value": language, "url": server.url}])
    page = context.new_page()
    sign_in(page, "djeneba")
    page.goto(DESK)
    first = page.locator("input[name=unit]").get_attribute("value")
    buttons = page.locator("button[name=verdict]")
    assert buttons.count() == 3
    for box in (button.bounding_box() for button in buttons.all()):
        assert box["height"] >= 48
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    page.locator("button[value=good]").click()
    page.wait_for_url("**signed=**")
    assert page.locator("input[name=unit]").get_attribute("value") != first
    context.close()


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_her_pages_are_open_to_everybody(server, chromium, reviewer, language):
    context = chromium.new_context(viewport=PHONE, base_url=server.url)
    context.add_cookies([{"name": "language", "value": language, "url": server.url}])
    page, axe = context.new_page(), Axe()
    page.faults = []
    sign_in(page, "djeneba")
    for unit in ("card:sante-famille", "facilitator:sante-famille", "item:qui-choisit"):
        page.goto(f"{DESK}?unit={unit}")
        assert faults_of(page, axe) == []
    page.locator("button[value=fix]").click()
    page.wait_for_url("**signed=**")
    assert faults_of(page, axe) == []
    context.close()
