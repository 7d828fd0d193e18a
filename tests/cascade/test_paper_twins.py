"""A sheet is printed, filled in where there is no phone, and typed in: the same fact, stored once."""

import io
import re
import subprocess
from datetime import date

import pikepdf
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lms.assessment import questions
from lms.assessment.models import HandsUp
from lms.cascade.models import Session
from lms.cascade.roll_sheet import FIRST, NEXT, Row, pages
from lms.cascade.teaching import roll
from lms.core.models import Receipt
from lms.curriculum.content import catalogue
from lms.curriculum.sheets import read
from tests.conftest import Browser
from tests.curriculum.test_printing import letters, read_pages

MODULE = "choix-libre-eclaire"


@pytest.fixture
def printed(who):
    """Prints a sheet: (its code, its PDF)."""

    def printing(worker, sheet="roll", group="Benkadi", **more):
        query = "&".join(f"{name}={value}" for name, value in {"module": MODULE, "language": "fr", **more}.items())
        answer = worker.get(f"/sheets/{sheet}.pdf?group={who[group]}&{query}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        return re.search(r"-((?:\w{4}-){4}\w{4})\.pdf", answer.headers["Content-Disposition"])[1], answer.data

    return printing


def uid_on(page):
    return re.search(r'name="uid"[^>]*value="([^"]+)"', page)[1]


def filled(page, who, **more):
    """The roll as it is typed in from the sheet."""
    content = re.search(r'name="content"[^>]*value="([^"]+)"', page)[1]
    return {
        "uid": uid_on(page), "group": who["Benkadi"], "module": MODULE, "content": content, "lessons": "sante-reproduction",
        "language": "bm", "held_on": date.today(), "half": "am", "minutes": 60, "place": "Sous le grand arbre",
        "present": who["Benkadi members"][:3], **more,
    }  # fmt: skip


def test_a_sheet_that_was_filled_in_is_typed_in(awa, who, printed, stories):
    code, _content = printed(awa)
    page = awa.get(f"/sheets/{code.lower().replace('-', '')}").text
    assert uid_on(page) == str(read(code).uid)
    assert code in page
    answer = awa.post("/sessions/", filled(page, who))
    assert answer.status_code == 303, answer.text
    told = stories.get(Session, read(code).uid)
    assert told.group_uid == who["Benkadi"]
    assert len(roll(told)) == 3


def test_typed_in_twice_it_is_stored_once(awa, binta, who, printed, stories):
    code, _content = printed(awa)
    form = filled(awa.get(f"/sheets/{code}").text, who)
    assert [awa.post("/sessions/", form).status_code for _ in range(2)] == [303, 303]
    for worker in (awa, binta):
        again = worker.get(f"/sheets/{code}")
        assert again.status_code == 302
        assert f"/sessions/{read(code).uid}" in again.headers["Location"]
    assert stories.query(Session).count() == 1
    assert stories.query(Receipt).filter_by(path="/sessions/").count() == 1


def test_typed_in_otherwise_by_somebody_else_it_is_a_conflict_and_not_a_second_session(
    awa, binta, who, printed, stories
):
    code, _content = printed(awa)
    page = awa.get(f"/sheets/{code}").text
    awa.post("/sessions/", filled(page, who))
    other = binta.post("/sessions/", filled(page, who, present=who["Benkadi members"][:4]))
    assert other.status_code == 409
    assert stories.query(Session).count() == 1


def test_typed_in_and_sent_by_the_phone_it_is_stored_once(awa, who, printed, stories):
    from tests.offline.phone import Phone

    code, _content = printed(awa)
    form = filled(awa.get(f"/sheets/{code}").text, who)
    phone = Phone(awa, "awa")
    phone.tells("/sessions/", **form)
    assert list(phone.sends().values()) == ["stored"]
    assert awa.get(f"/sheets/{code}").status_code == 302
    assert stories.query(Session).count() == 1


def test_the_day_is_not_guessed(awa, printed):
    code, _content = printed(awa)
    page = awa.get(f"/sheets/{code}").text
    assert re.search(r'name="held_on"[^>]*value=""', page)
    assert '<details class="slim" open>' in page


def test_a_sheet_taken_back_does_not_come_again(awa, who, printed):
    code, _content = printed(awa)
    awa.post("/sessions/", filled(awa.get(f"/sheets/{code}").text, who))
    awa.tell("/sessions/", corrects=read(code).uid, withdrawn="y", reason="Pas tenue")
    again = awa.get(f"/sheets/{code}")
    assert again.status_code == 422
    assert "retirée" in again.text


def test_a_wrong_sign_is_told(awa, printed):
    code, _content = printed(awa)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for typed in (wrong, "ABCD", "%20", code + "0"):
        answer = awa.get(f"/sheets/{typed}")
        assert answer.status_code == 422
        assert "un signe est faux ou manque" in answer.text


def test_the_code_is_typed_on_a_page(awa, printed):
    code, _content = printed(awa)
    answer = awa.get(f"/sheets/?code={code}")
    assert answer.headers["Location"] == f"/sheets/{code}"
    assert awa.get("/sheets/?code=/").status_code == 200


def test_the_square_holds_the_address_of_the_sheet(awa, printed):
    for kind in ("roll", "hands"):
        code, content = printed(awa, kind)
        command = ["pdftoppm", "-png", "-r", "150", "-singlefile", "-"]
        page = subprocess.run(command, input=content, capture_output=True, check=True)
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.stdout)))
        assert [one.text for one in found] == [f"http://localhost/sheets/{code}"]


