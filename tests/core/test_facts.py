"""A fact is a form, posted once."""

import threading

import pytest
from sqlalchemy import func, select

from lms.cascade.models import Attendance, Session
from lms.core.models import Conflict, Receipt, Withdrawal


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
