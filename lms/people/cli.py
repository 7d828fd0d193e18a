"""Commands for starting for real."""

import re
from datetime import date
from urllib.parse import urlencode

import click
from flask.cli import AppGroup
from sqlalchemy import select

from lms.core import facts
from lms.core.cli import bring_up_to_date
from lms.core.country import COUNTRY
from lms.core.database import db, new_uid
from lms.people.models import Account, OrgUnit
from lms.people.signing_in import hand_out_code
from lms.people.workers import FoundingForm, appoint

admin = AppGroup("admin", help="Les premiers comptes.")
commands = (admin,)
IDENTIFIER = re.compile(r"[a-z0-9.-]{1,30}")


@admin.command()
@click.option("--identifier", prompt="Identifiant")
@click.option("--given", prompt="Prénom")
@click.option("--family", prompt="Nom de famille")
@click.option("--sex", type=click.Choice(["F", "M"]), prompt="Femme ou homme (F/M)")
@click.option("--country", default=COUNTRY.name, show_default=True, help="Le pays, s’il n’y a encore aucun lieu.")
def create(identifier, given, family, sex, country):
    """Creates a national account and prints the one-time code with which she chooses her PIN."""
    if not IDENTIFIER.fullmatch(identifier):
        raise click.ClickException(
            "L’identifiant : lettres minuscules sans accent, chiffres, point, tiret ; 30 signes au plus."
        )
    bring_up_to_date()
    if db.session.scalar(select(Account).where(Account.identifier == identifier)):
        raise click.ClickException("Cet identifiant est déjà pris.")
    fields = {"uid": new_uid(), "given": given, "family": family, "sex": sex}
    form = FoundingForm.sent(urlencode(fields).encode(), None)
    if not form.accepted():
        raise click.ClickException("; ".join(str(error) for errors in form.errors.values() for error in errors))
    facts.record(form, commit=False)
    appoint(form.origin, "national", _country(country), identifier, date.today())
    db.session.commit()
    code = hand_out_code(db.session.scalar(select(Account).where(Account.identifier == identifier)))
    click.echo(
        f"Compte « {identifier} » créé. Code à usage unique, valable 72 heures : {code}\nÀ saisir sur /activate."
    )


def _country(name):
    unit = db.session.scalar(select(OrgUnit).where(OrgUnit.level == COUNTRY.level_keys[0]).limit(1))
    if unit is None:
        unit = OrgUnit(uid=new_uid(), name=name, level=COUNTRY.level_keys[0], path=COUNTRY.top)
        db.session.add(unit)
        db.session.flush()
    return unit
