"""Workers told twice, or two at once: each has one office and one account, and an identifier is of one."""

import threading
import time

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from lms.core.database import db, new_uid
from lms.people.mandates import office_title
from lms.people.models import Account, OrgUnit, Role
from lms.people.workers import WorkerForm
from tests.conftest import Browser

AREA = "ML.KKR.DIO.WAC"


def a_worker(app, given="Salif", **more):
    with app.app_context():
        unit = db.session.scalar(select(OrgUnit.uid).where(OrgUnit.path == AREA))
    return {"uid": new_uid(), "given": given, "family": "Keïta", "sex": "M", "kind": "chw", "unit": unit,
            "identifier": "salif", **more}  # fmt: skip


def at_once(app, forms, monkeypatch):
    """The answers to these forms of Binta, sent at the same moment: each is judged before the other is stored."""
    judge, answers = WorkerForm.validate_identifier, []

    def slowly(form, field):
        judge(form, field)
        time.sleep(0.3)

    monkeypatch.setattr(WorkerForm, "validate_identifier", slowly)
    browsers = [(Browser(app, "binta"), form) for form in forms]
    threads = [
        threading.Thread(target=lambda b=browser, f=form: answers.append(b.post("/workers/", f)))
        for browser, form in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers, key=lambda answer: answer.status_code)


def test_one_worker_told_twice_at_the_same_moment_has_one_office_and_one_account(app, stories, monkeypatch):
    form = a_worker(app)
    answers = at_once(app, [form, form], monkeypatch)
    assert [answer.status_code for answer in answers] == [303, 303], answers[-1].text
    for model in (Role, Account):
        assert stories.scalar(select(func.count()).where(model.person_uid == form["uid"])) == 1


def test_of_two_workers_who_get_one_identifier_at_the_same_moment_one_is_told(app, stories, monkeypatch):
    answers = at_once(app, [a_worker(app), a_worker(app, "Moussa")], monkeypatch)
    assert [answer.status_code for answer in answers] == [303, 422]
    assert "Cet identifiant est déjà pris." in answers[1].text
    assert stories.scalar(select(func.count()).where(Account.identifier == "salif")) == 1


@pytest.mark.parametrize(
    ("kind", "sex", "french", "bambara"),
    [("trainer", "F", "Formatrice", "Karamɔgɔ"), ("trainer", "M", "Formateur", "Karamɔgɔ"),
     ("midwife", "M", "Maïeuticien", "Musojiginna"), ("district", "M", "District sanitaire", "Kɛnɛya marabolo"),
     ("group", "F", "Membre du groupement", "Jɛkulu tɔnden")],
)  # fmt: skip
def test_an_office_is_named_as_hers_or_his_and_in_bambara_as_one(app, kind, sex, french, bambara):
    with app.app_context():
        assert str(office_title(kind, sex)) == french
        with force_locale("bm"):
            assert str(office_title(kind, sex)) == bambara


def test_home_and_the_page_of_a_worker_name_her_office(awa, binta, who):
    assert "Agente de santé communautaire, " in awa.get("/").text
    for page in ("persons", "workers"):
        assert "Agente de santé communautaire" in binta.get(f"/{page}/{who['awa']}").text
