"""The handout: one page of a module to take home, a picture and a line for each lesson."""

from types import SimpleNamespace

from lms.curriculum.ink import Edition

SIZES = {False: (14, 31), True: (12.5, 30)}  # points of the text and mm of a picture; with French beside it: less
HIGH = 200  # mm for all lessons


def pdf(edition: Edition) -> bytes:
    """One A4 page."""
    return edition.pdf("handout", _values(edition), most=1)


def _values(edition):
    lessons = _lessons(edition)
    size, side = SIZES[edition.it.title.draft]
    return {"lessons": lessons, "size": size, "side": min(side, HIGH / max(1, len(lessons)))}


def _lessons(edition):
    """The ideas of each lesson, as the titles of its cards say them."""
    said = edition.it.said
    return [
        SimpleNamespace(
            title=said(lesson.title, f"lesson:{lesson.id}"), picture=lesson.picture,
            ideas=[said(card.title, f"card:{card.id}") for card in lesson.cards],
            seen=lesson.cards[0].description if lesson.cards else "",
        )
        for lesson in edition.module.lessons
    ]  # fmt: skip
