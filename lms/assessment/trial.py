"""What would be wrong with the content after a change, judged in a folder apart; and the change, made whole or not at all."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from lms.assessment.check import examine as examine_questions
from lms.curriculum.check import examine
from lms.curriculum.faults import Problem

CONTENT, DRAWINGS = ("modules", "assessments"), Path("img") / "choices"


class ReadOnlyError(OSError):
    """The content cannot be written here; the message says what to do, in French."""

    def __init__(self, where):
        super().__init__(
            f"Le contenu ne peut pas être écrit ici ({where}). Choisir un autre dossier avec CONTENT_ROOT."
        )


def new_problems(root: Path, static: Path, change: Mapping[Path, bytes | None], drawings: Mapping[str, bytes]):
    """`list[Problem]` that the content would have after the change and has not now.

    `change`: what each path below `root` would hold, None for a folder or file that goes; `drawings`: `{"name.svg": bytes}`.
    """
    with tempfile.TemporaryDirectory(prefix="kalanso-trial-") as name:
        apart, scenery = Path(name) / "content", Path(name) / "static"
        _copy(root, apart, static, scenery)
        before = {(problem.file, problem.what) for problem in _problems(apart, scenery)}
        _write(apart, change)
        _write(scenery / DRAWINGS, {Path(file): content for file, content in drawings.items()})
        return [problem for problem in _problems(apart, scenery) if (problem.file, problem.what) not in before]


def _copy(root, apart, static, scenery):
    for folder in CONTENT:
        (apart / folder).mkdir(parents=True)
        if (root / folder).is_dir():
            shutil.copytree(root / folder, apart / folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.opus"))
    for file in root.rglob("modules/*/media/*.opus"):
        (apart / file.relative_to(root)).touch()  # recordings are looked for, not listened to
    (scenery / DRAWINGS).mkdir(parents=True)
    if (static / DRAWINGS).is_dir():
        shutil.copytree(static / DRAWINGS, scenery / DRAWINGS, dirs_exist_ok=True)
    if (static / "vendor").is_dir():
        (scenery / "vendor").symlink_to((static / "vendor").resolve())


def _problems(root, static) -> list[Problem]:
    catalogue, found = examine(root, static)
    return sorted({*found, *examine_questions(catalogue, root, static)[1]})


def _write(root: Path, change: Mapping[Path, bytes | None]):
    for path, content in sorted(change.items(), key=lambda pair: pair[1] is not None):  # what goes, goes first
        if content is None:
            _away(root / path)
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)


def _away(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def make(root: Path, static: Path, change: Mapping[Path, bytes | None], drawings: Mapping[str, bytes]):
    """Put the change in place. Each of its folders and files is swapped by a rename; a failure puts all back.

    ReadOnlyError when the content, or the folder of drawings, cannot be written.
    """
    with _writing(), contextlib.ExitStack() as stack:
        making = Path(tempfile.mkdtemp(prefix=".arriving-", dir=root))  # on the same disk: a rename is enough
        stack.callback(shutil.rmtree, making, ignore_errors=True)
        with contextlib.ExitStack() as undo:
            _write(making / "new", {path: content for path, content in change.items() if content is not None})
            for name, content in drawings.items():
                drawing = _written(making / "drawings" / name, content)
                _add(drawing, static / DRAWINGS / name, undo)
            for path in _whole(change):
                _swap(making / "new" / path, root / path, making, undo)
            undo.pop_all()


@contextlib.contextmanager
def _writing():
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise ReadOnlyError(error.filename or "") from error
        raise


def _written(file, content):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def _add(drawing, place, undo):
    """A drawing that was not there yet. The folder may be on another disk."""
    place.parent.mkdir(parents=True, exist_ok=True)
    undo.callback(place.unlink, missing_ok=True)
    shutil.copyfile(drawing, place)


def _whole(change):
    """The folders that are replaced whole, and the files outside them."""
    folders = [path for path, content in change.items() if content is None]
    return [*folders, *(path for path in change if path not in folders and not any(f in path.parents for f in folders))]


def _swap(new: Path, place: Path, making: Path, undo):
    """What is new goes to its place; what was there waits in the folder of the making until all is done."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = making / f"old-{len(list(making.iterdir()))}"
    if place.exists():
        os.rename(place, old)
        undo.callback(os.rename, old, place)
    if new.exists():
        os.rename(new, place)
        undo.callback(os.rename, place, new)
