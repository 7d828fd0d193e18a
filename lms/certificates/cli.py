"""Commands for certificates."""

import click
from flask.cli import AppGroup

from lms.certificates.paper import print_sheets
from lms.certificates.printing import specimen
from lms.core import paper

certificates = AppGroup("certificates", help="Attestations : essais de noms et d’imprimantes.")
commands = (certificates,)


@certificates.command()
@click.option("--name", required=True, help="Le nom à essayer, comme la personne le veut.")
@click.option("--black", is_flag=True, help="Sans couleur.")
@click.argument("out", type=click.Path(dir_okay=False, writable=True))
def sample(name, black, out):
    """Writes a specimen in the real layout to OUT."""
    missing = paper.unprintable(name)
    if missing:
        raise click.ClickException(f"La police n’a pas ces signes : {' '.join(missing)}. Écrivez le nom autrement.")
    with open(out, "wb") as file:
        file.write(print_sheets([specimen(name)], black_only=black))
    click.echo(f"{out} : spécimen pour « {name} »")
