"""Every fault of a module is named by file, line and cure."""

import shutil

import pytest

from lms.curriculum.check import problems
from lms.curriculum.content import ContentError
from tests.curriculum.folder import FR, SVG

M = "modules/attendre/"


def faults(folder):
    return [(p.file, p.line, p.what) for p in problems(folder.root, folder.static)]


def one(folder):
    """The only fault of the folder."""
    found = problems(folder.root, folder.static)
    assert len(found) == 1, [str(problem) for problem in found]
    assert found[0].cure
    return found[0]


def test_all_is_well(folder):
    assert faults(folder) == []


def test_a_card_missing_in_bambara(folder):
    text = (folder.root / M / "bm.md").read_text()
    folder.write(M + "bm.md", text[: text.index("### Cɛ ni muso")])
    assert ("modules/attendre/bm.md", 1) in [
        (file, line) for file, line, what in faults(folder) if "« trois » manque" in what
    ]


def test_a_card_only_in_bambara(folder):
    folder.change(M + "bm.md", "{#trois}", "{#quatre}")
    line = folder.line(M + "bm.md", "{#quatre}")
    assert any(f == M + "bm.md" and n == line and "« quatre » n’est pas dans fr.md" in w for f, n, w in faults(folder))


def test_cards_in_another_order(folder):
    folder.change(M + "bm.md", "{#un}", "{#tmp}")
    folder.change(M + "bm.md", "{#deux}", "{#un}")
    folder.change(M + "bm.md", "{#tmp}", "{#deux}")
    fault = one(folder)
    assert (fault.file, fault.line) == (M + "bm.md", folder.line(M + "bm.md", "{#deux}"))
    assert "« deux » est ici où le français a « un »" in fault.what


def test_an_id_used_twice(folder):
    for code in ("fr", "bm"):
        folder.change(f"{M}{code}.md", "{#deux}", "{#un}")
    found = faults(folder)
    assert any(file == M + "fr.md" and "« un » sert deux fois" in what for file, line, what in found)


def test_a_title_without_id(folder):
    folder.change(M + "fr.md", " {#deux}", "")
    line = folder.line(M + "fr.md", "L’enfant\n")
    assert any(n == line and "pas d’identifiant" in w for f, n, w in faults(folder) if f == M + "fr.md")


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("fr.md", "2 ans", "3 ans", "d’autres chiffres"),
        ("bm.md", "san 2", "san 20", "d’autres chiffres"),
        ("fr.md", "on attend 2 ans", "on n’attend pas 2 ans", "le français nie"),
        ("bm.md", "san 2 makɔnɔ", "san 2 makònò", "une voyelle de l’ancienne orthographe"),
        ("bm.md", "Bange kɔfɛ", "Bange kɔfε", "une lettre d’un autre alphabet"),
        ("bm.md", "den bɛ bonya", "den b3 bonya", "un 3 parmi des lettres"),
        ("bm.md", "ɲɔgɔn fɛ", "nyɔgɔn fɛ", "« ny »"),
        ("bm.md", "u bɛ fɛɛrɛ", "vous bɛ fɛɛrɛ", "hors de l’alphabet"),
        ("bm.md", "bonya", "bone\u0301", "décomposées"),
        ("fr.md", FR, FR + " mot" * 60, "mots"),
        ("fr.md", FR, "On attend 2 ans.", "mots"),
        ("fr.md", "> Demander : « Pourquoi ? »\n", "", "rien pour l’animatrice"),
        ("fr.md", "{#un}", '{#un source="inconnue"}', "La source « inconnue »"),
        ("fr.md", "{#un}", '{#un image="x"}', "L’attribut « image »"),
        ("fr.md", "{#un}", '{#un picture="own:absente"}', "« own:absente » n’existe pas"),
        ("fr.md", "{#un}", '{#un picture="ailleurs"}', "illisible"),
        ("module.toml", 'lessons = ["attendre"]', 'lessons = ["autre"]', "Les leçons de fr.md"),
        ("module.toml", "prerequisites = []", 'prerequisites = ["rien"]', "n’est pas un module d’avant"),
        ("module.toml", "version = 1", 'version = "un"', "doit être un nombre entier"),
        ("module.toml", "version = 1", "version = 0", "à partir de 1"),
        ("module.toml", "version = 1", "version = ", "TOML illisible"),
        ("module.toml", 'edition = "2019"\n', "", "« sources.1.edition » manque"),
        ("module.toml", 'edition = "2019"', 'edition = "2019"\nprix = "x"', "n’existe pas dans le format"),
        (
            "module.toml",
            'bm = "K’a fɔ mun na an bɛ makɔnɔ."\n',
            "",
            "« objective:dire-pourquoi » manque en « bm »",
        ),
    ],
)
def test_a_fault_of_one_place(folder, file, old, new, what):
    folder.change(M + file, old, new)
    found = [(f, line) for f, line, said in faults(folder) if what in said]
    assert found, faults(folder)
    assert all(f.startswith(M) and line >= 1 for f, line in found)


