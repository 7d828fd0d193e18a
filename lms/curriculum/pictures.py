"""Where the pictures named in the content lie, and whether they are there."""

from collections.abc import Iterable
from pathlib import Path

from lms.core.settings import ROOT
from lms.curriculum.faults import Faults, Place

STATIC = ROOT / "lms" / "static"
FOLDERS = {"healthicons": "vendor/healthicons", "own": "img/choices"}
HERE = Place(Path("lms/static/vendor"), 1)


def file_of(name: str, media: Path, static: Path = STATIC):
    """The file of `healthicons:people/woman`, `own:moon-6`, `media:card.svg`; None for an unreadable name."""
    kind, _colon, rest = name.partition(":")
    if not rest or ".." in rest:
        return None
    if kind == "media":
        return media / rest
    return static / FOLDERS[kind] / f"{rest}.svg" if kind in FOLDERS else None


def check(named: Iterable[tuple[str, Place]], media: Path, static: Path, faults: Faults):
    """Every picture is there. When none has been installed, that is one fault, not one for each picture."""
    installed = (static / FOLDERS["healthicons"]).is_dir()
    for name, place in named:
        if name.startswith("healthicons:") and not installed:
            faults.add(HERE, "Les images du contenu ne sont pas installées.", "Lancer « make assets ».")
        elif (file := file_of(name, media, static)) is None:
            faults.add(
                place,
                f"Le nom d’image « {name} » est illisible.",
                "Écrire healthicons:<dossier>/<nom> ou own:<nom>.",
            )
        elif not file.exists():
            faults.add(place, f"L’image « {name} » n’existe pas.", "Corriger le nom, ou dessiner l’image.")
