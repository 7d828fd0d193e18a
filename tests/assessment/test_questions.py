"""Questions are read whole, and every fault is named by file, line and cure."""

import json

import pytest
from click.testing import CliRunner

from lms.assessment import questions
from lms.assessment.check import examine
from lms.assessment.cli import content
from lms.curriculum.reading import read
from tests.curriculum.folder import Folder

FILE = "assessments/attendre.toml"
MARKS = "assessments/thresholds.toml"
SALUTE = "[[checklists.steps]]\nid = 'saluer'\nfr = 'Un'\nbm = 'Kelen'\n"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "content")


def assessment(folder):
    return examine(read(folder.root)[0], folder.root, folder.static)[0]["attendre"]


def faults(folder):
    return examine(read(folder.root)[0], folder.root, folder.static)[1]


def test_all_is_well(folder):
    assert [str(problem) for problem in faults(folder)] == []


def test_a_form_holds_what_its_audience_is_asked(folder):
    folder.change(FILE, 'audience = "all"', 'audience = "chw"')
    found = assessment(folder)
    assert [len(found.form(letter, "chw")) for letter in "AB"] == [8, 8]
    assert [len(found.form(letter, "group")) for letter in "AB"] == [7, 8]
    assert found.form("A", "trainer") == found.form("A", "chw")


def test_an_item_knows_its_answer_and_what_a_wrong_one_means(folder):
    item = assessment(folder).by_id["qa0"]
    assert (item.answer, item.vital, item.option("non").misconception) == ("oui", True, "trop-vite")
    assert item.ask["bm"] == "An bɛ waati joli makɔnɔ ?"


def test_a_checklist_has_critical_steps(folder):
    assert [step.critical for step in assessment(folder).checklist("parler").steps] == [True]


def test_a_module_may_have_its_own_pass_mark(folder):
    own = '\n[modules.attendre.group]\npercent = 75\nsource = "s"\nmethod = "m"\nset = 2026-02-01\n'
    folder.write(MARKS, (folder.root / MARKS).read_text() + own)
    found = assessment(folder)
    assert [found.percent(audience) for audience in ("chw", "trainer", "group")] == [85, 90, 75]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('answer = "oui"', 'answer = "peut-etre"', "n’est pas une seule des réponses"),
        ('id = "non"', 'id = "oui"', "n’est pas une seule des réponses"),
        ('fr = "1 an"\nbm = "San 1"', 'fr = "2 ans"\nbm = "San 2"', "deux fois la même réponse"),
        ('answer = "oui"', 'answer = "non"', "porte la rumeur"),
        ('objective = "dire-pourquoi"', 'objective = "rien"', "l’objectif « rien »"),
        ('source = "manuel"', 'source = "rien"', "la source « rien »"),
        ('forms = ["A"]', "forms = []", "n’est pas dans une série"),
        ('forms = ["A"]', 'forms = ["C"]', "n’est pas une des valeurs permises"),
        ('audience = "all"', 'audience = "tous"', "n’est pas une des valeurs permises"),
        ('id = "qa1"', 'id = "qa0"', "sert deux fois dans items"),
        ('picture = "media:un.svg"\n', "", "n’a pas d’image"),
        ('picture = "media:un.svg"', 'picture = "own:absente"', "n’existe pas"),
        ('audience = "all"', 'audience = "chw"', "La série A a 7 question(s) pour « group »"),
        ("vital = true", "vital = false", "n’est pas dans la série A"),
        ("vital = true", "vital = false", "a une matière sans être vitale"),
        ('matter = "delai"\n', "", "vitale sans dire sa matière"),
        ('matter = "delai"', 'matter = "autre"', "« delai » n’est pas dans la série A"),
        ("expected = 75\n", "", "ne dit pas combien de bonnes réponses"),
        ("expected = 75", "expected = 99", "attend 99 bonnes réponses sur 100"),
        ("expected = 75", "expected = 7.5", "doit être un nombre entier"),
        ('misconception = "trop-vite"', 'misconception = "Trop vite"', "le nom de rumeur"),
        ('rationale.fr = "2 ans."', f'rationale.fr = "2 ans{" et encore" * 20}."', "signes en « fr »"),
        ('bm = "Kalo 6"', f'bm = "Kalo 6{" kɔfɛ" * 20}"', "signes en « bm »"),
        ('fr = "2 ans"', 'fr = "3 ans"', "d’autres chiffres"),
        ('ask.fr = "On attend', 'ask.fr = "On n’attend pas', "le français nie"),
        ('ask.bm = "An bɛ waati joli makɔnɔ ?"\n', "ask.bm = ''\n", "manque en « bm »"),
        ('ask.bm = "An bɛ', 'ask.bm = "An bè', "ancienne orthographe"),
        ("vital = true", 'vital = true\npoids = "x"', "n’existe pas dans le format"),
        ("vital = true", 'vital = "oui"', "doit être true ou false"),
        ('answer = "oui"\n', "", "manque"),
        ("vital = true", "vital = ", "TOML illisible"),
        ("[[checklists.steps]]", SALUTE + "[[checklists.steps]]", "sert deux fois dans parler"),
    ],
)  # fmt: skip
def test_a_fault_of_one_place(folder, old, new, what):
    folder.change(FILE, old, new)
    found = [problem for problem in faults(folder) if what in problem.what]
    assert found, [str(problem) for problem in faults(folder)]
    assert all(problem.file == FILE and problem.cure for problem in found)