def test_a_fault_stands_on_its_line(folder):
    folder.change(M + "module.toml", "order = 1", "order = 1.5")
    assert (one(folder).file, one(folder).line) == (M + "module.toml", 2)


def test_a_lesson_cannot_take_the_address_of_a_page(folder):
    for name in ("fr.md", "bm.md", "module.toml"):
        folder.change(M + name, "attendre", "sources")
    assert "l’adresse d’une page" in one(folder).what


def test_a_picture_nobody_uses(folder):
    folder.write(M + "media/quatre.svg", SVG)
    assert one(folder).file == M + "media/quatre.svg"


def test_a_recording_belongs_to_a_card(folder):
    folder.write(M + "media/un.bm.opus", "sound")
    assert faults(folder) == []
    folder.write(M + "media/neuf.bm.opus", "sound")
    assert one(folder).file == M + "media/neuf.bm.opus"


def test_a_card_without_picture(folder):
    (folder.root / M / "media/deux.svg").unlink()
    assert one(folder).line == folder.line(M + "fr.md", "{#deux}")


def test_two_cards_are_no_lesson(folder):
    for code in ("fr", "bm"):
        text = (folder.root / M / f"{code}.md").read_text()
        folder.write(f"{M}{code}.md", text[: text.rindex("###")])
    (folder.root / M / "media/trois.svg").unlink()
    assert "a 2 carte(s)" in one(folder).what


def test_two_modules_in_one_place(folder):
    folder.add("espacer", order=1)
    assert "a déjà la place 1" in one(folder).what


def test_two_cards_of_a_lesson_with_one_picture(folder):
    folder.change(M + "fr.md", "{#trois}", '{#trois picture="media:un.svg"}')
    (folder.root / M / "media/trois.svg").unlink()
    fault = one(folder)
    assert (fault.file, fault.line) == (M + "fr.md", folder.line(M + "fr.md", "{#trois"))
    assert "« trois » montre l’image de « un »" in fault.what


def test_pictures_not_installed_are_one_fault(folder):
    for card in ("un", "deux", "trois"):
        folder.change(M + "fr.md", f"{{#{card}}}", f'{{#{card} picture="healthicons:people/{card}"}}')
        (folder.root / M / f"media/{card}.svg").unlink()
    assert "make assets" in one(folder).cure
    for card in ("un", "deux", "trois"):
        folder.write(f"static/vendor/healthicons/people/{card}.svg", SVG)
    assert faults(folder) == []


def test_a_language_not_written(folder):
    (folder.root / M / "bm.md").unlink()
    assert any(file == M + "bm.md" and "Le texte en « bm » manque" in what for file, _line, what in faults(folder))


def test_a_folder_without_module(folder):
    shutil.rmtree(folder.root / "modules/attendre")
    (folder.root / "modules/attendre/media").mkdir(parents=True)
    assert "pas de module.toml" in one(folder).what


def test_a_faulty_module_stops_the_start(folder, serve):
    folder.change(M + "module.toml", "order = 1", "order = 1.5")
    with pytest.raises(ContentError, match=r"modules/attendre/module.toml:2: « order » .* → "):
        serve()


def test_an_edit_while_developing_is_read_again(folder, serve):
    server = serve(DEBUG=True)
    reader = server.test_client()
    assert "Attendre" in reader.get("/modules/").text
    folder.change(M + "module.toml", 'fr = "Attendre"', 'fr = "Patienter"')
    assert "Patienter" in reader.get("/modules/").text
    folder.change(M + "module.toml", "order = 1", "order = 1.5")
    assert "Patienter" in reader.get("/modules/").text
