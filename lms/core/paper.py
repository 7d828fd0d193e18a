"""What every printed thing stands on: one font, HTML in, PDF out, and a door that opens to nothing else.

It refuses to fetch anything a page asks for (files, addresses, attachments), save the font and the pictures
handed over by name; and to print a letter the font cannot draw, because Pango would quietly take another
font, or print an empty box in a woman's name.
"""

import unicodedata
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

FONTS = Path("/usr/share/fonts/truetype/andika")  # Debian's fonts-sil-andika
FACES = {"regular": "Andika-Regular.ttf", "bold": "Andika-Bold.ttf"}
READABLE = "pdf/ua-1"  # what a screen reader needs: PDF/UA
STYLE = """
@font-face { font-family: "Paper"; font-weight: 400; src: url("font:regular") }
@font-face { font-family: "Paper"; font-weight: 700; src: url("font:bold") }
html { font-family: "Paper" }
"""  # a family of our own, so that nothing but the two files above can answer to it


class MissingFontError(RuntimeError):
    """The font of everything printed is not on this machine."""


class UnprintableError(ValueError):
    """A text holds characters the font cannot draw: `.characters`."""

    def __init__(self, characters):
        super().__init__(f"no glyph in Andika for: {' '.join(characters)}")
        self.characters = characters


def pdf(html, *, pictures=None, variant=None):
    """`html` laid out as one tagged PDF, in bytes.

    `html`: one page's HTML, or several parts laid out one after the other (a generator is drawn from as the
    work goes on, so that it can tell how far it is); the first part gives title and language.
    A page takes some 0.3 MB of memory until all are written.
    `pictures`: {name: bytes of an SVG or PNG}, asked for in the page as `picture:<name>`.
    `variant`: a standard that it shall keep to, as WeasyPrint names them (`READABLE`).
    Raises MissingFontError, and UnprintableError for a character that would not print.
    """
    from weasyprint import CSS, HTML  # lazily: half a second that a web request must not wait for
    from weasyprint.text.fonts import FontConfiguration

    door, fonts = _door(pictures or {}), FontConfiguration()
    style = CSS(string=STYLE, font_config=fonts, url_fetcher=door)
    look = {"font_config": fonts, "stylesheets": [style], "pdf_tags": True}
    parts = [
        HTML(string=_printable(part), url_fetcher=door).render(**look)
        for part in ([html] if isinstance(html, str) else html)
    ]
    return parts[0].copy([page for part in parts for page in part.pages]).write_pdf(pdf_tags=True, pdf_variant=variant)


def pages(content):
    """How many pages a PDF has."""
    import pikepdf

    with pikepdf.open(BytesIO(content)) as book:
        return len(book.pages)


def page(folder, template, /, **values):
    """The HTML of `template` in `folder` (or the first of several that has it), every value escaped, an unknown one refused."""
    return _templates(folder).get_template(template).render(**values)


def qr(text):
    """The QR code of `text` as a PNG in bytes: a third faster to lay out than an SVG, and as sharp in print.

    Medium error correction, or better where better costs no room; no quiet zone, for the page leaves it one.
    """
    code = BytesIO()
    segno.make_qr(text, error="m").save(code, kind="png", scale=4, border=0)
    return code.getvalue()


def unprintable(text):
    """The characters of `text` (taken in NFC) the font has no glyph for, each once; "" when all print."""
    letters = dict.fromkeys(unicodedata.normalize("NFC", text))
    return "".join(c for c in letters if ord(c) not in _widths("regular") and c not in "\n\r\t")


def _printable(html):
    if missing := unprintable(html):
        raise UnprintableError(missing)
    return unicodedata.normalize("NFC", html)


def width(text, face="regular"):
    """How wide `text` is on one line, in em (1 em = the font size), kerning (1–2 %) left aside."""
    widths = _widths(face)
    return sum(widths.get(ord(c), 1) for c in unicodedata.normalize("NFC", text))


@cache
def _widths(face):
    """{code point: advance in em} of one face."""
    from fontTools.ttLib import TTFont

    with TTFont(_file(face), lazy=True) as font:
        em, advances = font["head"].unitsPerEm, font["hmtx"]
        return {code: advances[glyph][0] / em for code, glyph in font.getBestCmap().items()}


@cache
def _templates(folder):
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def _file(face):
    file = FONTS / FACES[face]
    if not file.is_file():
        raise MissingFontError(f"{file} is missing: install the Debian package fonts-sil-andika")
    return file


def _door(pictures):
    """The URL fetcher: WeasyPrint's own would put /etc/passwd into the PDF if a page asked for it."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse, iri_to_uri

    known = {f"font:{face}": _file(face).read_bytes() for face in FACES}
    known |= {iri_to_uri(f"picture:{name}"): content for name, content in pictures.items()}

    class Door(URLFetcher):
        def fetch(self, url, headers=None):
            if url not in known:
                raise ValueError("nothing is fetched for a printed page")
            return URLFetcherResponse(url, known[url])

    return Door()
