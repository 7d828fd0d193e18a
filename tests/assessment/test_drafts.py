"""Drafts travel to reviewers elsewhere and come home: what was changed is written, and not a byte beside it."""

import os
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.assessment import importing
from lms.assessment.cli import content
from lms.assessment.importing import passages_under, weigh
from lms.curriculum import drafts, manuscript
from lms.curriculum.drafts import Line, UnreadableError, lines_of, plain
from lms.curriculum.leaves import InToml
from lms.curriculum.rewriting import CannotWriteError, in_manuscript, in_toml
from tests.curriculum.conftest import folder  # noqa: F401  the content folder of the stories
from tests.curriculum.folder import BM, FR

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))
WORDS = st.text(LETTERS, min_size=1, max_size=40).map(plain).filter(bool)


@pytest.fixture(params=drafts.FORMATS)
def kind(request):
    return request.param


def run(folder, *arguments):  # noqa: F811
    """The command, on the folder of the story."""
    return CliRunner().invoke(content, ["drafts", *map(str, arguments), "--root", str(folder.root)])


def exported(folder, tmp_path, kind="po"):  # noqa: F811
    file = tmp_path / f"drafts.{kind}"
    answer = run(folder, "--export", file)
    assert answer.exit_code == 0, answer.output
    return file


def edited(file, **texts):
    """What comes back when somebody wrote other words for these keys: the lines, and a file of the same kind."""
    lines = drafts.read(file)
    assert texts.keys() <= {line.key for line in lines}
    changed = [[line.key, line.french, texts.get(line.key, line.text), "", "", line.mark] for line in lines]
    return lines_of([list(drafts.HEADINGS), *changed])


def files(root):
    return {file: file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def key(unit, part, slug="attendre"):
    return drafts.key_of("bm", slug, unit, part)


def test_what_nobody_touched_changes_nothing(folder, tmp_path, kind):  # noqa: F811
    file = exported(folder, tmp_path, kind)
    before = files(folder.root)
    answer = run(folder, "--import", file)
    assert answer.exit_code == 0, answer.output
    assert "0 texte(s)" in answer.output
    assert files(folder.root) == before


@pytest.mark.parametrize(
    ("unit", "part", "path", "old", "new"),
    [
        ("title", "title", "modules/attendre/module.toml", "Makɔnɔni", "Makɔnɔ"),
        (
            "objective:dire-pourquoi",
            "objective",
            "modules/attendre/module.toml",
            "K’a fɔ mun na an bɛ makɔnɔ.",
            "A fɔ.",
        ),
        ("note:accord", "note", "modules/attendre/module.toml", "Sariya bɛ o si dantigɛ.", "Sariya b’o fɔ."),
        ("lesson:attendre", "title", "modules/attendre/bm.md", "## Mun na {#attendre}", "## Mun de na {#attendre}"),
        ("card:un", "title", "modules/attendre/bm.md", "### Denba {#un}", "### Den ba {#un}"),
        ("card:deux", "text", "modules/attendre/bm.md", BM, BM.replace("kokura", "tugun")),
        ("facilitator:trois", "facilitator", "modules/attendre/bm.md", "Ɲininka : « Mun na ? »", "Ɲininka : « Mun ? »"),
        ("item:qa1", "ask", "assessments/attendre.toml", "An bɛ waati joli makɔnɔ ?", "Waati joli ?"),
        ("item:qa1", "option:non", "assessments/attendre.toml", "San 1", "San kelen 1"),
        ("checklist:parler", "title", "assessments/attendre.toml", "Kuma", "Kumali"),
        ("checklist:parler", "step:saluer", "assessments/attendre.toml", "A bɛ fo kɛ.", "A bɛ foli kɛ."),
    ],
)
def test_only_the_unit_that_was_edited_changes(folder, tmp_path, unit, part, path, old, new):  # noqa: F811
    file = exported(folder, tmp_path)
    before = files(folder.root)
    said = new.split("{")[0].strip("# ") if new.startswith("#") else new
    outcome = weigh(folder.root, edited(file, **{key(unit, part): said}))
    assert (outcome.changed, outcome.refused) == (1, [])
    importing.write(folder.root, outcome.files)
    after = files(folder.root)
    changed = [name for name in after if after[name] != before[name]]
    assert changed == [folder.root / path]
    one, other = before[changed[0]].decode(), after[changed[0]].decode()
    gone = [
        line for line in one.splitlines() if one.count(line) != other.count(line) and line not in other.splitlines()
    ]
    assert len([pair for pair in zip(one.splitlines(), other.splitlines(), strict=True) if pair[0] != pair[1]]) == 1, (
        gone
    )
    assert passages_under(folder.root)[key(unit, part)].text["bm"] == said
    assert old in one


def test_the_whole_way_through_a_file(folder, tmp_path, kind):  # noqa: F811
    file = exported(folder, tmp_path, kind)
    if kind == "po":
        file.write_text(file.read_text().replace('"Denba"', '"Denba ni den"'))
    else:
        import xlsxwriter

        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, drafts.HEADINGS)
            passage = passages_under(folder.root)[key("card:un", "title")]
            sheet.write_row(1, 0, [key("card:un", "title"), passage.text["fr"], "Denba ni den"])
    answer = run(folder, "--import", file)
    assert answer.exit_code == 0, answer.output
    assert "1 texte(s)" in answer.output
    assert "### Denba ni den {#un}" in (folder.root / "modules/attendre/bm.md").read_text()
    assert run(folder, "--import", exported(folder, tmp_path, kind)).output.startswith("0 texte(s)")


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"texte": BM.replace("san 2", "san 3")}, "d’autres chiffres"),
        ({"texte": BM.replace("bonya", "bònya")}, "ancienne orthographe"),
        ({"texte": BM.replace("bonya", "b3nya")}, "un 3 parmi des lettres"),
        ({"texte": ""}, "vide"),
        ({"clé": "bm|attendre|card:rien|text"}, "clé inconnue"),
        ({"clé": "bm|rien|card:un|text"}, "clé inconnue"),
        ({"clé": "fr|attendre|card:un|text"}, "clé inconnue"),
        ({"clé": ""}, "clé inconnue"),
        ({"français": "Un autre français.", "texte": BM + " Ayiwa."}, "le français a changé depuis l’export"),
        ({"marque": "0-0", "texte": BM + " Ayiwa."}, "a changé ici depuis l’export"),
        ({"texte": "## Titre\n\n" + BM}, "ne peut être écrit"),
        ({"texte": BM + "\n\n> citation"}, "ne peut être écrit"),
        ({"texte": "Kelen san 2."}, "Chercher une phrase perdue"),
    ],
)
def test_each_refused_line_has_its_cause_and_nothing_is_written(folder, tmp_path, changed, cause):  # noqa: F811
    before = files(folder.root)
    row = {
        "clé": key("card:un", "text"),
        "français": FR,
        "texte": BM,
        "état": "",
        "remarque": "",
        "marque": "",
    } | changed
    fine = [key("card:deux", "title"), "L’enfant", "Den fitinin", "", "", ""]
    outcome = weigh(folder.root, lines_of([list(drafts.HEADINGS), fine, list(row.values())]))
    assert any(cause in str(refusal) for refusal in outcome.refused), outcome.refused
    catalogue = _as_po(tmp_path, [fine, list(row.values())])
    answer = run(folder, "--import", catalogue)
    assert answer.exit_code == 1
    assert "rien n’a été écrit" in answer.output
    assert files(folder.root) == before


