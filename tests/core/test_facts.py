"""A fact is a form, posted once."""

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import StatementError

from lms.assessment.models import Attempt
from lms.cascade.models import Attendance, Session
from lms.core.models import Conflict, Receipt, Withdrawal
from lms.people.models import OrgUnit, Role
from tests.conftest import uid_in


def count(session, model, *where):
    return session.scalar(select(func.count()).select_from(model).where(*where))


def test_a_session_sent_twice_is_one_session(awa, a_session, stories):
    form = a_session()
    assert awa.post("/sessions/", form).status_code == awa.post("/sessions/", form).status_code == 303
    assert count(stories, Session) == 1
    assert count(stories, Attendance) == 5
    assert count(stories, Receipt, Receipt.uid == form["uid"]) == 1


def test_the_same_uid_with_another_body_is_a_conflict_and_both_are_kept(awa, a_session, stories):
    form = a_session()
    awa.post("/sessions/", form)
    answer = awa.post("/sessions/", {**form, "minutes": 45})
    assert answer.status_code == 409
    assert count(stories, Conflict) == 1
    assert stories.scalar(select(Session.minutes)) == 60
    awa.post("/sessions/", {**form, "minutes": 45})
    assert count(stories, Conflict) == 1


def test_a_receipt_holds_the_body_as_it_was_sent(awa, a_session, stories):
    form = a_session()
    awa.post("/sessions/", form)
    receipt = Receipt.of(form["uid"])
    assert receipt.path == "/sessions/"
    assert b"minutes=60" in receipt.body
    assert len(receipt.hash) == 32


def test_a_correction_is_a_new_fact_and_the_old_one_counts_no_more(awa, a_session, stories):
    first = a_session()
    awa.post("/sessions/", first)
    answer = awa.post("/sessions/", a_session(present=7, corrects=first["uid"]))
    assert answer.status_code == 303
    assert str(first["uid"]) in answer.headers["Location"]
    assert count(stories, Session) == 2
    current = stories.scalars(select(Session).where(Session.current)).one()
    assert current.origin == first["uid"]
    assert count(stories, Attendance, Attendance.session_uid == current.uid) == 7


def test_a_withdrawal_says_why_and_nothing_counts_the_fact_any_more(awa, a_session, stories):
    form = a_session()
    awa.post("/sessions/", form)
    answer, _uid = awa.tell("/sessions/", corrects=form["uid"], withdrawn="y", module=form["module"])
    assert answer.status_code == 422
    answer, _uid = awa.tell("/sessions/", corrects=form["uid"], withdrawn="y", reason="Saisie deux fois")
    assert answer.status_code == 303
    assert Session.now_of(form["uid"]) is None
    assert stories.scalar(select(Withdrawal.reason)) == "Saisie deux fois"


def test_nobody_corrects_what_is_out_of_her_reach(awa, mariam, a_session, who, stories):
    form = a_session()
    awa.post("/sessions/", form)
    stranger = a_session("Lafia", present=1, corrects=form["uid"])
    assert mariam.post("/sessions/", stranger).status_code in (404, 422)
    assert Session.now_of(form["uid"]).minutes == 60


@pytest.mark.parametrize("spoilt", [{"uid": ""}, {"uid": "not a uid"}, {"group": "x"}, {"minutes": "soixante"}])
def test_bad_input_changes_nothing_and_keeps_what_was_typed(awa, a_session, stories, spoilt):
    answer = awa.post("/sessions/", {**a_session(place="Chez la présidente"), **spoilt})
    assert answer.status_code in (404, 422)
    assert count(stories, Session) == 0
    if "group" not in spoilt:
        assert "Chez la présidente" in answer.text


def test_two_posts_at_the_same_moment_end_as_one(app, awa, a_session, stories):
    form, codes = a_session(), []
    threads = [
        threading.Thread(target=lambda: codes.append(awa.post("/sessions/", form).status_code)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303] * 4
    assert count(stories, Session) == 1


def test_who_has_handed_her_group_over_mends_nothing_in_it(awa, binta, who, a_session, stories):
    form = a_session()
    awa.post("/sessions/", form)
    other, _uid = binta.tell(
        "/workers/",
        given="Sira",
        family="Keïta",
        sex="F",
        kind="chw",
        identifier="sira",
        unit=area_of(stories, "ML.KKR.DIO.WAC"),
    )
    binta.tell("/cares/", group=who["Benkadi"], worker=uid_in(other), since=date.today())
    awa_moves_away(stories, who)
    assert awa.post("/sessions/", a_session(present=2, corrects=form["uid"])).status_code in (404, 422)
    assert len(stories.scalars(select(Attendance)).all()) == 5


def area_of(session, path):
    return session.scalar(select(OrgUnit.uid).where(OrgUnit.path == path))


def awa_moves_away(session, who):
    session.execute(
        update(Role).where(Role.person_uid == who["awa"]).values(unit_uid=area_of(session, "ML.KKR.BNB.BNB1"))
    )
    session.commit()


def test_a_correction_by_the_supervisor_leaves_who_taught_as_it_was(awa, binta, who, a_session, stories):
    form = a_session()
    awa.post("/sessions/", form)
    assert binta.post("/sessions/", a_session(present=2, corrects=form["uid"])).status_code == 303
    assert Session.now_of(form["uid"]).led_by == who["awa"]


def test_a_correction_never_moves_a_fact_to_somebody_else(awa, an_attempt, who, stories):
    form = an_attempt()
    awa.post("/attempts/", form)
    answer = awa.post("/attempts/", an_attempt(person=who["Benkadi members"][1], corrects=form["uid"]))
    assert answer.status_code == 422
    assert Attempt.now_of(form["uid"]).person_uid == who["Benkadi members"][0]


def test_a_second_body_is_offered_as_a_correction(awa, a_session, stories):
    form = a_session()
    awa.post("/sessions/", form)
    page = awa.post("/sessions/", {**form, "minutes": 45}).text
    assert f'name="corrects" type="hidden" value="{form["uid"]}"' in page
    assert str(form["uid"]) not in page.split('name="uid"')[1][:80]


def test_a_stranger_cannot_fill_the_drawer_of_conflicts(awa, mariam, a_session, stories):
    form = a_session()
    awa.post("/sessions/", form)
    assert mariam.post("/sessions/", {**form, "minutes": 45}).status_code == 404
    assert count(stories, Conflict) == 0


def test_a_name_never_reaches_the_log(app, stories):
    with pytest.raises(StatementError) as refused:
        stories.execute(text("insert into nothing values (:name)"), {"name": "Zeinabou"})
    assert "Zeinabou" not in str(refused.value)
