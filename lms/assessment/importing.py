"""Drafts that come home: each line is judged, the whole content is checked as it would be, and then all files or none."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.assessment.check import examine as examine_questions
from lms.assessment.leaves import leaves_of
from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum.check import examine
from lms.curriculum.drafts import Line, Refusal, judge, key_of
from lms.curriculum.leaves import Leaf, Passage, of_module
from lms.curriculum.pictures import STATIC
from lms.curriculum.rewriting import CannotWriteError, rewritten
from lms.curriculum.syllabus import Module


@dataclass(frozen=True)
class Outcome:
    """What an import comes to: files to write, `{path from the root: bytes}`, how many texts change, what is refused."""

    files: Mapping[str, bytes]
    changed: int
    refused: list[Refusal]


def leaves_under(root: Path, static: Path = STATIC) -> list[tuple[Module, list[Leaf]]]:
    """Every module of a content root with all its leaves, whatever faults it has."""
    catalogue, _problems = examine(root, static)
    questions, _more = examine_questions(catalogue, root, static)
    return [(module, [*of_module(module), *leaves_of(questions[module.slug])]) for module in catalogue]


def passages_under(root: Path, static: Path = STATIC) -> dict[str, Passage]:
    """Every text that may be changed by an import, by its key."""
    return {
        key_of(code, module.slug, leaf.unit.id, passage.part): passage
        for module, leaves in leaves_under(root, static)
        for leaf in leaves
        for passage in leaf.passages
        for code in LANGUAGES
        if code != DEFAULT
    }


def weigh(root: Path, lines: Iterable[Line], static: Path = STATIC) -> Outcome:
    """What would come of these lines. Writes nothing."""
    changes, refused = judge(lines, passages_under(root, static))
    texts: dict[str, str] = {}
    for change in changes:
        path = change.passage.place.file(change.language)
        try:
            before = texts.get(path) or (root / path).read_bytes().decode()
            texts[path] = rewritten(before, change.passage.place, change.language, change.text)
        except (CannotWriteError, OSError, UnicodeDecodeError):
            cause = f"ne peut être écrit dans {path} sans y toucher autre chose : le mettre à la main"
            refused.append(Refusal(change.line.where, change.line.key, cause))
    files = {path: text.encode() for path, text in texts.items()}
    if not refused and files:
        refused += faults_of(root, files, static)
    return Outcome(files, len(changes), refused)


def faults_of(root: Path, files: Mapping[str, bytes], static: Path = STATIC) -> list[Refusal]:
    """The faults the content would have with these files, and has not without them."""
    with tempfile.TemporaryDirectory(prefix="kalanso-import-") as folder:
        trial = Path(folder)
        for part in ("modules", "assessments"):
            if (root / part).is_dir():
                shutil.copytree(root / part, trial / part, copy_function=_point_at)
        for path, content in files.items():
            (trial / path).unlink()
            (trial / path).write_bytes(content)
        before = {(one.file, one.what) for one in _problems(root, static)}
        fresh = [one for one in _problems(trial, static) if (one.file, one.what) not in before]
    return [Refusal(f"{one.file}:{one.line}", "", f"{one.what} {one.cure}") for one in fresh]


def _point_at(source, target):
    os.symlink(os.path.realpath(source), target)


def _problems(root, static):
    catalogue, problems = examine(root, static)
    _questions, more = examine_questions(catalogue, root, static)
    return [*problems, *more]


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write all these files or, when one cannot be, none."""
    before = {path: (root / path).read_bytes() for path in files}
    made: dict[str, Path] = {}
    try:
        for path, content in files.items():
            made[path] = _beside(root / path, content)
        for path, new in made.items():
            os.replace(new, root / path)
    except OSError:
        for path, content in before.items():
            if (root / path).read_bytes() != content:
                os.replace(_beside(root / path, content), root / path)
        raise
    finally:
        for new in made.values():
            new.unlink(missing_ok=True)


def _beside(file: Path, content: bytes) -> Path:
    """The content in a new file beside this one, with its rights."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(handle, "wb") as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    shutil.copymode(file, name)
    return Path(name)
