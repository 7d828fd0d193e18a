"""What is remembered of signing in: open sessions, one-time codes, wrong tries. All of it is fleeting: no backup keeps it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.core.database import Uid, db, new_uid
from lms.core.models import now

FLEETING = {"info": {"fleeting": True}}
"""A restore would open again what was used, ended or revoked since."""


class SignIn(db.Model):
    """One open session of an account on one device."""

    uid: Mapped[Uid] = mapped_column(primary_key=True, default=new_uid)
    account_uid: Mapped[Uid] = mapped_column(ForeignKey("account.uid"), index=True)
    device: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    account = relationship("Account")
    __table_args__ = FLEETING


class OneTimeCode(db.Model):
    """A code a supervisor hands out so that a worker can choose her own PIN. Used once."""

    uid: Mapped[Uid] = mapped_column(primary_key=True, default=new_uid)
    account_uid: Mapped[Uid] = mapped_column(ForeignKey("account.uid"), index=True)
    code_hash: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = FLEETING


class WrongTries(db.Model):
    """Wrong tries of one account, code or device since the last right one; kept for a day after the last."""

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    closed_until: Mapped[datetime | None]

    __table_args__ = FLEETING
