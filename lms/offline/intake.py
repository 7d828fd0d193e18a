"""How a batch comes home: every fact is stored, or held with its reason; none is dropped, none blocks the next.

One transaction for the whole batch. Facts of a kind that ask nothing of one another are judged first and written
together; where that fails, and for all other kinds, each has a savepoint of its own.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

import structlog
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from lms.core.database import Uid, db
from lms.core.facts import is_same, record, record_together, set_beside
from lms.core.forms import Way
from lms.core.models import Conflict, Epoch, Held, Receipt, now
from lms.offline import holding
from lms.offline.envelope import CARRIED, FORMS, Envelope, Told, moment
from lms.offline.holding import reason, waited_for
from lms.people.models import Person

A_CLOCK_MAY_BE_OFF = timedelta(hours=12)
LONGEST_AWAY = timedelta(days=400)
HELD_A_DAY = 500
"""How many facts of one author may be held or conflict in a day; those beyond stay on the phone."""
UNSIGNED_A_DAY = 5000
"""How many that nobody signed, of all phones together; of one phone as many as of one author."""
CORRECTS = re.compile("corrects=[^&]")  # a word to begin with is found ten times sooner

KNOWS_ASIDE = 2
"""The first version of the phone's scripts that tells apart what was set aside."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Result:
    """What became of one fact: `stored`, `duplicate`, `held`, `aside`, `conflict`, or `later`: it stays on the phone."""

    state: str
    reason: str | None = None


@dataclass(frozen=True)
class Sender:
    """Whose batch it is: her person, her identifier, and why she cannot be believed today, or None."""

    author: Person | None
    identifier: str | None
    distrust: str | None = None


def take(envelope: Envelope, sender: Sender) -> tuple[dict[Uid, Result], str]:
    """Store or hold every fact of the envelope, in one transaction, committed before the answer is given.

    Returns what became of each, and the epoch it happened in. The epoch is read first: PostgreSQL shows each statement
    what was committed before it, and what was looked up before a restore must not be told in the epoch after it.
    """
    epoch = Epoch.present()
    results = Batch(envelope, sender).results()
    followed = holding.follow()
    results |= {uid: Result("stored") for uid in followed if uid in results}
    db.session.commit()
    return results, epoch


