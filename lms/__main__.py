"""The command `lms`: ours beside Flask's."""

import os
import sys

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext

from lms import create_app
from lms.assessment.cli import content
from lms.assessment.exchange_cli import questions
from lms.assessment.pack_cli import modules
from lms.core.cli import bring_up_to_date
from lms.core.country import COUNTRY
from lms.core.settings import is_public
from lms.demo import cli as demo
from lms.demo.cli import is_empty, sign_ins
from lms.people.mandates import KINDS


@click.group(cls=FlaskGroup, create_app=create_app, add_version_option=False)
def main():
    """Kalanso : enseigner, vérifier, suivre, attester."""


main.add_command(content)  # needs no app, and must speak when faulty content keeps the app from starting
main.add_command(questions)
main.add_command(modules)


@main.command()
@with_appcontext
def run():
    """Serves Kalanso; on the first run the demo country is loaded before."""
    bring_up_to_date()
    if COUNTRY.demo and is_empty() and not is_public(current_app):
        demo.demo.commands["load"].callback(scale="village", seed=2019)
    host, port = current_app.config["HOST"], current_app.config["PORT"]
    click.echo(f"\nKalanso : http://{host}:{port}")
    if COUNTRY.demo and not is_public(current_app):
        click.echo("Comptes d’essai (identifiant / code PIN) :")
        for identifier, code, kind in sign_ins():
            click.echo(f"  {identifier:8} {code}  {KINDS[kind]}")
    sys.stdout.flush()
    serve(host, port)


def serve(host, port):
    """Becomes the web server."""
    command = server_command(host, port, current_app.config["SQLALCHEMY_DATABASE_URI"])
    os.execv(command[0], command)  # noqa: S606  our own server


def server_command(host, port, database, app="wsgi:app"):
    """The server's command line: one process, so that a SQLite database has one writer; threads for readers."""
    workers = "1" if database.startswith("sqlite") else "2"
    arguments = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", workers,
                 "--blocking-threads", "4", "--no-ws", "--log-level", "warning", app]  # fmt: skip
    return [sys.executable, "-m", "granian", *arguments]


if __name__ == "__main__":
    main()
