"""Facts that others carry: in a file, on a colleague's phone. Her signature counts, not who brings them."""

import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select

from lms.core import keys
from lms.core.models import Conflict, Held, Receipt
from lms.offline import parcels
from lms.offline.envelope import fill
from lms.people.devices import Device
from lms.people.models import Person
from tests.conftest import Browser
from tests.faults.check import nothing_lost_nothing_double
from tests.faults.field import FieldPhone
from tests.offline.same import rows
from tests.offline.sealing import enrol, parcel_of, signature


@pytest.fixture
def phone(awa, who, a_session):
    phone = FieldPhone(awa, "awa")
    woman = phone.tells("/persons/", group=who["Benkadi"], given="Kadia", sex="F")
    phone.tells("/sessions/", **a_session(present=[woman]))
    return phone


@pytest.fixture
def key(world, phone):
    return enrol(world, phone, "awa")


def brought(browser, raw):
    """The answer to a parcel that somebody's phone brings."""
    return browser.client.post("/outbox/parcels", data=raw, content_type="application/octet-stream")


def states(answer):
    assert answer.status_code == 200, answer.text
    return {result["state"] for result in answer.json["results"].values()}


def a_file(*raws):
    return parcels.FILE_MAGIC + b"".join(len(raw).to_bytes(4, "big") + raw for raw in raws)


def test_a_colleague_brings_it_and_the_facts_are_hers(world, phone, key, who, kadi, stories, tmp_path):
    raw = parcel_of(world, phone, key)
    assert states(brought(kadi, raw)) == {"stored"}
    assert states(brought(kadi, raw)) == {"duplicate"}
    assert {receipt.author for receipt in _receipts(stories, phone)} == {who["awa"]}
    assert set(phone.tries().values()) == {"duplicate"}
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_even_an_outsider_may_carry_it_and_is_told_nothing(world, phone, key, mariam, stories):
    answer = brought(mariam, parcel_of(world, phone, key))
    assert states(answer) == {"stored"}
    assert "Kadia" not in answer.text


def test_the_same_file_twice(world, phone, key, binta, tmp_path):
    file = a_file(parcel_of(world, phone, key))
    for word in ("stored", "duplicate"):
        answer = binta.client.post("/outbox/parcels", data={"parcel": (BytesIO(file), "kalanso.kln")})
        assert answer.status_code == 200, word
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_a_file_that_is_cut_brings_home_what_is_whole(world, phone, key, who, binta, stories, tmp_path):
    first = parcel_of(world, phone, key)
    later = phone.tells("/persons/", group=who["Benkadi"], given="Ada", sex="F")
    file = a_file(first, parcel_of(world, phone, key))
    answer = binta.client.post("/outbox/parcels", data={"parcel": (BytesIO(file[:-5]), "kalanso.kln")})
    assert answer.status_code == 400
    assert len(_receipts(stories, phone)) == 2
    assert Person.now_of(later) is None
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_a_byte_that_was_altered_anywhere(world, phone, key, kadi, stories):
    raw = parcel_of(world, phone, key)
    before = rows()
    stories.rollback()
    for at in range(0, len(raw), 7):
        spoilt = bytearray(raw)
        spoilt[at] ^= 1
        assert brought(kadi, bytes(spoilt)).status_code == 400, at
    for end in range(0, len(raw), 41):
        assert brought(kadi, raw[:end]).status_code == 400, end
    assert rows() == before


def test_sealed_to_another_server(world, phone, key, kadi, stories):
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert brought(kadi, parcel_of(world, phone, key, to=other)).status_code == 400
    assert _receipts(stories, phone) == []


def test_an_envelope_that_was_cut_before_it_was_sealed(world, phone, key, kadi):
    text = fill(phone.device, phone.waiting(), now=phone.clock()).model_dump_json()[:-9]
    cut = parcel_of(world, phone, key, envelope=text, signature=signature(key, text))
    assert brought(kadi, cut).status_code == 400


@pytest.mark.parametrize("forged", ["another key", "another author", "another device", "another text", "none", "short"])
def test_what_she_has_not_signed_is_held_and_keeps_no_place_from_what_she_has(
    world, phone, key, kadi, who, stories, forged
):
    text = fill(phone.device, phone.waiting(), now=phone.clock()).model_dump_json()
    other = ec.generate_private_key(ec.SECP256R1())
    otherwise = {
        "another key": {"signature": signature(other, text)}, "another author": {"author": "binta"},
        "another device": {"device": "0" * 32}, "another text": {"signature": signature(key, text + " ")},
        "none": {"signature": b""}, "short": {"signature": b"\0" * 63},
    }[forged]  # fmt: skip
    assert states(brought(kadi, parcel_of(world, phone, key, **otherwise))) == {"held"}
    assert _receipts(stories, phone) == []
    assert {held.reason for held in stories.scalars(select(Held))} == {"La signature ne va pas."}
    stories.rollback()
    assert set(phone.tries().values()) == {"stored"}
    assert {receipt.author for receipt in _receipts(stories, phone)} == {who["awa"]}
    assert stories.scalar(select(func.count()).select_from(Held)) == 0


