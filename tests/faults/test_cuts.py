"""An envelope that is cut or altered is refused whole: not one row changes, and the phone keeps everything."""

import gzip
import json

import pytest

from lms.core.database import db
from tests.faults.check import nothing_lost_nothing_double
from tests.offline.phone import spoilt_hash
from tests.offline.same import rows


@pytest.fixture
def phone(phones, who):
    """Three facts wait."""
    phone = phones("awa")
    for given in ("Ada", "Bintu Ɲɛ", ""):
        phone.tells("/persons/", group=who["Benkadi"], given=given, sex="F")
    return phone


def everything():
    found = rows()
    db.session.rollback()
    return found


def step(world):
    """Every byte on SQLite; on PostgreSQL some, for no database is asked yet."""
    return 1 if world.url.startswith("sqlite") else 23


def spoilt(phone):
    """The envelope with its count, its hash or a word of a body changed."""
    good = phone.envelope()
    for count in (0, 2, 4):
        yield json.dumps(good | {"count": count}).encode()
    yield json.dumps(good | {"sha256": spoilt_hash([fact["body"] for fact in good["facts"]])}).encode()
    yield json.dumps(good | {"facts": good["facts"][:2]}).encode()
    yield json.dumps(good | {"facts": good["facts"][::-1]}).encode()
    yield json.dumps(good).replace("Ada", "Ida").encode()


def test_cut_at_every_byte(phone, world, stories, tmp_path):
    whole = json.dumps(phone.envelope()).encode()
    before = everything()
    statuses = {phone.posts(whole[:end]).status_code for end in range(0, len(whole), step(world))}
    statuses |= {phone.posts(raw).status_code for raw in spoilt(phone)}
    assert statuses == {400}
    assert everything() == before
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_cut_at_every_byte_when_it_is_packed(phone, world, stories, tmp_path):
    whole = gzip.compress(json.dumps(phone.envelope()).encode())
    before = everything()
    headers = {"Content-Encoding": "gzip"}
    assert {phone.posts(whole[:end], **headers).status_code for end in range(0, len(whole), step(world))} == {400}
    assert everything() == before
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)
