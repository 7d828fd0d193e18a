"""The commands by which questions and modules travel: what is refused leaves everything as it was."""

import contextlib
import io
import json
import os
import stat
import tempfile
import warnings
import zipfile

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.assessment import pack
from lms.assessment.exchange_cli import questions
from lms.assessment.pack_cli import judged, modules
from lms.curriculum.drawings import harmless
from tests.curriculum.folder import SVG, Folder

FILE = "assessments/attendre.toml"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "content")


@pytest.fixture
def lms(folder, tmp_path):
    """Runs a command over the folder; `data` names the server."""

    def run(group, *words, data="here", root=None):
        here = ["--root", str(root or folder.root), "--static", str(folder.static)]
        here += ["--data", str(tmp_path / data)] if group is modules else []
        return CliRunner().invoke(group, [*map(str, words), *([] if "key" in words else here)]
                                  + (["--data", str(tmp_path / data)] if "key" in words else []))  # fmt: skip

    return run


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=["gift", "xml"])
def sent(request, lms, tmp_path):
    """The bank of the module in both languages, as Moodle would be given it."""
    files = [tmp_path / f"{code}.{request.param}" for code in ("fr", "bm")]
    for file in files:
        done = lms(questions, "export", "attendre", "--language", file.stem, "--to", file)
        assert done.exit_code == 0, done.output
    return files


def test_a_bank_goes_to_moodle_and_comes_back_without_a_change(folder, lms, sent):
    before = everything(folder.root)
    done = lms(questions, "import", *sent, "--module", "attendre", "--replace")
    assert done.exit_code == 0, done.output
    assert everything(folder.root) == before


def test_what_was_mended_in_moodle_changes_one_question_in_one_language(folder, lms, sent):
    file = sent[0]
    file.write_text(file.read_text().replace("2 ans.", "2 ans, la mère et l’enfant.", 1))
    before = (folder.root / FILE).read_text()
    assert lms(questions, "import", file, "--module", "attendre").exit_code == 0
    now = (folder.root / FILE).read_text()
    assert now == before.replace('rationale.fr = "2 ans."', 'rationale.fr = "2 ans, la mère et l’enfant."', 1)


def test_a_wrong_dose_is_refused_and_nothing_is_half_imported(folder, lms, sent):
    file = sent[0]
    file.write_text(file.read_text().replace("2 ans", "3 ans", 1))
    before = everything(folder.root)
    done = lms(questions, "import", file, "--module", "attendre")
    assert done.exit_code == 1
    assert "d’autres chiffres" in done.output
    assert everything(folder.root) == before


def test_a_bank_without_our_tags_needs_to_be_told_what_it_is_for(folder, lms, tmp_path):
    asked = "::q::Combien de temps, dit-on ?{\n=2 ans\n~1 an\n####2 ans.\n}\n\n"
    said = "::q::Waati joli ?{\n=San 2\n~San 1\n####San 2.\n}\n\n"
    french, bambara = tmp_path / "m.gift", tmp_path / "m.bm.gift"
    french.write_text(asked)
    bambara.write_text(said)
    alone = lms(questions, "import", french, "--module", "attendre")
    assert (alone.exit_code, "objective" in alone.output, "m.gift:1" in alone.output) == (1, True, True)
    french_and = ["--objective", "dire-pourquoi", "--source", "manuel", "--form", "A", "--expected", "80"]
    half = lms(questions, "import", french, "--module", "attendre", *french_and)
    assert "manque en « bm »" in half.output
    bambara.write_text(bambara.read_text().replace("::q", "// [id:q0] [tag:lang=bm]\n::q"))
    french.write_text(french.read_text().replace("::q", "// [id:q0]\n::q"))
    whole = lms(questions, "import", french, bambara, "--module", "attendre", *french_and)
    assert whole.exit_code == 0, whole.output
    assert 'id = "q0"' in (folder.root / FILE).read_text()
    draft = lms(questions, "import", french, "--module", "attendre", "--draft", tmp_path / "draft.toml")
    assert draft.exit_code == 0, draft.output
    assert "Combien de temps" in (tmp_path / "draft.toml").read_text()


def test_a_dry_run_writes_nothing(folder, lms, sent):
    sent[0].write_text(sent[0].read_text().replace("On attend", "On attend donc"))
    before = everything(folder.root)
    assert lms(questions, "import", sent[0], "--module", "attendre", "--dry-run").exit_code == 0
    assert everything(folder.root) == before


