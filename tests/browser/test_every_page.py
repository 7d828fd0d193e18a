"""Every page, for every role that may see it: no serious fault for those who cannot see or point, nothing beyond the
edge of a small phone, no script that fails, nothing that the content policy has to refuse.
"""

from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import grow_benkadi, serving, sign_in
from tests.conftest import built
from tests.test_matrix import APART, PLAIN, ROLES, WITH_ID, _one_of_everything, address_of, rules

pytestmark = pytest.mark.browser
FILES = (".pdf", ".po", ".xlsx")  # what is downloaded or printed is looked at in its own stories
NO_PAGE = {
    "static", "curriculum.media", "core.healthz", "certificates.verify_number", "door.sign_out",
    "packs.offered", "packs.group", "packs.module", "worker.script", "worker.shell", "worker.manifest",
    "sheets.typed",  # the sheet of this table was never printed: looked at in the stories of the paper twins
    "worker.unlock",  # it locks the phone it is opened on: looked at in the stories of the outbox
}  # fmt: skip
GRAVE = ("serious", "critical")
SAME_FOR_ALL = {endpoint for endpoint in PLAIN if endpoint.startswith(("curriculum.", "phone."))}


@pytest.fixture(scope="module")
def full_house(tmp_path_factory):
    """A server whose Wacoro has one of everything."""
    folder = tmp_path_factory.mktemp("pages")
    database = f"sqlite:///{folder / 'kalanso.sqlite'}"
    with built(database, folder) as (app, who):
        grow_benkadi(app, who, size=30)
        things = _one_of_everything(app, who, "wacoro")
    with serving(database, folder) as url:
        yield SimpleNamespace(url=url, app=app, things=things)


def addresses(house, column):
    """(endpoint, address) of the pages that open for a role."""
    for endpoint, rule in rules(house.app).items():
        if "GET" not in rule.methods or rule.rule.endswith(FILES) or endpoint in NO_PAGE | APART:
            continue
        if endpoint in SAME_FOR_ALL and ROLES[column] != "visitor":
            continue
        if (PLAIN | WITH_ID)[endpoint].split()[column][0] == "o":
            yield endpoint, address_of(rule, house.things)
    if ROLES[column] == "oumou":
        yield "certificates.new_award", f"/certificates/new?training={house.things['training']}"


def faults_of(page, axe):
    """What is wrong with the page that is open: one line each."""
    found = [
        f"{fault['id']}: {fault['help']} ({fault['nodes'][0]['target']})"
        for fault in axe.run(page).response["violations"]
        if fault["impact"] in GRAVE
    ]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{wider} px too wide"] if wider > 0 else []) + page.faults


READERS = [(role, "fr") for role in ROLES] + [(role, "bm") for role in ("visitor", "awa", "oumou")]
FEWEST = {"visitor": 11, "mariam": 8}  # mariam reaches nothing of Wacoro: her own pages are those of any CHW


@pytest.mark.parametrize(("role", "language"), READERS)
def test_every_page_is_open_to_everybody(full_house, chromium, role, language):
    column = ROLES.index(role)
    context = chromium.new_context(viewport={"width": 360, "height": 640}, base_url=full_house.url)
    context.add_cookies([{"name": "language", "value": language, "url": full_house.url}])
    page, axe, wrong = context.new_page(), Axe(), []
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(f"script: {error}"))
    page.on("console", lambda said: page.faults.append(f"console: {said.text}") if said.type == "error" else None)
    if role != "visitor":
        sign_in(page, role)
    pages = list(addresses(full_house, column))
    assert len(pages) >= FEWEST.get(role, 20)
    for endpoint, address in pages:
        page.faults.clear()
        page.goto(address := address.replace("/phone/fr/", f"/phone/{language}/"))
        assert page.locator(f"html[lang={language}]").count() == 1
        wrong += [f"{endpoint} ({address}): {fault}" for fault in faults_of(page, axe)]
    context.close()
    assert not wrong, "\n".join(wrong)


def test_the_check_finds_what_is_wrong(chromium):
    page = chromium.new_page(viewport={"width": 360, "height": 640})
    page.faults = []
    page.set_content(
        "<html><body><img src=x><p style='color:#ccc'>pale</p><div style='width:900px'>wide</div></body></html>"
    )
    found = "\n".join(faults_of(page, Axe()))
    page.close()
    assert "image-alt" in found
    assert "color-contrast" in found
    assert "px too wide" in found
