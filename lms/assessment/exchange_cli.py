"""`lms questions …`: question banks to and from GIFT and Moodle XML."""

from pathlib import Path

import click

from lms.assessment import gift, moodle_xml
from lms.assessment.banks import revised, written
from lms.assessment.exchange import RefusedError, item_of, question_of
from lms.assessment.gathering import Bank, Reader
from lms.assessment.questions import AssessmentFile, read
from lms.assessment.trial import ReadOnlyError, make, new_problems
from lms.core import settings
from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum import pictures
from lms.curriculum.drawings import NAME, harmless
from lms.curriculum.faults import Faults, Place, Problem
from lms.curriculum.pictures import STATIC
from lms.curriculum.reading import read_module

MOST = 50_000_000  # bytes of a bank, its pictures included
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def content_option(command):
    """Where the content lies, and the drawings beside it."""
    static = click.option("--static", type=FOLDER, default=STATIC, hidden=True)
    root = click.option(
        "--root", type=FOLDER, default=settings.content_root, help="Dossier de modules/ et assessments/."
    )
    return root(static(command))


@click.group()
def questions():
    """Banques de questions : vers Moodle et retour (GIFT, Moodle XML)."""


@questions.command("export")
@click.argument("slug")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT, show_default=True)
@click.option("--to", "file", type=FILE, required=True, help="FICHIER.gift (ou .txt), ou FICHIER.xml avec les images.")
@content_option
def send(slug, language, file, root, static):
    """Écrit les questions d’un module dans un fichier que Moodle comprend."""
    module, found = _module(root, slug)
    try:
        told = [question_of(item, language, _drawings(module, static)) for item in found.items]
        raw = moodle_xml.write(told) if _is_xml(file) else gift.write(told).encode()
    except KeyError:
        missing = [item.id for item in found.items if any(not t.get(language, "").strip() for _k, t in item.texts())]
        raise click.ClickException(f"Sans texte en « {language} » : {', '.join(missing)}.") from None
    except ValueError as error:
        raise click.ClickException(f"Un texte a un signe que ce format n’a pas : {error}") from None
    file.write_bytes(raw)
    click.echo(f"{file} : {len(told)} questions en « {language} ».")


@questions.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--module", "slug", required=True, help="Le module auquel elles vont.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="La langue de fichiers qui ne la disent pas.")
@click.option("--objective", help="L’objectif des questions qui n’en nomment pas.")
@click.option("--source", help="La source des questions qui n’en nomment pas.")
@click.option("--expected", type=click.IntRange(30, 95), help="Combien de bonnes réponses sur 100 on en attend.")
@click.option("--audience", type=click.Choice(["chw", "group", "all"]), default="chw", show_default=True)
@click.option(
    "--form", "forms", type=click.Choice(["A", "B"]), multiple=True, help="La série des questions qui n’en nomment pas."
)
@click.option("--replace", is_flag=True, help="Ôte les questions du module qui ne sont pas dans les fichiers.")
@click.option("--dry-run", is_flag=True, help="Juge, et n’écrit rien.")
@click.option(
    "--draft", type=FILE, help="Écrit les questions lues dans ce fichier TOML, à compléter ; ne touche pas au module."
)
@content_option
def take(files, slug, language, audience, forms, replace, dry_run, draft, root, static, **told):
    """Lit des questions de Moodle : tout, ou rien. Un fichier par langue."""
    module, found = _module(root, slug)
    otherwise = {"audience": audience, "forms": list(forms)} | {
        name: value
        for name, value in told.items()
        if value  # objective, source, expected
    }
    try:
        bank = gathered(files, {item.id: item for item in found.items}, otherwise, language)
        if draft:
            return _draft(bank, otherwise, draft)
        items = _items(bank, [] if replace else found.items)
        change, drawings = changed(module, found, items), brought(bank, module, static)
        if problems := new_problems(root, static, change, drawings):
            raise RefusedError(problems)
        if not dry_run:
            make(root, static, change, drawings)
    except RefusedError as refused:
        raise click.ClickException(f"Refusé, rien n’est écrit :\n{refused}") from None
    except ReadOnlyError as error:
        raise click.ClickException(str(error)) from None
    done = "bonnes à prendre" if dry_run else "prises"
    click.echo(f"assessments/{slug}.toml : {len(bank.items)} questions {done}, {len(items)} en tout.")
    if bank.remarks:
        click.echo(
            f"{bank.remarks} remarque(s) sur une seule réponse laissée(s) de côté : Kalanso n’en a pas.", err=True
        )


