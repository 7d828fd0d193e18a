"""Phones are enrolled, listed with what the server holds of them, and withdrawn when they are lost."""

import base64
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select, update

from lms.core import keys
from lms.core.database import new_uid
from lms.core.models import Epoch, Held, Receipt
from lms.offline import intake, phones
from lms.people.devices import Device, DeviceKey, keys_of
from lms.people.models import Account
from tests.conftest import Browser
from tests.offline.phone import Phone


def a_point(form=PublicFormat.UncompressedPoint):
    return ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, form)


def enrol(browser, device=None, point=None):
    key = base64.b64encode(point or a_point()).decode()
    return browser.client.post("/devices", json={"device": device, "key": key})


def account(session, identifier):
    return session.scalar(select(Account.uid).where(Account.identifier == identifier))


def test_a_phone_is_enrolled_and_learns_what_it_needs(awa, stories):
    point = a_point()
    answer = enrol(awa, point=point).json
    assert (answer["author"], answer["called"], answer["field"]) == ("awa", "Awa", True)
    assert answer["epoch"] == Epoch.present()
    assert base64.b64decode(answer["seal"])[:1] == b"\x04"
    assert stories.get(Device, answer["device"]).label == answer["label"]
    assert keys_of(answer["device"], account(stories, "awa")) == [point]


def test_the_name_of_a_phone_is_its_own_else_that_of_its_browser(awa, stories):
    own = uuid4().hex
    assert enrol(awa, own).json["device"] == own
    cookie = awa.client.get_cookie("device").value
    assert enrol(awa, "not a name").json["device"] == cookie
    awa.client.delete_cookie("device")
    assert len(enrol(awa).json["device"]) == 32


def test_a_key_is_added_and_none_is_replaced(awa, kadi, stories):
    device, first, second, others = uuid4().hex, a_point(), a_point(), a_point()
    for browser, point in ((awa, first), (awa, second), (awa, first), (kadi, others)):
        assert enrol(browser, device, point).status_code == 200
    assert set(keys_of(device, account(stories, "awa"))) == {first, second}
    assert keys_of(device, account(stories, "kadi")) == [others]


def test_two_workers_of_one_phone_have_two_animals_and_keep_them(awa, kadi, stories):
    device = uuid4().hex
    hers, other = enrol(awa, device).json["animal"], enrol(kadi, device).json["animal"]
    assert hers != other
    assert enrol(awa, device).json["animal"] == hers


def test_the_first_twelve_of_a_phone_share_no_animal():
    accounts = [new_uid() for _n in range(14)]
    dealt = phones.dealt(accounts)
    assert len({dealt[uid] for uid in accounts[:12]}) == 12
    assert set(dealt) == set(accounts)


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"[]", b"<html>", b"{}", b'{"key": 3}', b'{"key": "AAAA"}', b'{"key": "\xc3\xa9"}',
        b'{"key": "%s"}' % base64.b64encode(b"\x04" + bytes(64)),
        b'{"key": "%s"}' % base64.b64encode(a_point(PublicFormat.CompressedPoint)),
    ],
    ids=["nothing", "a list", "a page", "no key", "a number", "too short", "no base64", "no point", "compressed"],
)  # fmt: skip
def test_what_is_no_key_is_refused_and_nothing_is_written(awa, stories, sent):
    answer = awa.client.post("/devices", data=sent, content_type="application/json")
    assert (answer.status_code, list(answer.json)) == (400, ["error"])
    assert stories.scalar(select(func.count()).select_from(DeviceKey)) == 0


def test_too_much_is_refused(awa):
    assert awa.client.post("/devices", data=b" " * 100_000, content_type="application/json").status_code == 413


def test_a_signed_out_phone_is_told_to_sign_in(visitor):
    answer = enrol(visitor)
    assert (answer.status_code, answer.json) == (401, {"sign_in": True})
    assert visitor.get("/phone/holds?device=" + uuid4().hex).json == {"sign_in": True}


def test_officers_above_the_field_keep_no_phone(modibo, admin, oumou, stories):
    for officer in (modibo, admin):
        answer = enrol(officer).json
        assert (answer["field"], answer["device"]) == (False, None)
    assert enrol(oumou).json["field"] is True
    assert stories.scalar(select(func.count()).select_from(Device)) == 1


@pytest.fixture
def phone(awa):
    """Awa's phone, enrolled, that has brought home its first, third and sixth fact."""
    phone = Phone(awa, "awa")
    phone.label = enrol(awa, phone.device).json["label"]
    return phone


def brings(phone, who, *numbers):
    told = [phone.tells("/persons/", group=who["Benkadi"], given=f"Femme {n}", sex="F") for n in range(max(numbers))]
    facts = [phone.facts[told[number - 1]] for number in numbers]
    assert phone.posts(phone.envelope(facts)).status_code == 200


