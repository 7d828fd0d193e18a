"""Certificates on paper: one A4-landscape page a sheet.

What never changes (border, letterhead, signature lines) is laid out once and put under every page as one shared
drawing; a sheet costs only its own words. No ministry is named: the programme is not its own yet.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from math import ceil
from pathlib import Path

from lms.core import paper
from lms.core.country import COUNTRY
from lms.core.language import bambara_date, french_date

TEMPLATES = Path(__file__).with_name("templates")
WORDS = {  # the Bambara is a draft
    "participation": {
        "title": "Attestation de participation",
        "bambara": "Kalan sendonni seereyasɛbɛn",
        "reason": "pour avoir suivi le module",
    },
    "competence": {
        "title": "Attestation de compétence",
        "bambara": "Seko ni dɔnko seereyasɛbɛn",
        "reason": "pour sa compétence démontrée dans le module",
    },
}
COLOURS = {
    "ink": "#1d1a16", "mute": "#5d554a", "line": "#d9cfbd", "indigo": "#23306b", "leaf": "#1f6a45",
    "earth": "#a4431c", "pale": "#e3d9c8", "cloth": "#2a201a", "edge": "#2a201a",
    "thread": "#fbf7ef", "dye": "#d98a4b",
}  # fmt: skip
BLACK = dict.fromkeys(COLOURS, "#000") | {"cloth": "none", "pale": "#bbb"}  # dark on white: spares toner
LINE = 640  # points of width a name may take: 226 of the 231 mm it has, kerning being left aside
LARGEST, SMALLEST = 40, 26  # points; a name that would get smaller on one line takes two
BATCH = 20  # sheets laid out at a time, between two words about progress


@dataclass(frozen=True)
class Sheet:
    """One certificate as it is printed. `kind` is a key of WORDS; `number` is the one under the QR code."""

    kind: str
    holder: str
    cadre: str
    module_fr: str
    module_bm: str  # "" where no Bambara title may be shown
    version: int
    place: str
    district: str
    day: date
    valid_until: date | None
    trainer: str
    trainer_cadre: str
    number: str
    check_url: str
    duplicate: bool = False
    specimen: bool = False


def print_sheets(sheets, black_only=False, progress=None):
    """One PDF in bytes, a page for each of `sheets` (at least one), in their order.

    `progress(done, total)` is called after every twenty sheets; binding them takes as long again.
    Raises UnprintableError for a letter the font lacks and MissingFontError, as `lms.core.paper.pdf` does.
    """
    sheets = list(sheets)
    codes = {sheet.number: paper.qr(sheet.check_url) for sheet in sheets}
    words = paper.pdf(_parts(sheets, black_only, progress), pictures=codes)
    return _over(_frame(black_only), words)


def name_lines(name):
    """`name` on one line, or, where that line would be smaller than SMALLEST, on the two most even ones."""
    words = name.split()
    if LINE / _width(name) >= SMALLEST or len(words) < 2:
        return [" ".join(words)]
    halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    return list(min(halves, key=lambda pair: max(map(_width, pair))))


def name_size(lines):
    """The size in points at which the longest of `lines` fits; two lines are never larger than SMALLEST."""
    most = LARGEST if len(lines) == 1 else SMALLEST
    return round(min(most, LINE / max(map(_width, lines))), 1)


def text_size(sheet):
    """Points for what stands around the name: fewer as name, module and place take more lines."""
    module = ceil(_width(f"« {sheet.module_fr} », version 00") * 17 / LINE)
    place = ceil(paper.width(sheet.place) * 13 / LINE)
    return max(10.5, 13.5 - 0.8 * (len(name_lines(sheet.holder)) + module + place - 3))


def of(place):
    """« de Dioïla », « d’Ansongo »; « de Ouélessébougou », where Ou is said w."""
    return f"d’{place}" if place[:1] in "AEÉÈIOU" and place[:2] != "Ou" else f"de {place}"


def _parts(sheets, black_only, progress):
    """The HTML of every twenty sheets, telling `progress` as each is asked for."""
    for start in range(0, len(sheets), BATCH):
        batch = sheets[start : start + BATCH]
        yield _words(batch, BLACK if black_only else COLOURS)
        if progress:
            progress(start + len(batch), len(sheets))


def _words(sheets, colour):
    return paper.page(
        TEMPLATES, "certificate.html", sheets=sheets, colour=colour, title=_title(sheets), words=WORDS, of=of,
        name_lines=name_lines, name_size=name_size, text_size=text_size, country=COUNTRY, bambara="bm" in COUNTRY.languages,
        french_date=french_date, bambara_date=bambara_date,
    )  # fmt: skip


def _title(sheets):
    return f"{WORDS[sheets[0].kind]['title']} · {sheets[0].module_fr}"


@cache
def _frame(black_only):
    """The one-page PDF of what is the same on every sheet."""
    return paper.pdf(
        paper.page(TEMPLATES, "certificate_frame.html", colour=BLACK if black_only else COLOURS, country=COUNTRY)
    )


def _over(frame, words):
    """The pages of `words`, each with `frame` under it: one drawing they share, silent to screen readers."""
    import pikepdf

    with pikepdf.open(BytesIO(frame)) as under, pikepdf.open(BytesIO(words)) as book:
        drawing = book.copy_foreign(under.pages[0].as_form_xobject())
        for page in book.pages:
            name = page.add_resource(drawing, pikepdf.Name.XObject)
            page.contents_add(f"/Artifact BMC q {name} Do Q EMC\n".encode(), prepend=True)
        out = BytesIO()
        book.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _width(text):
    return max(1, paper.width(text, "bold"))  # the name of an erased person is empty
