"""The first page of each role, the search, and what one person has learnt."""

from lms.core.database import new_uid
from lms.reports.tours import tour_of
from tests.conftest import uid_in

MODULE = "choix-libre-eclaire"


def test_every_role_has_a_first_page_and_a_tour(app, visitor, awa, mariam, binta, djeneba, oumou, modibo, admin):
    assert visitor.get("/").status_code == 200
    for worker in (awa, mariam, binta, djeneba, oumou, modibo, admin):
        assert worker.get("/").status_code == 200
        assert worker.get("/tour").status_code == 200
        assert worker.get("/help").status_code == 200
    with app.test_request_context():
        for kind in ("chw", "trainer", "supervisor", "midwife", "district", "national"):
            assert len(tour_of({kind})) == 3


def test_the_first_page_of_awa_speaks_of_her_group(awa, who):
    text = awa.get("/").text
    assert "Benkadi" in text
    assert "Lafia" not in text


def test_what_a_woman_has_learnt_grows_with_what_happened(awa, oumou, a_session, an_attempt, who):
    fanta = who["Benkadi members"][0]
    assert awa.get(f"/learning/{fanta}").status_code == 200
    awa.post("/sessions/", a_session())
    uid_in(awa.post("/attempts/", an_attempt(fanta)))
    answer, _uid = oumou.tell("/certificates/", kind="competence", module=MODULE, group=who["Benkadi"], persons=[fanta],
                              awarded_on=an_attempt()["taken_on"])  # fmt: skip
    assert answer.status_code == 303
    assert "Attestation de compétence" in awa.get(f"/learning/{fanta}").text


def test_nobody_has_learnt_anything_out_of_reach(mariam, who):
    assert mariam.get(f"/learning/{who['Benkadi members'][0]}").status_code == 404
    assert mariam.get(f"/learning/{new_uid()}").status_code == 404


def test_a_certificate_number_in_the_search_leads_to_its_check(awa):
    from lms.certificates.numbers import certificate_number

    number = certificate_number(new_uid())
    answer = awa.get("/search", query_string={"q": number})
    assert answer.status_code == 302
    assert number in answer.headers["Location"]


def test_a_search_for_nothing_finds_nothing(awa):
    for asked in ("", " ", "%", "_", "*", "'", "\\", "zzzz"):
        answer = awa.get("/search", query_string={"q": asked})
        assert answer.status_code == 200
        assert "WAC-G01" not in answer.text