def test_a_supervisor_sees_what_a_phone_still_has(phone, awa, binta, oumou, modibo, who, stories):
    brings(phone, who, 1, 3, 6)
    for worker in (awa, binta, oumou, modibo):
        page = worker.get("/devices/").text
        assert f"téléphone {phone.label}" in page
        assert "Awa" in page
        assert "le serveur tient 1–6" in page
        assert "il manque : 2, 4–5" in page
    page = binta.get(f"/devices/{phone.device}").text
    assert f"Téléphone {phone.label} : 2, 4–5 manquent." in page
    assert awa.get(f"/phone/holds?device={phone.device}").json["holds"] == {"upto": 6, "missing": [[2, 2], [4, 5]]}


def test_outsiders_and_neighbours_see_nothing_of_it(phone, binta, djeneba, kadi, mariam, visitor, who, stories):
    brings(phone, who, 1)
    for worker in (djeneba, kadi, mariam):
        assert phone.label not in worker.get("/devices/").text
        assert worker.get(f"/devices/{phone.device}").status_code == 404
        assert worker.post(f"/devices/{phone.device}/revoke").status_code == 404
        assert worker.get(f"/phone/holds?device={phone.device}").status_code == 404
    assert mariam.post(f"/devices/{phone.device}/trust").status_code == 403
    assert visitor.get(f"/devices/{phone.device}").status_code == 303
    assert stories.get(Device, phone.device).revoked_at is None


def test_silence_and_a_wrong_clock_are_said_in_words(phone, binta, who, stories):
    phone.clock = lambda: datetime.now(UTC) - timedelta(days=3, minutes=5)
    brings(phone, who, 1)
    stories.execute(update(Device).values(seen_at=datetime.now(UTC) - timedelta(days=9, hours=1)))
    stories.commit()
    page = binta.get("/devices/").text
    assert "se tait depuis 9 jours" in page
    assert "horloge en retard de 3 jours" in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, None), (-119, None), (150, "en avance de 2 minutes"), (-3700, "en retard de 1 heure"),
        (3 * 365 * 24 * 3600, "en avance de 3 ans"), (-90_000, "en retard de 1 jour"),
    ],
)  # fmt: skip
def test_how_far_a_clock_is_off(app, seconds, words):
    with app.test_request_context():
        assert phones.clock(seconds) == words


def test_a_phone_that_lost_its_key_is_known_by_what_it_brought(awa, binta, mariam, who, stories):
    phone = Phone(awa, "awa")
    held = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    assert phone.sends() == {held: "held"}
    assert awa.get(f"/devices/{phone.device}").status_code == 200
    page = binta.get(f"/devices/{phone.device}").text
    assert "Awa" in page
    assert "1 fiche retenue" in page
    assert mariam.get(f"/devices/{phone.device}").status_code == 404


def test_a_lost_phone_is_withdrawn_and_found_again(phone, awa, binta, oumou, who, stories):
    assert oumou.post(f"/devices/{phone.device}/revoke").status_code == 403
    assert awa.post(f"/devices/{phone.device}/revoke").status_code == 303
    uid = phone.tells("/persons/", group=who["Benkadi"], given="Kadia", sex="F")
    assert phone.posts().json == {"sign_in": True}
    awa.sign_in("awa")
    assert phone.sends() == {uid: "held"}
    assert "Ce téléphone a été retiré." in Held.of(uid).reason
    assert awa.post(f"/devices/{phone.device}/trust").status_code == 403
    assert "Retiré le" in binta.get(f"/devices/{phone.device}").text
    assert binta.post(f"/devices/{phone.device}/trust").status_code == 303
    assert stories.get(Device, phone.device).revoked_at is None
    other = phone.tells("/persons/", group=who["Benkadi"], given="Sali", sex="F")
    assert phone.sends() == {other: "stored"}
    assert binta.post(f"/held/{uid}", act="accept").status_code == 303


def test_a_receipt_says_whether_it_is_ours_and_what_it_says(phone, awa, mariam, who, stories):
    brings(phone, who, 1, 3, 6)
    text = awa.get(f"/phone/holds?device={phone.device}").json["receipt"]
    page = mariam.get("/devices/receipt", query_string={"text": f"  {text}\n"}).text
    assert f"les fiches 1–6 du téléphone {phone.label}" in page
    assert "Il manquait : 2, 4–5." in page
    for forged in (text.replace("1-6", "1-7"), text[:-3], "abc", "é.é", keys.signed("something else")):
        assert "Ce n’est pas un reçu" in mariam.get("/devices/receipt", query_string={"text": forged}).text
    Epoch.begin()
    stories.commit()
    assert "reprise d’une sauvegarde" not in page
    assert "sauvegarde" in mariam.get("/devices/receipt", query_string={"text": text}).text


