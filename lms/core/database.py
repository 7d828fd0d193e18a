"""The database: one declarative base, 16-byte keys, SQLite made safe. Knows no table."""

import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import has_request_context, request
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, registry
from uuid_utils.compat import uuid7

Uid = uuid.UUID
WAL_IS_SAFE_FROM = (3, 51, 3)  # earlier libraries can lose a write when WAL is reset under two connections


class UidType(sa.types.TypeDecorator):
    """A UUID kept as 16 bytes: `BINARY(16)` on SQLite, `uuid` on PostgreSQL."""

    impl = sa.LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        """PostgreSQL has a type of its own for it, 16 bytes as well."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID(as_uuid=True))
        return self.impl

    def process_bind_param(self, value, dialect):
        return value.bytes if value is not None and dialect.name != "postgresql" else value

    def process_result_value(self, value, dialect):
        return uuid.UUID(bytes=bytes(value)) if value is not None and dialect.name != "postgresql" else value


class Moment(sa.types.TypeDecorator):
    """A moment of our clock, always UTC; SQLite gives it back without its zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value, dialect):
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


NAMING = {  # every constraint has a name, so that migrations can speak of it
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The common ground of all tables."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING), type_annotation_map={uuid.UUID: UidType, datetime: Moment}
    )


_elsewhere: ContextVar[sa.Engine | None] = ContextVar("elsewhere", default=None)


class OneSession(Session):
    """The session of a request; within `elsewhere` it works on another database."""

    def get_bind(self, *args, **kwargs):
        return _elsewhere.get() or super().get_bind(*args, **kwargs)


db = SQLAlchemy(model_class=Base, session_options={"class_": OneSession})
migrate = Migrate(render_as_batch=True, compare_type=True)


def new_uid():
    """A UUIDv7: ids that follow one another in time keep the indexes small and the writes local."""
    return uuid7()


def init_app(app):
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(url))
    db.init_app(app)
    migrate.init_app(app, db, directory=f"{app.root_path}/migrations")
    if url.startswith("sqlite"):
        with app.app_context():
            make_sqlite_safe(db.engine)


def engine_options(url):
    """SQLite through pysqlite3, which brings a current library; elsewhere checked pooled connections.

    `hide_parameters`: a failing statement is logged, the names in it are not.
    """
    if not url.startswith("sqlite"):
        return {"pool_pre_ping": True, "hide_parameters": True}
    try:
        from pysqlite3 import dbapi2
    except ImportError:  # only Linux has the wheel
        return {"hide_parameters": True}
    return {"module": dbapi2, "hide_parameters": True}


def only_reading():
    """A connection that sees the database as of one moment, and keeps nobody from writing meanwhile."""
    options = {"reading": True} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    return db.engine.connect().execution_options(**options)


@contextmanager
def elsewhere(url):
    """All that is done within is done to the database at this address; yields its engine."""
    engine = sa.create_engine(url, **engine_options(str(url)))
    if engine.dialect.name == "sqlite":
        make_sqlite_safe(engine)
    db.session.remove()
    token = _elsewhere.set(engine)
    try:
        yield engine
    finally:
        db.session.remove()
        _elsewhere.reset(token)
        engine.dispose()


def make_sqlite_safe(engine):
    """Foreign keys held, every commit on the disk, transactions opened by us and not by the driver."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def _prepare(connection, _record):
    connection.isolation_level = None
    version = tuple(map(int, connection.execute("SELECT sqlite_version()").fetchone()[0].split(".")))
    journal = "WAL" if version >= WAL_IS_SAFE_FROM else "DELETE"
    for pragma in ("busy_timeout=15000", f"journal_mode={journal}", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection):
    asks = has_request_context() and request.method in ("GET", "HEAD", "OPTIONS")
    reading = asks or connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
