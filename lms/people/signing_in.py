"""Who is at the door: PIN and one-time codes, sessions that a change of PIN ends, and who may open which page."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from functools import wraps

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.core.database import db
from lms.core.models import now
from lms.core.settings import is_public
from lms.people import pin
from lms.people.access import OneTimeCode, SignIn, WrongTries
from lms.people.models import Account, OrgUnit, Person, Role
from lms.people.reach import reach_of
from lms.people.throttle import wait

IDLE = timedelta(hours=12)
CODE_LASTS = timedelta(hours=72)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

manager = LoginManager()


class Worker(UserMixin):
    """A worker who is signed in: her account, her person, her reach."""

    def __init__(self, sign_in, account, person, reach):
        self.sign_in, self.account, self.person, self.reach = sign_in, account, person, reach

    def get_id(self):
        return str(self.sign_in.uid)


def init_app(app):
    manager.init_app(app)
    manager.user_loader(load)
    app.jinja_env.globals["called"] = called


def load(uid):
    """The worker of a session cookie, if her session is still open, else None."""
    sign_in = db.session.get(SignIn, uuid.UUID(uid))
    if sign_in is None or sign_in.ended_at or now() - sign_in.seen_at > IDLE:
        return None
    if not may_enter(sign_in.account):
        return None
    if now() - sign_in.seen_at > timedelta(minutes=10):
        db.session.execute(update(SignIn).where(SignIn.uid == sign_in.uid).values(seen_at=now()))
        db.session.commit()
    return worker(sign_in)


def worker(sign_in):
    """The worker of an open session, with the reach her roles give her today."""
    person = Person.now_of(sign_in.account.person_uid)
    places = select(Role.kind, OrgUnit.path).join(OrgUnit, OrgUnit.uid == Role.unit_uid)
    roles = db.session.execute(places.where(Role.person_uid == person.origin, Role.held_on(now().date())))
    return Worker(sign_in, sign_in.account, person, reach_of(person.origin, roles))


def meet():
    """Put the person who is signed in, and her reach, where views and forms look for them; True if there is one."""
    there = current_user.is_authenticated
    g.person = current_user.person if there else None
    g.reach = current_user.reach if there else None
    g.account = current_user.account if there else None
    return there


def signed_in(view=None, *, kinds=None):
    """A page for workers only; with `kinds`, for these offices only (403 for the others)."""
    if view is None:
        return lambda view: signed_in(view, kinds=kinds)

    @wraps(view)
    def page(*args, **kwargs):
        if not meet():
            return (
                redirect(url_for("door.sign_in", next=request.full_path.rstrip("?")), 303) if _reading() else abort(401)
            )
        if kinds and not g.reach.kinds & kinds:
            abort(403)
        return view(*args, **kwargs)

    return page


def _reading():
    return request.method in ("GET", "HEAD")


def called(person):
    """How a person is shown to the worker who is reading: by name, or by code above the health area."""
    own = g.get("reach")
    if own and (own.sees_names or person.code is None):
        return person.name or person.code
    return person.code or "—"


def try_pin(identifier, given, device):
    """Open a session: (worker, None), or (None, time to wait), or (None, None) when it simply does not fit."""
    keys = (f"account:{_digest(identifier.casefold())}", f"device:{_digest(device)}")
    if closed := _closed_for(keys):
        db.session.commit()
        return None, closed
    account = db.session.scalar(select(Account).where(func.lower(Account.identifier) == identifier.casefold()))
    fits = pin.fits(account.pin_hash if account else None, given)
    if not fits or not may_enter(account):
        _count_wrong(keys)
        return None, None
    _forget_wrong(keys)
    return enter(account, device), None


def enter(account, device):
    """Open a session of this account on this device and sign the browser in."""
    sign_in = SignIn(account=account, device=device)
    db.session.add(sign_in)
    db.session.commit()
    session.clear()
    session.permanent = True
    entered = worker(sign_in)
    login_user(entered)
    return entered


def leave():
    """Close the session of this browser."""
    current_user.sign_in.ended_at = now()
    db.session.commit()
    logout_user()
    session.clear()


def end_sessions(account, but=None):
    """Close every open session of an account, except one."""
    db.session.execute(
        update(SignIn)
        .where(
            SignIn.account_uid == account.uid,
            SignIn.ended_at.is_(None),
            SignIn.uid != (but.uid if but else uuid.UUID(int=0)),
        )
        .values(ended_at=now())
    )


def may_enter(account):
    """Whether this account is in use, and is no demo account on a server that others can reach."""
    return not account.disabled_at and (not account.demo or demo_may_enter()) and Person.now_of(account.person_uid)


def demo_may_enter():
    """Demo accounts sign in on this very machine only: their PINs are printed in the README."""
    host = request.host.rsplit(":", 1)[0]
    return not is_public(current_app) and host in LOOPBACK


def hand_out_code(account):
    """A new one-time code of eight digits; earlier ones of the account no longer open. Only its hash is kept."""
    code = f"{secrets.randbelow(10**8):08d}"
    db.session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.account_uid == account.uid, OneTimeCode.used_at.is_(None))
        .values(used_at=now())
    )
    db.session.add(OneTimeCode(account_uid=account.uid, code_hash=pin.keep(code), expires_at=now() + CODE_LASTS))
    db.session.commit()
    return code


def redeem(identifier, code, device):
    """(the open one-time code that fits, None), or as `try_pin` when there is none. Wrong tries count as wrong PINs do."""
    keys = (f"code:{_digest(identifier.casefold())}", f"device:{_digest(device)}")
    if closed := _closed_for(keys):
        db.session.commit()
        return None, closed
    found = db.session.scalar(
        select(OneTimeCode)
        .join(Account, Account.uid == OneTimeCode.account_uid)
        .where(func.lower(Account.identifier) == identifier.casefold(), OneTimeCode.used_at.is_(None))
        .order_by(OneTimeCode.expires_at.desc())
    )
    fits = pin.fits(found.code_hash if found else None, code)
    in_time = found is not None and found.expires_at >= now()
    if not fits or not in_time or not may_enter(db.session.get(Account, found.account_uid)):
        _count_wrong(keys)
        return None, None
    return found, None


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _closed_for(keys):
    """How long to wait yet, or None. Tries at the same moment wait for each other: each is counted before the next."""
    for key in keys:
        _meet_tries(key)
    tries = select(WrongTries).where(WrongTries.key.in_(keys)).order_by(WrongTries.key).with_for_update()
    until = max((one.closed_until for one in db.session.scalars(tries) if one.closed_until), default=None)
    return until - now() if until and until > now() else None


def _meet_tries(key):
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(insert(WrongTries).values(key=key, failures=0).on_conflict_do_nothing())


def _count_wrong(keys):
    for key in keys:
        tries = db.session.get(WrongTries, key) or WrongTries(key=key, failures=0)
        tries.failures += 1
        tries.closed_until = now() + wait(tries.failures)
        db.session.add(tries)
    db.session.commit()


def _forget_wrong(keys):
    db.session.execute(WrongTries.__table__.delete().where(WrongTries.key.in_(keys)))