def test_the_page_of_a_phone_shows_its_receipt(phone, awa, who, stories):
    brings(phone, who, 1)
    page = unescape(awa.get(f"/devices/{phone.device}").text)
    receipt = page.split('rows="5">')[1].split("</textarea>")[0]
    assert keys.said_by_us(receipt).startswith(f"{phone.label}|1-1|-|")


@pytest.mark.parametrize("address", ["/devices/%00", "/phone/holds?device=%00", "/devices/receipt?text=%00.%00"])
def test_a_name_that_no_phone_has_is_not_found(binta, address, stories):
    assert binta.get(address).status_code in (200, 404)


@pytest.mark.parametrize("said", [b"[" * 4000, b'{"key": "\\ud800"}', b'{"key": "\\u0000"}', b"\xff", b"[]"])
def test_an_enrolment_that_cannot_be_read_is_refused_in_json(awa, said, stories):
    answer = awa.client.post("/devices", data=said, content_type="application/json")
    assert (answer.status_code, list(answer.json)) == (400, ["error"])


def test_a_colleague_who_names_her_phone_changes_nothing_in_what_the_server_holds_of_it(phone, awa, kadi, who, stories):
    brings(phone, who, 1)
    seen = stories.get(Device, phone.device)
    before = seen.seen_at, seen.skew
    other = Phone(kadi, "kadi", clock=lambda: datetime.now(UTC) - timedelta(days=3))
    other.device, other.last = phone.device, 2**31 - 3
    other.tells("/persons/", group=who["Benkadi"], given="Bintou", sex="F")
    other.sends()
    assert awa.get(f"/phone/holds?device={phone.device}").json["holds"] == {"upto": 1, "missing": []}
    stories.rollback()
    assert (seen.seen_at, seen.skew) == before


def test_an_outsider_who_names_her_phone_takes_none_of_its_room(phone, mariam, who, monkeypatch):
    monkeypatch.setattr(intake, "HELD_A_DAY", 3)
    other = Phone(mariam, "mariam")
    other.device = phone.device
    for _n in range(3):
        other.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    assert set(other.sends().values()) == {"held"}
    uid = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    assert phone.sends()[uid] == "held"


def test_a_new_name_for_a_phone_gives_its_worker_no_new_room(awa, who, stories, monkeypatch):
    monkeypatch.setattr(intake, "HELD_A_DAY", 3)
    for _phone in range(3):
        phone = Phone(awa, "awa")
        for _n in range(2):
            phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
        phone.sends()
    assert stories.scalar(select(func.count()).select_from(Held)) == 3


def test_who_enrols_on_anothers_phone_cannot_withdraw_it(phone, awa, kadi, mariam, who, stories):
    for other in (kadi, mariam):
        assert enrol(other, phone.device).status_code == 200
        assert other.post(f"/devices/{phone.device}/revoke").status_code == 403
        assert "Retirer ce téléphone" not in other.get(f"/devices/{phone.device}").text
    assert stories.get(Device, phone.device).revoked_at is None
    assert awa.post(f"/devices/{phone.device}/revoke").status_code == 303


def test_a_withdrawn_phone_is_signed_out_whatever_name_it_tells_facts_under(awa, oumou, binta, who, a_session, stories):
    """Its browser and the phone it says it is have two names; whoever borrowed it is out as well."""
    phone = Phone(awa, "awa")
    enrol(awa, phone.device)
    borrowed, elsewhere = Browser(awa.app), Browser(awa.app, "awa")
    borrowed.client.set_cookie("device", awa.client.get_cookie("device").value)
    borrowed.sign_in("oumou")
    assert binta.post(f"/devices/{phone.device}/revoke").status_code == 303
    told = a_session()
    assert awa.get(f"/groups/{who['Benkadi']}").status_code == 303
    assert awa.get(f"/phone/groups/{who['Benkadi']}.json").status_code in (303, 401)
    assert awa.post("/sessions/", told).status_code == 401
    assert Receipt.of(told["uid"]) is None
    assert Phone(awa, "awa").posts().status_code == 401
    assert borrowed.get("/devices/").status_code == 303
    assert elsewhere.get("/devices/").status_code == 200
    assert oumou.get("/devices/").status_code == 200
    assert binta.get("/devices/").status_code == 200


def test_a_phone_that_moved_to_another_browser_is_signed_out_there(awa, binta, stories):
    device, point = uuid4().hex, a_point()
    enrol(awa, device, point)
    again = Browser(awa.app, "awa")
    enrol(again, device, point)
    assert binta.post(f"/devices/{device}/revoke").status_code == 303
    assert again.get("/devices/").status_code == 303
