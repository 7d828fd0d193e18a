"""What a phone keeps of the application itself: whole or not at all, never in the way, and in step with the server."""

import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.browser.conftest import free_port, grow_benkadi, serving
from tests.browser.test_outbox import add, enrolled, js, kept_offline, offline, village  # noqa: F401  a fixture
from tests.conftest import built

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
CACHES = "caches.keys().then((names) => names.filter((name) => name.startsWith('shell-')))"
FORGOTTEN = """async () => {
    await (await navigator.serviceWorker.getRegistration()).unregister();
    for (const name of await caches.keys()) await caches.delete(name);
}"""
INSTALLED = """async () => {
    const { installing } = await navigator.serviceWorker.register("/sw.js");
    return new Promise((resolve) => {
        const done = () => ["redundant", "activated"].includes(installing.state) && resolve(installing.state);
        installing.addEventListener("statechange", done);
    });
}"""
UPDATED = """async () => {
    const turned = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    await (await navigator.serviceWorker.getRegistration()).update();
    await turned;
}"""
AGED = """it.strictly("facts", async ({ store }) => {
    for (const [uid, days, bytes] of argument) {
        const cleared_at = Date.now() - days * 86_400_000;
        await store.put({ uid, author: "awa", state: "cleared", path: "/groups/", number: 0, bytes, cleared_at });
    }
})"""
TOLD = """it.strictly("facts", async ({ store }) => {
    const at = new Date(Date.now() - argument.days * 86_400_000).toISOString();
    await store.put({ ...(await store.get(argument.uid)), at });
})"""
LEFT = "it.open().then((db) => db.getAllKeysFromIndex('facts', 'state', 'cleared'))"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """As every server of these tests, on SQLite; `release(root)` puts another release in its place, at the same address."""
    folder, port, here = tmp_path_factory.mktemp("shell"), free_port(), SimpleNamespace(engine="sqlite")
    database = f"sqlite:///{folder / 'kalanso.sqlite'}"
    with built(database, folder) as (here.app, here.who):
        grow_benkadi(here.app, here.who, 12)
        running = [serving(database, folder, port)]
        here.url = running[0].__enter__()

        def release(root=None):
            running.pop().__exit__()
            running.append(serving(database, folder, port, root))
            running[0].__enter__()

        here.release = release
        yield here
        running.pop().__exit__()


@pytest.fixture
def next_release(tmp_path):
    """The same application, one script of it changed."""
    root = tmp_path / "next"
    root.mkdir()
    shutil.copytree(ROOT / "lms", root / "lms", ignore=shutil.ignore_patterns("vendor", "__pycache__", "*.br", "*.gz"))
    (root / "lms" / "static" / "vendor").symlink_to(ROOT / "lms" / "static" / "vendor")
    for name in ("wsgi.py", "countries", "modules", "assessments", "translations", "pyproject.toml"):
        (root / name).symlink_to(ROOT / name)
    parcel = root / "lms" / "static" / "js" / "phone" / "parcel.js"
    parcel.write_text(f"{parcel.read_text()}\nexport const release = 2;\n")
    return root


def test_a_shell_that_was_cut_is_not_kept_and_comes_whole_the_next_time(phone):
    page = enrolled(phone())
    kept_offline(page)
    page.evaluate(FORGOTTEN)
    page.goto("about:blank")  # the worker goes with its last page
    page.goto("/healthz")
    page.context.road.cut(after=20_000)
    assert page.evaluate(INSTALLED) == "redundant"
    assert page.evaluate(CACHES) == []
    page.context.road.mend()
    assert page.evaluate(INSTALLED) == "activated"
    assert len(page.evaluate(CACHES)) == 1


def test_a_network_that_does_not_answer_is_not_waited_for(phone, server):
    page = enrolled(phone())
    kept_offline(page)
    page.context.road.jam()
    began = time.monotonic()
    page.goto(f"/groups/{server.who['Benkadi']}", wait_until="commit")
    page.wait_for_url("**/phone/fr/group#*")
    assert 2.5 < time.monotonic() - began < 8
    page.context.road.mend()


def test_an_open_page_of_the_release_before_still_finds_its_scripts(phone, server, next_release):
    page = enrolled(phone())
    kept_offline(page)
    page.goto("/phone/fr/")
    page.locator("[data-laid]:visible").first.wait_for()
    assert "release" not in js(page, "overlay", "Object.keys(it)")
    server.release(next_release)
    try:
        page.evaluate(UPDATED)
        assert len(page.evaluate(CACHES)) == 2
        assert js(page, "parcel", "Object.keys(it)").count("release") == 0  # asked for only now, under its old address
        page.goto("/phone/fr/")
        page.locator("[data-laid]:visible").first.wait_for()
        assert js(page, "parcel", "it.release") == 2
    finally:
        server.release()


def test_what_the_server_holds_is_kept_ninety_days_and_five_megabytes(phone):
    page = enrolled(phone())
    js(page, "database", AGED, [["young", 1, 100], ["ninety", 89.9, 100], ["old", 90.1, 100], ["huge", 80, 5_000_000]])
    js(page, "outbox", "it.tidy()")
    assert js(page, "database", LEFT) == ["young"]  # the huge one and what is older than it have no room


def test_after_a_week_the_counter_asks_her_to_look_for_network(phone, village):  # noqa: F811
    page = phone(service_workers="block")
    enrolled(page)
    offline(page)
    uid = add(page, f"uid=01a00000-0000-7000-8000-000000000001&name=Sabali&village={village}")
    for days, said in ((6, "waiting"), (8, "late")):
        js(page, "database", TOLD, {"uid": uid, "days": days})
        js(page, "counter", "it.show()")
        assert page.locator("[data-say]:not([hidden])").get_attribute("data-say") == said
