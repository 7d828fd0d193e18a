"""The modules this server teaches: read once at start, frozen, the same for every request."""

from collections.abc import Sequence
from pathlib import Path

from flask import current_app

from lms.core.country import COUNTRY
from lms.core.settings import ROOT
from lms.curriculum import glossary
from lms.curriculum.check import examine
from lms.curriculum.faults import Faults, Problem
from lms.curriculum.provenance import folder_of, kept_folder
from lms.curriculum.reading import read_module
from lms.curriculum.sheets import content_mark
from lms.curriculum.syllabus import Card, Catalogue, Lesson, Module, Note, Objective, Source, Unit, said

__all__ = (
    "Card", "Catalogue", "ContentError", "Lesson", "Module", "Note", "Objective", "Source", "Unit",
    "catalogue", "content_root", "init_app", "kept", "said",
)  # fmt: skip


class ContentError(ValueError):
    """The content has faults; the message lists them, one a line, each with its cure."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__("\n".join(["Le contenu a des fautes ; rien n’est servi :", *map(str, problems)]))


def init_app(app):
    """Read the modules. ContentError stops the start: an author mends a fault, no learner meets it."""
    app.config.setdefault("CONTENT_ROOT", ROOT)
    app.extensions["catalogue"] = load(content_root(app), Path(app.static_folder))
    app.jinja_env.globals.update(said=said, catalogue=catalogue)
    if app.debug:
        app.extensions["catalogue_stamp"] = stamp(content_root(app))
        app.before_request(reload_when_changed)


def content_root(app=None):
    """The folder that holds `modules/` and `assessments/`."""
    return Path((app or current_app).config["CONTENT_ROOT"])


def catalogue() -> Catalogue:
    """The catalogue in force: what the country teaches, in its order, of what there is."""
    return taught(current_app.extensions["catalogue"], COUNTRY.curriculum)


def taught(all_there_is: Catalogue, chosen: Sequence[str]) -> Catalogue:
    """The chosen modules in the order chosen; every module where nothing is chosen."""
    return Catalogue({slug: all_there_is.modules[slug] for slug in chosen}) if chosen else all_there_is


def unteachable(all_there_is: Catalogue, chosen: Sequence[str]) -> list[Problem]:
    """The faults of a choice: a module that is not there, one before what it stands on."""
    found = [Problem("country.toml", 1, f"Le module « {slug} » n’existe pas.", "Corriger curriculum.") for slug in chosen
             if slug not in all_there_is.modules]  # fmt: skip
    for place, slug in enumerate(chosen):
        for needed in all_there_is.modules[slug].prerequisites if slug in all_there_is.modules else ():
            if needed not in chosen[:place]:
                what = f"Le module « {slug} » suppose « {needed} », qui n’est pas enseigné avant lui."
                found.append(Problem("country.toml", 1, what, "Corriger curriculum."))
    return found


_read: dict[Path, tuple[frozenset, Catalogue]] = {}  # last reading of each root: a second app in one process reuses it


def load(root: Path, static: Path):
    """The catalogue of a content root. ContentError when the checker finds anything."""
    present = stamp(root)
    known = _read.get(root)
    if known and known[0] == present:
        return known[1]
    found, problems = examine(root, static)
    if problems or (problems := unteachable(found, COUNTRY.curriculum)):
        raise ContentError(problems)
    _read[root] = present, found
    return found


def stamp(root: Path):
    """What changes when a file of the content is added, altered or removed."""
    files = [file for folder in ("modules", "assessments") for file in (root / folder).rglob("*")]
    files += [file for file in [root / glossary.FILE] if file.exists()]
    return frozenset((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


def reload_when_changed():
    """While developing: read again what was edited. A faulty edit is logged; the last good reading stays."""
    present = stamp(content_root())
    if present == current_app.extensions["catalogue_stamp"]:
        return
    current_app.extensions["catalogue_stamp"] = present
    try:
        current_app.extensions["catalogue"] = load(content_root(), Path(current_app.static_folder or ""))
    except ContentError as faults:
        current_app.logger.error("%s", faults)


def marked(mark: int) -> Module | None:
    """The module whose provenance hash has this mark (`sheets.content_mark`): one in force, else one that was kept."""
    for module in catalogue():
        if content_mark(module.hash) == mark:
            return module
    found = sorted(folder_of(f"{mark:06x}".ljust(64, "0")).parent.glob(f"{mark:06x}*"))
    return kept(found[0].name) if found else None


def kept(hash: str) -> Module:
    """The module a fact named by this hash, as it was then. LookupError when it was never kept."""
    folder = kept_folder(hash)
    module = read_module(folder, Faults(folder.parent.parent))
    if module is None:
        raise LookupError(hash)
    return module
