"""A module on its way to another server: a zip signed by the server that packs it (docs/decisions/0011).

It refuses whole whatever is not exactly what the manifest says, signed by a key that is trusted here: a zip is the
most hostile thing this program ever opens.
"""

import base64
import hashlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.assessment import questions
from lms.curriculum import pictures
from lms.curriculum.drawings import harmless
from lms.curriculum.faults import Faults
from lms.curriculum.reading import read_module

MANIFEST, SIGNATURE, FORMAT = "manifest.json", "manifest.sig", 1
MOST_FILES, MOST_BYTES, MOST_RATIO, LARGE = 2_000, 200_000_000, 200, 1_000_000
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\..*)?", re.IGNORECASE)
BEGINS = {".png": b"\x89PNG\r\n", ".jpg": b"\xff\xd8\xff", ".webp": b"RIFF", ".opus": b"OggS"}
ALLOWED = (
    r"modules/{slug}/(module\.toml|review\.toml|[a-z]{{2,8}}\.md|media/[A-Za-z0-9._-]+\.(svg|png|jpg|webp|opus))"
    r"|assessments/{slug}\.toml|choices/[a-z0-9-]+\.svg"
)


class UntakenError(ValueError):
    """The pack is refused whole; the message says why, in French."""


@dataclass(frozen=True)
class Pack:
    """What a pack holds, after every check. `signer` is the id of the key that signed it."""

    slug: str
    version: int
    hash: str
    signer: str
    files: Mapping[str, bytes]


