"""`lms content review` and `lms content drafts`: what was signed as files, and drafts that travel and come home."""

import os
from pathlib import Path

import click
from flask.cli import ScriptInfo, with_appcontext

from lms.assessment.importing import leaves_under, weigh, write
from lms.core.language import DEFAULT, LANGUAGES
from lms.core.settings import ROOT
from lms.curriculum import drafts, review_file, signatures
from lms.curriculum.content import ContentError, catalogue, content_root
from lms.curriculum.drafts import UnreadableError
from lms.curriculum.pictures import STATIC
from lms.curriculum.signatures import NOTHING, Signed

FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
TRANSLATED = [code for code in LANGUAGES if code != DEFAULT]


def signed_here() -> Signed:
    """What was signed on this server; nothing where there is no server yet, or it cannot start for faults."""
    info = click.get_current_context().find_object(ScriptInfo)
    if info is None or not _is_set_up():
        return NOTHING
    try:
        with info.load_app().app_context():
            return signatures.signed()
    except ContentError:
        return NOTHING


def _is_set_up(environ=os.environ):
    data = Path(environ.get("LMS_DATA") or ROOT / "instance")
    return bool(environ.get("DATABASE_URL")) or (data / "kalanso.sqlite").exists()


@click.command("review")
@click.option("--export", is_flag=True, required=True, help="Write modules/<slug>/review.toml.")
@click.option("--root", type=FOLDER, help="Folder of modules/ and assessments/ (default: those served).")
@with_appcontext
def export(export, root):
    """Writes what was signed, here and before, beside the texts: modules/<slug>/review.toml."""
    root, here = root or content_root(), signatures.signed()
    for module in catalogue():
        target = root / "modules" / module.slug
        if not target.is_dir():
            raise click.ClickException(f"{target} n’existe pas.")
    for module in catalogue():
        known = signatures.union(module, here)
        file = root / "modules" / module.slug / "review.toml"
        if known or file.exists():
            _put(file, review_file.written(known))
            click.echo(f"{file} : {len(known)} signature(s)")


def _put(file, text):
    """The whole text or the old file, whatever happens meanwhile."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, file)


@click.command("drafts")
@click.option(
    "--export", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write the drafts: .xlsx or .po."
)
@click.option(
    "--import", "back", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="Take changed drafts back."
)
@click.option("--module", "slug", help="Only this module.")
@click.option("--language", type=click.Choice(TRANSLATED), default=TRANSLATED[0], show_default=True)
@click.option("--root", type=FOLDER, default=ROOT, help="Folder of modules/ and assessments/.")
@click.option("--static", type=click.Path(path_type=Path), default=STATIC, hidden=True)
def travel(out, back, slug, language, root, static):
    """Takes every draft out into one file, or takes what was changed in it back: all of it, or nothing."""
    if bool(out) == bool(back):
        raise click.UsageError("Choisir --export FICHIER ou --import FICHIER.")
    root = root.resolve()
    if out:
        take_out(out, slug, language, root, static)
    else:
        take_back(back, root, static)


def take_out(out, slug, language, root, static):
    kind = out.suffix.lower().lstrip(".")
    if kind not in drafts.FORMATS:
        raise click.ClickException("Donner un fichier .xlsx ou .po.")
    modules, here = leaves_under(root, static), signed_here()
    if slug and slug not in {module.slug for module, _leaves in modules}:
        raise click.ClickException(f"Le module « {slug} » n’existe pas.")
    rows = [
        row
        for module, leaves in modules
        if slug in (None, module.slug)
        for row in drafts.rows_of(module, leaves, signatures.union(module, here), language)
    ]
    out.write_bytes(drafts.packed(rows, language, kind).getvalue())
    click.echo(f"{out} : {len(rows)} texte(s) pas encore validés")


def take_back(back, root, static):
    try:
        outcome = weigh(root, drafts.read(back), static)
    except UnreadableError as error:
        raise click.ClickException(str(error)) from error
    if outcome.refused:
        for refusal in outcome.refused:
            click.echo(str(refusal), err=True)
        raise click.ClickException(f"{len(outcome.refused)} refus : rien n’a été écrit.")
    try:
        write(root, outcome.files)
    except OSError as error:
        raise click.ClickException(f"Rien n’a été écrit : {error}") from error
    click.echo(f"{outcome.changed} texte(s) changé(s) dans {len(outcome.files)} fichier(s)")
    for path in sorted(outcome.files):
        click.echo(f"  {path}")
