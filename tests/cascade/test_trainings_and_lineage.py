"""A training of several days, and the tree of who taught whom."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.cascade import teaching
from lms.cascade.lineage import Edge, tree
from lms.cascade.models import Session, Training
from lms.people.models import OrgUnit
from tests.conftest import uid_in

TODAY = date.today()


@pytest.fixture
def district(app):
    with app.app_context():
        from lms.core.database import db

        return db.session.scalar(select(OrgUnit.uid).where(OrgUnit.path == "ML.KKR.DIO"))


@pytest.fixture
def a_training(district, who):
    def fields(**more):
        return {
            "title": "Formation initiale", "unit": district, "place": "Salle du CSRéf",
            "starts": TODAY - timedelta(days=2),
            "ends": TODAY, "modules": ["choix-libre-eclaire"], "trainees": [who["kadi"], who["awa"], who["binta"]],
            **more,
        }  # fmt: skip

    return fields


@pytest.fixture
def training(oumou, a_training):
    answer, uid = oumou.tell("/trainings/", a_training())
    assert answer.status_code == 303
    return uid


def test_the_register_keeps_the_order_in_which_it_was_written(training, who, stories):
    register = teaching.register(Training.now_of(training))
    assert [(number, person.origin) for number, person in register] == [
        (1, who["kadi"]),
        (2, who["awa"]),
        (3, who["binta"]),
    ]


def test_a_training_that_cannot_be_is_refused(oumou, a_training, who, stories):
    elsewhere = stories.scalar(select(OrgUnit.uid).where(OrgUnit.path == "ML.KKR.BNB"))
    for spoilt, status in (
        ({"ends": TODAY - timedelta(days=3)}, 422), ({"modules": []}, 422), ({"modules": ["inconnu"]}, 422),
        ({"trainees": []}, 422),
        ({"trainees": [who["mariam"]]}, 422), ({"title": ""}, 422), ({"unit": elsewhere}, 404), ({"unit": "x"}, 422),
    ):  # fmt: skip
        assert oumou.tell("/trainings/", a_training(**spoilt))[0].status_code == status, spoilt
    assert stories.scalars(select(Training)).all() == []


def test_a_session_of_a_training_calls_its_register(oumou, training, a_session, who, stories):
    form = a_session(training=training, group="Benkadi", present=[who["awa"], who["kadi"]])
    form["group"] = ""
    session = Session.now_of(uid_in(oumou.post("/sessions/", form)))
    assert {person.origin for person in teaching.roll(session)} == {who["awa"], who["kadi"]}
    form = a_session(training=training, present=[who["djeneba"]])
    form["group"] = ""
    assert oumou.post("/sessions/", form).status_code == 422


def test_somebody_expected_before_a_correction_was_still_there(oumou, training, a_training, a_session, who, stories):
    answer, _uid = oumou.tell("/trainings/", a_training(corrects=training, trainees=[who["awa"]]))
    assert answer.status_code == 303
    assert [person.origin for _n, person in teaching.register(Training.now_of(training))] == [who["awa"]]
    form = a_session(training=training, present=[who["kadi"]])
    form["group"] = ""
    assert oumou.post("/sessions/", form).status_code == 303


def test_a_stranger_sees_no_training_and_no_session_of_it(mariam, training):
    assert mariam.get(f"/trainings/{training}").status_code == 404
    assert mariam.get(f"/sessions/new?training={training}").status_code == 404
    assert mariam.post(f"/trainings/{training}/certificates.pdf").status_code == 403


def test_what_oumou_taught_awa_came_to_the_women_of_benkadi(oumou, awa, training, a_session, who, stories):
    form = a_session(training=training, present=[who["awa"]])
    form["group"] = ""
    oumou.post("/sessions/", form)
    awa.post("/sessions/", a_session(present=4))
    awa.post("/sessions/", a_session(present=6))
    root = tree(who["oumou"], teaching.edges_below(who["oumou"]))
    (below,) = root.below
    assert below.who == who["awa"]
    assert [(branch.who, branch.people) for branch in below.below] == [(who["Benkadi"], 6)]
    assert root.reached == 7
    assert [teacher.origin for teacher, _module, _day in teaching.teachers_of(who["awa"])] == [who["oumou"]]
    page = oumou.get(f"/lineage/{who['oumou']}").text
    assert "Awa" in page
    assert "Benkadi" in page


def test_a_withdrawn_session_taught_nobody(awa, a_session, who, stories):
    session = uid_in(awa.post("/sessions/", a_session()))
    awa.tell("/sessions/", corrects=session, withdrawn="y", reason="erreur")
    assert teaching.edges_below(who["awa"]) == []


def test_a_woman_taken_back_counts_at_no_session_and_in_no_tree(awa, a_session, who, stories):
    session = uid_in(awa.post("/sessions/", a_session(present=5)))
    fanta = who["Benkadi members"][0]
    assert awa.tell("/persons/", corrects=fanta, withdrawn="y", reason="Inscrite deux fois")[0].status_code == 303
    assert teaching.numbers_present([Session.now_of(session)]) == {session: 4}
    assert tree(who["awa"], teaching.edges_below(who["awa"])).reached == 4


# The decision itself

people = st.sampled_from("abcde")
edges = st.lists(
    st.builds(Edge, people, people, st.sampled_from(["m1", "m2"]), st.dates(), st.integers(1, 40)), max_size=25
)


def walk(branch, above=()):
    assert branch.who not in above
    yield len(above), branch
    for below in branch.below:
        yield from walk(below, (*above, branch.who))


@given(edges, st.integers(0, 5))
def test_a_circle_is_cut_and_the_tree_ends(taught, depth):
    for level, branch in walk(tree("a", taught, depth)):
        assert level <= depth
        assert len({below.who for below in branch.below}) == len(branch.below)


def test_two_who_taught_each_other():
    day = date(2026, 1, 1)
    root = tree("a", [Edge("a", "b", "m", day), Edge("b", "a", "m", day), Edge("a", "a", "m", day)], depth=50)
    assert [branch.who for _level, branch in walk(root)] == ["a", "b"]
    assert root.reached == 1


def test_a_group_taught_by_two_is_reached_once():
    day = date(2026, 1, 1)
    taught = [Edge("oumou", chw, "m", day) for chw in ("awa", "kani")]
    taught += [Edge("awa", "Benkadi", "m", day, 20), Edge("kani", "Benkadi", "m", day, 22)]
    root = tree("oumou", taught)
    assert root.reached == 2 + 22
    assert [branch.reached for branch in root.below] == [20, 22]
    assert [branch.who for branch in root.everybody()] == ["awa", "Benkadi", "kani", "Benkadi"]
