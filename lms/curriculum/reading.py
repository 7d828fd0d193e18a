"""From a folder of files to a `Module`, with every fault of form met on the way."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictInt, TypeAdapter, ValidationError

from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum import manuscript
from lms.curriculum.faults import Faults, Place, line_of
from lms.curriculum.provenance import parts, provenance
from lms.curriculum.syllabus import Card, Catalogue, Lesson, Module, Note, Objective, Source, Unit

PICTURES = (".svg", ".webp", ".png", ".jpg")
SAID = {
    "missing": "manque",
    "extra_forbidden": "n’existe pas dans le format",
    "unexpected_keyword_argument": "n’existe pas dans le format",
    "literal_error": "n’est pas une des valeurs permises",
    "bool_type": "doit être true ou false",
    "int_type": "doit être un nombre entier",
    "string_type": "doit être un texte",
    "list_type": "doit être une liste",
    "tuple_type": "doit être une liste",
}
T = TypeVar("T")


def languages_apart(table):
    """`{"id": …, "fr": …, "bm": …}` → `{"id": …, "text": {"fr": …, "bm": …}}`."""
    if not isinstance(table, dict):
        return table
    rest = {key: value for key, value in table.items() if key not in LANGUAGES}
    return rest | {"text": {code: table[code] for code in LANGUAGES if code in table}}


Bilingual = Annotated[T, BeforeValidator(languages_apart)]


class Shape(BaseModel):
    """A table of a content file: an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid")


class Minutes(Shape):
    chw: StrictInt
    group: list[StrictInt]


class ModuleFile(Shape):
    """`module.toml`."""

    version: StrictInt
    order: StrictInt
    title: dict[str, str]
    minutes: Minutes
    lessons: list[str]
    prerequisites: list[str] = []
    objectives: list[Bilingual[Objective]] = []
    sources: list[Source] = []
    notes: list[Bilingual[Note]] = []


def read(root: Path):
    """`(Catalogue, Faults)` of all under `root/modules`. An unreadable module is a fault, no exception."""
    faults = Faults(root)
    folders = sorted(path.parent for path in (root / "modules").glob("*/module.toml"))
    for stray in {path for path in (root / "modules").glob("*/") if not path.name.startswith(".")} - set(folders):
        faults.add(
            Place(stray / "module.toml", 1),
            "Ce dossier n’a pas de module.toml.",
            "L’écrire ou ôter le dossier.",
        )
    modules = [module for folder in folders if (module := read_module(folder, faults))]
    modules.sort(key=lambda module: (module.order, module.slug))
    return Catalogue({module.slug: module for module in modules}), faults


def read_module(folder: Path, faults: Faults):
    """The module of this folder, or None when `module.toml` cannot be understood."""
    files = parts(folder)
    about = shaped(ModuleFile, folder / "module.toml", faults)
    if about is None:
        return None
    manuscripts = {code: _manuscript(folder / f"{code}.md", code, faults) for code in LANGUAGES}
    lessons = _lessons(folder, manuscripts)
    return Module(
        slug=folder.name,
        version=about.version,
        order=about.order,
        title=about.title,
        objectives=tuple(about.objectives),
        minutes_chw=about.minutes.chw,
        minutes_group=tuple(about.minutes.group),
        prerequisites=tuple(about.prerequisites),
        plan=tuple(about.lessons),
        lessons=lessons,
        sources=tuple(about.sources),
        notes=tuple(about.notes),
        units=tuple(_units(about, lessons, folder / "module.toml")),
        hash=provenance(files),
        folder=folder,
        ids={code: written.ids() for code, written in manuscripts.items()},
        files=files,
    )


def _tables(file: Path, faults: Faults, raw: bytes | None) -> dict[str, Any] | None:
    try:
        return tomllib.loads((file.read_bytes() if raw is None else raw).decode())
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None) or _line_in(str(error))
        faults.add(Place(file, line), f"TOML illisible : {error}", "Corriger la ligne.")
    except (OSError, UnicodeDecodeError) as error:
        faults.add(Place(file, 1), f"Fichier illisible : {error}", "Le récrire en UTF-8.")
    return None


