"""What goes along on a phone: whose it is, what it holds, what it weighs."""

import gzip
import json
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from lms.core.database import db
from lms.curriculum.content import catalogue
from lms.curriculum.provenance import folder_of
from lms.offline.packs import body_of, group_pack, module_pack, pages_of
from lms.people.models import Group

MODULE = "choix-libre-eclaire"


@pytest.fixture
def story(awa, who, a_session, an_attempt):
    """Benkadi after a session with a visitor, two quizzes of one woman, a quiz by hands, and a departure."""
    women = who["Benkadi members"]
    _answer, session = awa.tell("/sessions/", a_session(present=3, heads_M_25_49=2))
    awa.tell("/attempts/", an_attempt(person=women[0], kind="pre", wrong=5))
    awa.tell("/attempts/", an_attempt(person=women[0], form="B"))
    hands = an_attempt(person=women[0]) | {"group": who["Benkadi"], "present": 3}
    counted = {
        f"hands.{name.removeprefix('answer.')}.{value}": 3
        for name, value in hands.items()
        if name.startswith("answer.")
    }
    awa.tell("/hands/", {name: value for name, value in hands.items() if not name.startswith("answer.")}, **counted)
    awa.tell("/departures/", person=women[1], left_on=hands["taken_on"], why="choix")
    return session


def pack_of(worker, group):
    answer = worker.get(f"/phone/groups/{group}.json")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.json


def test_a_group_goes_along_with_its_story(awa, who, story):
    pack, women = pack_of(awa, who["Benkadi"]), [str(uid) for uid in who["Benkadi members"]]
    assert pack["group"]["name"] == "Benkadi"
    assert [one["uid"] for one in pack["members"]] == [women[0], *women[2:]]
    assert pack["members"][0] | {"code": None} == {
        "uid": women[0], "given": "Fanta", "family": "Kɔnɛ Ŋaɲa", "name": "Fanta Kɔnɛ Ŋaɲa", "number": 1, "code": None,
        "sex": "F", "age": "25-49",
    }  # fmt: skip
    assert [one["uid"] for one in pack["gone"]] == [women[1]], "she was there: a correction must not lose her"
    [session] = pack["sessions"]
    assert (session["origin"], set(session["present"]), session["heads"]) == (
        str(story),
        set(women[:3]),
        {"heads_M_25_49": 2},
    )
    assert [(quiz["form"], quiz["kind"], quiz["passed"]) for quiz in pack["attempts"]] == [("B", "post", True)]
    assert [(quiz["form"], quiz["present"]) for quiz in pack["hands"]] == [("A", 3)]


def test_nobody_takes_a_group_of_others_along(visitor, mariam, modibo, who, story):
    address = f"/phone/groups/{who['Benkadi']}.json"
    assert mariam.get(address).status_code == 404
    assert modibo.get(address).status_code == 403, "who sees codes only takes no names along"
    assert visitor.get(address).status_code in (303, 401)
    assert not mariam.get(f"/phone/packs.json?group={who['Benkadi']}").json["groups"][1:]


def test_what_is_offered_is_hers(awa, modibo, who):
    offered = awa.get("/phone/packs.json?lang=bm").json
    assert [group["name"] for group in offered["groups"]] == ["Benkadi"]
    assert {module["slug"] for module in offered["modules"]} >= {MODULE}
    assert modibo.get(f"/phone/packs.json?group={who['Benkadi']}").json["groups"] == []


@contextmanager
def questions_asked():
    asked = []
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    yield asked
    event.remove(db.engine, "before_cursor_execute", listener)


def test_a_group_costs_few_questions_and_few_bytes(app, who, story, stories):
    with app.test_request_context():
        group = Group.now_of(who["Benkadi"])
        with questions_asked() as asked:
            pack = group_pack(group)
        assert len(asked) <= 8, "\n".join(asked)
        assert len(gzip.compress(json.dumps(pack).encode())) < 3_000


def test_a_module_goes_along_whole(app, visitor):
    pack = visitor.get(f"/phone/modules/{MODULE}.json?lang=bm").json
    addresses = [file["url"] for file in pack["files"]]
    with app.test_request_context():
        module = catalogue().modules[MODULE]
        assert set(pages_of(module, "bm")) <= set(addresses)
        assert folder_of(module.hash).is_dir(), "what goes along is kept: facts told of it come home weeks later"
    assert len([address for address in addresses if address.endswith((".svg", ".webp")) or ".svg?" in address]) > 10
    assert pack["bytes"] == sum(file["bytes"] for file in pack["files"]) < 400_000
    assert not [address for address in addresses if ".js" in address]
    for address in addresses:
        assert visitor.get(address).status_code in (200, 303), address


def test_each_language_is_a_pack_of_its_own(app):
    with app.test_request_context():
        module = catalogue().modules[MODULE]
        french, bambara = module_pack(module, "fr"), module_pack(module, "bm")
        assert french.hash != bambara.hash
        assert french is module_pack(module, "fr")
        assert b'<html lang="bm">' in body_of(f"/modules/{MODULE}", "bm")


def test_unknown_modules_and_languages_are_not_found(visitor, awa):
    for address in ("/phone/modules/nothing.json", f"/phone/modules/{MODULE}.json?lang=en"):
        assert visitor.get(address).status_code == 404
    assert awa.get("/phone/en/").status_code == 404
    assert awa.get(f"/phone/fr/quiz/{MODULE}/C").status_code == 404


def test_the_phones_pages_are_the_same_for_everybody(visitor, awa):
    for address in ("/phone/bm/", "/phone/bm/group", f"/phone/bm/session/{MODULE}"):
        empty, hers = visitor.get(address), awa.get(address)
        assert empty.data == hers.data
        assert b'<html lang="bm">' in empty.data
        assert empty.headers["Cache-Control"] == "no-cache"
        assert visitor.get(address, headers={"If-None-Match": empty.headers["ETag"]}).status_code == 304


def test_the_key_to_the_answers_is_for_workers(visitor, awa):
    for address in (f"/phone/fr/quiz/{MODULE}/A", f"/phone/fr/quizzes/{MODULE}"):
        assert visitor.get(address).status_code == 303
        assert b"data-keys=" in awa.get(address).data
    assert b"data-answer" not in visitor.get(f"/phone/fr/hands/{MODULE}/A").data
