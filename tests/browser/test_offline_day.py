"""A day in the field without network: awa takes her group and a module along, works all day, and comes home to it."""

import os
from pathlib import Path
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from lms.assessment.models import Attempt, HandsUp
from lms.cascade.models import Attendance, Session
from lms.core.database import db
from lms.core.models import Withdrawal
from lms.people.models import Departure, Membership, Person
from tests.browser.test_every_page import faults_of

pytestmark = pytest.mark.browser
MODULE = "choix-libre-eclaire"
PICTURES = os.environ.get("PICTURES")  # a folder: every page of the phone is photographed there


class Day:
    """A phone in awa's hands, page after page; each is looked at as it opens."""

    def __init__(self, page, server, language):
        self.page, self.server, self.language, self.axe, self.wrong, self.seen = page, server, language, Axe(), [], []

    def open(self, name, **ids):
        """Goes to a page of the phone, anew even when only its fragment is another."""
        fragment = "&".join(f"{key}={value}" for key, value in ids.items())
        self.page.goto("about:blank")
        self.page.goto(f"/phone/{self.language}/{name}#{fragment}")
        self.ready(name.split("/")[0])

    def ready(self, name):
        self.page.locator("[data-laid]:visible").first.wait_for()
        self.page.wait_for_timeout(150)
        self.look(name)

    def look(self, name):
        """What is wrong with the page as it stands, and its picture."""
        self.seen.append(name)
        faults = [fault for fault in faults_of(self.page, self.axe) if "ERR_SOCKS_CONNECTION_FAILED" not in fault]
        self.wrong += [f"{name}: {fault}" for fault in faults]
        self.page.faults.clear()
        if PICTURES:
            Path(PICTURES).mkdir(exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{len(self.seen):02}-{name}.{self.language}.png")

    def tap(self, target):
        self.page.locator(target).first.tap()

    def kept(self, part):
        """The tick, then the next page, whose address holds `part`; gives its ids."""
        self.page.wait_for_url(lambda url: part in url, timeout=10_000)
        self.ready(part.split("/")[0].strip("#"))
        return dict(pair.split("=") for pair in self.page.url.split("#")[1].split("&"))


@pytest.fixture
def day(phone, server):
    language = "fr" if server.engine == "sqlite" else "bm"
    return Day(phone("awa", language=language), server, language)


def take_along(day):
    """With network: the group from its page, the module from the phone's."""
    page = day.page
    page.goto(f"/groups/{day.server.who['Benkadi']}")
    day.tap("a[href*='#take=']")
    page.locator("[data-take=group]").first.wait_for()
    day.look("home")
    day.tap(f"[data-key^='group:{day.server.who['Benkadi']}'] [data-take]")
    page.locator("[data-key^='group:'] [data-drop]").first.wait_for()
    day.tap(f"[data-key^='module:{MODULE}'] [data-take]")
    page.locator(f"[data-key^='module:{MODULE}'] [data-drop]").wait_for(timeout=60_000)
    day.look("home")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_a_day_without_network_comes_home_whole(day):
    page, who = day.page, day.server.who
    group, members = str(who["Benkadi"]), [str(uid) for uid in who["Benkadi members"]]
    take_along(day)
    page.context.road.cut()

    day.open("group", group=group)
    assert "112" in page.locator("main").inner_text()
    day.tap("a[href*='new-person']")
    day.ready("new-person")
    day.tap("button.go")  # nothing written: said beside the field, in her language
    assert page.locator("#given[aria-invalid]").count() == 1
    day.look("new-person")
    page.fill("[name=given]", "Sɛtu")
    page.fill("[name=family]", "Ɲaɲa")
    day.tap("button.go")
    setu = day.kept("/person#")["person"]

    day.open("group", group=group)
    day.tap("a.go")
    day.ready("teach")
    day.tap(f".faces li[data-module={MODULE}] a")
    day.ready("session")
    day.tap("button.go")
    assert page.locator("[data-fault=nobody]").is_visible()
    day.tap("[data-all-but]")
    for place in (3, 8, 15):
        page.locator(".members li").nth(place).locator("label").tap()
    page.evaluate("document.getElementById('woman').open = true")
    page.fill("#woman-given", "Nana")
    day.tap("#woman button[name=woman]")
    page.locator(".members input[data-name='Nana']").wait_for(state="attached")
    day.look("session")
    day.tap("button.go")
    session = day.kept("sitting#")["session"]
    assert "111" in page.locator("main .big").inner_text()
    assert page.locator("[data-mark=waiting]").count() >= 1

    day.open("group", group=group)
    assert page.locator(f"a[href*='session={session}'] [data-mark=waiting]").count() == 1
    assert page.locator(f"a[href*='person={setu}'] [data-mark=waiting]").count() == 1

    attempt = quiz(day, group, setu)
    by_hands(day, session)

    day.open("sitting", session=session)  # a slip: it was the afternoon
    day.tap("a[href*='corrects=']")
    day.ready("session")
    page.evaluate("document.querySelector('details.slim').open = true")
    page.locator("[name=half][value=pm]").check(force=True)
    page.fill("[name=minutes]", "75")
    day.tap("button.go")
    assert day.kept("sitting#")["session"] == session
    assert "111" in page.locator("main .big").inner_text()

    day.open("new-person", corrects=members[0], group=group)
    assert page.input_value("[name=given]") == "Fanta"
    page.fill("[name=family]", "Koné")
    day.tap("button.go")
    day.kept("/person#")
    day.open("leave", person=members[1], group=group)
    page.select_option("[name=why]", "choix")
    day.tap("button.go")
    day.kept("group#")
    assert page.locator(f"a[href*='person={members[1]}']").count() == 0

    second = a_session_noted_twice(day, group)
    day.open("withdraw", corrects=second, path="/sessions/", group=group)
    day.tap("button.go")
    assert page.locator("#reason[aria-invalid]").count() == 1
    page.fill("#reason", "Notée deux fois")
    day.tap("button.go")
    page.wait_for_url(lambda url: url.endswith("told#"))
    day.ready("told")
    day.open("group", group=group)
    assert page.locator("[data-list=sessions] li").count() == 1
    day.open("groups")
    day.open("")

    page.context.road.mend()
    day.tap("[data-send]")
    page.locator("[data-if=waiting]").first.wait_for(state="hidden", timeout=20_000)
    day.open("told")
    assert not page.locator("[data-list=facts] [data-mark=waiting]").count(), page.locator(
        "[data-list=facts]"
    ).inner_text()
    assert_home(day, who, setu, session, attempt, second)
    assert not day.wrong, "\n".join(day.wrong)


def test_a_network_cut_half_way_through_a_session_loses_neither_the_roll_nor_the_woman_beside_it(phone, server):
    page = phone("awa")
    page.wait_for_selector("[data-counter]:not([hidden])", state="attached")
    page.goto(f"/sessions/new?module={MODULE}&group={server.who['Benkadi']}")
    page.wait_for_selector("[name=uid]:not([value=''])", state="attached")
    page.locator("[data-all-but]").tap()
    page.context.road.cut()
    for name, button in (("Nakani", "#woman button[name=woman]"), ("Setou", "button.go")):
        page.evaluate("document.getElementById('woman').open = true")
        page.fill("#woman-given", name)
        page.locator(button).tap()
        page.locator(f".members input[data-name^='{name}']").wait_for(state="attached")
    page.wait_for_selector("[data-kept]:not([hidden])")
    page.context.road.mend()
    page.wait_for_url("**/phone/**")
    page.locator("[data-say=sent]:not([hidden])").wait_for(timeout=60_000)
    with server.app.app_context():
        women = db.session.scalars(select(Person).where(Person.given.in_(["Nakani", "Setou"]), Person.current)).all()
        last = db.session.scalar(select(Session).order_by(Session.uid.desc()).limit(1))
        there = set(db.session.scalars(select(Attendance.person_uid).where(Attendance.session_uid == last.uid)))
        assert len(women) == 2
        assert {woman.origin for woman in women} <= there
        db.session.remove()


def quiz(day, group, person):
    """The woman registered this morning answers everything rightly."""
    page = day.page
    day.open(f"quizzes/{MODULE}", group=group, kind="post")
    day.tap(f"a.ask[href*='person={person}']")
    day.ready("quiz")
    for _question in range(page.locator("fieldset.question").count()):
        question = page.locator("fieldset.question:visible").first
        question.locator(f"label.option:has(input[value='{question.get_attribute('data-answer')}'])").tap()
        day.tap(".act button.go")
        assert question.locator("[data-right]").is_visible()
        day.tap(".act button.go")
    told = day.kept("attempt=")
    assert page.locator(".verdict:visible").count() == 1
    assert page.locator(".act a.go[href*='quiz/']").count() == 1
    day.open(f"quizzes/{MODULE}", group=group, kind="post")
    assert page.locator(f"a.ask.right[href*='person={person}']").count() == 1
    return told["attempt"]


def by_hands(day, session):
    page = day.page
    day.open("sitting", session=session)
    day.tap(".act a.go")
    day.ready("hands")
    assert page.input_value("[name=present]") == "111"
    for _question in range(page.locator("fieldset.question").count()):
        page.locator("fieldset.question:visible [data-step='1']:visible").first.tap()
        day.tap(".act button.go")
    day.kept("hands=")
    asked = page.locator(".revisit li:visible")
    assert asked.count() >= 8
    least, most = (asked.nth(place).locator("[data-said=right]").inner_text() for place in (0, -1))
    assert (least, most) == ("0", "1")
    day.tap(".act a.go")
    day.ready("quizzes")


def a_session_noted_twice(day, group):
    day.open(f"session/{MODULE}", group=group)
    day.tap("[data-all-but]")
    day.tap("button.go")
    return day.kept("sitting#")["session"]


def assert_home(day, who, setu, session, attempt, second):
    """The server has what she told, and nothing else of Benkadi."""
    with day.server.app.app_context():
        benkadi, setu = who["Benkadi"], UUID(setu)
        here = select(Session).where(Session.current, Session.group_uid == benkadi)
        [held] = db.session.scalars(here).all()
        assert str(held.origin) == session
        assert (held.half, held.minutes) == ("pm", 75)
        there = set(db.session.scalars(select(Attendance.person_uid).where(Attendance.session_uid == held.uid)))
        assert len(there) == 111
        assert Person.now_of(setu).name == "Sɛtu Ɲaɲa"
        assert Person.now_of(setu).origin in there
        tried = db.session.scalars(select(Attempt).where(Attempt.current, Attempt.group_uid == benkadi)).one()
        assert (str(tried.origin), tried.passed, tried.kind) == (attempt, True, "post")
        assert (
            db.session.scalars(select(HandsUp).where(HandsUp.current, HandsUp.group_uid == benkadi)).one().present
            == 111
        )
        assert Person.now_of(who["Benkadi members"][0]).family == "Koné"
        assert db.session.scalars(select(Departure)).one().person_uid == who["Benkadi members"][1]
        assert [str(taken.origin) for taken in db.session.scalars(select(Withdrawal))] == [second]
        open_ones = select(Membership).where(
            Membership.current, Membership.group_uid == benkadi, Membership.until.is_(None)
        )
        assert len(db.session.scalars(open_ones).all()) == 113


def test_a_cut_while_taking_along_costs_nothing_twice(phone):
    page = phone("awa")
    page.goto("/phone/fr/")
    module = f"[data-key^='module:{MODULE}']"
    page.locator(f"{module} [data-take]").wait_for()
    page.route("**/phone/fr/hands/**", lambda route: route.abort())
    page.locator(f"{module} [data-take]").tap()
    page.locator(f"{module} [data-cut]").wait_for()
    assert not page.locator(f"{module} [data-drop]").is_visible(), "half a module is no module"
    page.unroute("**/phone/fr/hands/**")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator(f"{module} [data-take]").tap()
    page.locator(f"{module} [data-drop]").wait_for()
    assert any("/phone/fr/hands/" in url for url in asked)
    assert not any("/phone/fr/session/" in url for url in asked), "it had come before the cut"
