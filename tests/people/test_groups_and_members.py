"""Groups and their members: registered, corrected, moved, gone, found again."""

import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.cascade.models import Session
from lms.core.database import new_uid
from lms.people import rosters
from lms.people.codes import ALPHABET, check_character, is_sound, member_code
from lms.people.models import Care, Group, Membership, Office, OrgUnit, Person
from tests.conftest import uid_in


def a_woman(group, given="Kani", **more):
    return {"uid": new_uid(), "given": given, "family": "Dao", "sex": "F", "age": "25-49", "group": group} | more


def village(stories, path="ML.KKR.DIO.WAC.V02"):
    return stories.scalar(select(OrgUnit.uid).where(OrgUnit.path == path))


def people_found(worker, asked):
    return worker.get("/search", query_string={"q": asked}).text


def test_a_chw_registers_a_group_in_her_area_and_follows_it(awa, who, stories):
    answer, uid = awa.tell("/groups/", name="Jɛkabaara", village=village(stories), founded=1998, begun_as="tontine")
    assert answer.status_code == 303
    group = Group.now_of(uid)
    assert (group.name, group.founded, group.code) == ("Jɛkabaara", 1998, "WAC-G02")
    assert rosters.carer(uid).origin == who["awa"]
    assert awa.get(f"/groups/{uid}").status_code == 200


def test_a_supervisor_registers_a_group_that_nobody_follows_yet(binta, stories):
    _answer, uid = binta.tell("/groups/", name="Sigida", village=village(stories))
    assert rosters.carer(uid) is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"village": "ML.KKR.DIO.MAS.V01"}, 404), ({"village": "ML.KKR.DIO.WAC"}, 422), ({"village": ""}, 422),
    ({"name": " "}, 422),
     ({"name": "x" * 81}, 422), ({"founded": "2999"}, 422), ({"founded": "avant"}, 422),
     ({"begun_as": "autre chose"}, 422)],
)  # fmt: skip
def test_a_group_that_cannot_be_is_refused(awa, stories, fields, status):
    good = {"name": "Jɛkabaara", "village": "ML.KKR.DIO.WAC.V02"} | fields
    good["village"] = village(stories, good["village"]) or ""
    answer, uid = awa.tell("/groups/", good)
    assert answer.status_code == status
    assert Group.now_of(uid) is None


def test_a_corrected_group_keeps_its_code_and_its_carer(awa, who, stories):
    before = Group.now_of(who["Benkadi"])
    answer, _uid = awa.tell("/groups/", corrects=who["Benkadi"], name="Bɛnkadi", village=before.village_uid)
    assert answer.status_code == 303
    assert uid_in(answer) == who["Benkadi"]
    after = Group.now_of(who["Benkadi"])
    assert (after.name, after.code) == ("Bɛnkadi", before.code)
    assert rosters.carer(who["Benkadi"]).origin == who["awa"]
    assert len(rosters.roster(who["Benkadi"])) == 10


def test_a_woman_takes_the_next_number_and_a_sound_code(awa, who, stories):
    form = a_woman(who["Benkadi"])
    assert awa.post("/persons/", form).status_code == 303
    person = Person.now_of(form["uid"])
    assert rosters.membership(person.origin).number == 11
    assert person.code.startswith("WAC-G01-M011-")
    assert is_sound(person.code)


def test_a_woman_sent_twice_is_one_woman(awa, who, stories):
    form = a_woman(who["Benkadi"])
    assert [awa.post("/persons/", form).status_code for _time in range(2)] == [303, 303]
    assert len(rosters.roster(who["Benkadi"])) == 11


def test_women_registered_at_the_same_moment_have_numbers_of_their_own(app, awa, who, stories):
    answers = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(awa.post("/persons/", a_woman(who["Benkadi"], f"Kani {n}"))))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303] * 6
    assert sorted(number for number, _person in rosters.roster(who["Benkadi"])) == list(range(1, 17))


def test_two_women_of_one_name_stay_two(awa, who, stories):
    both = [person for _n, person in rosters.roster(who["Benkadi"]) if person.name == "Fatoumata Traoré"]
    assert len({person.code for person in both}) == 2
    text = people_found(awa, "fatoumata traore")
    assert all(str(person.origin) in text for person in both)


