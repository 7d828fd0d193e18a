"""Drafts that travel: every text that is not validated yet as a spreadsheet or a gettext catalogue, and what came back.

Each line carries a key, the French, and a mark of both texts as they were taken away: so one knows who changed what.
A line that comes back is judged by itself, and refused with its cause; one that nobody touched asks nothing.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum import review
from lms.curriculum.faults import Faults, Place
from lms.curriculum.leaves import Leaf, Passage
from lms.curriculum.review import Signature, State, digest
from lms.curriculum.spelling import check_unit
from lms.curriculum.syllabus import Module, Unit

KEY, FRENCH, TEXT, STATE, REMARK, MARK = HEADINGS = ("clé", "français", "texte", "état", "remarque", "marque")
WIDTHS = (34, 60, 60, 12, 40, 36)
SAID = {State.MISSING: "absent", State.DRAFT: "provisoire", State.STALE: "à relire"}
MARKED = "marque : "
ABOUT = "# Kalanso : textes pas encore validés. msgid : le français ; msgstr : la traduction."
FORMATS = ("xlsx", "po")


class UnreadableError(ValueError):
    """A file that is no export of drafts; the message says what is wrong with it, in French."""


@dataclass(frozen=True)
class Row:
    """One text as it is taken away."""

    key: str
    french: str
    text: str
    state: State
    mark: str


@dataclass(frozen=True)
class Line:
    """One text as it came back. `where`: its line in the file."""

    where: str
    key: str
    french: str
    text: str
    mark: str = ""


@dataclass(frozen=True)
class Change:
    """A new wording that may be written."""

    line: Line
    passage: Passage
    language: str
    text: str


@dataclass(frozen=True)
class Refusal:
    """A line that is not taken, and why."""

    where: str
    key: str
    cause: str

    def __str__(self):
        return " : ".join(filter(None, (self.where, self.key, self.cause)))


def plain(text: str | None):
    """A text as two programs agree on it: composed, with plain ends of line, nothing around it."""
    return "\n".join(unicodedata.normalize("NFC", text or "").strip().splitlines())


def key_of(language: str, slug: str, unit: str, part: str):
    """`bm|choix-libre-eclaire|card:choix-libre|text`."""
    return "|".join((language, slug, unit, part))


def mark_of(french: str, text: str):
    return f"{digest(plain(french))}-{digest(plain(text))}"


def rows_of(module: Module, leaves: Iterable[Leaf], signed: Iterable[Signature], language: str) -> list[Row]:
    """The drafts of a module: every text of a unit that is not validated, in the order it is taught."""
    leaves = list(leaves)
    states = review.states([leaf.unit for leaf in leaves], signed)
    rows = []
    for leaf in leaves:
        state = states.get((leaf.unit.id, language), State.MISSING)
        for passage in leaf.passages if state is not State.VALIDATED else ():
            french, text = (plain(passage.text.get(code)) for code in (DEFAULT, language))
            key = key_of(language, module.slug, leaf.unit.id, passage.part)
            if french:
                rows.append(Row(key, french, text, state, mark_of(french, text)))
    return rows


def packed(rows: Iterable[Row], language: str, kind: str) -> BytesIO:
    """The drafts as a file of this kind."""
    file = BytesIO()
    {"xlsx": _as_sheet, "po": _as_catalogue}[kind](list(rows), language, file)
    file.seek(0)
    return file


def _as_sheet(rows, language, file):
    import xlsxwriter

    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(LANGUAGES[language][:31])
        heading = book.add_format({"bold": True, "bg_color": "#e8ebf6"})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        for column, (name, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, heading)
        for place, row in enumerate(rows, start=1):
            for column, text in enumerate((row.key, row.french, row.text, SAID[row.state], "", row.mark)):
                sheet.write_string(place, column, text, cell)
        sheet.freeze_panes(1, 1)


def _as_catalogue(rows, language, file):
    catalogue = Catalog(locale=language, project="kalanso", version="1", header_comment=ABOUT, fuzzy=False)
    for row in rows:
        catalogue.add(
            row.french, string=row.text, context=row.key, flags=["fuzzy"] if row.text else [],
            auto_comments=[SAID[row.state], MARKED + row.mark],
        )  # fmt: skip
    write_po(file, catalogue, width=0, sort_output=False)


def read(file: Path) -> list[Line]:
    """The lines of a file that came back. UnreadableError when it is no export of ours."""
    kind = file.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise UnreadableError("Donnez un fichier .xlsx ou .po.")
    return {"xlsx": _from_sheet, "po": _from_catalogue}[kind](file)


def _from_sheet(file):
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableError(f"Ce n’est pas un tableur lisible : {error}") from error
    return lines_of(rows)


def lines_of(rows: list[list]) -> list[Line]:
    """The lines of a sheet, told by the names on its first row, in whatever order its columns stand."""
    names = [plain(str(name)).lower() for name in rows[0]] if rows else []
    for needed in (KEY, FRENCH, TEXT):
        if needed not in names:
            raise UnreadableError(f"La colonne « {needed} » manque sur la première ligne.")
    at = {name: names.index(name) for name in HEADINGS if name in names}

    def cell(row, name):
        return plain(_written(row[at[name]])) if name in at and at[name] < len(row) else ""

    return [
        Line(f"ligne {place}", cell(row, KEY), cell(row, FRENCH), cell(row, TEXT), cell(row, MARK))
        for place, row in enumerate(rows[1:], start=2)
        if any(_written(one) for one in row)
    ]


def _written(value):
    """What somebody typed: a spreadsheet makes 3.0 of 3."""
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def _from_catalogue(file):
    try:
        with open(file, "rb") as opened:
            catalogue = read_po(opened, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, LookupError, ValueError) as error:
        raise UnreadableError(f"Ce n’est pas un catalogue PO lisible : {error}") from error
    return [_line(message) for message in catalogue if message.id]


def _line(message):
    single = isinstance(message.id, str)
    marks = [said.removeprefix(MARKED) for said in message.auto_comments if said.startswith(MARKED)]
    return Line(
        f"ligne {message.lineno}", message.context or "", plain(message.id if single else message.id[0]),
        plain(message.string if single else message.string[0]), (marks or [""])[0],
    )  # fmt: skip


def judge(lines: Iterable[Line], known: Mapping[str, Passage]) -> tuple[list[Change], list[Refusal]]:
    """What changes, and what is refused. `known`: every text that may be changed, by its key."""
    changes: list[Change] = []
    refused: list[Refusal] = []
    seen: set[str] = set()
    for line in lines:
        causes = ["cette clé est deux fois dans le fichier"] if line.key in seen else causes_of(line, known)
        seen.add(line.key)
        if causes:
            refused += [Refusal(line.where, line.key, cause) for cause in causes]
        elif not untouched(line, known[line.key]):
            language = line.key.partition("|")[0]
            changes.append(Change(line, known[line.key], language, line.text))
    return changes, refused


def untouched(line: Line, passage: Passage):
    """Whether nobody changed this line elsewhere: it is as it was taken away, or as it is here."""
    present = plain(passage.text.get(line.key.partition("|")[0]))
    return line.text == present or (bool(line.mark) and line.mark.partition("-")[2] == digest(line.text))


def causes_of(line: Line, known: Mapping[str, Passage]) -> list[str]:
    """Why this line cannot be taken; nothing when it can, or when nobody touched it."""
    passage = known.get(line.key)
    if passage is None:
        return ["ce texte n’existe pas (clé inconnue)"]
    if untouched(line, passage):
        return []
    language = line.key.partition("|")[0]
    french, present = plain(passage.text.get(DEFAULT)), plain(passage.text.get(language))
    if line.french != french:
        return ["le français a changé depuis l’export : reprendre un export récent"]
    if line.mark and line.mark.partition("-")[2] != digest(present):
        return [f"le texte en « {language} » a changé ici depuis l’export : reprendre un export récent"]
    if not line.text:
        return ["le texte est vide"]
    return wrong_beside(line, language)


def wrong_beside(line: Line, language: str) -> list[str]:
    """What can be told without understanding: other digits, a lost negation, letters that are not of the language."""
    unit = line.key.split("|", 2)[2]
    faults = Faults(Path())
    places = {code: Place(Path(), 1) for code in LANGUAGES}
    check_unit(Unit(unit, {DEFAULT: line.french, language: line.text}, places), faults)
    missing = f"« {unit} » manque en"
    return [f"{one.what} {one.cure}" for one in faults.listed() if not one.what.startswith(missing)]