class Batch:
    """One envelope on its way in: what is known already of its facts, and what was asked while judging them."""

    def __init__(self, envelope, sender):
        self.envelope, self.sender = envelope, sender
        self.came = now()
        uids = [told.uid for told in envelope.facts]
        self.receipts = {row.uid: row for row in db.session.scalars(select(Receipt).where(Receipt.uid.in_(uids)))}
        self.held = {row.uid: row for row in db.session.scalars(select(Held).where(Held.uid.in_(uids)))}
        self.room: int | None = None
        self.asked: dict = {}

    def results(self):
        """{uid: Result} of every fact, in the order told."""
        results: dict[Uid, Result] = {}
        in_order = sorted(self.envelope.facts, key=lambda told: (told.number is None, told.number))
        once: dict[Uid, Told] = {}
        for told in in_order:
            once.setdefault(told.uid, told)
        for together, facts in groupby(once.values(), self._go_together):
            run = list(facts)
            known = {told.uid: self._known(told) for told in run}
            results |= {uid: result for uid, result in known.items() if result}
            new = [told for told in run if not known[told.uid]]
            results |= self._together(new) if together else {told.uid: self._alone(told) for told in new}
            if not together:
                self.asked.clear()  # what was written may change what is asked next
        again = [told for told in in_order if not is_same(told, once[told.uid])]
        return results | {told.uid: self._conflict(told) for told in again}

    def _go_together(self, told):
        """Whether a fact may be judged and written beside its neighbours."""
        kind = CARRIED.get(told.path)
        return bool(kind and kind.together and not CORRECTS.search(told.body))

    def _known(self, told) -> Result | None:
        """What to answer for a fact that came before, or is another's to send; None for a new one."""
        if told.author and self.sender.identifier and told.author.casefold() != self.sender.identifier.casefold():
            return Result("later", _("Cette fiche est d’une autre personne : elle part sous son nom à elle."))
        receipt, held = self.receipts.get(told.uid), self.held.get(told.uid)
        same = any(is_same(row, told) for row in (receipt, held) if row)
        if held and not receipt and held.author is None and self.sender.author:
            return set_beside(held, told)
        if held and same and not receipt and held.settled != "taken":
            return self._not_taken(held)
        if same or (receipt and receipt.body is None):  # an erased fact is never born again
            return Result("duplicate")
        return self._conflict(told) if receipt or held else None

    def _not_taken(self, held):
        """What to answer for a fact that is held, or was set aside; an older phone takes any other word for trouble."""
        if not held.settled:
            return Result("held", held.reason)
        return Result("aside", held.settled_why) if self.envelope.client >= KNOWS_ASIDE else Result("duplicate")

    def _together(self, run: list[Told]) -> dict[Uid, Result]:
        """Judge all of a run, then write those that may be in a few statements; one by one where that fails."""
        try:
            forms = {told.uid: self._form(told) for told in run if not self._refusal(told)}
            good = {uid: form for uid, form in forms.items() if form.carries(uid) and form.validate()}
            with db.session.begin_nested():
                record_together(list(good.values()))
        except OperationalError:
            raise
        except Exception as error:
            log.warning("run_of_facts_failed", error=type(error).__name__)
            self.asked.clear()
            good = {}
        return {told.uid: Result("stored") if told.uid in good else self._alone(told) for told in run}

    def _alone(self, told) -> Result:
        """Judge and write one fact in a savepoint of its own."""
        if refusal := self._refusal(told):
            return self._hold(told, refusal)
        try:
            with db.session.begin_nested():
                form = self._form(told)
                if form.carries(told.uid) and form.validate():
                    record(form, commit=False)
                    return Result("stored")
        except OperationalError:
            raise
        except Exception as error:
            self.asked.clear()
            return self._after(error, told)
        return self._hold(told, reason(form), None if form.is_newer else waited_for(told.body, told.uid))

    def _after(self, error, told):
        """A fact that the database or a form broke on: it came by another way meanwhile, or it is held."""
        if receipt := Receipt.of(told.uid):
            return Result("duplicate") if is_same(receipt, told) else self._conflict(told)
        log.warning("fact_failed", path=told.path, error=type(error).__name__)
        return self._hold(told, _("Le serveur n’a pas su lire cette fiche."), waited_for(told.body, told.uid))

    def _form(self, told):
        return CARRIED[told.path].sent(
            told.body.encode(), self.sender.author, self.came, way=self._way(told), known_here=self.asked,
            unseen=True,
        )  # fmt: skip

    def _refusal(self, told) -> str | None:
        """Why a fact is held before its form is even asked; None when nothing stands against it."""
        if self.sender.distrust:
            return self.sender.distrust
        if told.path in CARRIED:
            return None
        if told.path in FORMS:
            return _("Cette fiche se remplit en ligne seulement.")
        return _("Ce téléphone est plus récent que le serveur.")

    def _way(self, told):
        told_on, doubt = told_when(told.moment, self.came, self.skew)
        return Way(self.envelope.device, told.number, told.moment, told_on, doubt)

    @cached_property
    def skew(self) -> timedelta:
        """How far the phone's clock is ahead of ours."""
        said = moment(self.envelope.now)
        return said - self.came if said else timedelta(0)

    def _hold(self, told, why, waits_for=None) -> Result:
        """Keep a fact that cannot be taken, with the reason; past the day's quota it stays on the phone."""
        if not self._has_room():
            return Result("later", _("Trop de fiches retenues aujourd’hui. Celle-ci reste sur le téléphone."))
        if waits_for:
            why = holding.why_waiting(waits_for)
        way = self._way(told)
        travelled = {"device_at": way.at, "told_on": way.told_on, "doubt": way.doubt}
        written = self._written(Held(reason=why[:500], waits_for=waits_for, **travelled, **self._as_sent(told)))
        return Result("held", why) if written or is_same(Held.of(told.uid), told) else self._conflict(told)

    def _conflict(self, told) -> Result:
        """Keep a second body under a known uid beside the first, and say so."""
        if not self._has_room():
            return Result("later")
        known = select(Conflict).filter_by(uid=told.uid, hash=told.hash)
        if db.session.scalar(known) is None:
            self._written(Conflict(**self._as_sent(told)))
        return Result("conflict", _("Cette fiche est déjà arrivée avec un autre contenu. Les deux sont gardées."))

    def _as_sent(self, told):
        """What is kept of every fact, whatever becomes of it."""
        author = self.sender.author and self.sender.author.origin
        return {
            "uid": told.uid, "path": told.path, "body": told.body.encode(), "hash": told.hash, "author": author,
            "received_at": self.came, "device": self.envelope.device, "device_number": told.number,
        }  # fmt: skip

    def _written(self, row) -> bool:
        """Write a row, unless the same batch wrote it by another way a moment earlier."""
        try:
            with db.session.begin_nested():
                db.session.add(row)
            return True
        except IntegrityError:
            return False

    def _has_room(self) -> bool:
        if self.room is None:
            self.room = self._room()
        self.room -= 1
        return self.room >= 0

    def _room(self):
        """How many more may be held today: a quota of the author, for another's phone is soon named, and a new one too."""
        if self.sender.author:
            return HELD_A_DAY - self._today(author=self.sender.author.origin)
        of_phone = HELD_A_DAY - self._today(author=None, device=self.envelope.device)
        return min(of_phone, UNSIGNED_A_DAY - self._today(author=None))

    def _today(self, **whose):
        """How many facts of hers were held or in conflict since midnight."""
        since = self.came.replace(hour=0, minute=0, second=0, microsecond=0)
        counts = (
            select(func.count()).select_from(model).filter_by(**whose).where(model.received_at >= since)
            for model in (Held, Conflict)
        )
        return sum(map(db.session.scalar, counts))


def told_when(at: datetime | None, came: datetime, skew: timedelta):
    """(the day a fact was told, by our clock; why its dates are in doubt), each None where there is none.

    The phone's clock is corrected by what it was off at sending. A day to come, or more than 400 days ago, is no day.
    """
    doubt = "clock" if abs(skew) > A_CLOCK_MAY_BE_OFF else None
    if at is None:
        return None, doubt
    try:
        told = at - skew
    except OverflowError:  # before the first day of the calendar, or after the last
        return None, "clock"
    if not came - LONGEST_AWAY <= told <= came + A_CLOCK_MAY_BE_OFF:
        return None, "clock"
    return min(told, came).date(), doubt
