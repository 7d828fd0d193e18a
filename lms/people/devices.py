"""The phones that facts come from: which, by whom, and whether they are still trusted."""

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.database import Uid, db
from lms.core.models import now
from lms.people.access import SignIn

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


class Device(db.Model):
    """One phone or browser that keeps facts until there is a network. Its `label` is said aloud: « téléphone B4 ».

    `skew` is how many seconds its clock was ahead of ours when it last sent something.
    """

    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str] = mapped_column(String(8))
    enrolled_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    skew: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None] = mapped_column(info={"closes": True})

    keys = relationship("DeviceKey", order_by="DeviceKey.enrolled_at")

    @classmethod
    def met(cls, uid):
        """The device of this uid; one that was never seen is written down."""
        return db.session.get(cls, uid) or cls._written(uid)

    @classmethod
    def _written(cls, uid):
        try:
            with db.session.begin_nested():
                db.session.add(cls(uid=uid, label=f"{secrets.choice(LETTERS)}{secrets.randbelow(90) + 10}"))
        except IntegrityError:  # its other request was here a moment earlier
            pass
        return db.session.get(cls, uid)


class DeviceKey(db.Model):
    """The public key by which a worker's facts from one device are known to be hers: a P-256 point, uncompressed.

    `browser` is the name its browser signs in under, when it last told the key: what ends with the phone.
    """

    device_uid: Mapped[str] = mapped_column(ForeignKey("device.uid"), primary_key=True)
    account_uid: Mapped[Uid] = mapped_column(ForeignKey("account.uid"), primary_key=True, index=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(65), primary_key=True)
    enrolled_at: Mapped[datetime] = mapped_column(default=now)
    browser: Mapped[str | None] = mapped_column(String(64))

    account = relationship("Account")


def may_speak_for(device, account):
    """Whether what this worker says of a phone is believed: she has enrolled on it, or nobody has (a restore, a first word)."""
    enrolled = select(DeviceKey.account_uid).filter_by(device_uid=device).distinct()
    accounts = db.session.scalars(enrolled).all()
    return not accounts or account in accounts


def end_sessions(device):
    """Close every open session on this phone, whoever borrowed it: a phone that is lost is signed in, mostly."""
    browsers = select(DeviceKey.browser).where(DeviceKey.device_uid == device, DeviceKey.browser.is_not(None))
    there = or_(SignIn.device == device, SignIn.device.in_(browsers))
    db.session.execute(update(SignIn).where(there, SignIn.ended_at.is_(None)).values(ended_at=now()))


def first_on(device):
    """The account that enrolled on this phone first, or None: it is hers, whoever else works on it."""
    first = select(DeviceKey.account_uid).filter_by(device_uid=device).order_by(DeviceKey.enrolled_at).limit(1)
    return db.session.scalar(first)


def keys_of(device, account):
    """Every key this worker has enrolled on this device, as raw points."""
    return db.session.scalars(select(DeviceKey.public).filter_by(device_uid=device, account_uid=account)).all()
