"""Who reaches what: a stranger learns nothing, not even that it exists; officials see codes and not names."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.assessment import questions
from lms.core.database import db, new_uid
from lms.core.models import Receipt
from lms.curriculum.content import catalogue
from lms.people.models import OrgUnit, Person
from lms.people.reach import Reach, reach_of
from tests.conftest import uid_in

MODULE = "choix-libre-eclaire"
NAMES = ("Ŋaɲa", "Coulibaly", "Fatoumata", "Diarra", "Rokia", "Dɛmbɛlɛ", "Keïta", "Assitan", "Cissé", "Fanta")
segments = st.lists(st.sampled_from(["ML", "KKR", "DIO", "WAC", "WAC1", "W"]), min_size=1, max_size=5)


@pytest.fixture
def told(app, who, awa, oumou, a_session, an_attempt):
    """What a stranger might ask for: one of each of the facts of Benkadi."""
    fanta = who["Benkadi members"][0]
    session = uid_in(awa.post("/sessions/", a_session(present=10)))
    attempt = uid_in(awa.post("/attempts/", an_attempt(fanta)))
    with app.app_context():
        module = catalogue().modules[MODULE]
        items = questions.of(module).form("A", "group")
    hands_up, hands = awa.tell(
        "/hands/", group=who["Benkadi"], module=MODULE, content=module.hash, form="A", kind="post", language="bm",
        taken_on=date.today(), present=5, **{f"hands.{item.id}.{item.answer}": 5 for item in items},
    )  # fmt: skip
    assert hands_up.status_code == 303
    answer, award = oumou.tell(
        "/certificates/",
        kind="competence",
        module=MODULE,
        group=who["Benkadi"],
        persons=[fanta],
        awarded_on=date.today(),
    )
    assert answer.status_code == 303
    with app.app_context():
        from lms.certificates.models import Certificate

        paper = db.session.scalar(select(Certificate.uid))
    return {"group": who["Benkadi"], "fanta": fanta, "session": session, "attempt": attempt, "hands": hands,
    "award": award,
            "paper": paper, "content": module.hash}  # fmt: skip


def pages_of(told):
    """Every page that shows something of Benkadi."""
    return [
        page.format(**told)
        for page in (
            "/groups/{group}", "/groups/{group}/cards.pdf", "/groups/{group}/edit", "/groups/{group}/office",
            "/groups/{group}/agreement", "/groups/{group}/care", "/persons/new?group={group}", "/persons/{fanta}",
            "/persons/{fanta}/edit", "/persons/{fanta}/move", "/persons/{fanta}/leave", "/sessions/{session}",
            "/sessions/{session}/edit", "/sessions/{session}/withdraw",
            f"/sessions/new?group={{group}}&module={MODULE}",
            f"/quizzes/{MODULE}?group={{group}}", f"/attempts/new?module={MODULE}&person={{fanta}}",
            "/attempts/{attempt}",
            f"/hands/new?module={MODULE}&group={{group}}", "/hands/{hands}", "/awards/{award}",
            "/certificates/{paper}", "/certificates/{paper}/revoke",
            "/certificates/new?group={group}", "/lineage/{fanta}", "/learning/{fanta}",
        )
    ]  # fmt: skip


def posts_of(told):
    """Facts that a stranger might tell of Benkadi: (path, fields)."""
    day = date.today()
    quiz = {
        "module": MODULE,
        "content": told["content"],
        "form": "A",
        "kind": "post",
        "language": "bm",
        "taken_on": day,
    }
    return [
        ("/persons/", {"given": "Espionne", "sex": "F", "group": told["group"]}),
        ("/persons/", {"given": "Espionne", "sex": "F", "corrects": told["fanta"]}),
        ("/persons/", {"corrects": told["fanta"], "withdrawn": "y", "reason": "non", "group": told["group"]}),
        ("/departures/", {"person": told["fanta"], "left_on": day, "why": "choix"}),
        ("/groups/", {"name": "Volé", "corrects": told["group"]}),
        ("/offices/", {"group": told["group"], "person": told["fanta"], "post": "presidente", "since": day}),
        ("/offices/", {"group": told["group"], "corrects": told["fanta"], "withdrawn": "y"}),
        ("/agreements/", {"group": told["group"], "leader": "chef", "manner": "oral", "agreed_on": day}),
        ("/sessions/", {"group": told["group"], "module": MODULE}),
        (
            "/sessions/",
            {"group": told["group"], "module": MODULE, "woman": "1", "woman-uid": new_uid(), "woman-given": "Espionne"},
        ),
        (
            "/sessions/",
            {"group": told["group"], "module": MODULE, "woman": "1", "woman-uid": told["fanta"], "woman-given": "E"},
        ),
        ("/sessions/", {"group": told["group"], "module": MODULE, "corrects": told["session"], "withdrawn": "y"}),
        ("/sessions/", {"corrects": told["session"], "withdrawn": "y", "reason": "non"}),
        ("/sessions/", {"uid": told["session"], "group": told["group"], "module": MODULE}),
        ("/attempts/", {"person": told["fanta"], "mode": "oral", **quiz}),
        (
            "/attempts/",
            {"person": told["fanta"], "module": MODULE, "form": "A", "withdrawn": "y", "corrects": told["attempt"]},
        ),
        ("/attempts/", {"uid": told["attempt"], "person": told["fanta"], **quiz}),
        ("/hands/", {"group": told["group"], "present": 3, **quiz}),
        ("/hands/", {"group": told["group"], "withdrawn": "y", "corrects": told["hands"], **quiz}),
    ]


def count(stories, model):
    return stories.scalar(select(func.count()).select_from(model))


def test_a_stranger_sees_nothing_of_a_group(mariam, told):
    for page in pages_of(told):
        answer = mariam.get(page)
        assert (page, answer.status_code) in ((page, 404), (page, 403))
        assert not [name for name in NAMES if name in answer.text], page


def test_a_stranger_tells_nothing_of_a_group_and_learns_nothing_by_trying(mariam, told, stories):
    before = count(stories, Receipt)
    for path, fields in posts_of(told):
        answer = mariam.post(path, {"uid": new_uid(), **fields})
        assert answer.status_code in (403, 404, 409, 422), (path, fields)
        assert not [name for name in NAMES if name in answer.text], (path, fields)
    for page in ("/awards/{award}/print.pdf", "/certificates/{paper}/print.pdf"):
        assert mariam.post(page.format(**told)).status_code == 403
    assert count(stories, Receipt) == before
    assert Person.now_of(told["fanta"]).given == "Fanta"


def test_a_stranger_finds_nobody_of_a_group(mariam, told, stories):
    code = Person.now_of(told["fanta"]).code
    for asked in ("Fanta", "Benkadi", code, "Ŋaɲa"):
        text = mariam.get("/search", query_string={"q": asked}).text
        assert str(told["fanta"]) not in text
        assert str(told["group"]) not in text
    for page in ("/groups/", "/sessions/", "/trainings/", "/certificates/", "/", "/lineage/", "/places/"):
        assert "Benkadi" not in mariam.get(page).text, page


def test_the_neighbours_group_is_out_of_a_chws_reach(kadi, told):
    assert kadi.get(f"/groups/{told['group']}").status_code == 404
    assert kadi.get(f"/persons/{told['fanta']}").status_code == 404


def test_a_page_of_the_wrong_role_is_refused_as_such(awa, djeneba, modibo, binta, oumou, told, who):
    refused = [
        (awa, "/workers/"), (awa, "/workers/new"), (awa, "/trainings/new"), (awa, f"/groups/{told['group']}/care"),
        (awa, f"/persons/{told['fanta']}/move"), (awa, f"/certificates/new?group={told['group']}"),
        (awa, f"/certificates/{told['paper']}/revoke"),
        (djeneba, "/groups/new"), (djeneba, f"/persons/{told['fanta']}/edit"), (djeneba, "/workers/"),
        (modibo, f"/groups/{told['group']}/cards.pdf"), (modibo, f"/persons/{told['fanta']}/edit"),
        (modibo, f"/sessions/new?group={told['group']}&module={MODULE}"), (binta,
        f"/certificates/new?group={told['group']}"),
        (oumou, "/workers/new"), (oumou, f"/groups/{told['group']}/care"),
    ]  # fmt: skip
    assert [(page, worker.get(page).status_code) for worker, page in refused] == [(page, 403) for _w, page in refused]
    prints = [(awa, f"/awards/{told['award']}/print.pdf"), (binta, f"/awards/{told['award']}/print.pdf")]
    assert [worker.post(page).status_code for worker, page in prints] == [403, 403]


def test_a_fact_of_the_wrong_role_is_refused_and_not_kept(awa, djeneba, modibo, binta, oumou, told, who, stories):
    day, before = date.today(), count(stories, Receipt)
    refused = [
        (awa, "/cares/", {"group": told["group"], "worker": who["awa"], "since": day}),
        (awa, "/memberships/", {"person": told["fanta"], "group": told["group"], "since": day}),
        (awa, "/trainings/", {"title": "x"}), (awa, "/workers/", {"given": "x"}), (awa, "/revocations/",
        {"certificate": told["paper"]}),
        (awa, "/certificates/", {"kind": "competence", "module": MODULE, "group": told["group"],
        "persons": [told["fanta"]]}),
        (binta, "/certificates/", {"kind": "competence", "module": MODULE, "group": told["group"],
        "persons": [told["fanta"]]}),
        (djeneba, "/persons/", {"given": "x", "group": told["group"]}), (modibo, "/persons/", {"given": "x",
        "group": told["group"]}),
        (modibo, "/sessions/", {"group": told["group"], "module": MODULE}), (modibo, "/hands/",
        {"group": told["group"], "module": MODULE}),
        (oumou, "/workers/", {"given": "x"}), (oumou, "/groups/", {"name": "x"}),
    ]  # fmt: skip
    codes = [(path, worker.post(path, {"uid": new_uid(), **fields}).status_code) for worker, path, fields in refused]
    assert codes == [(path, 403) for _worker, path, _fields in refused]
    for who_is, action in (("awa", "disable"), ("awa", "code"), ("oumou", "code"), ("binta", "disable")):
        assert oumou.post(f"/workers/{who[who_is]}/{action}").status_code == 403
    assert count(stories, Receipt) == before


def test_officials_see_codes_and_never_names_of_members(modibo, admin, told, stories):
    fanta = Person.now_of(told["fanta"])
    for official in (modibo, admin):
        for page in [*pages_of(told), "/groups/", "/sessions/", "/certificates/", "/", f"/search?q={fanta.code}"]:
            answer = official.get(page)
            assert answer.status_code in (200, 403), page
            shown = [
                name
                for name in ("Ŋaɲa", "Fatoumata", "Rokia", "Dɛmbɛlɛ", "Assitan", "Cissé", "Fanta")
                if name in answer.text
            ]
            assert not shown, page
        assert fanta.code in official.get(f"/groups/{told['group']}").text
        assert fanta.code in official.get(f"/search?q={fanta.code}").text


def test_officials_do_not_find_members_by_name(modibo, told):
    for asked in ("Fanta", "fanta konɛ", "Ŋaɲa", "rokia"):
        assert str(told["fanta"]) not in modibo.get("/search", query_string={"q": asked}).text


def test_officials_learn_no_name_from_a_form_that_is_refused(admin, told):
    for path, fields in posts_of(told):
        text = admin.post(path, {"uid": new_uid(), **fields}).text
        assert not [name for name in ("Ŋaɲa", "Rokia", "Dɛmbɛlɛ", "Assitan") if name in text], (path, fields)


def test_a_worker_moved_away_is_no_longer_in_the_hands_of_her_old_supervisor(binta, admin, who, stories):
    """Else the old one could give herself a code to the account."""
    elsewhere = stories.scalar(select(OrgUnit).where(OrgUnit.path == "ML.KKR.BNB.BNB1"))
    answer = admin.post(f"/workers/{who['awa']}/move", kind="chw", unit=elsewhere.uid)
    assert answer.status_code == 303
    for action in ("code", "disable", "enable"):
        assert binta.post(f"/workers/{who['awa']}/{action}").status_code in (403, 404)


def test_a_supervisor_appoints_below_herself_and_in_her_places_only(binta, who, stories):
    areas = {unit.path: unit.uid for unit in stories.scalars(select(OrgUnit))}
    new = {"given": "Kani", "family": "Dao", "sex": "F", "identifier": "kani"}
    for kind, path in (
        ("supervisor", "ML.KKR.DIO.WAC"),
        ("chw", "ML.KKR.DIO.MAS"),
        ("national", "ML"),
        ("chw", "ML.KKR.DIO.WAC.V01"),
    ):
        answer, uid = binta.tell("/workers/", {**new, "kind": kind, "unit": areas[path]})
        assert answer.status_code == 422
        assert Person.now_of(uid) is None
    answer, uid = binta.tell("/workers/", {**new, "kind": "chw", "unit": areas["ML.KKR.DIO.WAC"]})
    assert answer.status_code == 303
    for kind, path in (("chw", "ML.KKR.DIO.MAS"), ("supervisor", "ML.KKR.DIO.WAC")):
        assert binta.post(f"/workers/{uid}/move", kind=kind, unit=areas[path]).status_code == 422


def test_nobody_is_made_a_worker_or_unmade_by_a_correction(binta, modibo, told, who, stories):
    """The path of workers tells of new ones: it neither renames a member nor makes an account of her."""
    area = stories.scalar(select(OrgUnit.uid).where(OrgUnit.path == "ML.KKR.DIO.WAC"))
    fields = {"given": "Autre", "family": "Nom", "sex": "F", "identifier": "autre", "kind": "chw", "unit": area}
    for worker in (binta, modibo):
        for target in (told["fanta"], who["awa"]):
            assert worker.tell("/workers/", fields, corrects=target)[0].status_code in (403, 404, 422)
            withdrawn = worker.tell("/workers/", fields, corrects=target, withdrawn="y", reason="non")[0]
            assert withdrawn.status_code in (403, 404, 422)
            assert Person.now_of(target).given in ("Fanta", "Awa")


def test_a_worker_is_not_withdrawn_as_a_person(binta, awa, who):
    for worker in (binta, awa):
        answer, _uid = worker.tell("/persons/", corrects=who["awa"], withdrawn="y", reason="non")
        assert answer.status_code in (403, 404, 422)
    assert awa.get("/groups/").status_code == 200


def test_a_junk_address_is_a_page_that_is_not_there(awa, admin):
    for page in ("/groups/x", "/persons/new?group=x", "/sessions/new?group=x&module=y",
    "/attempts/new?module=y&person=x",
                 "/hands/new?module=%00", "/quizzes/%00", "/places/?in=x", "/certificates/" + "0" * 32):  # fmt: skip
        assert awa.get(page).status_code == 404, page
    huge = "9" * 30
    for page in (f"/groups/?page={huge}", f"/sessions/?page={huge}", f"/certificates/?page={huge}",
    f"/workers/?page={huge}",
                 "/groups/?page=-1", "/groups/?page=x", "/search?q=%00", "/search?q=%F0%9F%98%80",
                 "/search?q=" + "a" * 3000):  # fmt: skip
        assert admin.get(page).status_code == 200, page


# The decision itself


@given(segments, segments)
def test_a_place_is_covered_when_it_is_hers_or_lies_in_hers(own, place):
    reach = Reach(new_uid(), frozenset({"district"}), (".".join(own),))
    assert reach.covers(".".join(place)) == (place[: len(own)] == own)


@given(st.lists(st.tuples(st.sampled_from(["chw", "supervisor", "trainer", "district"]), segments.map(".".join))))
def test_a_chws_office_opens_no_place(roles):
    reach = reach_of(None, iter(roles))
    assert set(reach.paths) == {path for kind, path in roles if kind != "chw"}
    assert reach.kinds == {kind for kind, _path in roles}
    assert all(reach.covers(path) for path in reach.paths)
    assert reach.sees_names == bool(reach.kinds & {"chw", "supervisor", "trainer"})


def test_a_role_that_has_ended_opens_nothing(admin, binta, who, stories):
    from lms.people.models import Role

    assert binta.get(f"/groups/{who['Benkadi']}").status_code == 200
    for role in Role.of(who["binta"]):
        role.until = date.today() - timedelta(days=1)
    stories.commit()
    assert binta.get(f"/groups/{who['Benkadi']}").status_code == 404
    assert binta.get("/workers/").status_code == 403
