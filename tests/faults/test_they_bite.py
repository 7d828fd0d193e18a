"""These tests bite: each rule that is taken away makes a named one of them fail.

What a phone and a server must do is searched further, in every order, by the model (`tests/protocol`); it has a mutation
for each of these rules too: CLEARED_ON_SENDING, EPOCH_IGNORED, NO_EPOCH_GUARD, ANSWER_FIRST, UNIQUENESS_BY_LOOKING.
Not to be found by killing a process: a disk that lies (`synchronous=OFF`), for what it was handed survives the process.
"""

import pytest
import sqlalchemy as sa

from lms.core.database import db
from lms.offline.replay import NOT_COPIED
from tests.conftest import DATABASES
from tests.faults import test_delivery, test_kill, test_restore
from tests.faults.field import FieldPhone
from tests.faults.test_delivery import all_have_looked
from tests.faults.test_restore import yesterday

__all__ = ("all_have_looked", "yesterday")
only = pytest.mark.parametrize


class ClearsOnSending(FieldPhone):
    """Rows go before the answer has come."""

    def tries(self, most=200):
        facts = self.waiting()[:most]
        answered = super().tries(most)
        self.cleared |= {fact.uid: "sent" for fact in facts}
        return answered


class ClearsOnAnything(FieldPhone):
    """Any answer with status 200 is good enough."""

    def believes(self, answer):
        if answer.status_code == 200:
            self.cleared |= {fact.uid: "sent" for fact in self.waiting()}
        return super().believes(answer)


class IgnoresEpochs(FieldPhone):
    """A new epoch brings nothing back."""

    def hears(self, answer):
        self.epoch = answer["epoch"]
        return super().hears(answer)


class BelievesOldAnswers(FieldPhone):
    """An answer of the epoch before clears as well."""

    def hears(self, answer):
        number = answer["epoch"].split("-")[0]
        if self.epoch and int(number) < int(self.epoch.split("-")[0]):
            answer = answer | {"epoch": self.epoch}
        return super().hears(answer)


def bites(test, why, **given):
    """Whether the test fails for what was taken away, not for something else."""
    with pytest.raises(AssertionError, match=why):
        test(**given)


@only("world", DATABASES[:1], indirect=True)
@only("phone_kind", [ClearsOnSending])
def test_rows_that_go_before_the_answer(world, who, a_session, dice, phones, tmp_path, phone_kind):
    bites(
        test_delivery.test_a_request_that_is_lost_leaves_everything_on_the_phone, "lost {", world=world, who=who,
        a_session=a_session, dice=dice, phones=phones, tmp_path=tmp_path,
    )  # fmt: skip


@only("world", DATABASES[:1], indirect=True)
@only("phone_kind", [ClearsOnAnything])
def test_a_portal_that_is_believed(world, who, a_session, dice, phones, phone_kind):
    bites(
        test_delivery.test_what_is_no_answer_of_ours_clears_nothing, "assert 0 == 3", world=world, who=who,
        a_session=a_session, dice=dice, phones=phones,
    )  # fmt: skip


@only("world", DATABASES[:1], indirect=True)
@only("phone_kind", [IgnoresEpochs])
def test_an_epoch_that_is_ignored(world, a_session, phones, yesterday, tmp_path, phone_kind):
    bites(
        test_restore.test_what_came_after_the_backup_comes_home_again, "lost {", world=world, a_session=a_session, phones=phones,
        yesterday=yesterday, tmp_path=tmp_path,
    )  # fmt: skip


@only("world", DATABASES[:1], indirect=True)
@only("phone_kind", [BelievesOldAnswers])
def test_an_answer_of_an_old_epoch_that_is_believed(world, a_session, phones, yesterday, tmp_path, phone_kind):
    bites(
        test_restore.test_a_late_answer_of_the_epoch_before_clears_nothing, "lost {", world=world, a_session=a_session,
        phones=phones, yesterday=yesterday, tmp_path=tmp_path,
    )  # fmt: skip


@pytest.mark.slow
@only("world", DATABASES[:1], indirect=True)
@only("application", ["tests.faults.answering_first:app"])
def test_an_answer_that_is_sent_before_the_commit(world, who, a_session, dice, phone_kind, tmp_path, application):
    bites(
        test_kill.test_killed_as_soon_as_it_has_answered, "lost {", world=world, who=who, a_session=a_session, dice=dice,
        phone_kind=phone_kind, tmp_path=tmp_path, application=application,
    )  # fmt: skip


@only("world", DATABASES[1:], indirect=True)
def test_receipts_that_are_not_unique(world, who, a_session, dice, phones, all_have_looked, tmp_path, stories):
    """Looking first does not help where four look at once. On SQLite they cannot: one writes, the others wait."""
    for table in {table.name for table in db.metadata.sorted_tables} - {model.__tablename__ for model in NOT_COPIED}:
        _lose_its_uniqueness(stories, table)
    stories.commit()
    bites(
        test_delivery.test_the_same_batch_again_and_again_from_four_threads_at_once, "a receipt is there twice",
        world=world, who=who, a_session=a_session, dice=dice, phones=phones, all_have_looked=None, tmp_path=tmp_path,
    )  # fmt: skip


def _lose_its_uniqueness(stories, table):
    """Neither the receipt nor any row that hangs on it refuses a second of its kind."""
    constraints = "select conname from pg_constraint where conrelid = cast(:t as regclass) and contype in ('p', 'u')"
    for name in stories.scalars(sa.text(constraints), {"t": table}).all():
        stories.execute(sa.text(f'alter table "{table}" drop constraint "{name}" cascade'))
    indexes = "select indexrelid::regclass::text from pg_index where indrelid = cast(:t as regclass) and indisunique"
    for name in stories.scalars(sa.text(indexes), {"t": table}).all():
        stories.execute(sa.text(f"drop index {name}"))
