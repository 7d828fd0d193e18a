"""A session as it was held: what was taught, who was there, and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from lms.cascade import teaching
from lms.cascade.models import Attendance, Headcount, Session
from lms.cascade.presence import share, took_part
from lms.core.database import db, new_uid
from lms.people import rosters
from lms.people.models import Group
from tests.conftest import uid_in


def count(stories, model):
    return stories.scalar(select(func.count()).select_from(model))


def test_a_session_says_who_was_there_in_what_words_and_for_how_long(awa, a_session, who, stories):
    session = Session.now_of(uid_in(awa.post("/sessions/", a_session(present=7))))
    assert (session.minutes, session.language, session.led_by) == (60, "bm", who["awa"])
    assert len(teaching.roll(session)) == 7
    assert session.group.name == "Benkadi"


def test_men_and_visitors_are_counted_and_not_named(awa, a_session, stories):
    answer = awa.post("/sessions/", a_session(heads_M_25_49=21, heads_F_15_19=3, heads_M_50_99=0))
    session = Session.now_of(uid_in(answer))
    assert [(head.sex, head.band, head.number) for head in teaching.heads(session)] == [
        ("F", "15-19", 3),
        ("M", "25-49", 21),
    ]


def test_men_alone_are_a_session_and_nobody_at_all_is_none(awa, a_session, stories):
    assert awa.post("/sessions/", a_session(present=[], heads_M_25_49=4)).status_code == 303
    assert awa.post("/sessions/", a_session(present=[])).status_code == 422
    assert count(stories, Session) == 1


def test_somebody_not_on_the_roster_is_refused_and_what_was_typed_stays(awa, a_session, who, stories):
    form = a_session(place="Chez la présidente", present=[*who["Benkadi members"][:3], who["Lafia members"][0]])
    answer = awa.post("/sessions/", form)
    assert answer.status_code == 422
    assert "1 personne(s)" in answer.text
    assert "Chez la présidente" in answer.text
    assert (count(stories, Session), count(stories, Attendance)) == (0, 0)


def test_a_woman_ticked_twice_is_there_once(awa, a_session, who, stories):
    fanta = who["Benkadi members"][0]
    assert awa.post("/sessions/", a_session(present=[fanta, fanta])).status_code == 303
    assert count(stories, Attendance) == 1


def test_a_woman_who_left_since_was_there_then(awa, a_session, who):
    fanta = who["Benkadi members"][0]
    awa.tell("/departures/", person=fanta, left_on=date.today(), why="choix")
    assert (
        awa.post("/sessions/", a_session(present=[fanta], held_on=date.today() - timedelta(days=3))).status_code == 303
    )


@pytest.mark.parametrize(
    "spoilt",
    [{"held_on": date.today() + timedelta(days=1)}, {"held_on": "31/02/2026"}, {"half": "soir"}, {"minutes": 0},
    {"minutes": 601},
     {"minutes": ""}, {"language": "en"}, {"lessons": []}, {"lessons": ["inconnue"]}, {"module": "inconnu"},
     {"content": "0" * 64},
     {"content": "../../etc/passwd"}, {"heads_M_25_49": -1}, {"heads_M_25_49": 1000}, {"place": "x" * 81},
     {"present": ["x"]}],
)  # fmt: skip
def test_a_session_that_cannot_be_is_refused(awa, a_session, stories, spoilt):
    assert awa.post("/sessions/", {**a_session(), **spoilt}).status_code in (404, 422)
    assert count(stories, Session) == 0


def test_a_date_may_be_written_as_people_write_it(awa, a_session, stories):
    awa.post("/sessions/", a_session(held_on="03/02/2025"))
    assert stories.scalar(select(Session.held_on)) == date(2025, 2, 3)


def test_a_woman_added_on_the_way_is_registered_ticked_and_the_form_is_kept(awa, a_session, who, stories):
    woman = {"woman": "1", "woman-uid": new_uid(), "woman-given": "Kani", "woman-family": "Dao", "woman-age": "25-49"}
    form = a_session(present=3, place="Chez la présidente", minutes=77)
    answer = awa.post("/sessions/", {**form, **woman})
    assert answer.status_code == 200
    assert rosters.membership(woman["woman-uid"]).number == 11
    assert count(stories, Session) == 0
    assert "Chez la présidente" in answer.text
    assert "77" in answer.text
    assert str(form["uid"]) in answer.text
    assert answer.text.count(str(woman["woman-uid"])) >= 1
    assert awa.post("/sessions/", {**form, "present": [*form["present"], woman["woman-uid"]]}).status_code == 303
    assert count(stories, Attendance) == 4


def test_a_woman_without_a_name_is_not_registered_and_the_form_is_kept(awa, a_session, who, stories):
    woman = {"woman": "1", "woman-uid": new_uid(), "woman-given": " ", "woman-family": "Dao"}
    answer = awa.post("/sessions/", {**a_session(place="Chez la présidente"), **woman})
    assert answer.status_code == 422
    assert "Chez la présidente" in answer.text
    assert len(rosters.roster(who["Benkadi"])) == 10


def test_one_touch_registers_the_woman_and_records_the_session_with_her(awa, a_session, who, stories):
    form = {**a_session(present=3), "woman-uid": new_uid(), "woman-given": "Kani", "woman-family": "", "woman-age": ""}
    for _again in range(2):
        assert awa.post("/sessions/", form).status_code == 303
    assert rosters.membership(form["woman-uid"]).number == 11
    assert (count(stories, Session), count(stories, Attendance)) == (1, 4)


def test_a_family_name_alone_is_kept_and_nothing_is_recorded(awa, a_session, who, stories):
    form = {**a_session(place=""), "woman-uid": new_uid(), "woman-given": "", "woman-family": "Dao"}
    answer = awa.post("/sessions/", form)
    assert answer.status_code == 422
    assert 'value="Dao"' in answer.text
    assert 'id="woman" open' in answer.text
    assert 'id="woman-given-error"' in answer.text
    assert 'id="place-error"' in answer.text
    assert count(stories, Session) == 0


def test_a_lesson_leads_past_the_choice_of_the_only_group(awa, who):
    answer = awa.get("/sessions/new?module=choix-libre-eclaire")
    assert answer.status_code == 302
    assert f"group={who['Benkadi']}" in answer.location
    assert "module=choix-libre-eclaire" in answer.location


def test_a_session_is_of_a_group_or_of_a_training_and_not_of_both_or_none(awa, a_session, stories):
    assert awa.post("/sessions/", a_session(group="Benkadi", training=new_uid())).status_code in (404, 422)
    form = a_session()
    form["group"] = ""
    assert awa.post("/sessions/", form).status_code in (404, 422)
    assert count(stories, Session) == 0


def test_a_hundred_and_twelve_are_called_in_one_form(awa, a_session, who, stories):
    women = [new_uid() for _n in range(102)]
    for n, uid in enumerate(women):
        awa.post("/persons/", {"uid": uid, "given": f"Kani {n}", "sex": "F", "group": who["Benkadi"]})
    assert awa.post("/sessions/", a_session(present=[*who["Benkadi members"], *women])).status_code == 303
    assert count(stories, Attendance) == 112


def test_heads_of_a_corrected_session_are_those_of_the_correction(awa, a_session, stories):
    first = uid_in(awa.post("/sessions/", a_session(heads_M_25_49=9)))
    awa.post("/sessions/", a_session(corrects=first, heads_M_25_49=2))
    assert [head.number for head in teaching.heads(Session.now_of(first))] == [2]
    assert count(stories, Headcount) == 2


# Presence

minutes = st.integers(1, 600)
rolls = st.lists(st.tuples(minutes, st.sets(st.sampled_from("abc"))), max_size=8)


@given(rolls)
def test_presence_is_a_part_of_the_minutes_held(sessions):
    for person in "abc":
        there = sum(m for m, present in sessions if person in present)
        held = sum(m for m, _present in sessions)
        assert 0 <= share(sessions, person) <= 1
        assert took_part(sessions, person) == (bool(sessions) and there * 100 >= 80 * held)


@given(rolls, minutes)
def test_being_there_once_more_never_takes_away(sessions, more):
    if took_part(sessions, "a"):
        assert took_part([*sessions, (more, {"a"})], "a")


def test_eighty_percent_exactly_is_enough():
    four_of_five = [(60, {"a"})] * 4 + [(60, set())]
    assert took_part(four_of_five, "a")
    assert not took_part([*four_of_five, (1, set())], "a")
    assert not took_part([], "a")


def test_a_longer_list_of_sessions_asks_no_more_of_the_database(binta, awa, a_session, who, stories):
    fields = {"name": "Sigida", "village": Group.now_of(who["Benkadi"]).village_uid}
    _answer, other = awa.tell("/groups/", fields)
    awa.post("/sessions/", a_session())
    stories.rollback()
    asked: list = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    lengths = []
    for _time in range(2):
        asked.clear()
        page = binta.get("/sessions/").text
        lengths.append(len(asked))
        assert "Benkadi" in page
        awa.post("/sessions/", a_session(present=[], heads_M_25_49=4) | {"group": other})
        stories.rollback()
    assert "Sigida" in page
    assert lengths[0] == lengths[1]
