"""What a phone takes along: a group with as much of its story as the next acts need, a module with all its pages."""

import hashlib
import inspect
import re
import zlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app, url_for
from sqlalchemy import select

from lms.assessment.history import sitting
from lms.assessment.models import Attempt, HandsUp
from lms.assessment.standing import FORMS as LETTERS
from lms.assessment.standing import passing
from lms.cascade.forms import head_field
from lms.cascade.models import Attendance, Headcount, Session
from lms.core.database import db
from lms.core.models import now
from lms.curriculum.content import Module, catalogue, said
from lms.curriculum.kept import answered
from lms.curriculum.provenance import keep
from lms.curriculum.signatures import signed
from lms.people.forms import age_band
from lms.people.models import Person
from lms.people.rosters import roster

SESSIONS = 30
"""The latest sessions of a group that go along: what may still be looked up or corrected in the field."""

ASKED_FOR = re.compile(rb'\b(?:src|data-audio)="(/[^"]+)"')


def group_pack(group):
    """A group as a phone carries it, ready for JSON; days are ISO, uids are text. Seven questions, however large it is."""
    members = roster(group.origin)
    sessions = _sessions(group.origin)
    there = _rows_of(Attendance, sessions)
    present = {person for rows in there.values() for person in (row.person_uid for row in rows)}
    gone = _persons(present - {person.origin for _number, person in members})
    return {
        "group": {"uid": str(group.origin), "name": group.name, "village": group.village.name, "code": group.code},
        "members": [_member(person, number) for number, person in members],
        "gone": [_member(person) for person in gone],
        "sessions": _told(sessions, there, _rows_of(Headcount, sessions)),
        "attempts": _attempts([person.origin for _number, person in members]),
        "hands": _hands(group.origin),
        "asof": now().isoformat(),
    }


def _member(person, number=None):
    return {
        "uid": str(person.origin), "given": person.given, "family": person.family, "name": person.name, "number": number,
        "code": person.code, "sex": person.sex, "age": age_band(person, date.today().year) or "",
    }  # fmt: skip


def _sessions(group):
    found = select(Session).where(Session.current, Session.group_uid == group)
    return db.session.scalars(found.order_by(Session.held_on.desc(), Session.uid.desc()).limit(SESSIONS)).all()


def _rows_of(model, sessions):
    """{session: its rows of this model}."""
    found = defaultdict(list)
    for row in db.session.scalars(select(model).where(model.session_uid.in_([session.uid for session in sessions]))):
        found[row.session_uid].append(row)
    return found


def _persons(origins):
    return db.session.scalars(select(Person).where(Person.current, Person.origin.in_(origins))).all() if origins else []


def _told(sessions, there, heads):
    return [
        {
            "origin": str(session.origin), "module": session.module, "content": session.content,
            "held_on": session.held_on.isoformat(), "half": session.half, "lessons": session.lessons.split(),
            "minutes": session.minutes, "place": session.place, "language": session.language,
            "present": [str(row.person_uid) for row in there[session.uid]],
            "heads": {head_field(row.sex, row.band): row.number for row in heads[session.uid]},
        }
        for session in sessions
    ]  # fmt: skip


def _attempts(persons):
    """Of each woman and module the last attempt, which says what comes next, and the one that was passed."""
    sat = defaultdict(list)
    found = select(Attempt).where(Attempt.current, Attempt.person_uid.in_(persons))
    for attempt in db.session.scalars(found.order_by(Attempt.taken_on, Attempt.uid)):
        sat[attempt.person_uid, attempt.module].append(attempt)
    return [_attempt(attempt) for attempts in sat.values() for attempt in _that_matter(attempts)]


def _that_matter(attempts):
    best = passing([sitting(attempt) for attempt in attempts])
    last = attempts[-1]
    return [attempt for attempt in attempts if attempt is last or sitting(attempt) == best]


def _attempt(attempt):
    return {
        "origin": str(attempt.origin), "person": str(attempt.person_uid), "module": attempt.module, "form": attempt.form,
        "kind": attempt.kind, "right": attempt.right, "asked": attempt.asked, "passed": attempt.passed,
        "on": attempt.taken_on.isoformat(),
    }  # fmt: skip


def _hands(group):
    found = select(HandsUp).where(HandsUp.current, HandsUp.group_uid == group).order_by(HandsUp.taken_on, HandsUp.uid)
    return [
        {"origin": str(told.origin), "module": told.module, "form": told.form, "kind": told.kind,
         "on": told.taken_on.isoformat(), "present": told.present}
        for told in db.session.scalars(found)
    ]  # fmt: skip


@dataclass(frozen=True)
class ModulePack:
    """The files of a module in one language, (address, bytes as they travel) each, and the hash of all they hold."""

    slug: str
    title: str
    version: int
    hash: str
    files: tuple[tuple[str, int], ...]

    @property
    def bytes(self):
        return sum(size for _url, size in self.files)


def module_pack(module: Module, language: str) -> ModulePack:
    """The pack of a module, made once for the content in force and what reviewers say of it.

    Its content is kept from now on: a fact told of it weeks later must find what was in front of people.
    """
    packs = current_app.extensions.setdefault("module packs", {})
    key = module.slug, language
    known, here = packs.get(key), signed()
    if known is None or known[0] is not catalogue() or known[1] != here or current_app.debug:
        keep(module)
        packs[key] = known = catalogue(), here, _packed(module, language)
    return known[2]


def _packed(module, language):
    files, pictures, total = [], {}, hashlib.sha256()
    for address in pages_of(module, language):
        body = body_of(address, language)
        total.update(hashlib.sha256(body).digest())
        files.append((address, len(zlib.compress(body))))
        pictures |= dict.fromkeys(url.decode().replace("&amp;", "&") for url in ASKED_FOR.findall(body))
    shown = [(url, _size(module, url)) for url in pictures if not urlsplit(url).path.endswith(".js")]
    return ModulePack(
        module.slug, said(module.title, language), module.version, total.hexdigest()[:16], (*files, *shown)
    )


def body_of(address, language):
    """The page at an address of ours, as bytes; a page for workers too, for these are the same for everybody."""
    endpoint, ids = current_app.url_map.bind("").match(address)
    view = inspect.unwrap(current_app.view_functions[endpoint])
    return answered(view, ids, address, language).get_data()


def pages_of(module, language):
    """The addresses of the pages a module is taught and asked with, network or not."""
    lessons = [url_for("curriculum.lesson", slug=module.slug, lesson=lesson.id) for lesson in module.lessons]
    asked = [
        url_for(f"phone.{kind}", lang=language, slug=module.slug, letter=letter)
        for kind in ("attempt", "hands")
        for letter in LETTERS
    ]
    return [
        url_for("curriculum.modules"), url_for("curriculum.module", slug=module.slug), *lessons,
        url_for("phone.session_form", lang=language, slug=module.slug),
        url_for("phone.quizzes", lang=language, slug=module.slug), *asked,
    ]  # fmt: skip


def _size(module, url):
    path = urlsplit(url).path
    if path.startswith("/static/"):
        file = Path(current_app.static_folder or "") / path.removeprefix("/static/")
        short = file.with_name(file.name + ".br")
        return (short if short.exists() else file).stat().st_size
    content = module.files.get(path.removeprefix("/"))
    if content is not None:
        return len(content)
    sounds = [sound for card in module.cards.values() for sound in card.audio.values() if sound.name == Path(path).name]
    return sounds[0].stat().st_size if sounds else 0
