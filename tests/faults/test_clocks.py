"""Clocks that are wrong: nothing is refused for it, dates are in doubt, and order is that of arrival, never of a clock."""

from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from lms.cascade.models import Session
from lms.core.models import Receipt
from lms.people.devices import Device
from tests.conftest import Browser
from tests.faults.check import nothing_lost_nothing_double

TEN_YEARS = 3650


def test_a_phone_whose_clock_jumps(world, who, a_session, dice, phones, stories, tmp_path):
    """Ten years ahead, ten years back, between two facts and between two sendings."""
    phone = phones("awa")
    phone.clock = lambda: datetime.now(UTC) + timedelta(days=dice.randint(-TEN_YEARS, TEN_YEARS))
    told = []
    for _batch in range(4):
        for _n in range(5):
            told.append(phone.tells("/sessions/", **a_session(held_on=phone.clock().date())))
        assert set(phone.tries().values()) == {"stored"}
        stories.rollback()
    came = select(Receipt).where(Receipt.device == phone.device).order_by(Receipt.seq)
    receipts = stories.scalars(came).all()
    assert [receipt.uid for receipt in receipts] == told
    assert sum(receipt.doubt is not None for receipt in receipts) > 10
    assert abs(stories.get(Device, phone.device).skew) > 0
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_a_clock_that_jumps_between_a_fact_and_its_correction(world, a_session, phones, stories, tmp_path):
    phone, real = phones("awa"), lambda: datetime.now(UTC)
    session = phone.tells("/sessions/", **a_session())
    phone.clock = lambda: real() - timedelta(days=TEN_YEARS)
    phone.tells("/sessions/", **a_session(corrects=session, minutes=45))
    phone.clock = lambda: real() + timedelta(days=TEN_YEARS)
    phone.tells("/sessions/", **a_session(corrects=session, minutes=50))
    phone.comes_home()
    assert Session.now_of(session).minutes == 50
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_a_server_whose_clock_goes_a_day_ahead_and_back(world, a_session, phones, stories, tmp_path):
    """Her sign-in ends, as after any day of rest; her facts stay on the phone until she is back, and all come home."""
    phone = phones("awa")
    session = phone.tells("/sessions/", **a_session())
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1), tick=True):
        assert phone.tries() is None
        assert phone.posts().json == {"sign_in": True}
        phone.browser = Browser(world.app, "awa")
        assert set(phone.tries().values()) == {"stored"}
        phone.tells("/sessions/", **a_session(corrects=session, minutes=45))
        phone.comes_home()
    phone.tells("/sessions/", **a_session(corrects=session, minutes=50))
    phone.browser = Browser(world.app, "awa")
    phone.comes_home()
    assert Session.now_of(session).minutes == 50
    nothing_lost_nothing_double(world, tmp_path, phone)
