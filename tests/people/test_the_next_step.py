"""What the screens of people lead to, and what they do not let slip."""

from datetime import date

import pytest

TODAY = date.today()


def test_a_member_who_left_leads_back_to_her_group(awa, who):
    fanta = who["Benkadi members"][0]
    answer, _uid = awa.tell("/departures/", person=fanta, left_on=TODAY, why="choix")
    assert answer.headers["Location"] == f"/groups/{who['Benkadi']}"
    assert awa.get(answer.headers["Location"]).status_code == 200


def test_a_strangers_group_shows_no_roster_to_who_posts_into_it(awa, who):
    answer, _uid = awa.tell(
        "/offices/", group=who["Lafia"], person=who["Lafia members"][0], post="presidente", since=TODAY
    )
    assert answer.status_code == 404
    assert "Tarawele" not in answer.text


def test_only_a_chw_is_handed_a_group_and_only_a_member_is_elected_in_it(binta, who):
    care, _uid = binta.tell("/cares/", group=who["Benkadi"], worker=who["djeneba"], since=TODAY)
    office, _uid = binta.tell("/offices/", group=who["Benkadi"], person=who["awa"], post="presidente", since=TODAY)
    assert (care.status_code, office.status_code) == (422, 422)
    assert "Choisissez un ou une ASC." in care.text
    assert "Choisissez un membre de ce groupement." in office.text


def test_cards_come_as_a_pdf(awa, who):
    assert awa.get(f"/groups/{who['Benkadi']}/cards.pdf").data.startswith(b"%PDF")


def test_an_official_finds_workers_by_name_and_members_by_code_only(modibo):
    assert "Awa Kɔnɛ" in modibo.get("/search?q=awa").text
    assert "Rien trouvé" in modibo.get("/search?q=rokia").text
    assert "WAC-G01-M001" in modibo.get("/search?q=wac-g01-m001-b").text


def test_nobody_closes_her_own_account(admin, who):
    assert admin.post(f"/workers/{who['admin']}/disable").status_code == 403


def test_a_supervisor_sees_whose_first_code_waits_and_gives_it_once(binta, who):
    assert "Donner un nouveau code" in binta.get(f"/workers/{who['awa']}").text
    answer = binta.post(f"/workers/{who['awa']}/code")
    assert "Le code à donner maintenant" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Le code à donner maintenant" not in binta.get(f"/workers/{who['awa']}").text


def test_a_member_of_a_group_is_no_worker(binta, who):
    assert binta.get(f"/workers/{who['Benkadi members'][0]}").status_code == 404


def test_a_woman_who_was_registered_leads_to_the_next(awa, who):
    answer, _uid = awa.tell("/persons/", group=who["Benkadi"], given="Nɛnɛ", sex="F")
    page = awa.get(answer.headers["Location"]).text
    assert "Elle est inscrite." in page
    assert f"/persons/new?group={who['Benkadi']}" in page


def test_a_group_without_the_leaders_agreement_says_so_until_it_is_told(awa, who):
    group = f"/groups/{who['Benkadi']}"
    assert "à régulariser" in awa.get(group).text
    awa.tell("/agreements/", group=who["Benkadi"], leader="chef", manner="oral", agreed_on=TODAY)
    assert "à régulariser" not in awa.get(group).text


@pytest.mark.parametrize("address", ["/places/?in=zzz", "/places/?in=00000000-0000-0000-0000-000000000000"])
def test_a_place_that_is_none_is_not_found(awa, address):
    assert awa.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/groups/?page=99999999999999999999", "/search?q=%00", f"/search?q={'x' * 3000}"])
def test_an_odd_address_is_answered(awa, address):
    assert awa.get(address).status_code == 200
