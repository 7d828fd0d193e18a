"""`lms modules …`: a module to another server, or from it."""

from pathlib import Path

import click

from lms.assessment import pack
from lms.assessment.exchange_cli import FILE, content_option
from lms.assessment.trial import DRAWINGS, ReadOnlyError, make, new_problems
from lms.core import keys, settings
from lms.curriculum.faults import Faults
from lms.curriculum.provenance import provenance
from lms.curriculum.reading import read_module

DATA = click.option("--data", type=click.Path(path_type=Path), default=settings.data_folder, help="Dossier LMS_DATA.")


@click.group()
def modules():
    """Modules vers un autre serveur, et d’un autre serveur (paquets signés)."""


@modules.command("key")
@DATA
def show_key(data):
    """Écrit la clé publique de ce serveur : à donner à ceux qui prendront ses paquets."""
    click.echo(pack.public_pem(keys.signing_in(data)), nl=False)


@modules.command("pack")
@click.argument("slug")
@click.argument("file", type=FILE)
@DATA
@content_option
def send(slug, file, data, root, static):
    """Met un module, ses questions et leurs images dans FILE (zip signé)."""
    if not pack.SLUG.fullmatch(slug) or not (root / "modules" / slug / "module.toml").exists():
        raise click.ClickException(f"Il n’y a pas de module « {slug} » dans {root}.")
    module = read_module(root / "modules" / slug, Faults(root))
    try:
        files = pack.contents(root, slug, static)
        raw = pack.packed(files, slug, module.version, module.hash, keys.signing_in(data))
    except pack.UntakenError as error:
        raise click.ClickException(str(error)) from None
    file.write_bytes(raw)
    click.echo(f"{file} : {slug}, version {module.version}, {len(files)} fichiers, {len(raw) // 1024} Ko.")


@modules.command("unpack")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Une clé publique à croire désormais."
)
@click.option("--older", is_flag=True, help="Accepte une version plus ancienne que celle d’ici.")
@click.option("--dry-run", is_flag=True, help="Juge, et n’écrit rien.")
@DATA
@content_option
def take(file, trust, older, dry_run, data, root, static):
    """Prend le module d’un autre serveur : entier, ou pas du tout."""
    try:
        new = [pack.read_key(trust.read_bytes())] if trust else []
        if file.stat().st_size > pack.MOST_BYTES:
            raise pack.UntakenError("Le fichier est trop gros.")
        found = pack.opened(file.read_bytes(), [*new, *trusted(data)])
        change, drawings = judged(found, root, static, older)
        if not dry_run:
            make(root, static, change, drawings)
            _remember(new, data)
    except pack.UntakenError as error:
        raise click.ClickException(f"Refusé, rien n’est écrit : {error}") from None
    except ReadOnlyError as error:
        raise click.ClickException(str(error)) from None
    done = "bon à prendre" if dry_run else "pris ; il est enseigné au prochain démarrage"
    click.echo(f"{found.slug}, version {found.version}, signé par {found.signer} : {done}.")


def trusted(data: Path):
    """The keys whose packs are taken here: our own, and those in `trusted/`."""
    files = sorted((data / "trusted").glob("*.pem"))
    return [keys.signing_in(data).public_key(), *(pack.read_key(file.read_bytes()) for file in files)]


def _remember(new, data):
    for key in new:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        folder = data / "trusted"
        folder.mkdir(parents=True, exist_ok=True)
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{pack.key_id(key)}.pem").write_bytes(pem)


def judged(found: pack.Pack, root: Path, static: Path, older=False):
    """`(change, drawings)` that put the module in place. UntakenError when it may not be."""
    home = Path("modules") / found.slug
    here = read_module(root / home, Faults(root)) if (root / home / "module.toml").exists() else None
    if here and here.version > found.version and not older:
        what = f"La version {here.version} est déjà ici, le paquet a la version {found.version}."
        raise pack.UntakenError(f"{what} Ajouter --older pour revenir en arrière.")
    _hashed(found)
    change: dict[Path, bytes | None] = {home: None, **_spared(found, root / home, home)}
    change |= {Path(name): content for name, content in found.files.items() if not name.startswith("choices/")}
    drawings = _drawings(found, static)
    if problems := new_problems(root, static, change, drawings):
        raise pack.UntakenError("le contenu a des fautes :\n" + "\n".join(map(str, problems)))
    return change, drawings


def _spared(found, folder, home):
    """What is of here and stays where the pack brings nothing in its place: signatures, recordings of cards there still are."""
    cards = found.files.get(f"modules/{found.slug}/fr.md", b"").decode()
    ours = [
        *folder.glob("review.toml"),
        *(f for f in folder.glob("media/*.opus") if f"{{#{f.name.split('.')[0]}" in cards),
    ]
    return {home / file.relative_to(folder): file.read_bytes() for file in ours}


def _hashed(found):
    """The provenance hash is that of the files, and the version that of module.toml."""
    if (
        f"version = {found.version}"
        not in found.files.get(f"modules/{found.slug}/module.toml", b"").decode().splitlines()
    ):
        raise pack.UntakenError("La version du manifeste n’est pas celle de module.toml.")
    covered = {
        n: c
        for n, c in found.files.items()
        if not n.startswith("choices/") and not n.endswith((".opus", "review.toml"))
    }
    if provenance(covered) != found.hash:
        raise pack.UntakenError("L’empreinte du module n’est pas celle de ses fichiers.")


def _drawings(found, static):
    """The drawings that are not here yet. One of the same name that differs is a refusal: other modules show it."""
    new = {}
    for name, content in found.files.items():
        if name.startswith("choices/"):
            here = static / DRAWINGS / Path(name).name
            if here.exists() and here.read_bytes() != content:
                raise pack.UntakenError(f"L’image « {here.name} » d’ici est une autre.")
            new |= {} if here.exists() else {here.name: content}
    return new
