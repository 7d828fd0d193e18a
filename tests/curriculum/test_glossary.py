"""A term of the programme is said in Bambara in one of its accepted words, or excused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.check import problems
from lms.curriculum.faults import Faults
from lms.curriculum.glossary import Glossary, Term, read

FILE = "translations/glossary.toml"
TERMS = """
[[terms]]
fr = ["santé"]
bm = ["kɛnɛya-"]
confidence = "high"
source = "un dictionnaire"

[[terms]]
fr = ["centre de santé", "centres de santé"]
bm = ["kɛnɛyaso-", "ba"]
confidence = "medium"
source = "un dictionnaire"
"""
EXCUSE = """
[[excuses]]
unit = "attendre/card:un"
term = "santé"
reason = "La carte le dit par une image."
"""
GLOSSARY = Glossary(
    tuple(
        Term({"fr": tuple(fr), "bm": tuple(bm)}, "high", "un dictionnaire")
        for fr, bm in (
            (["santé"], ["kɛnɛya-"]),
            (["centre de santé", "centres de santé"], ["kɛnɛyaso-"]),
            (["mère"], ["ba"]),
            (["pf"], ["bangekɔlɔsi-"]),
        )
    )
)


@pytest.mark.parametrize(
    ("french", "bambara", "missed"),
    [
        ("La santé", "Kɛnɛya", []),
        ("La santé", "Kɛnɛyako", []),
        ("La santé", "Bana", ["santé"]),
        ("Le centre de santé", "Kɛnɛyaso la", []),
        ("Le centre de santé", "Dɔgɔtɔrɔ fɛ", ["centre de santé"]),
        ("Les Centres de santé", "kɛnɛya la", ["centre de santé"]),
        ("La mère", "Ba", []),
        ("Les mères", "Baw", []),
        ("La mère", "Bana", ["mère"]),
        ("La PF", "PF", []),
        ("L’eau", "Ji", []),
        ("Santé et santé", "Ji", ["santé"]),
    ],
)
def test_a_term_is_said(french, bambara, missed):
    assert [term.name for term in GLOSSARY.missed({"fr": french, "bm": bambara}, "bm")] == missed


@given(st.lists(st.sampled_from(["santé", "centre de santé", "mère", "PF", "l’eau", "kɛnɛya"]), max_size=9))
def test_a_text_left_in_french_misses_nothing(words):
    text = " ; ".join(words)
    assert GLOSSARY.missed({"fr": text, "bm": text}, "bm") == []


@pytest.fixture
def spoken(folder):
    """A folder whose first French card speaks of health, and its Bambara does not."""
    folder.write(FILE, TERMS)
    folder.change("modules/attendre/fr.md", "sans peur", "sans peur, en bonne santé")
    return folder


def missed(folder):
    return [problem for problem in problems(folder.root, folder.static) if "le français dit" in problem.what]


def test_a_missed_term_stands_on_the_line_of_its_unit(spoken):
    (found,) = missed(spoken)
    assert (found.file, found.line) == ("modules/attendre/bm.md", spoken.line("modules/attendre/bm.md", "{#un"))
    assert found.what == "« card:un » : le français dit « santé », pas ce texte en « bm »."
    assert found.cure == "Dire : kɛnɛya-."


def test_a_unit_is_excused_with_a_reason(spoken):
    spoken.write(FILE, TERMS + EXCUSE)
    assert missed(spoken) == []


def test_an_excuse_without_a_reason_is_none(spoken):
    spoken.write(FILE, TERMS + EXCUSE.replace("reason =", "why ="))
    found = problems(spoken.root, spoken.static)
    assert {problem.file for problem in found} == {FILE}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('fr = ["santé"]', "", "n’a pas de forme française à chercher"),
        ('fr = ["santé"]', "fr = []", "n’a pas de forme française à chercher"),
        ('fr = ["santé"]', 'fr = ["12"]', "a une forme sans mot"),
        ('fr = ["santé"]', 'fr = "santé"', "doit être une liste"),
        ('bm = ["kɛnɛya-"]', 'bm = ["-"]', "a une forme sans mot"),
        ('bm = ["kɛnɛya-"]', 'xx = ["kɛnɛya-"]', "n’existe pas dans le format"),
        ('confidence = "high"', 'confidence = "low"', "n’est pas une des valeurs permises"),
        ("[[terms]]", "[[terms", "TOML illisible"),
    ],
)
def test_a_term_written_wrong_is_named(folder, old, new, what):
    folder.write(FILE, TERMS.replace(old, new, 1))
    found = problems(folder.root, folder.static)
    assert {problem.file for problem in found} == {FILE}
    assert any(what in problem.what for problem in found), [str(problem) for problem in found]


def test_without_a_glossary_nothing_is_asked(folder):
    assert read(folder.root, Faults(folder.root)) == Glossary()
    assert missed(folder) == []