def test_a_fault_stands_on_its_line(folder):
    folder.change(FILE, 'bm = "San 1"', 'bm = "San 4"', count=3)
    lines = (folder.root / FILE).read_text().splitlines()
    for problem in faults(folder):
        assert lines[problem.line - 1] == 'id = "non"'
    assert len(faults(folder)) == 3


def test_what_is_too_long_stands_on_its_line(folder):
    folder.change(FILE, 'rationale.fr = "2 ans."', f'rationale.fr = "2 ans{" et encore" * 20}."')
    folder.change(FILE, 'fr = "6 mois"', f'fr = "6 mois{" et encore" * 20}"')
    lines = [folder.line(FILE, "rationale.fr = "), folder.line(FILE, 'fr = "6 mois et')]
    assert [problem.line for problem in faults(folder)] == lines


def test_a_source_is_used_and_has_an_edition(folder):
    folder.change(
        "modules/attendre/module.toml", "[[notes]]", '[[sources]]\nid = "b"\ntitle = "B"\nedition = " "\n\n[[notes]]'
    )
    assert {problem.what for problem in faults(folder)} == {
        "La source « b » n’a pas d’édition.",
        "La source « b » ne sert à aucune carte ni question.",
    }
    line = folder.line("modules/attendre/module.toml", 'id = "b"')
    assert {(problem.file, problem.line) for problem in faults(folder)} == {("modules/attendre/module.toml", line)}


def test_what_law_has_to_settle_need_not_say_how_hard_it_is(folder):
    folder.change(
        FILE, 'forms = ["A"]\nvital = true\nmatter = "delai"\nexpected = 75', 'forms = []\nsettles = "accord"'
    )
    folder.change(FILE, 'vital = true\nmatter = "delai"', "vital = false")
    assert {problem.what for problem in faults(folder)} == {
        f"La série A a 7 question(s) pour « {audience} »." for audience in ("chw", "group")
    }


def test_the_two_forms_differ(folder):
    folder.change(FILE, 'forms = ["A"]', 'forms = ["A", "B"]', count=2)
    assert faults(folder) == []
    folder.change(FILE, 'forms = ["A"]', 'forms = ["A", "B"]')
    assert {problem.what for problem in faults(folder)} == {
        f"3 questions sont dans les deux séries pour « {audience} »." for audience in ("chw", "group")
    }


@pytest.mark.parametrize("percent", [0, 101])
def test_a_pass_mark_out_of_reach(folder, percent):
    folder.change(MARKS, "percent = 85", f"percent = {percent}")
    assert [problem.file for problem in faults(folder)] == [MARKS]


def test_questions_without_a_module_and_a_module_without_questions(folder):
    (folder.root / FILE).rename(folder.root / "assessments/autre.toml")
    assert [problem.file for problem in faults(folder)] == [FILE, "assessments/autre.toml"]


def check(folder, *options):
    return CliRunner().invoke(content, ["check", "--root", str(folder.root), "--static", str(folder.static), *options])


def test_the_command_says_all_is_well(folder):
    done = check(folder, "--json")
    assert done.exit_code == 0
    told = json.loads(done.output)
    assert list(told) == ["modules", "problems", "languages", "audio"]
    assert (told["modules"], told["problems"]) == (1, [])
    assert told["languages"]["bm"] == {"missing": 0, "draft": 27, "validated": 0, "stale": 0}
    assert told["audio"]["bm"] == {"missing": 3, "draft": 0, "validated": 0, "stale": 0}


def test_the_command_fails_with_a_problem_and_names_it(folder):
    folder.change(FILE, 'answer = "oui"', 'answer = "peut-etre"')
    done = check(folder)
    assert done.exit_code == 1
    assert f"{FILE}:{folder.line(FILE, 'answer = ')}: « qa0 »" in done.output
    assert json.loads(check(folder, "--json").output)["problems"][0].keys() == {
        "file",
        "line",
        "what",
        "cure",
    }


def test_the_command_works_when_nothing_can_be_served(folder):
    folder.write("modules/attendre/module.toml", "version =")
    assert check(folder).exit_code == 1


def test_a_module_without_readable_questions_asks_nothing(folder):
    folder.write(FILE, "items =")
    assert assessment(folder).form("A", "chw") == ()
    assert questions.AssessmentFile().items == ()