def _as_po(tmp_path, rows):
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    found = Catalog(locale="bm")
    for one, french, text, _state, _remark, mark in rows:
        found.add(french, text, context=one or None, auto_comments=[drafts.MARKED + mark] if mark else [])
    file = tmp_path / "back.po"
    with open(file, "wb") as out:
        write_po(out, found, width=0)
    return file


def test_a_lost_negation_is_refused(folder):  # noqa: F811
    folder.change("modules/attendre/fr.md", "sans peur.", "et n’a pas peur.")
    folder.change("modules/attendre/bm.md", "u bɛ fɛɛrɛ sugandi", "u tɛ siran, u bɛ fɛɛrɛ sugandi")
    passage = passages_under(folder.root)[key("card:un", "text")]
    outcome = weigh(folder.root, [Line("ligne 2", key("card:un", "text"), passage.text["fr"], BM)])
    assert "ne nie pas" in str(outcome.refused[0])


def test_a_line_twice_is_refused(folder):  # noqa: F811
    line = Line("ligne 2", key("card:un", "title"), "La mère", "Denba ni den")
    assert "deux fois" in str(weigh(folder.root, [line, line]).refused[0])


def test_an_old_export_does_not_bring_old_words_back(folder, tmp_path):  # noqa: F811
    file = exported(folder, tmp_path)
    folder.change("modules/attendre/bm.md", "### Denba {#un}", "### Denba kura {#un}")
    before = files(folder.root)
    assert run(folder, "--import", file).output.startswith("0 texte(s)")
    assert files(folder.root) == before


def test_the_content_as_a_whole_is_checked_before_it_is_written(folder, tmp_path):  # noqa: F811
    lines = edited(exported(folder, tmp_path), **{key("item:qa1", "option:non"): "San 2"})
    assert weigh(folder.root, lines).refused


def test_when_one_file_cannot_be_written_none_is(folder, monkeypatch):  # noqa: F811
    before, replace, done = files(folder.root), os.replace, []

    def failing(source, target):
        if len(done) == 1:
            done.append(target)
            raise OSError("no space left")
        done.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    new = {"modules/attendre/bm.md": b"a", "modules/attendre/module.toml": b"b"}
    with pytest.raises(OSError, match="no space"):
        importing.write(folder.root, new)
    assert files(folder.root) == before