def test_what_somebody_forged_under_her_uid_stays_beside_it(world, phone, key, who, kadi, stories):
    forger = FieldPhone(kadi, "awa")
    uid = forger.tells("/persons/", uid=next(iter(phone.made)), group=who["Benkadi"], given="Sira", sex="F")
    forged = parcel_of(world, forger, ec.generate_private_key(ec.SECP256R1()))
    assert states(brought(kadi, forged)) == {"held"}
    assert set(phone.tries().values()) == {"stored"}
    assert Person.now_of(uid).given == "Kadia"
    assert stories.scalar(select(Conflict.body)) == forger.facts[uid].body.encode()


def test_a_forged_correction_does_not_follow_what_it_waits_for(world, phone, key, a_session, who, kadi, stories):
    """It comes first and names what is still to come: it must not be let in with it."""
    session = phone.tells("/sessions/", **a_session())
    forger = FieldPhone(kadi, "awa")
    forger.device = phone.device
    mended = forger.tells("/sessions/", **a_session(corrects=session, minutes=1))
    forged = parcel_of(world, forger, ec.generate_private_key(ec.SECP256R1()))
    assert states(brought(kadi, forged)) == {"held"}
    assert set(phone.tries().values()) == {"stored"}
    assert Held.of(mended).settled is None
    assert Receipt.of(mended) is None


def test_a_signed_out_phone_brings_nothing(world, phone, key, visitor):
    assert brought(visitor, parcel_of(world, phone, key)).status_code == 401


def test_two_workers_on_one_phone_sign_for_themselves(world, phone, key, who, mariam, stories):
    """The key of one of them signs nothing for the other."""
    phone.author = "kadi"
    enrol(world, _of(phone, Browser(world.app, "kadi")), "kadi")
    uid = phone.tells("/persons/", group=who["Sabugnuma"], given="Sira", sex="F")
    of_awa = brought(mariam, parcel_of(world, phone, key)).json["results"][str(uid)]
    assert of_awa["state"] == "held"


def _of(phone, browser):
    other = FieldPhone(browser, "kadi")
    other.device = phone.device
    return other


def _receipts(stories, phone):
    found = stories.scalars(select(Receipt).where(Receipt.device == phone.device)).all()
    stories.rollback()
    return found


def sealed(world, said):
    """Any bytes, sealed to this server as a parcel is."""
    once = ec.generate_private_key(ec.SECP256R1())
    point = once.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    with world.app.app_context():
        to = keys.sealing().public_key()
    iv = os.urandom(parcels.IV)
    shut = AESGCM(parcels._shared(once, to, point)).encrypt(iv, gzip.compress(said), parcels.MAGIC)
    return parcels.MAGIC + point + iv + shut


@pytest.mark.parametrize(
    "odd",
    [
        {"envelope": "\ud800"}, {"author": "\ud800"}, {"author": "\0"}, {"device": "\0"}, {"device": "\ud800"},
        {"signature": "\ud800"}, {"envelope": None}, {"author": ["awa"]}, None,
    ],
)  # fmt: skip
def test_a_parcel_that_says_no_text_is_no_parcel(world, phone, key, kadi, binta, stories, tmp_path, odd):
    said = {"envelope": json.dumps(phone.envelope()), "author": "awa", "device": phone.device, "signature": ""}
    raw = sealed(world, json.dumps({**said, **odd}).encode() if odd else b"[" * 200_000)
    assert brought(kadi, raw).status_code == 400
    answer = binta.client.post("/outbox/parcels", data={"parcel": (BytesIO(a_file(raw)), "kalanso.kln")})
    assert answer.status_code == 400
    (tmp_path / "kalanso.kln").write_bytes(a_file(raw))
    stories.rollback()
    imported = world.app.test_cli_runner().invoke(args=["outbox", "import", str(tmp_path / "kalanso.kln")])
    assert (imported.exit_code, "✗" in imported.output) == (1, True), imported.output
    assert _receipts(stories, phone) == []


def test_a_file_that_lay_a_month_in_a_drawer_says_nothing_of_a_clock(world, phone, key, kadi, who, a_session, stories):
    assert phone.tries()
    month = timedelta(days=30)
    phone.clock = lambda: datetime.now(UTC) - month
    session = phone.tells("/sessions/", **a_session(held_on=(datetime.now(UTC) - month).date(), half="pm"))
    woman = phone.tells("/persons/", group=who["Benkadi"], given="Ada", sex="F")
    assert states(brought(kadi, parcel_of(world, phone, key))) == {"stored"}
    assert Receipt.of(session).doubt is None
    assert Receipt.of(woman).told_on == (datetime.now(UTC) - month).date()
    assert abs(stories.get(Device, phone.device).skew) < 60
