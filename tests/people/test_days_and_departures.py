"""Days that cannot be, and what goes with whom: an officer who leaves, a group with a story, a name mended later."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from lms.core.database import db, new_uid
from lms.offline.envelope import KINDS
from lms.people import rosters
from lms.people.fields import EndingForm
from lms.people.models import Agreement, Care, Group, Membership, Office, OrgUnit, Person, Role, members_within
from lms.people.reach import Reach
from lms.people.workers import WorkerForm
from tests import cast

TODAY = date.today()
BEFORE = cast.BEGAN - timedelta(days=1)


@pytest.fixture
def fanta(who):
    return who["Benkadi members"][0]


def a_group(worker, stories, path="ML.KKR.DIO.WAC.V02", name="Jɛkabaara"):
    village = stories.scalar(select(OrgUnit.uid).where(OrgUnit.path == path))
    answer, uid = worker.tell("/groups/", name=name, village=village)
    assert answer.status_code == 303
    return uid


def elect(worker, who, member, day, post="presidente"):
    fields = {"group": who["Benkadi"], "person": member, "post": post, "since": day}
    return worker.tell("/offices/", fields)[0]


def depart(worker, member, day):
    return worker.tell("/departures/", person=member, left_on=day, why="depart")[0]


def test_nobody_leaves_before_she_came(awa, binta, fanta, stories):
    other = a_group(awa, stories)
    answer = depart(awa, fanta, BEFORE)
    assert answer.status_code == 422
    assert f"depuis le {cast.BEGAN:%d/%m/%Y}" in answer.text
    answer = binta.tell("/memberships/", person=fanta, group=other, since=BEFORE)[0]
    assert answer.status_code == 422
    assert f"depuis le {cast.BEGAN:%d/%m/%Y}" in answer.text
    assert depart(awa, fanta, cast.BEGAN).status_code == 303


def test_no_care_and_no_office_ends_before_it_began(awa, binta, who, fanta, stories):
    assert binta.tell("/cares/", group=who["Benkadi"], worker=who["awa"], since=BEFORE)[0].status_code == 422
    second = who["Benkadi members"][1]
    assert elect(awa, who, fanta, BEFORE).status_code == 422
    assert elect(awa, who, fanta, TODAY).status_code == 303
    answer = elect(awa, who, second, TODAY - timedelta(days=1))
    assert answer.status_code == 422
    assert "L’élection d’avant est du" in answer.text
    assert elect(awa, who, second, TODAY - timedelta(days=1), "secretaire").status_code == 303
    answer = depart(awa, fanta, TODAY - timedelta(days=1))
    assert answer.status_code == 422
    assert "élue au bureau" in answer.text


@pytest.mark.parametrize("model", [Care, Membership, Role])
def test_the_database_holds_no_end_before_its_beginning(stories, model):
    stories.scalars(select(model)).first().until = BEFORE
    with pytest.raises(IntegrityError):
        stories.flush()
    stories.rollback()


def test_an_officer_who_leaves_leaves_her_office_that_day(awa, who, fanta, stories):
    elect(awa, who, fanta, cast.BEGAN)
    assert depart(awa, fanta, TODAY).status_code == 303
    assert rosters.officers(who["Benkadi"]) == []
    assert stories.scalar(select(Office.until)) == TODAY


def test_an_officer_who_moves_leaves_her_office(awa, binta, who, fanta, stories):
    elect(awa, who, fanta, cast.BEGAN)
    other = a_group(awa, stories)
    assert binta.tell("/memberships/", person=fanta, group=other, since=TODAY)[0].status_code == 303
    assert rosters.officers(who["Benkadi"]) == rosters.officers(other) == []


def test_an_officer_whose_registration_is_taken_back_holds_no_office(awa, who, fanta, stories):
    elect(awa, who, fanta, cast.BEGAN)
    assert awa.tell("/persons/", corrects=fanta, withdrawn="y", reason="Inscrite deux fois")[0].status_code == 303
    assert rosters.officers(who["Benkadi"]) == []
    assert not stories.scalar(select(Office.current))


def test_a_group_with_members_is_not_taken_back(awa, binta, who, stories):
    for worker in (awa, binta):
        answer, _uid = worker.tell("/groups/", corrects=who["Benkadi"], withdrawn="y", reason="erreur")
        assert answer.status_code == 422
        assert "il ne se retire pas" in answer.text
    assert Group.now_of(who["Benkadi"]) is not None


def test_an_empty_group_is_taken_back_with_the_care_that_came_with_it(awa, binta, who, stories):
    for worker in (awa, binta):
        empty = a_group(worker, stories)
        assert worker.tell("/groups/", corrects=empty, withdrawn="y", reason="erreur")[0].status_code == 303
        assert Group.now_of(empty) is None
        assert rosters.care(empty) is None
    assert [group.name for group in rosters.groups_of(who["awa"])] == ["Benkadi"]
    assert rosters.care(who["Benkadi"]).worker_uid == who["awa"]


def test_a_group_that_was_handed_over_is_not_taken_back(awa, binta, who, stories):
    groups = [a_group(worker, stories) for worker in (awa, binta)]
    for group in groups:
        assert binta.tell("/cares/", group=group, worker=who["awa"], since=TODAY)[0].status_code == 303
        for worker in (awa, binta):
            answer, _uid = worker.tell("/groups/", corrects=group, withdrawn="y", reason="erreur")
            assert answer.status_code == 422
            assert "il ne se retire pas" in answer.text
        assert Group.now_of(group) is not None


def test_who_takes_back_a_registration_is_led_to_what_is_left(awa, binta, who, fanta, stories):
    empty = a_group(binta, stories)
    for worker, path, uid, left in (
        (awa, "/persons/", fanta, f"/groups/{who['Benkadi']}"),
        (binta, "/groups/", empty, "/groups/"),
    ):
        answer, _uid = worker.tell(path, corrects=uid, withdrawn="y", reason="Inscrite deux fois")
        assert (answer.status_code, answer.headers["Location"]) == (303, left)
        assert "C’est retiré." in worker.get(left).text


def test_a_supervisor_corrects_an_agreement_a_stranger_does_not(awa, binta, mariam, who, stories):
    fields = {"group": who["Benkadi"], "leader": "imam", "manner": "oral", "agreed_on": TODAY}
    _answer, uid = awa.tell("/agreements/", fields)
    assert binta.tell("/agreements/", fields, corrects=uid, leader="chef")[0].status_code == 303
    assert Agreement.now_of(uid).leader == "chef"
    assert mariam.tell("/agreements/", fields, corrects=uid)[0].status_code == 404


def test_every_fact_that_can_be_corrected_is_looked_for_within_reach():
    mended = [form for form in KINDS if not issubclass(form, (EndingForm, WorkerForm))]
    assert Agreement in {form.model for form in mended}
    assert [form.__name__ for form in mended if not hasattr(form.model, "within")] == []


def test_who_moved_and_left_is_known_to_those_of_her_last_group_only(awa, binta, modibo, who, fanta, stories):
    other = a_group(binta, stories, name="Sigida")
    assert awa.get(f"/persons/{fanta}").status_code == 200
    binta.tell("/memberships/", person=fanta, group=other, since=TODAY)
    assert awa.get(f"/persons/{fanta}").status_code == 404
    assert depart(binta, fanta, TODAY).status_code == 303
    assert awa.get(f"/persons/{fanta}").status_code == 404
    assert binta.get(f"/persons/{fanta}").status_code == modibo.get(f"/persons/{fanta}").status_code == 200
    reach = Reach(who["awa"], frozenset({"chw"}), ())
    assert fanta not in stories.scalars(members_within(reach)).all()


def test_a_name_mended_years_later_makes_nobody_younger(app, awa, fanta, stories):
    then = (Person.now_of(fanta).born_from, Person.now_of(fanta).born_to)
    name = {"corrects": fanta, "given": "Fanta", "family": "Konɛ", "sex": "F"}
    with time_machine.travel(TODAY + timedelta(days=3 * 366), tick=True):
        from tests.conftest import Browser

        later = Browser(app, "awa")
        assert later.tell("/persons/", name, age="25-49")[0].status_code == 303
        stories.rollback()
        assert (Person.now_of(fanta).born_from, Person.now_of(fanta).born_to) == then
        assert later.tell("/persons/", name, age="50-99")[0].status_code == 303
        stories.rollback()
        assert Person.now_of(fanta).born_to == (TODAY + timedelta(days=3 * 366)).year - 50


def test_a_move_offers_the_groups_of_her_area_first_and_says_when_the_list_is_cut(
    awa, admin, binta, who, fanta, stories, monkeypatch
):
    a_group(awa, stories, name="Zantiguila")
    page = admin.get(f"/persons/{fanta}/move").text
    assert page.index("Zantiguila") < page.index("Lafia")
    assert "La liste s’arrête" not in page
    assert "Lafia" not in binta.get(f"/persons/{fanta}/move").text
    monkeypatch.setattr(rosters, "MOST", 1)
    page = admin.get(f"/persons/{fanta}/move").text
    assert "La liste s’arrête à 1" in page
    assert "Zantiguila" in page
    assert "Lafia" not in page
    page = admin.get(f"/groups/{who['Benkadi']}/care").text
    assert "La liste s’arrête à 1" in page
    assert str(who["awa"]) in page


@pytest.mark.parametrize("page", ["/groups/", "/persons/{fanta}/move"])
def test_a_longer_list_asks_no_more_of_the_database(admin, fanta, stories, page):
    stories.rollback()
    asked: list = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    lengths = []
    for _time in range(2):
        asked.clear()
        assert admin.get(page.format(fanta=fanta)).status_code == 200
        lengths.append(len(asked))
        for n in range(3):
            a_group(admin, stories, path=f"ML.KKR.DIO.WAC.V0{n + 1}", name=f"Un de plus {new_uid()}"[:30])
        stories.rollback()
    assert lengths[0] == lengths[1]
