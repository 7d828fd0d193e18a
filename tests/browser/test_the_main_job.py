"""A CHW teaches a module to her group, the members are quizzed, the trainer prints their papers, anyone checks one."""

import io
import unicodedata

import pypdf
import pytest

pytestmark = pytest.mark.browser
MODULE = "choix-libre-eclaire"


def tap(page, target):
    """One touch of the screen; the count of touches is what the roll-call is judged by."""
    page.taps = getattr(page, "taps", 0) + 1
    page.locator(target).first.tap()


def teach(page, lesson_cards=3):
    """Opens the module from the screen for listening and goes through the first lesson, card by card."""
    page.goto("/modules/")
    page.locator(f"a[href='/modules/{MODULE}']").first.tap()
    page.locator(f"a[href^='/modules/{MODULE}/']").first.tap()
    ideas = page.locator("main section[aria-labelledby]")
    ideas.first.wait_for()
    assert ideas.count() >= lesson_cards
    for card in range(lesson_cards - 1):
        ideas.nth(card).locator("a.go").tap()
    assert "#" in page.url


def test_the_whole_story(phone, server):
    """Told in French on SQLite, in Bambara on PostgreSQL."""
    language = "fr" if server.engine == "sqlite" else "bm"
    awa = phone("awa", language=language)
    teach(awa)
    call_the_roll(awa, server)
    assert "103" in awa.locator("main").inner_text()
    by_hands(awa, server)
    fanta = server.who["Benkadi members"][0]
    assert_quizzed(awa, fanta)
    assert not awa.faults, awa.faults

    oumou = phone("oumou", language=language)
    number, text = print_papers(oumou, server)
    assert "Fanta Kɔnɛ Ŋaɲa" in text

    stranger = phone(language=language)
    stranger.goto(f"/verify?number={number}")
    said = stranger.locator("main").inner_text()
    assert "F. K. Ŋ." in said
    assert "Fanta" not in said
    assert "Benkadi" not in said


def call_the_roll(page, server):
    """112 women, 9 absent, in at most 15 touches from the open page to the record."""
    page.goto(f"/sessions/new?group={server.who['Benkadi']}&module={MODULE}")
    page.taps = 0
    tap(page, "[data-all-but]")
    for place in (3, 8, 15, 16, 33, 50, 71, 90, 111):
        tap(page, f".members li:nth-child({place}) label")
    tap(page, "button.go")
    page.wait_for_url(lambda url: "/new" not in url)
    assert page.taps <= 15


def by_hands(page, server):
    """The quiz by show of hands: every hand for the first answer shown, one question after another."""
    page.goto(f"/hands/new?group={server.who['Benkadi']}&module={MODULE}&present=103")
    for _question in range(page.locator("fieldset.question").count()):
        page.locator("fieldset.question:visible [data-step='1']:visible").first.tap()
        page.locator(".act button.go").tap()
    page.wait_for_url(lambda url: "/new" not in url)
    assert page.locator("svg").count() > 3


def assert_quizzed(page, person):
    """One woman answers all rightly; the words after each answer are right, at the end the count is said."""
    page.goto(f"/attempts/new?person={person}&module={MODULE}&kind=post")
    total = page.locator("fieldset.question").count()
    for _question in range(total):
        question = page.locator("fieldset.question:visible").first
        right = question.get_attribute("data-answer")
        question.locator(f"label.option:has(input[value='{right}'])").tap()
        page.locator(".act button.go").tap()
        assert question.locator("[data-right]").is_visible()
        page.locator(".act button.go").tap()
    page.wait_for_url(lambda url: "/new" not in url)
    assert f"{total}" in page.locator("main").inner_text()


def print_papers(page, server):
    """The trainer awards what was earned and prints it; returns one number and the text of the PDF."""
    for kind in ("participation", "competence"):
        page.goto(f"/certificates/new?group={server.who['Benkadi']}&module={MODULE}&kind={kind}")
        if page.locator("button.go").count():
            page.locator("button.go").first.tap()
            page.wait_for_url(lambda url: "/awards/" in url)
    answer = page.request.post(page.url + "/print.pdf", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["content-type"] == "application/pdf"
    text = unicodedata.normalize(
        "NFC", "\n".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(answer.body())).pages)
    )
    number = next(word for word in text.split() if word.startswith("ML-"))
    return number, text


def test_the_roll_and_the_quiz_without_scripts(phone, server):
    mariam = phone("mariam", scripts=False)
    group, member = server.who["Lafia"], server.who["Lafia members"][0]
    mariam.goto(f"/sessions/new?group={group}&module={MODULE}")
    mariam.locator(f"input[name=present][value='{member}']").check(force=True)
    mariam.locator("button.go").click()
    assert "/sessions/" in mariam.url
    assert "new" not in mariam.url
    mariam.goto(f"/attempts/new?person={member}&module={MODULE}&kind=post")
    for question in mariam.locator("fieldset.question").all():
        question.locator("input[type=radio]").first.check(force=True)
    mariam.locator("button.go").click()
    assert "/attempts/" in mariam.url
    assert "new" not in mariam.url
