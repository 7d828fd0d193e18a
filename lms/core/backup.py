"""Everything in one file, and back: a consistent copy while serving, the same from and to SQLite and PostgreSQL.

The file is a gzipped tar: `kalanso.sqlite` with every table, `content/` (what was taught), and the keys of the server.
It holds names and keys: mode 0600, to be kept where the server's own disk would be. Open doors are not in it: who is
signed in, one-time codes, wrong tries (tables marked `fleeting`). What was closed since stays closed (columns marked
`closes`), as far as the tables it replaces still know of it.
"""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import sqlalchemy as sa
from flask import current_app

from lms.core.database import db, engine_options, make_sqlite_safe, only_reading
from lms.core.models import Epoch, Receipt, now

TABLES, CONTENT = "kalanso.sqlite", "content"
SECRETS = ("secret.key", "signing.pem", "sealing.pem")
AT_ONCE = 2_000
VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32)))

Progress = Callable[[str], None]


class NoBackupError(ValueError):
    """A file that is no backup of Kalanso, or one that is cut, or newer than this server."""


def tables() -> list[sa.Table]:
    """Every table that outlives a disaster, what is pointed at before what points."""
    return [table for table in db.metadata.sorted_tables if not table.info.get("fleeting")]


def save(target: Path, progress: Progress = lambda _name: None) -> None:
    """Write a backup; it appears whole or not at all."""
    data = Path(current_app.config["LMS_DATA"])
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        copied = Path(folder) / TABLES
        _copy_out(copied, progress)
        packed = Path(folder) / "packed"
        packed.touch(mode=0o600)
        with tarfile.open(packed, "w:gz", compresslevel=6) as tar:
            tar.add(copied, TABLES)
            for name in (CONTENT, *SECRETS):
                if (data / name).exists():
                    tar.add(data / name, name)
        os.replace(packed, target)


def _copy_out(file, progress):
    """All tables as of one moment: one transaction reads them all, whatever is written meanwhile."""
    copy = _sqlite(file)
    with only_reading() as reading, copy.begin() as writing:
        db.metadata.create_all(writing)
        VERSION.create(writing)
        for table in (*tables(), VERSION):
            progress(table.name)
            pour(reading, writing, table)
    copy.dispose()


def _sqlite(file):
    url = f"sqlite:///{file}"
    engine = sa.create_engine(url, **engine_options(url))
    make_sqlite_safe(engine)
    return engine


def pour(reading, writing, table):
    """Copy all rows of a table to another database, a few thousand at a time; what is pointed at comes first."""
    known = {column["name"] for column in sa.inspect(reading).get_columns(table.name)}
    columns = [column for column in table.columns if column.name in known]
    order = table.c.path if "parent_uid" in table.c else sa.literal(1)
    rows = reading.execution_options(yield_per=AT_ONCE).execute(sa.select(*columns).order_by(order))
    for some in rows.mappings().partitions():
        writing.execute(sa.insert(table), [dict(row) for row in some])


def restore(source: Path, progress: Progress = lambda _name: None) -> str:
    """Put a backup in the place of what is here, in one transaction, and begin a new epoch; returns the epoch.

    Raises NoBackupError with nothing changed. Phones hear the new epoch and send again what the backup did not hold.
    The keys of the backup lie beside ours before the tables are committed: a full disk leaves ours, with our tables.
    """
    data = Path(current_app.config["LMS_DATA"])
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as folder:
        _unpack(source, Path(folder))
        _put_back(Path(folder), data, progress)
        for name in SECRETS:
            if (Path(folder) / name).exists():
                (Path(folder) / name).chmod(0o600)
                os.replace(Path(folder) / name, data / name)
    return Epoch.present()


def _unpack(source, folder):
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                if member.isfile() and _is_ours(PurePosixPath(member.name)):
                    _write(tar.extractfile(member), folder / member.name)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise NoBackupError(f"{source} : {error}") from error
    if not (folder / TABLES).exists():
        raise NoBackupError(f"{source} : {TABLES} n’y est pas.")


def _is_ours(path):
    """Whether a backup may hold such a file: nothing leads out of its folder."""
    if path.parts[:1] == (CONTENT,):
        return ".." not in path.parts
    return str(path) in (TABLES, *SECRETS)


def _write(source, target):
    """The file, on the disk and not only on its way there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())


def _put_back(folder, data, progress):
    copy = _sqlite(folder / TABLES)
    try:
        with copy.connect() as reading:
            _refuse_another_version(reading)
            _refuse_a_clock_behind(reading)
            _replace(reading, progress)
            _put_content(folder, data)
            db.session.commit()
    except OSError as error:
        db.session.rollback()
        raise NoBackupError(f"{error}") from error
    except sa.exc.DatabaseError as error:
        db.session.rollback()
        raise NoBackupError(f"{error.orig}") from error
    finally:
        copy.dispose()


def _refuse_another_version(reading):
    told, here = (connection.scalar(sa.select(VERSION)) for connection in (reading, db.session))
    if told != here:
        raise NoBackupError(f"Les tables sont de la version {told}, ce serveur en est à {here}.")


def _refuse_a_clock_behind(reading):
    """An epoch is numbered by the clock: one that stands before what the backup knows would begin an epoch no phone believes."""
    known = [reading.scalar(sa.select(sa.func.max(column))) for column in (Receipt.received_at, Epoch.began_at)]
    newest = max((moment for moment in known if moment), default=None)
    if newest and now() < newest:
        raise NoBackupError(
            f"L’horloge de cette machine ({now():%d/%m/%Y %H:%M} UTC) retarde sur la sauvegarde "
            f"({newest:%d/%m/%Y %H:%M} UTC) : mettez-la à l’heure."
        )


def _replace(reading, progress):
    writing, before = db.session.connection(), Epoch.last()  # phones have heard of what is here now
    closed = _closed(writing)
    for table in reversed(db.metadata.sorted_tables):
        writing.execute(sa.delete(table))
    for table in tables():
        progress(table.name)
        pour(reading, writing, table)
    _close_again(writing, closed)
    _go_on_counting(writing)
    Epoch.begin(after=before)


def _closed(writing):
    """[(column, row)] of what is closed here: an account, a phone. Whoever did it has not taken it back."""
    closing = [column for table in tables() for column in table.columns if column.info.get("closes")]
    return [
        (column, dict(row))
        for column in closing
        for row in writing.execute(sa.select(column.table).where(column.is_not(None))).mappings()
    ]


def _close_again(writing, closed):
    """What was closed since the backup stays closed; what the backup does not know, and points at nothing, is kept whole."""
    for column, row in closed:
        table = column.table
        own = sa.and_(*(key == row[key.name] for key in table.primary_key))
        if writing.scalar(sa.select(sa.func.count()).select_from(table).where(own)):
            when = sa.func.coalesce(column, row[column.name])
            writing.execute(sa.update(table).where(own).values({column: when}))
        elif not table.foreign_keys:
            writing.execute(sa.insert(table).values(row))


def _go_on_counting(writing):
    """PostgreSQL's sequences do not see rows that brought their numbers along."""
    if writing.dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        if "seq" in table.c:
            last = sa.select(sa.func.coalesce(sa.func.max(table.c.seq), 0) + 1).scalar_subquery()
            writing.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "seq"), last, False)))


def _put_content(folder, data):
    """What was taught joins what is here."""
    for path in sorted((folder / CONTENT).rglob("*")):
        target = data / path.relative_to(folder)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