@pytest.mark.parametrize(
    "spoilt", [{"given": ""}, {"given": "x" * 61}, {"sex": "X"}, {"age": "7-9"}, {"group": ""}, {"group": "x"}]
)
def test_a_woman_who_cannot_be_is_refused_and_what_was_typed_stays(awa, who, stories, spoilt):
    answer = awa.post("/persons/", {**a_woman(who["Benkadi"], family="Ŋaɲa"), **spoilt})
    assert answer.status_code == 422
    assert "Ŋaɲa" in answer.text
    assert len(rosters.roster(who["Benkadi"])) == 10


def test_names_that_grow_when_folded_are_kept_whole(awa, who, stories):
    for name in ("œ" * 60, "ß" * 60, "ﷺ" * 60, "-", "😀", "e\u0301" * 60):
        form = a_woman(who["Benkadi"], given=name)
        assert awa.post("/persons/", form).status_code == 303, name
        assert people_found(awa, name)


def test_a_name_with_signs_that_break_others_is_shown_as_it_is(awa, who):
    form = a_woman(who["Benkadi"], given="<script>alert(1)</script>", family="=1+1")
    awa.post("/persons/", form)
    text = awa.get(f"/groups/{who['Benkadi']}").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_a_corrected_name_keeps_code_number_and_story(awa, who, stories):
    fanta = who["Benkadi members"][0]
    code = Person.now_of(fanta).code
    answer, _uid = awa.tell("/persons/", corrects=fanta, given="Fanta", family="Konɛ", sex="F", age="")
    assert answer.status_code == 303
    person = Person.now_of(fanta)
    assert (person.name, person.code) == ("Fanta Konɛ", code)
    assert rosters.membership(fanta).number == 1
    assert "Ŋaɲa" not in awa.get(f"/groups/{who['Benkadi']}").text


def test_a_supervisor_moves_a_woman_and_her_code_goes_with_her(awa, binta, who, stories):
    fanta = who["Benkadi members"][0]
    _answer, other = awa.tell("/groups/", name="Jɛkabaara", village=village(stories))
    code = Person.now_of(fanta).code
    answer, _uid = binta.tell("/memberships/", person=fanta, group=other, since=date.today())
    assert answer.status_code == 303
    assert [person.origin for _n, person in rosters.roster(other)] == [fanta]
    assert fanta not in [person.origin for _n, person in rosters.roster(who["Benkadi"])]
    assert Person.now_of(fanta).code == code
    ended, open_ = stories.scalars(
        select(Membership).where(Membership.person_uid == fanta).order_by(Membership.until)
    ).all()
    assert {ended.until, open_.until} == {date.today(), None}


def test_a_move_that_says_nothing_is_refused(binta, who):
    fanta = who["Benkadi members"][0]
    for person, group in ((fanta, who["Benkadi"]), (who["awa"], who["Benkadi"])):
        assert binta.tell("/memberships/", person=person, group=group, since=date.today())[0].status_code == 422
    assert binta.tell("/memberships/", person=fanta, group=who["Sabugnuma"], since=date.today())[0].status_code == 404


def test_a_woman_who_leaves_is_off_the_roster_and_her_sessions_count(awa, who, a_session, stories):
    fanta = who["Benkadi members"][0]
    awa.post("/sessions/", a_session(present=5))
    answer, _uid = awa.tell("/departures/", person=fanta, left_on=date.today(), why="depart")
    assert answer.status_code == 303
    assert len(rosters.roster(who["Benkadi"])) == 9
    session = stories.scalars(select(Session)).one()
    from lms.cascade import teaching

    assert len(teaching.roll(session)) == 5
    form = a_woman(who["Benkadi"])
    awa.post("/persons/", form)
    assert rosters.membership(form["uid"]).number == 11  # a number is never given twice


def test_a_group_handed_over_is_out_of_the_old_chws_reach_at_once_and_its_past_stays(
    awa, binta, who, a_session, stories
):
    session = uid_in(awa.post("/sessions/", a_session()))
    answer, uid = binta.tell("/workers/", given="Kani", family="Dao", sex="F", kind="chw", identifier="kani",
                             unit=village(stories, "ML.KKR.DIO.WAC"))  # fmt: skip
    assert answer.status_code == 303
    answer, _uid = binta.tell("/cares/", group=who["Benkadi"], worker=uid, since=date.today())
    assert answer.status_code == 303
    assert awa.get(f"/groups/{who['Benkadi']}").status_code == 404
    assert awa.post("/sessions/", a_session()).status_code == 404
    assert awa.tell("/persons/", corrects=who["Benkadi members"][0], given="X", sex="F")[0].status_code in (404, 422)
    assert awa.get(f"/sessions/{session}").status_code == 200
    assert Session.now_of(session).led_by == who["awa"]
    assert rosters.carer(who["Benkadi"]).origin == uid
    assert stories.scalar(select(func.count()).select_from(Care).where(Care.group_uid == who["Benkadi"])) == 2


