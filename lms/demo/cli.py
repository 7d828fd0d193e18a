"""Commands that put the demo country there, and take it away."""

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from rich.progress import Progress
from sqlalchemy.exc import IntegrityError

from lms.core.database import db
from lms.core.models import Receipt
from lms.demo import removal
from lms.demo.story import NAMED, Story
from lms.people.models import OrgUnit

demo = AppGroup("demo", invoke_without_command=True, help="Le pays d’essai : le charger, l’enlever.")
commands = (demo,)


@demo.command()
@click.option("--scale", type=click.Choice(["village"]), default="village", show_default=True)
@click.option("--seed", type=int, default=2019, show_default=True)
def load(scale, seed):
    """Loads the demo country into an empty database."""
    if not is_empty():
        raise click.ClickException("La base contient déjà des données : la démonstration ne se mélange pas avec elles.")
    with Progress() as bar:
        task = bar.add_task("Pays d’essai", total=None)
        told = Story(seed, progress=lambda done, of: bar.update(task, completed=done, total=of)).tell()
    click.echo(f"{told} faits racontés.")


@demo.command()
def remove():
    """Takes away the demo: its people, facts and accounts. Real places stay."""
    try:
        counts = removal.remove()
    except IntegrityError:
        db.session.rollback()
        raise click.ClickException(
            "De vraies fiches parlent de personnes ou de groupements d’essai : rien n’a été enlevé. "
            "Commencez dans une base neuve (LMS_DATA), puis « lms admin create »."
        ) from None
    click.echo(", ".join(f"{table} {number}" for table, number in counts.items() if number) or "Rien à enlever.")


def is_empty():
    """Whether nothing was told yet."""
    return not db.session.scalar(sa.select(sa.exists(sa.select(Receipt.seq)))) and not db.session.scalar(
        sa.select(sa.exists(sa.select(OrgUnit.uid)))
    )


def sign_ins():
    """(identifier, PIN, kind) of the cast."""
    return [(identifier, member[5], member[3]) for identifier, member in NAMED.items()]
