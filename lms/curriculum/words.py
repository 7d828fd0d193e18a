"""Markdown of the content as safe HTML, and which wording of a text is shown to whom."""

from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from lms.core.language import DEFAULT
from lms.curriculum.review import State
from lms.curriculum.syllabus import Texts, unmarked

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote"}
writer = MarkdownIt("commonmark", {"html": False})


def html(markdown: str):
    """Markdown as HTML with nothing but paragraphs, lists and stress. No links: content names its sources."""
    return Markup(nh3.clean(writer.render(markdown or ""), tags=TAGS, attributes={}))  # noqa: S704  cleaned


@dataclass(frozen=True)
class Wording:
    """A text as it is shown: in which language, whether as a draft, with which French beside it.

    `withheld` says why French stands here although another language was asked for: "missing", "draft", "dangerous" or "".
    """

    text: str
    language: str
    draft: bool = False
    french: str = ""
    withheld: str = ""

    @property
    def plain(self):
        """The text of a title, which is no Markdown."""
        return unmarked(self.text)


def wording(texts: Texts, state: State, language: str, show_drafts: bool, dangerous: bool = False):
    """What is shown of a text in this state to somebody who reads this language; never what a reviewer found dangerous."""
    french = texts.get(DEFAULT, "")
    if language == DEFAULT:
        return Wording(french, DEFAULT)
    if state is State.MISSING:
        return Wording(french, DEFAULT, withheld="missing")
    if dangerous:
        return Wording(french, DEFAULT, withheld="dangerous")
    if state is State.VALIDATED:
        return Wording(texts[language], language)
    if not show_drafts:
        return Wording(french, DEFAULT, withheld="draft")
    return Wording(texts[language], language, draft=True, french=french)
