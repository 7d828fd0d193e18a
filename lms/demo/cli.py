"""Commands that put the demo country there, and take it away."""

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from rich.progress import Progress
from sqlalchemy.exc import IntegrityError

from lms.core.cli import bring_up_to_date
from lms.core.country import COUNTRY
from lms.core.database import db
from lms.core.models import Receipt
from lms.demo import removal
from lms.demo.story import NAMED, Story
from lms.people.models import OrgUnit

SCALES = ("village", "pilot", "national", "stretch")


def how_much(command):
    """The options of loading."""
    scale = click.option("--scale", type=click.Choice(SCALES), default=SCALES[0], show_default=True)
    seed = click.option("--seed", type=int, default=2019, show_default=True)
    return scale(seed(command))


@click.group(cls=AppGroup, invoke_without_command=True)
@how_much
@click.pass_context
def demo(context, scale, seed):
    """Le pays d’essai : le charger, l’enlever."""
    if context.invoked_subcommand is None:
        context.invoke(load, scale=scale, seed=seed)


commands = (demo,)


@demo.command()
@how_much
def load(scale, seed):
    """Loads the demo country into an empty database."""
    if scale != SCALES[0]:
        raise click.ClickException(f"L’échelle « {scale} » n’est pas encore construite : seule « {SCALES[0]} » l’est.")
    if not COUNTRY.demo:
        raise click.ClickException(f"Le pays d’essai est le Mali ; ce serveur est celui de : {COUNTRY.name}.")
    bring_up_to_date()
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