def test_a_group_is_handed_to_a_chw_only(binta, who):
    for person in (who["Benkadi members"][0], who["djeneba"]):
        assert binta.tell("/cares/", group=who["Benkadi"], worker=person, since=date.today())[0].status_code == 422
    assert binta.tell("/cares/", group=who["Benkadi"], worker=who["kadi"], since=date.today())[0].status_code == 404


def test_a_new_president_ends_the_office_of_the_one_before(awa, who, stories):
    first, second = who["Benkadi members"][:2]
    for member in (first, second):
        fields = {"group": who["Benkadi"], "person": member, "post": "presidente", "since": date.today()}
        assert awa.tell("/offices/", fields)[0].status_code == 303
    assert [person.origin for _office, person in rosters.officers(who["Benkadi"])] == [second]
    assert stories.scalar(select(func.count()).select_from(Office)) == 2
    fields["person"] = who["awa"]
    assert awa.tell("/offices/", fields)[0].status_code == 422


def test_the_agreement_of_a_leader_is_remembered_by_his_office(awa, who, stories):
    fields = {"group": who["Benkadi"], "leader": "imam", "manner": "oral", "agreed_on": date.today()}
    assert awa.tell("/agreements/", fields)[0].status_code == 303
    assert [a.leader for a in rosters.agreements(who["Benkadi"])] == ["imam"]
    assert awa.tell("/agreements/", fields, agreed_on="2999-01-01")[0].status_code == 422


def test_search_forgives_the_spelling(awa, kadi, who, stories):
    members = {Person.now_of(uid).name: str(uid) for uid in who["Benkadi members"]}
    for asked in ("kulubali", "Coulibaly", "COULIBALI", "djeneba", "jeneba", "Jénéba kulu"):
        assert members["Djénéba Coulibaly"] in people_found(awa, asked), asked
    for asked in ("fanta kone", "konɛ fanta", "F", "Ŋaɲa", "nana", "nyanya"):
        assert members["Fanta Kɔnɛ Ŋaɲa"] in people_found(awa, asked), asked
    assert str(who["Sabugnuma members"][1]) in people_found(kadi, "coulibaly")
    code = Person.now_of(who["Benkadi members"][0]).code
    assert members["Fanta Kɔnɛ Ŋaɲa"] in people_found(awa, code.lower())
    assert members["Fanta Kɔnɛ Ŋaɲa"] not in people_found(awa, code[:-2])
    assert str(who["Benkadi"]) in people_found(awa, "bɛnkadi")


# Codes


@given(st.text("ABCDEFGHJKMNPQRSTVWXYZ", min_size=3, max_size=4), st.integers(1, 99), st.integers(1, 999), st.data())
def test_every_single_wrong_character_of_a_code_is_noticed(area, group, number, data):
    code = member_code(f"{area}-G{group:02d}", number)
    assert is_sound(code)
    assert is_sound(code.lower())
    place = data.draw(st.sampled_from([i for i, c in enumerate(code) if c != "-"]))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != code[place]]))
    assert not is_sound(code[:place] + wrong + code[place + 1 :])


@given(st.text(max_size=40))
def test_junk_is_judged_and_never_breaks(text):
    assert is_sound(text) in (True, False)


@given(st.text(ALPHABET, min_size=1, max_size=12))
def test_letters_that_look_like_digits_are_read_as_those(text):
    assert check_character(text.replace("0", "O").replace("1", "I")) == check_character(text)


def test_who_has_left_stays_known_to_those_of_her_last_group(awa, mariam, who, stories):
    member = who["Benkadi members"][4]
    awa.tell("/departures/", person=member, left_on=date.today(), why="depart")
    assert awa.get(f"/persons/{member}").status_code == 200
    assert awa.get(f"/learning/{member}").status_code == 200
    assert mariam.get(f"/persons/{member}").status_code == 404
