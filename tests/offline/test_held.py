"""What was held is read, mended, accepted or set aside on its own page, by who told it or who answers for her."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from lms.cascade.models import Session
from lms.core.database import new_uid
from lms.core.models import Conflict, Held, Receipt
from lms.people.models import Care, OrgUnit, Person, Role
from tests.offline.phone import Phone

BANAMBA = "ML.KKR.BNB.BNB1"


@pytest.fixture
def phone(awa):
    return Phone(awa, "awa")


def a_nameless_woman(phone, who, **more):
    uid = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F", **more)
    assert phone.sends()[uid] == "held"
    return uid


def test_awa_and_her_supervisor_find_what_was_held_and_strangers_do_not(
    phone, awa, binta, mariam, kadi, visitor, who, stories
):
    uid = a_nameless_woman(phone, who)
    for worker in (awa, binta):
        inbox, page = worker.get("/held/").text, worker.get(f"/held/{uid}").text
        assert f"/held/{uid}" in inbox
        assert "Une femme inscrite" in inbox
        assert "À remplir." in page
        assert "fiche retenue" in worker.get("/").text
    for stranger in (mariam, kadi):
        assert f"/held/{uid}" not in stranger.get("/held/").text
        assert stranger.get(f"/held/{uid}").status_code == 404
        assert stranger.post(f"/held/{uid}", act="accept").status_code == 404
        assert stranger.post(f"/held/{uid}", act="aside", because="non").status_code == 404
    assert visitor.get(f"/held/{uid}").status_code == 303
    assert Held.of(uid).settled is None


def test_a_held_woman_is_named_and_accepted_and_what_waited_for_her_follows(phone, awa, who, a_session, stories):
    woman = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    session = phone.tells("/sessions/", **a_session(present=[woman]))
    phone.sends()
    page = awa.get(f"/held/{session}").text
    assert f"/held/{woman}" in page
    assert 'id="mend"' not in page
    answer = awa.post(f"/held/{woman}", act="mend", given="Kadia", family="", sex="F", age="25-49")
    assert answer.status_code == 303
    assert Person.now_of(woman).given == "Kadia"
    assert Session.now_of(session)
    assert Receipt.of(woman).device == phone.device
    assert Held.of(woman).body.decode() == phone.facts[woman].body
    assert "Aucune fiche" in awa.get("/held/").text
    assert f"/persons/{woman}" in awa.get(f"/held/{woman}").text


def test_a_mended_session_keeps_its_roll(phone, awa, who, a_session, stories):
    told = a_session(minutes=0, present=4)
    uid = phone.tells("/sessions/", **told)
    phone.sends()
    visible = {name: told[name] for name in ("lessons", "language", "held_on", "half", "place")}
    page = awa.post(f"/held/{uid}", {**visible, "act": "mend", "minutes": 0})
    assert page.status_code == 422
    assert "1 à 600" in page.text
    assert awa.post(f"/held/{uid}", {**visible, "act": "mend", "minutes": 50}).status_code == 303
    session = Session.now_of(uid)
    assert (session.minutes, session.led_by) == (50, who["awa"])
    assert f">{len(told['present'])}<" in awa.get(f"/sessions/{uid}").text


def test_who_is_on_no_list_is_taken_off_the_roll(phone, awa, who, a_session, stories):
    told = a_session(present=[*who["Benkadi members"][:3], new_uid()])
    uid = phone.tells("/sessions/", **told)
    phone.sends()
    assert 'name="strangers"' in awa.get(f"/held/{uid}").text
    visible = {name: told[name] for name in ("lessons", "language", "held_on", "half", "place", "minutes")}
    assert awa.post(f"/held/{uid}", {**visible, "act": "mend"}).status_code == 422
    assert awa.post(f"/held/{uid}", {**visible, "act": "mend", "strangers": "off"}).status_code == 303
    assert Session.now_of(uid)


def test_a_fact_is_set_aside_with_a_reason_and_may_be_taken_again(phone, awa, binta, who, stories):
    uid = a_nameless_woman(phone, who)
    assert binta.post(f"/held/{uid}", act="aside", because=" ").status_code == 422
    assert binta.post(f"/held/{uid}", act="aside", because="Essai du téléphone").status_code == 303
    assert Held.of(uid).settled_why == "Essai du téléphone"
    assert f"/held/{uid}" not in awa.get("/held/").text
    assert "Essai du téléphone" in awa.get(f"/held/{uid}").text
    assert awa.post(f"/held/{uid}", act="mend", given="Kadia", sex="F").status_code == 303
    assert Person.now_of(uid).given == "Kadia"
    assert awa.post(f"/held/{uid}", act="aside", because="trop tard").status_code == 303
    assert Held.of(uid).settled == "taken"


def move(stories, worker, path):
    """The worker goes on in another place from today."""
    for role in Role.of(worker):
        role.until = date.today()
    unit = stories.scalar(select(OrgUnit.uid).where(OrgUnit.path == path))
    stories.add(Role(person_uid=worker, kind="chw", unit_uid=unit, since=date.today()))
    stories.commit()


def test_the_supervisor_of_the_group_vouches_for_a_worker_who_has_moved(
    phone, awa, binta, mariam, who, a_session, stories
):
    care = stories.scalar(select(Care).where(Care.group_uid == who["Benkadi"]))
    care.worker_uid = who["kadi"]
    move(stories, who["awa"], BANAMBA)
    uid = phone.tells("/sessions/", **a_session())
    elsewhere = phone.tells("/persons/", group=who["Lafia"], given="", sex="F")
    assert set(phone.sends().values()) == {"held"}
    assert "Votre superviseur" in awa.get(f"/held/{uid}").text
    assert awa.post(f"/held/{uid}", act="accept").status_code == 422
    assert f"/held/{uid}" in binta.get("/held/").text
    assert f"/held/{elsewhere}" not in binta.get("/held/").text
    assert binta.get(f"/held/{elsewhere}").status_code == 404
    assert "Accepter" in binta.get(f"/held/{uid}").text
    assert binta.post(f"/held/{uid}", act="accept").status_code == 303
    assert (Session.now_of(uid).led_by, Receipt.of(uid).vouched_by) == (who["awa"], who["binta"])


def test_an_officer_reads_codes_and_a_role_that_may_not_tell_it_may_not_accept(
    phone, modibo, oumou, who, a_session, stories
):
    registered = phone.tells("/persons/", group=who["Benkadi"], given="Nènè", sex="F", age="3-4")
    session = phone.tells("/sessions/", **a_session(minutes=0))
    phone.sends()
    page = modibo.get(f"/held/{registered}").text
    assert "Nènè" not in page
    assert "Votre rôle" in page
    page = modibo.get(f"/held/{session}").text
    assert "Fatoumata" not in page
    assert "WAC-G01" in page
    assert "Votre rôle" in oumou.get(f"/held/{registered}").text
    assert oumou.post(f"/held/{registered}", act="accept").status_code == 422
    assert Person.now_of(registered) is None


def test_what_no_form_reads_is_shown_as_it_was_sent(phone, awa, who, stories):
    uid = phone.tells("/stars/", colour="blue")
    phone.sends()
    page = awa.get(f"/held/{uid}").text
    assert "blue" in page
    assert "plus récent" in page
    assert awa.post(f"/held/{uid}", act="accept").status_code == 422
    assert awa.post(f"/held/{uid}", act="mend", colour="red").status_code == 422


@pytest.mark.parametrize(
    "spoilt",
    [
        {"group": "no uid"}, {"colour": "blue"}, {"held_on": "soon"}, {"place": "\x00"}, {"minutes": "9" * 30},
        {"present": "nobody"}, {"module": "none"}, {"content": "0" * 64}, {"corrects": str(new_uid())}, {"half": "night"},
    ],
)  # fmt: skip
def test_every_held_fact_has_a_page_and_no_act_breaks_on_it(phone, awa, binta, a_session, stories, spoilt):
    uid = phone.tells("/sessions/", **{**a_session(), **spoilt})
    phone.sends()
    for worker in (awa, binta):
        assert worker.get(f"/held/{uid}").status_code == 200
        assert worker.post(f"/held/{uid}", act="accept").status_code == 422
        assert worker.post(f"/held/{uid}", act="mend").status_code == 422
    assert Held.of(uid).settled is None


def test_a_withdrawal_without_a_reason_gets_one(phone, awa, who, a_session, stories):
    session = phone.tells("/sessions/", **a_session())
    taken_back = phone.tells("/sessions/", corrects=session, withdrawn="1", reason="")
    assert phone.sends()[taken_back] == "held"
    assert "Retire" in awa.get(f"/held/{taken_back}").text
    assert awa.post(f"/held/{taken_back}", act="mend", reason="Notée deux fois").status_code == 303
    assert Session.now_of(session) is None


def told_twice(phone, a_session, stories, **other):
    """One uid, two tellings; returns the uid and the conflict."""
    uid = phone.tells("/sessions/", **a_session(present=3))
    phone.sends()
    phone.tells("/sessions/", **a_session(uid=uid, minutes=17, present=4, **other))
    phone.cleared.pop(uid, None)
    assert phone.sends() == {uid: "conflict"}
    return uid, stories.scalar(select(Conflict).where(Conflict.uid == uid))


def test_two_tellings_stand_side_by_side_and_the_first_may_stay(phone, awa, binta, mariam, a_session, stories):
    uid, conflict = told_twice(phone, a_session, stories)
    assert f"/held/{uid}" in awa.get("/held/").text
    page = binta.get(f"/held/{uid}").text
    assert '<span class="mark">17</span>' in page
    assert '<span class="mark">60</span>' in page
    assert mariam.get(f"/held/{uid}").status_code == 404
    assert mariam.post(f"/held/{uid}", act="first", conflict=conflict.seq).status_code == 404
    assert binta.post(f"/held/{uid}", act="first", conflict=conflict.seq).status_code == 303
    assert Session.now_of(uid).minutes == 60
    assert f"/held/{uid}" not in awa.get("/held/").text
    assert awa.get(f"/held/{uid}").status_code == 200


def test_the_second_telling_corrects_the_first(phone, awa, a_session, stories):
    uid, conflict = told_twice(phone, a_session, stories)
    assert awa.post(f"/held/{uid}", act="second", conflict=conflict.seq).status_code == 303
    assert Session.now_of(uid).minutes == 17
    assert f"/held/{uid}" not in awa.get("/held/").text


def test_a_second_telling_that_cannot_stand_says_why(phone, awa, a_session, stories):
    uid, conflict = told_twice(phone, a_session, stories, place="")
    answer = awa.post(f"/held/{uid}", act="second", conflict=conflict.seq)
    assert answer.status_code == 422
    assert "Lieu : À remplir." in answer.text
    assert Session.now_of(uid).minutes == 60


@pytest.mark.parametrize("how", [{"withdrawn": "y", "reason": "Notée deux fois"}, {}])
def test_a_second_telling_that_speaks_of_another_fact_takes_nothing_from_the_first(phone, awa, a_session, stories, how):
    other = phone.tells("/sessions/", **a_session())
    uid = phone.tells("/sessions/", **a_session(half="pm"))
    phone.sends()
    phone.tells("/sessions/", **{**a_session(uid=uid, half="pm", minutes=17), "corrects": other, **how})
    phone.cleared.pop(uid)
    assert phone.sends() == {uid: "conflict"}
    conflict = stories.scalar(select(Conflict.seq))
    assert 'value="second"' not in awa.get(f"/held/{uid}").text
    assert awa.post(f"/held/{uid}", act="second", conflict=conflict).status_code == 404
    assert awa.post(f"/held/{uid}", act="first", conflict=conflict).status_code == 303
    assert Session.now_of(uid).minutes == Session.now_of(other).minutes == 60


def test_a_stranger_who_knows_an_id_learns_nothing_by_telling_it_again(phone, awa, mariam, who, stories):
    woman = phone.tells("/persons/", group=who["Benkadi"], given="Nènè", sex="F")
    phone.sends()
    hers = Phone(mariam, "mariam")
    hers.tells("/persons/", uid=woman, group=who["Lafia"], given="Autre", sex="F")
    assert hers.sends() == {woman: "conflict"}
    page = mariam.get(f"/held/{woman}")
    assert page.status_code == 200
    assert "Nènè" not in page.text
    conflict = stories.scalar(select(Conflict.seq))
    assert mariam.post(f"/held/{woman}", act="second", conflict=conflict).status_code == 404


def test_a_day_told_by_a_wrong_clock_is_asked_and_mended(phone, awa, binta, mariam, a_session, stories):
    off = timedelta(days=-1000)
    phone.clock = lambda: datetime.now(UTC) + off
    uid = phone.tells("/sessions/", **a_session(held_on=date.today() + off))
    assert phone.sends() == {uid: "stored"}
    assert f"/held/{uid}" in awa.get("/held/").text
    page = binta.get(f"/held/{uid}").text
    assert f"/sessions/{uid}/edit" in page
    assert "Quel jour" in page
    assert mariam.get(f"/held/{uid}").status_code == 404
    assert mariam.post(f"/held/{uid}", act="day", held_on=date.today()).status_code == 404
    right = {"act": "day", "uid": new_uid(), "held_on": date.today()}
    assert awa.post(f"/held/{uid}", {**right, "held_on": ""}).status_code == 422
    assert awa.post(f"/held/{uid}", right).status_code == 303
    assert Session.now_of(uid).held_on == date.today()
    assert Session.now_of(uid).minutes == 60
    assert f"/held/{uid}" not in awa.get("/held/").text


def test_the_inbox_is_paged(phone, awa, who, stories):
    for _n in range(31):
        phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    phone.sends()
    assert awa.get("/held/").text.count('href="/held/') == 30
    assert "31 fiches retenues" in awa.get("/").text
    assert awa.get("/held/?page=2").text.count('href="/held/') == 1


@pytest.mark.parametrize("aside", [False, True])
def test_what_was_held_is_settled_when_she_tells_it_on_line(phone, awa, binta, a_session, who, stories, aside):
    told = a_session(minutes=0)
    uid = phone.tells("/sessions/", **told)
    assert phone.sends() == {uid: "held"}
    if aside:
        binta.post(f"/held/{uid}", act="aside", because="Essai du téléphone")
    assert awa.post("/sessions/", {**told, "minutes": 50}).status_code == 303
    held = Held.of(uid)
    assert (held.settled, held.settled_by, held.settled_why) == ("taken", who["awa"], None)
    assert held.body.decode() == phone.facts[uid].body
    assert f"/held/{uid}" not in awa.get("/held/").text
    visible = {name: told[name] for name in ("lessons", "language", "held_on", "half", "place")}
    assert binta.post(f"/held/{uid}", {**visible, "act": "mend", "minutes": 40}).status_code == 303
    assert Session.now_of(uid).minutes == 50
    again = phone.posts(phone.envelope([phone.facts[uid]])).json["results"][str(uid)]
    assert again["state"] == "duplicate"


def test_a_stranger_who_tells_a_held_uid_on_line_settles_nothing(phone, awa, mariam, who, a_session, stories):
    uid = phone.tells("/sessions/", **a_session(minutes=0))
    phone.sends()
    assert mariam.post("/sessions/", a_session("Lafia", uid=uid, present=1)).status_code == 303
    assert (Receipt.of(uid).author, Held.of(uid)) == (who["mariam"], None)
    assert stories.scalar(select(Conflict.author).where(Conflict.uid == uid)) == who["awa"]
    assert f"/held/{uid}" in awa.get("/held/").text
    assert "Lafia" not in awa.get(f"/held/{uid}").text


def test_what_waited_for_a_woman_follows_when_she_is_registered_on_line(
    phone, awa, who, a_session, an_attempt, stories
):
    woman = new_uid()
    session = phone.tells("/sessions/", **a_session(present=[woman]))
    correction = phone.tells("/sessions/", **a_session(corrects=session, present=[woman], minutes=45))
    attempt = phone.tells("/attempts/", **an_attempt(person=woman))
    assert set(phone.sends().values()) == {"held"}
    her = {"uid": woman, "group": who["Benkadi"], "given": "Ada", "sex": "F", "family": "", "age": ""}
    assert awa.post("/persons/", her).status_code == 303
    assert {Held.of(uid).settled for uid in (session, correction, attempt)} == {"taken"}
    assert Session.now_of(session).minutes == 45


def test_a_newer_phone_hears_that_a_fact_was_set_aside_and_why(phone, binta, who, stories):
    uid = a_nameless_woman(phone, who)
    binta.post(f"/held/{uid}", act="aside", because="Essai du téléphone")
    for client, heard in (
        (1, {"state": "duplicate", "reason": None}),
        (2, {"state": "aside", "reason": "Essai du téléphone"}),
    ):
        answer = phone.posts(phone.envelope([phone.facts[uid]], client=client)).json
        assert answer["results"][str(uid)] == heard
    binta.post(f"/held/{uid}", act="mend", given="Kadia", sex="F")
    answer = phone.posts(phone.envelope([phone.facts[uid]], client=2)).json
    assert answer["results"][str(uid)]["state"] == "duplicate"
