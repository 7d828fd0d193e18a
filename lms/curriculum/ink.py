"""What the papers of a module are made with: the house's colours or black alone, its words and its pictures."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from flask import current_app
from flask_babel import force_locale, gettext, ngettext, pgettext
from markupsafe import Markup

from lms.core import paper, printed
from lms.core.language import LANGUAGES, number
from lms.curriculum.pictures import file_of
from lms.curriculum.syllabus import Module
from lms.curriculum.words import html

TEMPLATES = Path(__file__).with_name("templates")
COLOURS = {
    "ink": "#1d1a16", "mute": "#5d554a", "line": "#d9cfbd", "indigo": "#23306b", "leaf": "#1f6a45", "earth": "#a4431c",
    "sun": "#f2b632", "pale": "#f6efe1", "leafpale": "#e2f1e8", "earthpale": "#fbe9df", "cloth": "#23306b",
    "thread": "#fbf7ef", "dye": "#f2b632",
}  # fmt: skip
BLACK = dict.fromkeys(COLOURS, "#000") | {
    "mute": "#333", "line": "#999", "pale": "#fff", "leafpale": "#fff", "earthpale": "#fff", "cloth": "#fff",
    "thread": "#000", "dye": "#000",
}  # fmt: skip
COLOUR = re.compile(rb"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
SHORT = 10  # hex digits of a provenance hash that a paper shows
DRAWN = {"⚖": "§", "★": "*", "☆": "*", "✗": "×", "☐": "–"}  # signs that Andika cannot draw
SCALES = (1, 0.94, 0.88, 0.82, 0.76, 0.7)
PARAGRAPH = re.compile(r"</p>|</li>")
CLOSING, OPENING = re.compile(r"[ \u00a0]([»?!:;])"), re.compile(r"«[ \u00a0]")
LABEL = re.compile(r"<p>([^\W\d_][^:.<«»]{1,24}?)\s?: ")
ANSWER = re.compile(r"»\s([^\W\d_][^:.<«»]{1,20}?)\s?: ")


class Pictures(dict):
    """{name: bytes} of the pictures a paper shows, gathered as its template asks for them."""

    def __init__(self, module: Module, black: bool):
        super().__init__(band=band(BLACK if black else COLOURS))
        self.module, self.black = module, black

    def address(self, name: str) -> str:
        """The address in a printed page of a picture that the content names."""
        self.setdefault(name, self._drawn(name))
        return f"picture:{name}"

    def _drawn(self, name):
        kind, _colon, rest = name.partition(":")
        if kind == "media":
            content = self.module.files[f"modules/{self.module.slug}/media/{rest}"]
        else:
            file = file_of(name, self.module.folder / "media", Path(current_app.static_folder or ""))
            content = file.read_bytes() if file else b""
        return grey(content) if self.black and b"<svg" in content[:400] else content


def band(colour) -> bytes:
    """A strip of woven cloth, to be laid side by side: an SVG of 24 × 6."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="6" viewBox="0 0 24 6">'
        f'<path d="M0 0H24V6H0Z" fill="{colour["cloth"]}"/><path d="M0 .3H24M0 5.7H24" stroke="{colour["indigo"]}" '
        f'stroke-width=".5"/><path d="M6 1L10 3 6 5 2 3ZM18 1L19.3 3 18 5 16.7 3Z" fill="{colour["thread"]}"/>'
        f'<path d="M6 2L8 3 6 4 4 3Z" fill="{colour["earth"] if colour["cloth"] != "#fff" else "#fff"}"/>'
        f'<path d="M12 1V5M14 1V5M22 1V5M24 1V5M0 1V5" stroke="{colour["dye"]}" stroke-width=".7"/></svg>'
    ).encode()


def grey(drawing: bytes) -> bytes:
    """A drawing without colours: each becomes the grey that is as light."""
    return COLOUR.sub(lambda found: _grey(found[1].decode()), drawing)


def _grey(digits):
    six = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    red, green, blue = (int(six[n : n + 2], 16) for n in (0, 2, 4))
    light = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return f"#{light:02x}{light:02x}{light:02x}".encode() if light > 90 else b"#000000"  # what is dark prints black


def passage(markdown: str) -> Markup:
    """A text of the content."""
    return html(readable(markdown))


def aside(markdown: str) -> Markup:
    """A facilitator's side, with the words that lead its paragraphs (« Demander : », « Réponse : ») in bold."""
    led = LABEL.sub(r'<p><strong class="lead">\1 :</strong> ', str(passage(markdown)))
    return Markup(ANSWER.sub(r'» <strong class="lead">\1 :</strong> ', led))  # noqa: S704  cleaned by `html`


def readable(text: str) -> str:
    """The text with other signs for those that the font cannot draw, and no line that begins with « : » or « » »."""
    for sign, instead in DRAWN.items():
        text = text.replace(sign, instead)
    return OPENING.sub("«\u202f", CLOSING.sub("\u202f\\1", text))


def plain(markdown: str) -> list[str]:
    """The paragraphs of a text without any mark, to be measured."""
    return [text for part in PARAGRAPH.split(str(html(readable(markdown)))) if (text := Markup(part).striptags())]  # noqa: S704


@dataclass(frozen=True)
class Edition:
    """A module as it is printed: in one language, in colours or in black alone. `it` is the module as it is told."""

    it: SimpleNamespace
    code: str
    black: bool = False

    @property
    def module(self) -> Module:
        return self.it.module

    @property
    def name(self) -> str:
        return f"{self.module.slug}-{self.code}{'-noir' if self.black else ''}"

    def pdf(self, name: str, values: dict, most: int | None = None, also=(), template: str = "") -> bytes:
        """The paper called `name`, made once from the template of that name, given `values` besides what every paper is.

        Where it takes more than `most` pages it is laid out smaller, and smaller again: nothing is ever cut.
        `also`: folders in which the template may stand, before ours.
        """
        with force_locale(self.code):
            draw = partial(self._page, (*also, TEMPLATES), template or f"{name}.html", values)
            whole, pictures = draw(SCALES[0])
            return printed.kept(f"{name}-{self.name}", whole, pictures, lambda: self._fitted(draw, most))

    def sheet(self, name: str, values: dict, pictures: dict[str, bytes], also=()) -> bytes:
        """A paper of today's, which is not kept: made from the template of that name, with more `pictures`."""
        with force_locale(self.code):
            page, own = self._page((*also, TEMPLATES), f"{name}.html", values, SCALES[0])
            return paper.pdf(page, pictures={**own, **pictures}, variant=paper.READABLE)

    def _fitted(self, draw, most):
        for scale in SCALES:
            page, pictures = draw(scale)
            content = paper.pdf(page, pictures=pictures, variant=paper.READABLE)
            if most is None or paper.pages(content) <= most:
                break
        return content

    def _page(self, folders, template, values, scale):
        pictures = Pictures(self.module, self.black)
        return paper.page(folders, template, **self._given(pictures, scale), **values), pictures

    def _given(self, pictures, scale):
        return {
            "it": self.it, "module": self.module, "code": self.code, "colour": BLACK if self.black else COLOURS,
            "black": self.black, "scale": scale, "_": gettext, "ngettext": ngettext, "pgettext": pgettext,
            "picture": pictures.address, "passage": passage, "aside": aside, "readable": readable, "number": number,
            "short": self.module.hash[:SHORT], "language_name": LANGUAGES[self.code],
            "languages": LANGUAGES,
        }  # fmt: skip