def key_id(public) -> str:
    """How a public key is called: 16 hex digits of its SHA-256."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def public_pem(key) -> str:
    """The public half of a signing key, to be given to other servers."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_key(raw: bytes):
    """The Ed25519 public key of a PEM file. UntakenError when it is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(raw)
    except (ValueError, TypeError) as error:
        raise UntakenError("Ce fichier n’est pas une clé publique (PEM).") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UntakenError("Cette clé n’est pas une clé Ed25519.")
    return key


def contents(root: Path, slug: str, static: Path) -> dict[str, bytes]:
    """`{path in the pack: bytes}` of a module: its folder, its questions, the drawings of ours they name."""
    folder = root / "modules" / slug
    files = {
        f"modules/{slug}/{file.relative_to(folder).as_posix()}": file.read_bytes() for file in sorted(_own(folder))
    }
    asked = root / "assessments" / f"{slug}.toml"
    files |= {f"assessments/{slug}.toml": asked.read_bytes()} if asked.exists() else {}
    module = read_module(folder, Faults(root))
    if module is None:
        raise UntakenError(f"Le module « {slug} » est illisible : lancer « lms content check ».")
    for name in sorted(_drawn(module)):
        file = pictures.file_of(f"own:{name}", folder, static)
        if file and file.exists():
            files[f"choices/{name}.svg"] = file.read_bytes()
    return files


def _own(folder):
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]


def _drawn(module):
    asked = questions.read(module, Faults(module.root), None)
    named = [card.picture for card in module.cards.values()]
    named += [
        picture for item in asked.items for picture in (item.picture, *(option.picture for option in item.options))
    ]
    return {name.removeprefix("own:") for name in named if name.startswith("own:")}


def packed(files: Mapping[str, bytes], slug: str, version: int, hash: str, key) -> bytes:
    """The zip of these files, with its manifest signed by `key`."""
    pattern = re.compile(ALLOWED.format(slug=re.escape(slug)))
    if strange := [name for name in files if not pattern.fullmatch(name)]:
        raise UntakenError(f"Ces fichiers ne font pas partie d’un module : {', '.join(strange)}.")
    told = {"format": FORMAT, "slug": slug, "version": version, "hash": hash, "signer": key_id(key.public_key()),
            "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}}  # fmt: skip
    manifest = json.dumps(told, ensure_ascii=False, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in {MANIFEST: manifest, SIGNATURE: base64.b64encode(key.sign(manifest)), **files}.items():
            pack.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def opened(raw: bytes, trusted: Iterable) -> Pack:
    """What a pack holds, once everything about it holds true. UntakenError says the first thing that does not."""
    files = _unzipped(raw)
    manifest, signature = files.pop(MANIFEST, None), files.pop(SIGNATURE, None)
    if manifest is None or signature is None:
        raise UntakenError("Le paquet n’a pas de manifeste signé.")
    told = _told(manifest)
    _signed(told, manifest, signature, trusted)
    _complete(told, files)
    pattern = re.compile(ALLOWED.format(slug=re.escape(told["slug"])))
    for name, content in files.items():
        if not pattern.fullmatch(name):
            raise UntakenError(f"« {name} » ne fait pas partie d’un module.")
        if not _of_its_kind(name, content):
            raise UntakenError(f"« {name} » n’est pas ce que dit son nom.")
    return Pack(told["slug"], told["version"], told["hash"], told["signer"], files)


def _unzipped(raw):
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as pack:
            entries = pack.infolist()
            _sound(entries)
            return {entry.filename: _content(pack, entry) for entry in entries if not entry.is_dir()}
    except UntakenError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds on a file made to hurt
        raise UntakenError(f"Le fichier n’est pas un zip lisible ({type(error).__name__}).") from error


def _sound(entries):
    """Names, kinds and sizes, before a byte is inflated."""
    names = [entry.filename.casefold() for entry in entries]
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise UntakenError(f"Le paquet est trop gros : {MOST_FILES} fichiers et {MOST_BYTES // 10**6} Mo au plus.")
    for entry in entries:
        if cause := _wrong_name(entry.orig_filename) or _wrong_kind(entry):
            raise UntakenError(f"« {entry.orig_filename[:80]} » : {cause}")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UntakenError(f"« {twice} » est deux fois dans le paquet.")


def _wrong_name(name):
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or "\\" in name or ":" in name or not name.isprintable():
        return "un chemin absolu, ou des signes interdits dans un nom."
    if any(part in ("", ".", "..") for part in parts):
        return "un chemin qui sort du paquet."
    if any(DEVICES.fullmatch(part) or part != part.strip(" .") for part in parts):
        return "un nom réservé par un système."
    return ""


def _wrong_kind(entry):
    mode = entry.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or not stat.S_IFMT(mode)):
        return "un lien, ou autre chose qu’un fichier."
    if entry.flag_bits & 1:
        return "un fichier chiffré."
    if entry.file_size > LARGE and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        return "un fichier qui gonfle sans mesure."
    return ""


def _content(pack, entry):
    with pack.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise UntakenError(f"« {entry.filename} » n’a pas la taille annoncée.")
    return content


def _told(manifest):
    try:
        told = json.loads(manifest)
        shape = (told["format"], type(told["slug"]), type(told["version"]), type(told["hash"]), type(told["signer"]))
        fits = shape == (FORMAT, str, int, str, str) and all(isinstance(v, str) for v in told["files"].values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        fits = False
    if not fits or not SLUG.fullmatch(told["slug"]):
        raise UntakenError("Le manifeste est illisible, ou d’une version plus récente de Kalanso.")
    return told


def _signed(told, manifest, signature, trusted):
    from cryptography.exceptions import InvalidSignature

    key = next((key for key in trusted if key_id(key) == told["signer"]), None)
    if key is None:
        what = f"Le paquet est signé par la clé {told['signer'][:16]}, que ce serveur ne connaît pas."
        raise UntakenError(f"{what} Demander la clé à qui l’envoie, puis --trust.")
    try:
        key.verify(base64.b64decode(signature, validate=True), manifest)
    except (InvalidSignature, ValueError) as error:
        raise UntakenError("La signature du paquet n’est pas bonne.") from error


def _complete(told, files):
    for name in told["files"]:
        if name not in files:
            raise UntakenError(f"« {name[:80]} » manque dans le paquet.")
    for name, content in files.items():
        if name not in told["files"]:
            raise UntakenError(f"« {name} » n’est pas dans le manifeste.")
        if hashlib.sha256(content).hexdigest() != told["files"][name]:
            raise UntakenError(f"« {name} » a été changé.")


def _of_its_kind(name, content):
    ending = Path(name).suffix
    if ending == ".svg":
        return harmless(content)
    if ending in BEGINS:
        return content.startswith(BEGINS[ending])
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False
