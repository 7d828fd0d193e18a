"""Which words and pictures a fact speaks of, and keeping them for as long as the fact.

An attempt made in March is judged in December by the key of March: every content a fact names stays under
`LMS_DATA/content/<hash>/`, laid out as the repository is, so that the same readers read it.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import current_app

TEXTS = ("module.toml", "*.md", "media/*.svg", "media/*.webp", "media/*.png", "media/*.jpg")
HASH = re.compile(r"[0-9a-f]{64}")


class AlteredError(ValueError):
    """Kept content is no longer what its name says: restore it from the backup."""


def parts(folder: Path):
    """What a module's hash covers, `{path from the content root: bytes}`: its text, pictures, questions.

    Review marks and recordings are outside: neither changes what was asked and what was right.
    """
    root = folder.parent.parent
    found = [path for pattern in TEXTS for path in folder.glob(pattern)]
    found += [path for path in [root / "assessments" / f"{folder.name}.toml"] if path.exists()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def provenance(files: Mapping[str, bytes]):
    """The provenance hash of what `parts` gives: SHA-256 over names and contents, 64 hex digits."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return total.hexdigest()


def keep(module):
    """Keep the content of this module under its hash, once. Returns the folder.

    It appears whole or not at all, and from memory: the files may have been replaced since they were read.
    """
    home = folder_of(module.hash)
    if home.exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".keeping-", dir=home.parent))
    try:
        _write(module.files, making)
        _put(making, home)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return home


def folder_of(hash: str):
    """Where the content of this hash is kept. LookupError when it is no hash: it may come from a form."""
    if not HASH.fullmatch(hash):
        raise LookupError(hash)
    return Path(current_app.config["LMS_DATA"]) / "content" / hash


def _write(files: Mapping[str, bytes], target: Path):
    target.chmod(0o755)
    for name, content in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)


def _put(made: Path, home: Path):
    try:
        os.replace(made, home)
    except OSError:
        if not home.exists():  # else another process was first, with the same content
            raise


def kept_folder(hash: str):
    """The kept module folder of this hash. LookupError: none is kept. AlteredError: it was changed."""
    folders = sorted((folder_of(hash) / "modules").glob("*/module.toml"))
    if not folders:
        raise LookupError(hash)
    if provenance(parts(folders[0].parent)) != hash:
        raise AlteredError(f"Le contenu {hash[:12]} a changé.")
    return folders[0].parent
