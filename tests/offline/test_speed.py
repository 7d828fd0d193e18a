"""What is asked with every page and every batch reads what waits, not all that ever came: the indexes that see to it are used."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from lms.core.database import db
from lms.offline import holding, inbox
from lms.people.reach import reach_of


@pytest.fixture
def plans(stories):
    """How the database goes about what a question asks of it."""

    def explained(ask):
        said = []
        engine = db.engine

        def hear(_connection, _cursor, statement, parameters, *_more):
            if statement.startswith("SELECT"):
                said.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", hear)
        ask()
        event.remove(engine, "before_cursor_execute", hear)
        return "\n".join(_plan(statement, parameters) for statement, parameters in said)

    return explained


def _plan(statement, parameters):
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        return "\n".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters))
    connection.execute(
        sa.text("SET LOCAL enable_seqscan = off")
    )  # on a table of three rows no index is worth its while
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def test_the_counter_of_the_home_page_reads_only_what_is_in_doubt(plans, who):
    reach = reach_of(who["binta"], [("supervisor", "ML.KKR.DIO.WAC")])
    plan = plans(lambda: inbox.count(reach))
    assert "ix_receipt_doubt" in plan
    assert "ix_receipt_author" not in plan, plan


def test_a_batch_looks_for_what_waits_among_what_waits(plans):
    assert "ix_held_waiting" in plans(holding.follow)
