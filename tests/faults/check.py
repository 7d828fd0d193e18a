"""What every fault test ends with: nothing lost, nothing double.

Made and kept are the same set; no fact is there twice; every body is byte for byte what was told; every receipt told
again gives the same rows; the database is whole.
"""

from collections import Counter, defaultdict

import sqlalchemy as sa
from flask import has_app_context

from lms.core.database import db, elsewhere
from lms.core.models import Conflict, Held, Receipt, Withdrawal
from lms.offline import replay
from lms.offline.envelope import FORMS
from tests.offline.same import rows, rows_at


def nothing_lost_nothing_double(world, folder, *phones):
    """Hold the server against all that was ever made on these phones; `folder` is for the database of the replay."""
    assert not [phone.device for phone in phones if phone.waiting()]
    if has_app_context():
        db.session.rollback()  # what the story is looking at must not keep the replay waiting
    with world.app.app_context():
        made = {uid: bodies for phone in phones for uid, bodies in phone.made.items()}
        kept = _kept({phone.device for phone in phones})
        assert set(kept) == set(made), f"lost {set(made) - set(kept)}, from nowhere {set(kept) - set(made)}"
        assert not [uid for uid, bodies in made.items() if kept[uid] != bodies], "a body is not what was told"
        _nothing_double()
        _whole()
        db.session.remove()
        _the_same_told_again(folder)


def _kept(devices):
    """{uid: bodies} of what came from these devices: stored, held or in conflict."""
    kept = defaultdict(set)
    for model in (Receipt, Held, Conflict):
        for row in db.session.scalars(sa.select(model).where(model.device.in_(devices))):
            kept[row.uid].add(row.body)
    return kept


def _nothing_double():
    """Each receipt stands once and has made one row (or one withdrawal); what is held open has none."""
    receipts = Counter(db.session.scalars(sa.select(Receipt.uid)))
    assert max(receipts.values()) == 1, "a receipt is there twice"
    still_open = db.session.scalars(sa.select(Held.uid).where(Held.settled.is_(None))).all()
    assert len(still_open) == len(set(still_open))
    assert not set(still_open) & set(receipts), "held and stored at once"
    made = Counter(db.session.scalars(sa.select(Withdrawal.uid)))
    for form in FORMS.values():
        made += Counter(db.session.scalars(_told_as(form)))
    assert made == receipts, "a fact has made two rows, or none"


def _told_as(form):
    """The uids of the rows of one kind of fact."""
    return sa.select(form.model.uid).join(Receipt, Receipt.uid == form.model.uid).where(Receipt.path == form.path)


def _whole():
    """What the database says of itself."""
    if db.session.get_bind().dialect.name == "sqlite":
        assert db.session.scalar(sa.text("pragma integrity_check")) == "ok"
        assert db.session.execute(sa.text("pragma foreign_key_check")).all() == []


def _the_same_told_again(folder):
    there = f"sqlite:///{folder / 'told-again.sqlite'}"
    assert [fact for fact in replay.replay(there) if fact] == [], "a receipt was refused when it was told again"
    live, again = rows(), rows_at(there)
    for table, told in live.items():
        differing = sorted(set(told) ^ set(again[table]))
        assert again[table] == told, f"{table} is not what its receipts say: {differing[:4]}"
    with elsewhere(there):
        _whole()