def gathered(files, known, otherwise, language=None) -> Bank:
    """The questions of these files, brought together by their ids. RefusedError names every line that cannot be taken."""
    bank, problems = Bank(), []
    for file in files:
        reader = Reader(file, known, otherwise, language)
        raw = file.read_bytes() if file.stat().st_size <= MOST else b""
        if not raw.strip():
            reader.wrong(1, "Le fichier est vide, ou trop gros.", f"{MOST // 10**6} Mo au plus.")
        try:
            reader.add_to(bank, _read(file, raw, reader.wrong))
        except RefusedError as refused:
            problems += refused.problems
    if problems:
        raise RefusedError(problems)
    return bank


def _read(file, raw, wrong):
    if _is_xml(file):
        return moodle_xml.read(raw, wrong) if raw.strip() else ()
    try:
        return gift.read(raw.decode("utf-8-sig"), wrong)
    except UnicodeDecodeError as error:
        wrong(raw[: error.start].count(b"\n") + 1, "Le fichier n’est pas en UTF-8.", "L’enregistrer en UTF-8.")
        return ()


def _is_xml(file):
    return file.suffix.lower() == ".xml"


def _module(root, slug):
    faults = Faults(root)
    folder = root / "modules" / slug
    module = read_module(folder, faults) if NAME.fullmatch(slug) and (folder / "module.toml").exists() else None
    if module is None:
        raise click.ClickException(f"Il n’y a pas de module « {slug} » lisible dans {root}.")
    found = read(module, faults, None)
    ours = [one for one in faults.listed() if one.file == f"assessments/{slug}.toml" and one.file in module.files]
    if ours:
        raise click.ClickException("\n".join(map(str, ours)))
    return module, found


def _drawings(module, static):
    def drawing(name):
        file = pictures.file_of(name, module.folder / "media", static)
        return file.read_bytes() if file and file.is_file() else b""

    return drawing


def _items(bank, before):
    """The items there are, those that came in their place, the new ones at the end."""
    items, problems = {item.id: item for item in before}, []
    for id, fields in bank.items.items():
        try:
            items[id] = item_of(fields)
        except ValueError as error:
            place = bank.lines[id]
            problems.append(
                Problem(place.file.name, place.line, str(error), "Le donner en étiquette, ou par une option.")
            )
    if problems:
        raise RefusedError(problems)
    return list(items.values())


def _draft(bank, otherwise, draft):
    text = "\n".join(
        written(item_of({"objective": "", "source": ""} | otherwise | fields)) for fields in bank.items.values()
    )
    draft.write_text(text, encoding="utf-8")
    click.echo(f"{draft} : {len(bank.items)} questions à compléter.")


def changed(module, found, items):
    """`{path: bytes}` of the file of questions with these items."""
    path = Path("assessments") / f"{module.slug}.toml"
    before = module.files.get(path.as_posix(), b"").decode()
    return {path: revised(before, AssessmentFile(items=found.items, checklists=found.checklists), items).encode()}


def brought(bank, module, static):
    """`{file: bytes}` of our own drawings that came along and are not here yet. RefusedError for what may not be shown."""
    faults, found = Faults(module.root), {}
    for name, raw in bank.drawings.items():
        kind, _colon, rest = name.partition(":")
        here = _drawings(module, static)(name)
        place = next(iter(bank.lines.values()), Place(module.folder, 1))
        if kind != "own" or here == raw:
            continue
        if here:
            faults.add(place, f"L’image « {name} » d’ici est une autre.", "Lui donner un autre nom.")
        elif not NAME.fullmatch(rest) or not harmless(raw):
            faults.add(
                place, f"L’image « {name} » n’est pas un simple dessin SVG.", "La redessiner sans script ni adresse."
            )
        else:
            found[f"{rest}.svg"] = raw
    if problems := faults.listed():
        raise RefusedError(problems)
    return found