def test_the_roll_names_everybody_on_the_list_with_her_number(awa, who, printed, stories):
    code, content = printed(awa)
    (page,) = read_pages(content)
    for number, name in ((1, "Fanta Kɔnɛ Ŋaɲa"), (7, "Ɲɛnɛba Dɛmbɛlɛ"), (10, "Nana Cissé")):
        assert letters(f"{number}{name}") in page
    assert letters(code) in page
    assert "M001" in page
    with pikepdf.open(io.BytesIO(content)) as book:
        assert book.Root.MarkInfo.Marked


@pytest.mark.parametrize("language", ["fr", "bm"])
def test_no_method_stands_on_a_roll(awa, printed, language):
    _code, content = printed(awa, language=language, module="cycle-espacement")
    (page,) = read_pages(content)
    assert not [word for word in ("implant", "pilule", "injection", "DIU", "contraceptif") if word in page]


def test_the_tally_asks_and_tells_neither_names_nor_answers(awa, who, printed, stories):
    code, content = printed(awa, "hands", kind="post")
    whole = "".join(read_pages(content))
    for item in questions.form(MODULE, read(code).form, "group"):
        assert letters(item.ask["fr"]) in whole
        assert all(letters(option.text["fr"]) in whole for option in item.options)
        assert letters(item.rationale["fr"]) not in whole
    assert "Djénéba" not in whole


def test_hands_counted_on_paper_are_stored_once(awa, who, printed, stories):
    code, _content = printed(awa, "hands", kind="post")
    page = awa.get(f"/sheets/{code}").text
    module, sheet = catalogue().modules[MODULE], read(code)
    assert uid_on(page) == str(sheet.uid)
    items = questions.form(MODULE, sheet.form, "group")
    form = {
        "uid": sheet.uid, "group": who["Benkadi"], "module": MODULE, "content": module.hash, "form": sheet.form,
        "kind": "post", "language": "bm", "taken_on": date.today(), "present": 9,
        **{f"hands.{item.id}.{item.answer}": 5 for item in items},
    }  # fmt: skip
    assert [awa.post("/hands/", form).status_code for _ in range(2)] == [303, 303]
    assert stories.query(HandsUp).count() == 1
    assert awa.get(f"/sheets/{code}").headers["Location"].startswith(f"/hands/{sheet.uid}")


def test_a_sheet_of_a_training_is_typed_in(oumou, who, stories, app):
    from lms.people.models import OrgUnit

    unit = stories.query(OrgUnit).filter_by(path="ML.KKR.DIO.WAC").one().uid
    today = date.today()
    _answer, training = oumou.tell(
        "/trainings/", title="Formation", unit=unit, place="CSCOM", starts=today, ends=today, modules=[MODULE],
        trainees=[who["awa"]],
    )  # fmt: skip
    answer = oumou.get(f"/sheets/roll.pdf?training={training}&module={MODULE}&language=fr")
    code = re.search(r"presence-([\w-]+)\.pdf", answer.headers["Content-Disposition"])[1]
    page = oumou.get(f"/sheets/{code}").text
    form = filled(page, who, training=training, present=[who["awa"]])
    del form["group"]
    assert oumou.post("/sessions/", form).status_code == 303
    assert oumou.get(f"/sheets/{code}").status_code == 302


def test_content_that_changed_since_is_typed_in_as_it_was(awa, who, printed, world, tmp_path):
    import shutil

    from lms import create_app
    from lms.core.settings import ROOT
    from tests.conftest import settings

    code, _content = printed(awa)
    root = tmp_path / "content"
    for name in ("modules", "assessments"):
        shutil.copytree(ROOT / name, root / name)
    toml = root / "modules" / MODULE / "module.toml"
    version = int(re.match(r"version = (\d+)", toml.read_text())[1])
    toml.write_text(toml.read_text().replace(f"version = {version}", f"version = {version + 1}", 1))
    later = create_app(**settings(world.url, world.data), CONTENT_ROOT=root)
    worker = Browser(later, "awa")
    page = worker.get(f"/sheets/{code}").text
    assert worker.post("/sessions/", filled(page, who)).status_code == 303
    with later.app_context():
        assert Session.now_of(read(code).uid).version == version


def test_the_outsider_sees_nothing(awa, mariam, who, printed):
    code, _content = printed(awa)
    assert mariam.get(f"/sheets/{code}").status_code == 404
    for kind in ("roll", "hands"):
        assert mariam.get(f"/sheets/{kind}.pdf?group={who['Benkadi']}&module={MODULE}").status_code == 404
    assert mariam.get(f"/sheets/?group={who['Benkadi']}").status_code == 404
    awa.post("/sessions/", filled(awa.get(f"/sheets/{code}").text, who))
    assert mariam.get(f"/sheets/{code}").status_code == 404


def test_the_group_page_leads_to_its_sheets(awa, who):
    assert f"/sheets/?group={who['Benkadi']}" in awa.get(f"/groups/{who['Benkadi']}").text
    page = awa.get(f"/sheets/?group={who['Benkadi']}").text
    assert "/sheets/roll.pdf?" in page
    assert "kind=post" in page


@given(st.integers(0, 400))
def test_every_row_has_its_place(count):
    rows = [Row(n) for n in range(1, count + 1)]
    sheets = pages(rows)
    assert [row for left, right in sheets for row in (*left, *right)] == rows
    assert all(len(right) <= len(left) <= (FIRST if n == 0 else NEXT) for n, (left, right) in enumerate(sheets))