def _line_in(message):
    words = message.replace(",", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else 1


def shaped(shape: type[T], file: Path, faults: Faults, raw: bytes | None = None) -> T | None:
    """A TOML file (`raw` when it has been read) in the shape asked for, or None with its faults."""
    toml = _tables(file, faults, raw)
    if toml is None:
        return None
    try:
        return TypeAdapter(shape).validate_python(toml)
    except ValidationError as error:
        text = file.read_text(encoding="utf-8")
        for one in error.errors():
            what = f"« {_path(one['loc'])} » {SAID.get(one['type'], one['msg'])}."
            faults.add(Place(file, _line_of_key(text, toml, one["loc"])), what, "Voir docs/content-format.md.")
        return None


def _path(loc):
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)


def _line_of_key(text, toml, loc):
    """The line of the key an error speaks of: the tables with ids on the way to it, then the key."""
    keys, here = [], toml
    for part in loc:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(here, dict) and isinstance(here.get("id"), str):
            keys.append(f"id={here['id']}")
    return line_of(text, *keys, str(loc[-1]))


def _manuscript(file: Path, code, faults: Faults):
    if not file.exists():
        faults.add(
            Place(file, 1),
            f"Le texte en « {code} » manque.",
            "L’écrire, avec les mêmes identifiants que fr.md.",
        )
        return manuscript.Manuscript()
    written = manuscript.read(file.read_text(encoding="utf-8"))
    for line, what, cure in written.faults:
        faults.add(Place(file, line), what, cure)
    return written


def _lessons(folder, manuscripts):
    """The lessons of the French text; the others are laid beside it by their ids."""
    by_id = {code: written.written() for code, written in manuscripts.items()}
    return tuple(
        Lesson(
            lesson.id, _beside(by_id, lesson.id, "title"),
            tuple(_card(folder, card, by_id) for card in lesson.cards), _places(folder, by_id, lesson.id),
        )
        for lesson in manuscripts[DEFAULT].lessons
    )  # fmt: skip


def _card(folder, card, by_id):
    return Card(
        id=card.id, title=_beside(by_id, card.id, "title"), text=_beside(by_id, card.id, "text"),
        facilitator=_beside(by_id, card.id, "facilitator"), picture=_picture(folder, card),
        description=card.attributes.get("description", ""), source=card.attributes.get("source", ""),
        audio=_audio(folder, card.id), where=_places(folder, by_id, card.id),
    )  # fmt: skip


def _picture(folder, card):
    if "picture" in card.attributes:
        return card.attributes["picture"]
    own = [file for ending in PICTURES if (file := folder / "media" / f"{card.id}{ending}").exists()]
    return f"media:{own[0].name}" if own else ""


def _audio(folder, id):
    found = {code: folder / "media" / f"{id}.{code}.opus" for code in LANGUAGES}
    return {code: file for code, file in found.items() if file.exists()}


def _beside(by_id, id, part):
    texts = {code: getattr(written[id], part) for code, written in by_id.items() if id in written}
    return {code: text for code, text in texts.items() if text}


def _places(folder, by_id, id):
    return {code: Place(folder / f"{code}.md", written[id].line) for code, written in by_id.items() if id in written}


def _units(about, lessons, file):
    text = file.read_text(encoding="utf-8")

    def here(*keys):
        return {code: Place(file, line_of(text, *keys, code)) for code in LANGUAGES}

    yield Unit("title", about.title, here("[title]"))
    yield from (Unit(f"objective:{one.id}", one.text, here(f"id={one.id}")) for one in about.objectives)
    yield from (Unit(f"note:{one.id}", one.text, here("[notes]", f"id={one.id}")) for one in about.notes)
    for lesson in lessons:
        yield Unit(f"lesson:{lesson.id}", lesson.title, lesson.where)
        for card in lesson.cards:
            yield Unit(f"card:{card.id}", _heard(card), card.where)
            yield Unit(f"facilitator:{card.id}", card.facilitator, card.where)


def _heard(card):
    return {code: f"{card.title[code]}\n\n{text}" for code, text in card.text.items() if code in card.title}