def test_a_missing_translation_is_written_under_its_french(folder, tmp_path):  # noqa: F811
    folder.change("modules/attendre/module.toml", 'bm = "Sariya bɛ o si dantigɛ."\n', "")
    folder.change("assessments/attendre.toml", 'ask.bm = "An bɛ waati joli makɔnɔ ?"\n', "")
    lines = edited(exported(folder, tmp_path), **{
        key("note:accord", "note"): "Sariya bɛ o fɔ.", key("item:qa0", "ask"): "Waati joli ?",
    })  # fmt: skip
    outcome = weigh(folder.root, lines)
    assert outcome.refused == []
    importing.write(folder.root, outcome.files)
    assert (
        'fr = "La loi fixe cet âge."\nbm = "Sariya bɛ o fɔ."\n'
        in (folder.root / "modules/attendre/module.toml").read_text()
    )
    assert 'ask.bm = "Waati joli ?"\n' in (folder.root / "assessments/attendre.toml").read_text()


def test_windows_ends_of_line_stay(folder, tmp_path):  # noqa: F811
    file = folder.root / "modules/attendre/bm.md"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    lines = edited(exported(folder, tmp_path), **{key("card:un", "text"): BM.replace("kokura", "tugun")})
    outcome = weigh(folder.root, lines)
    assert outcome.refused == []
    written = outcome.files["modules/attendre/bm.md"]
    assert written == file.read_bytes().replace(b"kokura", b"tugun", 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.po", "rien\n"), ("a.po", 'msgid "a\n'), ("a.csv", "clé"), ("b.po", "\xff\xfe")],
)
def test_a_file_that_is_no_export_is_refused(folder, tmp_path, name, text):  # noqa: F811
    file = tmp_path / name
    file.write_bytes(text.encode("latin-1"))
    answer = run(folder, "--import", file)
    assert answer.exit_code == 1
    assert "Error" in answer.output


def test_a_sheet_without_its_columns_is_refused():
    with pytest.raises(UnreadableError, match="français"):
        lines_of([["clé", "texte"], ["a", "b"]])
    assert lines_of([["texte", "Français", "clé"], [3.0, None, "x"], ["", "", ""]]) == [Line("ligne 2", "x", "", "3")]


def test_one_module_and_a_module_that_is_none(folder, tmp_path):  # noqa: F811
    folder.add("espacer", order=2)
    file = tmp_path / "one.po"
    assert run(folder, "--export", file, "--module", "espacer").exit_code == 0
    assert {line.key.split("|")[1] for line in drafts.read(file)} == {"espacer"}
    assert "n’existe pas" in run(folder, "--export", file, "--module", "rien").output
    assert run(folder).exit_code == 2


SHARED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TOML = (
    '[title]\nfr = "Un"   # commentaire\nbm = "Kelen" # kelen\n\n[[notes]]\nid = "a"\nask.fr = "Un"\nask.bm = "Kelen"\n'
)


@SHARED
@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_words_can_stand_in_toml_and_nothing_else_changes(words):
    place = InToml("", (("notes", "a"),), "ask")
    text = in_toml(TOML, place, "bm", words)
    tree = tomllib.loads(TOML)
    tree["notes"][0]["ask"]["bm"] = words
    assert tomllib.loads(text) == tree
    assert text.startswith(TOML[: TOML.index("ask.bm")])


@SHARED
@given(WORDS, st.sampled_from(["un", "deux"]), st.sampled_from(["title", "text", "facilitator"]))
def test_words_stand_in_a_manuscript_or_are_refused(words, id, side):
    text = "## L {#l}\n\n### A {#un}\n\nabɛ\n\n> ba\n\n### B {#deux}\n\nabɔ\n\n> bo\n"
    try:
        result = in_manuscript(text, id, side, words)
    except CannotWriteError:
        return
    before, after = manuscript.read(text).written(), manuscript.read(result).written()
    for name, one in before.items():
        for part in ("title", "text", "facilitator"):
            assert getattr(after[name], part) == (words if (name, part) == (id, side) else getattr(one, part))


@SHARED
@given(st.lists(st.tuples(WORDS, st.text(LETTERS, max_size=60).map(plain)), min_size=1, max_size=5))
def test_a_catalogue_says_again_what_was_put_into_it(tmp_path, pairs):
    rows = [
        drafts.Row(f"bm|m|u{n}|text", french, text, drafts.State.DRAFT, drafts.mark_of(french, text))
        for n, (french, text) in enumerate(pairs)
    ]
    for kind in drafts.FORMATS:
        file = Path(tmp_path) / f"a.{kind}"
        file.write_bytes(drafts.packed(rows, "bm", kind).getvalue())
        found = [(line.key, line.french, line.text, line.mark) for line in drafts.read(file)]
        assert sorted(found) == sorted((row.key, row.french, row.text, row.mark) for row in rows)
