"""How Alembic runs here: one transaction, on SQLite with foreign keys off around it and checked before it ends.

Batch migrations on SQLite copy tables; with foreign keys on, dropping the old copy would empty the children in silence.
"""

from alembic import context
from flask import current_app

target = current_app.extensions["migrate"].db
config = context.config


def run():
    """Every pending migration, or none."""
    with target.engine.connect() as connection:
        context.configure(
            connection=connection, transactional_ddl=True, target_metadata=target.metadata,
            **{"render_as_batch": True, "compare_type": True},
        )  # fmt: skip
        raw = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
        if raw is not None:
            raw.execute("PRAGMA foreign_keys=OFF")  # outside any transaction: inside one it does nothing
        with context.begin_transaction():
            context.run_migrations()
            if raw is not None:
                refuse_broken_keys(raw)
        if raw is not None:
            raw.execute("PRAGMA foreign_keys=ON")


def refuse_broken_keys(raw):
    """Rolls everything back when a row would point at nothing."""
    broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"foreign keys broken by a migration: {broken[:5]}")


run()