# --- modules ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path):
    """Another server, without the module."""
    (tmp_path / "other").mkdir()
    folder = Folder(tmp_path / "other" / "content")
    folder.write("keep.txt", "")
    return folder


@pytest.fixture
def parcel(lms, tmp_path):
    """The module, packed and signed here; and our public key."""
    file, key = tmp_path / "attendre.zip", tmp_path / "key.pem"
    done = lms(modules, "pack", "attendre", file)
    assert done.exit_code == 0, done.output
    key.write_text(lms(modules, "key").output)
    return file, key


def test_a_module_goes_to_another_server(folder, other, lms, parcel):
    file, key = parcel
    other.change("modules/attendre/fr.md", "La mère", "Une mère")
    other.write("modules/attendre/media/un.fr.opus", "OggS")
    unknown = lms(modules, "unpack", file, data="there", root=other.root)
    assert (unknown.exit_code, "que ce serveur ne connaît pas" in unknown.output) == (1, True)
    done = lms(modules, "unpack", file, "--trust", key, data="there", root=other.root)
    assert done.exit_code == 0, done.output
    assert (other.root / "modules/attendre/fr.md").read_bytes() == (folder.root / "modules/attendre/fr.md").read_bytes()
    assert (other.root / "modules/attendre/media/un.fr.opus").exists(), "its own recordings stay"
    assert lms(modules, "unpack", file, data="there", root=other.root).exit_code == 0, "the key is known from now on"
    assert not list(other.root.glob(".arriving-*"))


def test_an_older_version_is_taken_only_when_asked_for(other, lms, parcel):
    file, key = parcel
    other.change("modules/attendre/module.toml", "version = 1", "version = 2")
    done = lms(modules, "unpack", file, "--trust", key, data="there", root=other.root)
    assert (done.exit_code, "--older" in done.output) == (1, True)
    assert lms(modules, "unpack", file, "--trust", key, "--older", data="there", root=other.root).exit_code == 0


def test_faulty_content_is_not_put_in_place(folder, other, lms, tmp_path):
    folder.change("modules/attendre/bm.md", "san 2", "san 3")
    file, key = tmp_path / "x.zip", tmp_path / "key.pem"
    lms(modules, "pack", "attendre", file)
    key.write_text(lms(modules, "key").output)
    before = everything(other.root)
    done = lms(modules, "unpack", file, "--trust", key, data="there", root=other.root)
    assert (done.exit_code, "d’autres chiffres" in done.output) == (1, True)
    assert everything(other.root) == before
    assert not (tmp_path / "there" / "trusted").exists()


def test_a_folder_that_cannot_be_written_is_said(other, lms, parcel, monkeypatch):
    beside = tempfile.mkdtemp

    def refuses(suffix=None, prefix=None, dir=None):
        if prefix == ".arriving-":
            raise PermissionError(13, "Permission denied", "content")
        return beside(suffix, prefix, dir)

    monkeypatch.setattr("lms.assessment.trial.tempfile.mkdtemp", refuses)
    done = lms(modules, "unpack", parcel[0], "--trust", parcel[1], data="there", root=other.root)
    assert "CONTENT_ROOT" in done.output


def test_a_failure_half_way_puts_everything_back(other, lms, parcel, monkeypatch):
    rename = os.rename

    def breaks(old, new):
        if "new/assessments" in str(old):
            raise PermissionError(13, "Permission denied", str(new))
        rename(old, new)

    monkeypatch.setattr("lms.assessment.trial.os.rename", breaks)
    other.change("modules/attendre/fr.md", "La mère", "Une mère")
    before = everything(other.root)
    assert lms(modules, "unpack", parcel[0], "--trust", parcel[1], data="there", root=other.root).exit_code == 1
    assert everything(other.root) == before


