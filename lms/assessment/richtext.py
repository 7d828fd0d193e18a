"""Plain text as Moodle's HTML, and HTML as the plain text our questions are made of."""

import re
from html import escape
from html.parser import HTMLParser

BLOCKS = {"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"}
SILENT = {"script", "style", "head", "title"}
SPACE = re.compile(r"[ \t\n\r\f]+")
SPACED = re.compile(r"^\s|\s$|[\t\n\r\f\v\x00]|  ")
TAG = re.compile(r"<[a-zA-Z/!]")


def as_html(text: str) -> str:
    """The text as one paragraph; as `<pre>` where its spaces and lines matter, for HTML folds them."""
    safe = escape(text, quote=False)
    return f"<pre>\n{safe}</pre>" if SPACED.search(text) else f"<p>{safe}</p>"


def as_text(html: str) -> str:
    """What is read of HTML: words and lines, pictures and scripts left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


def in_format(text: str, name: str) -> str:
    """Text in one of Moodle's formats as plain text: `html`, `moodle…` (text that may hold tags), or plain."""
    if name == "html":
        return as_text(text)
    if name.startswith("moodle") and TAG.search(text):
        return as_text(text.replace("\n", "<br>"))
    return text


class _Reader(HTMLParser):
    """Gathers text. Inside `<pre>` every space counts; elsewhere a run of them is one."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.silent, self.kept, self.fresh = [""], 0, 0, False

    def handle_starttag(self, tag, attrs):
        self.silent += tag in SILENT
        if tag == "pre":
            self.kept, self.fresh = self.kept + 1, True
        if tag in BLOCKS:
            self._line()

    def handle_endtag(self, tag):
        self.silent = max(0, self.silent - (tag in SILENT))
        self.kept = max(0, self.kept - (tag == "pre"))
        if tag in BLOCKS:
            self._line()

    def handle_data(self, data):
        if self.silent:
            return
        if self.kept:
            data, self.fresh = data.removeprefix("\n") if self.fresh else data, False
            self.parts.append(("pre", data))
        else:
            self.parts.append(SPACE.sub(" ", data))

    def _line(self):
        if self.parts[-1] != "\n":
            self.parts.append("\n")

    def text(self):
        """The lines without the spaces around them; empty ones at the ends left out, a `<pre>` as it stands."""
        kept = [part[1] for part in self.parts if isinstance(part, tuple)]
        rest = "".join(part for part in self.parts if isinstance(part, str))
        if kept and not rest.strip(" \t\n\r\f"):
            return "".join(kept)
        lines = "".join(part[1] if isinstance(part, tuple) else part for part in self.parts).split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip(" ") for line in lines).strip("\n "))
