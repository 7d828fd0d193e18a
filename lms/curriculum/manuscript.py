"""How `fr.md` and `bm.md` are read: lessons are `##`, cards `###`, the facilitator's side a block quote."""

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt

HEADING = re.compile(r"^(?P<title>.*?)\s*\{#(?P<id>[^\s}]+)(?P<rest>[^}]*)\}\s*$")
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KNOWN = {"picture", "source", "description"}
LEVELS = {"h2": "leçon", "h3": "carte"}

reader = MarkdownIt("commonmark", {"html": False}).disable("inline")  # where blocks begin and end is all we ask


@dataclass
class Written:
    """A lesson or a card as one file writes it; `line` from 1, `text` and `facilitator` in Markdown.

    `lines`: those of the file, from 0, on which `text` and `facilitator` stand, blank ones at their ends left out.
    """

    id: str
    title: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    facilitator: str = ""
    cards: list["Written"] = field(default_factory=list)
    lines: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Manuscript:
    """The lessons of one file, and its faults as `(line, what, cure)`."""

    lessons: list[Written] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)

    def order(self):
        """`[(lesson id, [card ids])]`, as written."""
        return [(lesson.id, [card.id for card in lesson.cards]) for lesson in self.lessons]

    def ids(self):
        """`((id, line), …)` of every lesson and card, as written."""
        return tuple((one.id, one.line) for lesson in self.lessons for one in (lesson, *lesson.cards))

    def written(self):
        """`{id: Written}` of every lesson and card."""
        both = [*self.lessons, *(card for lesson in self.lessons for card in lesson.cards)]
        return {one.id: one for one in both}


def read(text: str):
    """The manuscript of a whole file."""
    manuscript = Manuscript()
    lines = text.splitlines()
    headings, quotes = _outline(text)
    ends = [start for _level, start, _end, _title in headings[1:]] + [len(lines)]
    for (level, start, end, title), stop in zip(headings, ends, strict=True):
        written = _written(manuscript, title, start + 1)
        written.lines = _lines(lines, end, stop, quotes)
        _take(manuscript, level, written, _sides(lines, end, stop, quotes))
    return manuscript


def _outline(text):
    """Headings `(level, first line, line after, title)`, block quotes `(first line, line after)`; from 0."""
    headings: list[tuple[str, int, int, str]] = []
    quotes: list[tuple[int, int]] = []
    tokens = reader.parse(text)
    for at, token in enumerate(tokens):
        start, end = token.map or (0, 0)
        if token.type == "heading_open" and token.level == 0 and token.tag in LEVELS:
            headings.append((token.tag, start, end, tokens[at + 1].content))
        if token.type == "blockquote_open" and token.level == 0:
            quotes.append((start, end))
    return headings, quotes


def _quoted(start, stop, quotes):
    return {n for first, after in quotes for n in range(first, after) if start <= n < stop}


def _lines(lines, start, stop, quotes):
    """Where each side stands: numbers of lines from 0."""
    quoted = _quoted(start, stop, quotes)
    text = [n for n in range(start, stop) if n not in quoted and lines[n].strip()]
    return {"text": text, "facilitator": sorted(n for n in quoted if lines[n].strip())}


def _sides(lines, start, stop, quotes):
    """The Markdown for the group, and the Markdown for the facilitator."""
    quoted = _quoted(start, stop, quotes)
    text = "\n".join(lines[n] for n in range(start, stop) if n not in quoted)
    aside = "\n".join(re.sub(r"^\s*>\s?", "", lines[n]) for n in sorted(quoted))
    return text.strip(), aside.strip()


def _written(manuscript, heading, line):
    found = HEADING.match(heading)
    if not found or not ID.fullmatch(found["id"]):
        manuscript.faults.append(
            (
                line,
                f"Le titre « {heading} » n’a pas d’identifiant lisible.",
                "Finir le titre par {#mots-en-minuscules}.",
            )
        )
    if not found:
        return Written(id="", title=heading, line=line)
    attributes = dict(ATTRIBUTE.findall(found["rest"]))
    for name in attributes.keys() - KNOWN:
        manuscript.faults.append(
            (line, f"L’attribut « {name} » n’existe pas.", f"Garder : {', '.join(sorted(KNOWN))}.")
        )
    return Written(found["id"], found["title"], line, attributes)


def _take(manuscript, level, written, sides):
    if level == "h2":
        manuscript.lessons.append(written)
        if any(sides):
            manuscript.faults.append(
                (
                    written.line,
                    f"La leçon « {written.id} » a du texte hors d’une carte.",
                    "Le mettre dans une carte (###).",
                )
            )
    elif not manuscript.lessons:
        manuscript.faults.append(
            (written.line, f"La carte « {written.id} » est avant toute leçon.", "Ajouter un titre ##.")
        )
    else:
        written.text, written.facilitator = sides
        manuscript.lessons[-1].cards.append(written)
