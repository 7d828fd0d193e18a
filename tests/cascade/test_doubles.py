"""Two phones, one group, one day: both are kept, shown as a possible double, and counted once until it is settled."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from lms.cascade import doubles, settling, teaching
from lms.cascade.double_forms import SettlementForm
from lms.cascade.models import Session, Settlement
from lms.cascade.presence import share, took_part
from lms.certificates import earning
from lms.core.database import db, new_uid
from lms.core.models import Receipt
from lms.curriculum.content import catalogue
from lms.people.models import Group, Person
from lms.people.reach import reach_of
from tests.conftest import uid_in

TODAY = date.today()
MODULE = "choix-libre-eclaire"


@pytest.fixture
def twice(awa, binta, a_session, who):
    """One sitting of Benkadi, told by awa (women 1 to 6, 60 minutes) and by binta (women 4 to 8, 75 minutes)."""
    women = who["Benkadi members"]
    first = uid_in(awa.post("/sessions/", a_session(present=women[:6], minutes=60)))
    second = uid_in(binta.post("/sessions/", a_session(present=women[3:8], minutes=75)))
    return first, second


def settle(worker, pair, same, **more):
    return worker.tell("/doubles/", first=pair[0], second=pair[1], same=same, **more)


def counted(who):
    return teaching.presence(teaching.sessions_of(group=who["Benkadi"], module=MODULE))


# Until it is settled


def test_both_are_kept_and_they_count_once(twice, who, stories):
    assert len(teaching.sessions_of(group=who["Benkadi"])) == 2
    women = who["Benkadi members"]
    assert counted(who) == [(75, set(women[:8]))]
    assert teaching.minutes_of(women[0]) == teaching.minutes_of(women[4]) == {MODULE: 75}
    assert teaching.minutes_of(women[9]) == {}


def test_a_woman_on_one_of_the_two_rolls_has_taken_part(twice, who, stories):
    claims = earning.claims("participation", MODULE, group=Group.now_of(who["Benkadi"]), day=TODAY)
    assert [claim.number for claim in claims] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_both_are_listed_with_a_mark_and_each_says_so(twice, awa, binta):
    listed = binta.get("/sessions/").text
    assert listed.count("notée deux fois ?") == 2
    for uid in twice:
        assert "elle compte une seule fois" in awa.get(f"/sessions/{uid}").text
    assert "elles comptent pour une" in awa.get(f"/sessions/{twice[0]}/doubles").text


def test_the_rolls_are_laid_side_by_side(twice, awa, who, stories):
    page = awa.get(f"/sessions/{twice[0]}/doubles").text
    assert "Présentes sur celle-ci, absentes sur l’autre : 3" in page.replace("</svg> ", "")
    assert "Présentes sur l’autre, absentes sur celle-ci : 2" in page
    differ = {*who["Benkadi members"][:3], *who["Benkadi members"][6:8]}
    for uid in who["Benkadi members"]:
        person = Person.now_of(uid)
        if sum(Person.now_of(other).name == person.name for other in who["Benkadi members"]) == 1:
            assert (person.name in page) == (uid in differ), person.name


def test_awa_sees_it_and_the_supervisor_answers(twice, awa, binta):
    assert 'action="/doubles/"' not in awa.get(f"/sessions/{twice[0]}/doubles").text
    assert settle(awa, twice, "yes")[0].status_code == 403
    assert awa.get("/doubles/").status_code == 403
    assert "notée peut-être deux fois" not in awa.get("/").text
    assert "1 séance notée peut-être deux fois" in binta.get("/").text
    assert binta.get("/doubles/").text.count('/doubles"') == 1


# Once it is


@pytest.mark.parametrize("settler", ["binta", "oumou", "modibo"])
def test_it_is_the_same_sitting(twice, who, stories, settler, request):
    worker = request.getfixturevalue(settler)
    assert settle(worker, twice, "yes")[0].status_code == 303
    assert counted(who) == [(75, set(who["Benkadi members"][:8]))]
    assert settling.doubtful(teaching.sessions_of(group=who["Benkadi"])) == set()
    assert "notée deux fois ?" not in worker.get("/sessions/").text
    assert "Aucune séance n’attend" in worker.get("/doubles/").text
    assert "c’est la même séance" in worker.get(f"/sessions/{twice[1]}/doubles").text


def test_they_are_two_sittings(twice, binta, who, stories):
    women = who["Benkadi members"]
    settle(binta, twice, "no")
    assert sorted(counted(who)) == [(60, set(women[:6])), (75, set(women[3:8]))]
    assert [teaching.minutes_of(women[n])[MODULE] for n in (0, 4, 7)] == [60, 135, 75]
    assert share(counted(who), women[0]) == Fraction(60, 135)
    assert settling.doubtful(teaching.sessions_of(group=who["Benkadi"])) == set()
    assert "notée peut-être" not in binta.get("/").text


def test_an_answer_is_mended_and_taken_back(twice, binta, oumou, who, stories):
    answer, settled = settle(binta, twice, "no")
    assert answer.status_code == 303
    assert settle(oumou, twice, "yes", corrects=settled)[0].status_code == 303
    assert len(counted(who)) == 1
    assert binta.tell("/doubles/", corrects=settled, withdrawn="y", reason="Trop vite")[0].status_code == 303
    assert settling.doubtful(teaching.sessions_of(group=who["Benkadi"])) == set(twice)


def test_of_two_who_answered_apart_the_last_is_heard(twice, binta, oumou, who, stories):
    settle(binta, twice, "no")
    settle(oumou, twice, "yes")
    assert stories.scalar(select(func.count()).select_from(Settlement)) == 2
    assert len(counted(who)) == 1


def test_the_other_button_of_the_same_page_is_a_conflict_that_can_be_told_as_a_correction(twice, binta, who, stories):
    answer, uid = settle(binta, twice, "no")
    again = binta.post("/doubles/", uid=uid, first=twice[0], second=twice[1], same="yes")
    assert (answer.status_code, again.status_code) == (303, 409)
    assert f'name="corrects" value="{uid}"' in again.text
    assert len(counted(who)) == 2


def test_an_answer_sent_twice_is_one(twice, binta, stories):
    form = {"uid": new_uid(), "first": twice[0], "second": twice[1], "same": "yes"}
    assert [binta.post("/doubles/", form).status_code for _time in range(2)] == [303, 303]
    assert stories.scalar(select(func.count()).select_from(Settlement)) == 1


def test_what_cannot_be_answered(twice, binta, awa, a_session, who, stories):
    later = uid_in(awa.post("/sessions/", a_session(half="pm")))
    for pair, same, status in (
        (twice[::-1], "yes", 422), ((twice[0], twice[0]), "yes", 422), ((twice[0], later), "yes", 422),
        (twice, "", 422), (twice, "peut-être", 422), ((new_uid(), twice[1]), "yes", 404), ((twice[0], new_uid()), "no", 404),
    ):  # fmt: skip
        assert settle(binta, pair, same)[0].status_code == status, (pair, same)
    assert stories.scalar(select(func.count()).select_from(Settlement)) == 0


def test_a_correction_that_tells_them_apart_ends_the_doubt(twice, awa, a_session, who, stories):
    awa.post("/sessions/", a_session(corrects=twice[0], half="pm", present=6))
    assert len(counted(who)) == 2
    assert settling.doubtful(teaching.sessions_of(group=who["Benkadi"])) == set()
    assert "Aucune autre fiche" in awa.get(f"/sessions/{twice[0]}/doubles").text


def test_a_correction_of_the_roll_keeps_the_answer(twice, awa, binta, a_session, who, stories):
    settle(binta, twice, "yes")
    awa.post("/sessions/", a_session(corrects=twice[0], present=who["Benkadi members"]))
    assert counted(who) == [(75, set(who["Benkadi members"]))]


def test_a_session_taken_back_leaves_the_other_alone(twice, awa, binta, who, stories):
    awa.tell("/sessions/", corrects=twice[0], withdrawn="y", reason="Notée deux fois")
    assert counted(who) == [(75, set(who["Benkadi members"][3:8]))]
    assert "Aucune séance n’attend" in binta.get("/doubles/").text


def test_other_modules_other_halves_other_days_and_other_groups_are_no_doubles(awa, kadi, a_session, who, stories):
    other = next(slug for slug in catalogue().modules if slug != MODULE)
    for different in ({}, {"half": "pm"}, {"held_on": TODAY - timedelta(days=1)}, {"module": other}):
        assert awa.post("/sessions/", a_session(**different)).status_code == 303
    kadi.post("/sessions/", a_session(group="Sabugnuma", present=2))
    assert settling.doubtful(stories.scalars(select(Session)).all()) == set()


# Reach


def test_a_stranger_sees_nothing_and_settles_nothing(twice, mariam, tata, stories):
    assert mariam.get(f"/sessions/{twice[0]}/doubles").status_code == 404
    assert mariam.get("/doubles/").status_code == 403
    assert settle(mariam, twice, "yes")[0].status_code == 403
    assert settle(tata, twice, "yes")[0].status_code == 404
    assert "Benkadi" not in tata.get("/doubles/").text
    assert "notée peut-être" not in tata.get("/").text
    assert stories.scalar(select(func.count()).select_from(Settlement)) == 0


def test_a_trainer_of_elsewhere_who_led_one_of_the_two_does_not_settle_it(twice, tata, who, stories):
    stories.get(Session, twice[0]).led_by = who["tata"]
    stories.commit()
    assert settle(tata, twice, "yes")[0].status_code == 404
    assert 'action="/doubles/"' not in tata.get(f"/sessions/{twice[0]}/doubles").text
    assert "Benkadi" not in tata.get("/doubles/").text


def test_above_the_health_area_the_women_are_codes(twice, modibo, who, stories):
    page = modibo.get(f"/sessions/{twice[0]}/doubles").text
    fanta = Person.now_of(who["Benkadi members"][0])
    assert fanta.name not in page
    assert fanta.code in page


# Many


def test_three_phones(twice, awa, binta, a_session, who, stories):
    third = uid_in(awa.post("/sessions/", a_session(present=who["Benkadi members"][9:], minutes=50)))
    assert counted(who) == [(75, {*who["Benkadi members"][:8], who["Benkadi members"][9]})]
    settle(binta, twice, "no")
    assert len(counted(who)) == 2
    settle(binta, (twice[1], third), "yes")
    settle(binta, (twice[0], third), "no")
    assert len(counted(who)) == 2
    assert settling.count_in_doubt(reach_of(who["binta"], [("supervisor", "ML.KKR.DIO.WAC")])) == 0


def test_the_list_has_pages_and_asks_no_more_for_a_longer_one(awa, binta, a_session, who, stories):
    def told(day):
        for worker in (awa, binta):
            worker.post("/sessions/", a_session(held_on=TODAY - timedelta(days=day)))
        stories.rollback()

    told(0)
    asked: list = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    lengths = []
    for _time in range(2):
        asked.clear()
        page = binta.get("/doubles/").text
        lengths.append(len(asked))
        for day in range(1, 32):
            told(day)
    assert page.count("Benkadi") == 30
    assert "Page 1 sur" in page
    assert binta.get("/doubles/?page=3").text.count("Benkadi") >= 1
    assert binta.get("/doubles/?page=99").status_code == 200
    assert lengths[0] == lengths[1]


def test_a_replayed_answer_is_read_by_its_form(twice, binta, who, stories):
    _answer, uid = settle(binta, twice, "no")
    receipt = Receipt.of(uid)
    form = SettlementForm.sent(receipt.body, Person.now_of(who["binta"]), receipt.received_at)
    assert (form.first.data, form.second.data, form.same.data) == (*twice, "no")
    assert form.accepted()
    assert form.duplicate


# The decision itself


@dataclass(frozen=True)
class Told:
    """A session as one phone told it."""

    origin: int
    group_uid: str | None
    half: str
    minutes: int
    there: frozenset
    module: str = "m"
    held_on: date = date(2026, 1, 1)

    @property
    def uid(self):
        return self.origin


@st.composite
def told_and_settled(draw):
    """Some sessions, and what was said of some pairs of them."""
    rolls = st.frozensets(st.sampled_from("abc"))
    kinds = draw(st.lists(st.tuples(st.sampled_from(["g", "h", None]), st.sampled_from(["am", "pm"]),
                                    st.integers(1, 600), rolls), max_size=7))  # fmt: skip
    sessions = [Told(n, *kind) for n, kind in enumerate(kinds)]
    origins = [(one, other) for one in range(len(kinds)) for other in range(one + 1, len(kinds))]
    said = draw(st.dictionaries(st.sampled_from(origins), st.booleans())) if origins else {}
    return sessions, said


def at(sessions):
    return {session.uid: session.there for session in sessions}


@given(told_and_settled(), st.randoms())
def test_every_session_is_in_one_sitting_whatever_the_order_they_came_in(given_, random):
    sessions, said = given_
    found = doubles.sittings(sessions, said)
    assert sorted(one.origin for sitting in found for one in sitting) == [one.origin for one in sessions]
    shuffled = random.sample(sessions, len(sessions))
    as_sets = [
        {frozenset(one.origin for one in sitting) for sitting in doubles.sittings(s, said)}
        for s in (sessions, shuffled)
    ]
    assert as_sets[0] == as_sets[1]


@given(told_and_settled())
def test_only_what_looks_alike_is_put_together(given_):
    sessions, said = given_
    for sitting in doubles.sittings(sessions, said):
        for one in sitting:
            assert all(one is other or doubles.alike(one, other) for other in sitting)


@given(told_and_settled())
def test_what_was_settled_of_two_alone_is_what_counts(given_):
    sessions, said = given_
    for one, other in doubles.pairs(sessions):
        answer = said.get((one.origin, other.origin))
        apart = len(doubles.sittings([one, other], said))
        assert apart == (2 if answer is False else 1)


@given(told_and_settled())
def test_said_to_be_one_is_one_and_without_an_answer_there_is_one_for_each_half_day(given_):
    sessions, said = given_
    sitting_of = {one.origin: n for n, sitting in enumerate(doubles.sittings(sessions, said)) for one in sitting}
    for one, other in doubles.pairs(sessions):
        if said.get((one.origin, other.origin)):
            assert sitting_of[one.origin] == sitting_of[other.origin]
    looks = {(one.group_uid, one.half) if one.group_uid else one.origin for one in sessions}
    assert len(doubles.sittings(sessions, {})) == len(looks)
    apart = dict.fromkeys(((one.origin, other.origin) for one, other in doubles.pairs(sessions)), False)
    assert len(doubles.sittings(sessions, apart)) == len(sessions)
    assert doubles.in_doubt(sessions, apart) == []


@given(told_and_settled())
def test_nobody_loses_by_a_double_and_nothing_is_counted_more_than_told(given_):
    sessions, said = given_
    held = doubles.counted(sessions, at(sessions), said)
    assert sum(minutes for minutes, _there in held) <= sum(one.minutes for one in sessions)
    assert {who for _minutes, there in held for who in there} == {who for one in sessions for who in one.there}
    for one in sessions:
        for person in one.there:
            assert any(minutes >= one.minutes and person in there for minutes, there in held)


@given(told_and_settled(), st.sampled_from("abc"))
def test_a_roll_told_twice_alike_changes_nobodys_share(given_, person):
    sessions, _said = given_
    of_groups = [one for one in sessions if one.group_uid]
    again = [Told(one.origin + 100, one.group_uid, one.half, one.minutes, one.there) for one in of_groups]
    once = doubles.counted(of_groups, at(of_groups), {})
    twice = doubles.counted([*of_groups, *again], at([*of_groups, *again]), {})
    in_order = [sorted((minutes, sorted(there)) for minutes, there in held) for held in (once, twice)]
    assert in_order[0] == in_order[1]
    assert took_part(once, person) == took_part(twice, person)


def test_a_third_phone_does_not_undo_that_two_were_told_apart():
    sessions = [Told(n, "g", "am", 60, frozenset("a")) for n in range(3)]
    assert len(doubles.sittings(sessions, {(0, 1): False})) == 2
    assert doubles.in_doubt(sessions, {(0, 1): False}) == [(sessions[0], sessions[2]), (sessions[1], sessions[2])]


def test_two_sittings_of_a_training_in_one_half_day_are_two():
    sessions = [Told(n, None, "am", 60, frozenset("a")) for n in range(2)]
    assert len(doubles.sittings(sessions, {})) == 2


@given(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_rolls_differ_in_those_on_one_of_them(one, other):
    here, there = doubles.differing(one, other)
    assert here | there == one ^ other
    assert not here & (other | there)
