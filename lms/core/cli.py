"""Commands of the ground floor: bring the database up to date, tell what is missing or unsafe on this machine."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade as migrate
from rich.progress import Progress, SpinnerColumn

from lms.core import backup, paper
from lms.core.database import WAL_IS_SAFE_FROM, db
from lms.core.models import Epoch

A_GIGABYTE = 10**9
LETTERS = "ɛɔɲŋƐƆƝŊéèœ«»"


@click.command()
@with_appcontext
def upgrade():
    """Brings the database to the present tables; what is in it stays."""
    bring_up_to_date()


def bring_up_to_date():
    """Migrate, and begin the first epoch of a new database."""
    Path(current_app.config["LMS_DATA"]).mkdir(parents=True, exist_ok=True)
    db.session.rollback()  # a transaction left open by who asked before would lock the migration out
    migrate(directory=f"{current_app.root_path}/migrations")
    if Epoch.present() is None:
        Epoch.begin()
        db.session.commit()


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def save(file):
    """Writes everything into one file, consistent while serving: tables, what was taught, the server's keys."""
    with Progress(SpinnerColumn(), "{task.description}") as bar:
        task = bar.add_task("")
        backup.save(file.absolute(), lambda table: bar.update(task, description=table))
    click.echo(f"{file} : {file.stat().st_size // 1024} Ko. Il contient des noms et des clés : gardez-le en lieu sûr.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Ne demande pas confirmation.")
@with_appcontext
def put_back(file, yes):
    """Puts a backup in the place of what is here, into a new epoch: phones send again what it does not hold."""
    bring_up_to_date()
    if not yes:
        click.confirm("Tout ce qui est ici sera remplacé par la sauvegarde. Continuer ?", abort=True)
    try:
        epoch = backup.restore(file)
    except backup.NoBackupError as error:
        raise click.ClickException(f"Rien n’est changé. {error}") from error
    click.echo(f"Restauré. Nouvelle époque : {epoch}")


@click.command()
@with_appcontext
def doctor():
    """Tells what is missing or unsafe on this machine; exit 1 when something has to be mended."""
    findings = [(name, *check()) for name, check in CHECKS.items()]
    for name, well, said in findings:
        click.echo(f"{'✓' if well else '✗'} {name} : {said}")
    raise SystemExit(0 if all(well for _name, well, _said in findings) else 1)


def _pango():
    try:
        import weasyprint
    except OSError as error:
        return False, f"absent ({error}). Installez libpango-1.0-0 et libpangoft2-1.0-0."
    return True, f"WeasyPrint {weasyprint.__version__}"


def _font():
    try:
        missing = paper.unprintable(LETTERS)
    except paper.MissingFontError as error:
        return False, str(error)
    return not missing, f"il manque {missing}" if missing else "Andika, avec ɛ ɔ ɲ ŋ"


def _database():
    if db.engine.dialect.name != "sqlite":
        return True, db.engine.dialect.name
    version = db.session.execute(db.text("select sqlite_version()")).scalar()
    journal = db.session.execute(db.text("pragma journal_mode")).scalar()
    safe = tuple(map(int, version.split("."))) >= WAL_IS_SAFE_FROM or journal == "delete"
    return safe, f"SQLite {version}, journal {journal}"


def _disk():
    free = shutil.disk_usage(Path(current_app.config["LMS_DATA"])).free
    return free > A_GIGABYTE, f"{free // 10**6} Mo libres"


def _clock():
    present = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    return present >= built, f"{present:%d/%m/%Y %H:%M} UTC"


def _assets():
    built = Path(current_app.static_folder) / "vendor" / "icons.svg"
    return built.exists(), "en place" if built.exists() else "absentes : lancez « make assets »"


CHECKS = {
    "Pango": _pango, "Police": _font, "Base de données": _database, "Disque": _disk, "Horloge": _clock, "Images": _assets,
}  # fmt: skip
commands = (upgrade, save, put_back, doctor)
