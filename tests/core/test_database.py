"""The database: keys of sixteen bytes, foreign keys held, moments in UTC, migrations that say what the models say."""

from datetime import UTC

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import upgrade
from sqlalchemy.exc import IntegrityError

from lms.core.database import db, new_uid
from lms.core.models import Epoch, Receipt, Withdrawal


def test_a_uid_takes_sixteen_bytes(world, stories):
    if db.engine.dialect.name == "sqlite":
        kind, length = stories.execute(sa.text("select typeof(uid), length(uid) from receipt limit 1")).one()
        assert (kind, length) == ("blob", 16)
    else:
        assert stories.execute(
            sa.text("select pg_typeof(uid)::text, pg_column_size(uid) from receipt limit 1")
        ).one() == ("uuid", 16)


def test_uids_follow_one_another_in_time():
    uids = [new_uid() for _n in range(200)]
    assert uids == sorted(uids)
    assert {uid.version for uid in uids} == {7}


def test_a_row_that_points_at_nothing_is_refused(stories):
    stories.add(Withdrawal(uid=new_uid(), origin=new_uid(), reason="Saisie deux fois"))
    with pytest.raises(IntegrityError):
        stories.flush()
    stories.rollback()


def test_moments_come_back_with_their_zone(stories):
    assert stories.scalar(sa.select(Receipt.received_at)).tzinfo is not None
    assert stories.scalar(sa.select(Epoch.began_at)).astimezone(UTC).utcoffset().seconds == 0


def test_the_migrations_say_what_the_models_say(stories):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, db.metadata) == []


def test_an_upgrade_of_what_is_up_to_date_changes_nothing_and_keys_are_held_afterwards(app, stories):
    before = stories.scalar(sa.select(sa.func.count()).select_from(Receipt))
    stories.rollback()
    upgrade(directory=f"{app.root_path}/migrations")
    assert stories.scalar(sa.select(sa.func.count()).select_from(Receipt)) == before
    if db.engine.dialect.name == "sqlite":
        assert stories.execute(sa.text("pragma foreign_keys")).scalar() == 1
        assert stories.execute(sa.text("pragma synchronous")).scalar() == 2
        assert stories.execute(sa.text("pragma foreign_key_check")).all() == []
