"""Who is at the door: PIN and one-time codes, sessions that a change of PIN ends, and who may open which page."""

import secrets
import uuid
from datetime import timedelta
from functools import wraps
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from lms.core.database import db
from lms.core.models import now
from lms.core.settings import is_public
from lms.people import pin, tries
from lms.people.access import OneTimeCode, SignIn
from lms.people.mandates import office_title
from lms.people.models import Account, OrgUnit, Person, Role
from lms.people.reach import reach_of

IDLE = timedelta(hours=12)
CODE_LASTS = timedelta(hours=72)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
OF_PROXIES = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")

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
    app.after_request(keep_private)
    app.jinja_env.globals.update(called=called, office_title=office_title)


def load(uid):
    """The worker of a session cookie, if her session is still open, else None."""
    sign_in = db.session.get(SignIn, uuid.UUID(uid))
    if sign_in is None or sign_in.ended_at or now() - sign_in.seen_at > IDLE:
        return None
    if not may_enter(sign_in.account):
        return None
    if now() - sign_in.seen_at > timedelta(minutes=10):
        _see(sign_in.uid)
    return worker(sign_in)


def _see(uid):
    """Remember when a session was last used, if nothing is in the way: a page must not fail for it.

    The write opens a transaction of its own: after a reading one SQLite refuses it at once when somebody saved meanwhile.
    """
    db.session.commit()
    try:
        _write_seen(uid)
    except OperationalError:
        db.session.rollback()


def _write_seen(uid):
    seen = update(SignIn).where(SignIn.uid == uid).values(seen_at=now())
    db.session.execute(seen, execution_options={"synchronize_session": False})
    db.session.commit()


def keep_private(response):
    """What was made for one worker is kept by no proxy, and not by the phone that the next one borrows."""
    if g.get("person") is not None:
        response.headers["Cache-Control"] = "private, no-store"
    return response


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
    account, closed = prove(identifier, given, device)
    return (enter(account, device) if account else None), closed


def prove(identifier, given, device):
    """The account whose PIN this is: (account, None), to be committed by the caller; or as `try_pin` when it is none."""
    keys = tries.keys("account", identifier, device)
    if closed := tries.count(keys):
        return None, closed
    account = db.session.scalar(select(Account).where(func.lower(Account.identifier) == identifier.casefold()))
    kept = account.pin_hash if account else None
    if not _fits(kept, given) or account.pin_hash != kept or not may_enter(account):
        return None, None
    tries.forget(keys)
    return account, None


def _fits(kept, given):
    """As `pin.fits`, outside any transaction: it takes its time on purpose, and nobody must wait for a lock meanwhile."""
    db.session.commit()
    return pin.fits(kept, given)


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
    """Demo accounts sign in on this very machine only, with nothing in between: their PINs are printed in the README."""
    if is_public(current_app) or any(name in request.headers for name in OF_PROXIES):
        return False
    seen = request.environ | request.environ.get("werkzeug.proxy_fix.orig", {})  # before any proxy had its say
    return _is_loopback(seen.get("REMOTE_ADDR")) and _host(request.host) in LOOPBACK


def _is_loopback(address):
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _host(netloc):
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:
        return None


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


def redeem(identifier, code, chosen, device):
    """A one-time code that fits gives its account the PIN she chose, and opens a session; returns as `try_pin`.

    The code is spent, and what was tried wrongly is forgotten: her new PIN opens at once.
    """
    keys = tries.keys("code", identifier, device)
    if closed := tries.count(keys):
        return None, closed
    found = db.session.scalar(
        select(OneTimeCode)
        .join(Account, Account.uid == OneTimeCode.account_uid)
        .where(func.lower(Account.identifier) == identifier.casefold(), OneTimeCode.used_at.is_(None))
        .order_by(OneTimeCode.expires_at.desc())
    )
    if not _fits(found.code_hash if found else None, code):
        return None, None
    kept = pin.keep(chosen)
    account = db.session.get(Account, found.account_uid)
    if not may_enter(account) or not _spend(found):
        return None, None
    account.pin_hash = kept
    end_sessions(account)
    tries.forget({*keys, *tries.keys("account", identifier, device)})
    return enter(account, device), None


def _spend(code):
    """Whether the code was still open, and is used now: of two who bring it at the same moment, one does."""
    still_open = (OneTimeCode.uid == code.uid, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at >= now())
    return db.session.execute(update(OneTimeCode).where(*still_open).values(used_at=now())).rowcount == 1
