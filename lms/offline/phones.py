"""The phones of workers: whose they are, when they were last heard of, how far their clocks are off."""

from collections import defaultdict
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, exists, func, or_, select

from lms.core.database import db
from lms.core.language import number
from lms.core.models import Held, Receipt, now
from lms.offline.whose import hers
from lms.people.devices import Device, DeviceKey
from lms.people.door import OURS
from lms.people.models import Account, Person
from lms.people.pictures import ANIMALS

SILENT = timedelta(days=7)
ON_TIME = 120
"""Seconds a clock may be off before anybody needs to hear of it."""
UNITS = (
    (365 * 24 * 3600, lambda n: ngettext("%(count)s an", "%(count)s ans", n, count=number(n))),
    (24 * 3600, lambda n: ngettext("%(count)s jour", "%(count)s jours", n, count=number(n))),
    (3600, lambda n: ngettext("%(count)s heure", "%(count)s heures", n, count=number(n))),
    (60, lambda n: ngettext("%(count)s minute", "%(count)s minutes", n, count=number(n))),
)
KEYED = exists().where(DeviceKey.device_uid == Device.uid)
HOME = (Receipt, Held)


def within(reach):
    """The condition that a phone is hers, or of a worker she looks after.

    A phone is known by the keys enrolled on it; one that lost them in a restore, by whose facts it brought home.
    """
    enrolled = select(DeviceKey.device_uid).join(Account, Account.uid == DeviceKey.account_uid)
    told = (exists().where(model.device == Device.uid, hers(model.author, reach)) for model in HOME)
    return or_(Device.uid.in_(enrolled.where(hers(Account.person_uid, reach))), and_(~KEYED, or_(*told)))


def find(device, reach):
    """The phone, or None where it is not hers to look after."""
    if not OURS.fullmatch(device):
        return None
    return db.session.scalar(select(Device).where(Device.uid == device, within(reach)))


def listed(reach, most, after=0):
    """The phones she looks after: the longest silent first, those withdrawn last."""
    rows = select(Device).where(within(reach)).order_by(Device.revoked_at.is_not(None), Device.seen_at, Device.uid)
    return db.session.scalars(rows.limit(most).offset(after)).all()


def count(reach):
    """How many phones she looks after."""
    return db.session.scalar(select(func.count()).select_from(Device).where(within(reach)))


def users(devices, reach):
    """Who uses each of these phones, as far as they are hers to see, by name: {uid: [person]}."""
    uids = [device.uid for device in devices]
    enrolled = select(DeviceKey.device_uid, Account.person_uid).join(Account, Account.uid == DeviceKey.account_uid)
    pairs = [enrolled.where(DeviceKey.device_uid.in_(uids))]
    told = set(uids) - set(db.session.scalars(select(DeviceKey.device_uid).where(DeviceKey.device_uid.in_(uids))))
    pairs += [select(model.device, model.author).where(model.device.in_(told)) for model in HOME]
    known = pairs[0].union(*pairs[1:]).subquery()
    device, person = known.c
    rows = select(device, Person).join(Person, (Person.origin == person) & Person.current).where(hers(person, reach))
    found = defaultdict(list)
    for uid, worker in db.session.execute(rows.order_by(Person.given_key, Person.family_key)):
        found[uid].append(worker)
    return found


def silent_for(device):
    """How many days it has been silent, or None when it was heard of within a week."""
    silence = now() - device.seen_at
    return silence.days if silence > SILENT else None


def clock(seconds):
    """How far a clock is off, in words; None when it is on time. Positive seconds: it is ahead of ours."""
    if abs(seconds) < ON_TIME:
        return None
    size, words = next((unit for unit in UNITS if abs(seconds) >= unit[0]), UNITS[-1])
    much = words(abs(seconds) // size)
    return _("en avance de %(much)s", much=much) if seconds > 0 else _("en retard de %(much)s", much=much)


def ranges(missing):
    """Numbers that are missing, as they are read aloud: « 3, 38–40 »."""
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in missing)


def enrol(account, device, point, browser):
    """Add this worker's key to the phone: never in the place of another. Returns the phone; commits."""
    phone = Device.met(device)
    phone.seen_at = now()
    key = db.session.get(DeviceKey, (device, account.uid, point))
    if key is None:
        key = DeviceKey(device_uid=device, account_uid=account.uid, public=point)
        db.session.add(key)
    key.browser = browser
    db.session.commit()
    return phone


def animal_of(account, device):
    """The picture by which a worker finds herself on a shared phone: no two of the first twelve share one."""
    first = func.min(DeviceKey.enrolled_at)
    keys = select(DeviceKey.account_uid).filter_by(device_uid=device).group_by(DeviceKey.account_uid)
    return dealt(db.session.scalars(keys.order_by(first, DeviceKey.account_uid)).all())[account.uid]


def dealt(accounts):
    """{account: animal} for the accounts of one phone, in the order they came to it."""
    given: dict = {}
    for uid in accounts:
        wanted = [ANIMALS[(uid.int + step) % len(ANIMALS)].slug for step in range(len(ANIMALS))]
        given[uid] = next((slug for slug in wanted if slug not in given.values()), wanted[0])
    return given