@pytest.fixture
def key(tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()


def zipped(entries, raw=None):
    """A zip of (name or ZipInfo, bytes) pairs, after those of `raw`."""
    out = io.BytesIO(raw or b"")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
            for name, content in entries:
                file.writestr(name, content)
    return out.getvalue()


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def a_pack(folder, key):
    files = pack.contents(folder.root, "attendre", folder.static)
    return pack.packed(files, "attendre", 1, "0" * 64, key)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("../outside.md", b"x", "sort du paquet"), ("modules/attendre/../../x.md", b"x", "sort du paquet"),
        ("/etc/passwd", b"x", "absolu"), ("C:/x.md", b"x", "interdits"), ("modules\\attendre\\x.md", b"x", "interdits"),
        ("modules/attendre/media/con.svg", SVG.encode(), "réservé"), ("modules/attendre/NUL", b"x", "réservé"),
        ("modules/attendre/x. ", b"x", "réservé"), (link("modules/attendre/media/x.svg"), b"/etc/passwd", "un lien"),
        ("modules/attendre/media/bomb.opus", b"\0" * 30_000_000, "gonfle"),
        ("modules/attendre/fr.md", b"x", "deux fois"), ("modules/attendre/FR.md", b"x", "deux fois"),
        ("modules/attendre/en.md", b"x", "pas dans le manifeste"), ("modules//attendre/x.md", b"x", "sort du paquet"),
    ],
)  # fmt: skip
def test_a_zip_made_to_hurt_is_refused_whole(folder, key, name, content, what):
    raw = zipped([(name, content)], a_pack(folder, key))
    with pytest.raises(pack.UntakenError, match=what):
        pack.opened(raw, [key.public_key()])


def remade(raw, change):
    """The pack with the files that `change` gives back."""
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        files = {name: file.read(name) for name in file.namelist()}
    change(files)
    return zipped(files.items())


def _altered(files):
    files["modules/attendre/fr.md"] += b"\n"


def _lost(files):
    del files["modules/attendre/bm.md"]


def _unsigned(files):
    del files["manifest.sig"]


def _forged(files):
    files["manifest.json"] = files["manifest.json"].replace(b'"version": 1', b'"version": 9')


def _nonsense(files):
    files["manifest.json"] = b"[" * 100_000


@pytest.mark.parametrize(
    ("change", "what"),
    [(_altered, "a été changé"), (_lost, "manque"), (_unsigned, "manifeste signé"), (_forged, "signature"),
     (_nonsense, "illisible")],
)  # fmt: skip
def test_a_pack_that_was_touched_is_refused(folder, key, change, what):
    with pytest.raises(pack.UntakenError, match=what):
        pack.opened(remade(a_pack(folder, key), change), [key.public_key()])


@pytest.mark.parametrize(
    ("name", "content"),
    [("media/x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"), ("media/x.png", b"MZ\x90"),
     ("en.md", b"\xff\0")],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says_is_refused_though_it_is_signed(folder, key, name, content):
    files = pack.contents(folder.root, "attendre", folder.static) | {f"modules/attendre/{name}": content}
    with pytest.raises(pack.UntakenError, match="n’est pas ce que dit son nom"):
        pack.opened(pack.packed(files, "attendre", 1, "0" * 64, key), [key.public_key()])


def test_a_hash_or_version_that_is_not_the_contents_is_refused(folder, key):
    found = pack.opened(a_pack(folder, key), [key.public_key()])
    with pytest.raises(pack.UntakenError, match="empreinte"):
        judged(found, folder.root, folder.static)


def test_a_key_that_is_none_is_refused(lms, parcel, tmp_path):
    (tmp_path / "no.pem").write_text("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n")
    assert "pas une clé publique" in lms(modules, "unpack", parcel[0], "--trust", tmp_path / "no.pem").output


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_refused_or_harmless(folder, key, data):
    raw = bytearray(a_pack(folder, key))
    good = pack.opened(bytes(raw), [key.public_key()])
    for _blow in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(pack.UntakenError):
        assert pack.opened(bytes(raw), [key.public_key()]).files == good.files


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw):
    with pytest.raises(pack.UntakenError):
        pack.opened(raw, [])


@pytest.mark.parametrize(
    "inside",
    ["<script/>", "<foreignObject/>", "<style>*{}</style>", "<image href='http://x/'/>", "<path onload='1'/>", "<a href='#x'/>",
     "<use href='http://x/#a'/>", "<path fill='url(http://x)'/>", "<path style='background:url(//x)'/>"],
)  # fmt: skip
def test_a_drawing_only_draws(inside):
    assert harmless(SVG.encode())
    assert not harmless(f"<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>".encode())
    assert not harmless(b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG.encode())


def test_the_manifest_names_what_it_must(folder, key):
    with zipfile.ZipFile(io.BytesIO(a_pack(folder, key))) as file:
        told = json.loads(file.read("manifest.json"))
    assert (told["slug"], told["version"], told["signer"]) == ("attendre", 1, pack.key_id(key.public_key()))
    assert "modules/attendre/media/un.svg" in told["files"]
