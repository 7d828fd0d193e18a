"""How large a text may be to fit its place on paper. Plain measures, in points; letters as wide as Andika draws them."""

import re

from lms.core import paper

LEADING = 1.32  # line height as printed: a little more than the templates say (1.3)
SPACE = re.compile(r"[ \t\n]+")  # where a line may end: not at a space that holds « : » to its word
SAFETY = 1.03  # kerning is left aside by `paper.width`, and so a line may hold a little less


def lines(text: str, width: float, size: float, face: str = "regular") -> int:
    """On how many lines a text stands: words are set on a line until the next has no room."""
    room, count, used = width / size / SAFETY, 1, 0.0
    space = paper.width(" ", face)
    for word in SPACE.split(text.strip()):
        wide = paper.width(word, face)
        if used and used + space + wide > room:
            count, used = count + 1, wide
        else:
            used += wide + (space if used else 0)
    return count


def height(paragraphs: list[str], width: float, size: float, gap: float = 0.5, face: str = "regular") -> float:
    """How high paragraphs stand one under the other; `gap`: between two of them, in lines."""
    count = sum(lines(text, width, size, face) for text in paragraphs)
    return (count + gap * max(0, len(paragraphs) - 1)) * size * LEADING


def largest(paragraphs: list[str], width: float, most_high: float, sizes: range, gap: float = 0.5) -> int:
    """The largest of `sizes` (descending) at which the paragraphs fit; the smallest when none does."""
    return next((size for size in sizes if height(paragraphs, width, size, gap) <= most_high), sizes[-1])
