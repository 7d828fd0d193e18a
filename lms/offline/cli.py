"""Commands of what comes home: files of facts, receipts told again, held facts judged again."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.progress import Progress
from sqlalchemy import func, select

from lms.core.database import db
from lms.core.models import Receipt
from lms.core.settings import database_url
from lms.offline import arrivals, holding, parcels
from lms.offline.envelope import TooBigError, UnreadableError
from lms.offline.replay import NotEmptyError, counts, replay

outbox = AppGroup("outbox", help="Les fiches que les téléphones apportent.")
receipts = AppGroup("receipts", help="Le registre de tout ce qui a été reçu.")
commands = (outbox, receipts)


@outbox.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def bring(files):
    """Takes the facts of files that phones saved (.kln); exit 1 when one of them is not whole."""
    faults = 0
    for file in files:
        states: list = []
        try:
            for parcel in parcels.parcels_in(file.read_bytes()):
                answer = arrivals.arrive_sealed(parcel)
                states += [result["state"] for result in answer["results"].values()]
        except (UnreadableError, TooBigError) as error:
            db.session.rollback()
            faults += 1
            click.echo(f"✗ {file} : {error}", err=True)
        said = ", ".join(f"{state} {states.count(state)}" for state in sorted(set(states)))
        click.echo(f"{file} : {said or 'rien'}")
    raise SystemExit(1 if faults else 0)


@receipts.command()
def rejudge():
    """Judges every held fact again, as after an upgrade."""
    taken, left = holding.rejudge()
    click.echo(f"{taken} acceptées, {left} encore retenues.")


@receipts.command("replay")
@click.option("--into", "url", required=True, help="Une base vide : sqlite:////chemin ou postgresql://…")
def tell_again(url):
    """Tells every receipt again to an empty database, and prints how many rows each table has there and here."""
    url = database_url(url, Path(current_app.config["LMS_DATA"]))
    try:
        refused = _replay(url)
    except NotEmptyError as error:
        raise click.ClickException(f"Cette base n’est pas vide : {error}") from error
    here, there = counts(), counts(url)
    for table, rows in here.items():
        click.echo(f"{'✓' if there[table] == rows else '✗'} {table:20} {rows:>10} {there[table]:>10}")
    for fact in refused:
        click.echo(f"✗ {fact.uid} {fact.path} : {fact.why}", err=True)
    raise SystemExit(1 if refused or here != there else 0)


def _replay(url):
    total = db.session.scalar(select(func.count()).select_from(Receipt))
    db.session.rollback()
    with Progress() as bar:
        task = bar.add_task("Fiches", total=total)
        refused = []
        for fact in replay(url):
            bar.advance(task)
            refused += [fact] if fact else []
    return refused
