"""The last line of disaster recovery: reference tables copied, every receipt told again to an empty database.

What comes out must be what is there now: facts are nothing but their receipts, read by their forms.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from lms.certificates.models import Printing
from lms.core.backup import VERSION, pour
from lms.core.database import db, elsewhere, only_reading
from lms.core.facts import record
from lms.core.models import Conflict, Epoch, Held, Receipt
from lms.offline.envelope import FORMS
from lms.people.access import OneTimeCode, SignIn, WrongTries
from lms.people.devices import Device, DeviceKey
from lms.people.models import Account, OrgUnit, OrgUnitCode, Person, Role
from lms.people.reviewers import Reviewer

BEFORE = (OrgUnit, OrgUnitCode, Epoch, Device)
WITH_THEIR_PERSON = (Role, Account, Reviewer)
AFTER = (DeviceKey, Held, Conflict, Printing)
NOT_COPIED = (SignIn, OneTimeCode, WrongTries)
"""Who is signed in, codes and wrong tries: nobody needs them after a disaster."""
AT_ONCE = 500


@dataclass(frozen=True)
class Refused:
    """A receipt that its form did not take again, and why."""

    uid: object
    path: str
    why: str


class NotEmptyError(ValueError):
    """The database to replay into has rows already."""


def replay(url: str) -> Iterator[Refused | None]:
    """Tell every receipt of this database to the one at `url`; yields once for each, with why when it was refused."""
    with only_reading() as reading, elsewhere(url) as target:
        _make_ready(reading, target)
        told = sa.select(Receipt.__table__).order_by(Receipt.seq)
        offices = _by_person(reading)
        for number, row in enumerate(reading.execution_options(yield_per=AT_ONCE).execute(told), start=1):
            yield _tell_again(row)
            _insert(offices.pop(row.uid, ()))
            if number % AT_ONCE == 0:
                db.session.commit()
        for model in AFTER:
            _insert((model, dict(row._mapping)) for row in reading.execute(sa.select(model.__table__)))
        db.session.commit()


def _make_ready(reading, target):
    with target.begin() as writing:
        db.metadata.create_all(writing)
        VERSION.create(writing, checkfirst=True)
        if writing.scalar(sa.select(sa.func.count()).select_from(Receipt)):
            raise NotEmptyError(str(target.url))
        for table in (*(model.__table__ for model in BEFORE), VERSION):
            pour(reading, writing, table)


def _by_person(reading):
    """{person: [(model, row)]} of what points at a person's receipt, and so has to wait for it."""
    found = defaultdict(list)
    for model in WITH_THEIR_PERSON:
        for row in reading.execute(sa.select(model.__table__)):
            found[row.person_uid].append((model, dict(row._mapping)))
    return found


def _insert(rows):
    for model, values in rows:
        db.session.execute(sa.insert(model), values)


def _tell_again(row) -> Refused | None:
    if row.body is None:  # erased: the tombstone alone
        db.session.execute(sa.insert(Receipt), [{key: value for key, value in row._mapping.items() if key != "seq"}])
        return None
    author, voucher = (Person.now_of(uid) if uid else None for uid in (row.author, row.vouched_by))
    form = FORMS[row.path].of_receipt(row, author, voucher)
    if form.accepted():
        record(form, commit=False)
        return None
    return Refused(row.uid, row.path, str(form.errors or "hors de portée"))


def counts(url: str | None = None) -> dict[str, int | None]:
    """{table: rows} of this database, or of the one at `url`."""
    if url:
        with elsewhere(url):
            return counts()
    return {
        table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
        for table in db.metadata.sorted_tables
        if table.name not in {model.__tablename__ for model in NOT_COPIED}
    }
