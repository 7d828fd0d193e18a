"""The catalogues: whole, drafts marked as drafts, and nothing in Bambara that French does not say."""

import re
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from unicodedata import is_normalized

import polib
import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "translations"
BAMBARA_LETTERS = set("abcdefghijklmnoprstuwyzɛɔɲŋ")
AS_IN_FRENCH = {"serveur", "français", "javascript"}  # loans and names that keep letters Bambara has not
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")
ENDS = re.compile(r"[.?!:…]$")
BUTTON = re.compile(r"<button\b.*?</button>|\bparts\.(?:submit|go)\(.*?\) ?\}\}", re.DOTALL)
UNSEEN = re.compile(r'\baria-label="\{\{.*?\}\}"')  # heard, not laid out
SAID = re.compile(r'\b_\("((?:[^"\\]|\\.)+)"|\bpgettext\("[^"]+", "((?:[^"\\]|\\.)+)"')
DENIES = re.compile(r"\b(?:ne|jamais|aucune?|rien|(?<!premier )(?<!premiers )pas)\b|\bn’(?!importe)", re.I)
DENIES_IN_BAMBARA = re.compile(r"\b(?:tɛ|tɛna|ma|man|kana|si|foyi|ayi)\b|\b[tm]’|(?:bali|baliya)\b", re.I)


def catalogue(code):
    return polib.pofile(str(CATALOGUES / code / "LC_MESSAGES" / "messages.po"))


@cache
def spoken():
    """What the code and the templates say now, as `make messages` finds it."""
    loader = SourceFileLoader("messages", str(ROOT / "bin" / "messages"))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return [message for message in module.spoken() if message.id]


def said(entry):
    """The French (of many, where it counts) and the Bambara, without their placeholders."""
    bambara = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
    return entry.msgid_plural or entry.msgid, bambara


def bare(text):
    return PLACEHOLDER.sub("", text)


def too_long_for_a_button(french, bambara):
    """A button is laid out for the French: half as long again, and a few letters, still stand on one line."""
    return len(bare(bambara)) > 1.6 * len(bare(french)) + 6


@cache
def buttons():
    """The sentences that stand on buttons, as the templates write them."""
    pages = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "lms").glob("**/templates/**/*.html"))]
    found = [SAID.findall(UNSEEN.sub("", button)) for page in pages for button in BUTTON.findall(page)]
    return {plain or named for each in found for plain, named in each}


def problems(entry):
    """What is wrong with a Bambara entry; nothing, if nothing is."""
    french, bambara = said(entry)
    if not bambara.strip():
        return ["untranslated"]
    found = []
    if not entry.fuzzy:
        found.append("not marked as a draft")
    if any(text for form, text in entry.msgstr_plural.items() if form):
        found.append("more than one form")
    if sorted(PLACEHOLDER.findall(french)) != sorted(PLACEHOLDER.findall(bambara)) or french.count(
        "%%"
    ) != bambara.count("%%"):
        found.append("other placeholders")
    if sorted(re.findall(r"\b\d+\b", bare(french))) != sorted(re.findall(r"\b\d+\b", bare(bambara))):
        found.append("other digits")
    if re.search(r"[^\W\d_]3|3[^\W\d_]", bare(bambara)):
        found.append("3 for ɛ")
    for word in re.findall(r"[^\W\d_]+", bare(bambara)):
        if word.lower() not in AS_IN_FRENCH and not set(word.lower()) <= BAMBARA_LETTERS:
            found.append(f"letters: {word}")
        if re.match("ny[aeiouɛɔ]", word.lower()):
            found.append(f"ny for ɲ: {word}")
    if not is_normalized("NFC", bambara):
        found.append("not NFC")
    if DENIES.search(french) and not DENIES_IN_BAMBARA.search(bambara):
        found.append("the negation is lost")
    if bambara != bambara.strip() or (ENDS.search(french) and not ENDS.search(bambara)):
        found.append("ends otherwise")
    if (len(bare(french).split()) <= 3 or french in buttons()) and too_long_for_a_button(french, bambara):
        found.append(f"too long for a button: {len(bare(bambara))} for {len(bare(french))}")
    return found


def test_bambara_has_one_form():
    head = catalogue("bm").metadata
    assert head["Plural-Forms"] == "nplurals=1; plural=0;"
    assert (head["Language"], head["Content-Type"]) == ("bm", "text/plain; charset=utf-8")


@pytest.mark.parametrize("code", ["fr", "bm"])
def test_babel_finds_no_fault_of_form(code):
    """Formats that would break a page, forms too many or too few: asked of the library that compiles it."""
    with open(CATALOGUES / code / "LC_MESSAGES" / "messages.po", "rb") as file:
        found = read_po(file, locale=code, abort_invalid=True)
    assert [(message.id, errors) for message, errors in found.check()] == []


@pytest.mark.parametrize("code", ["fr", "bm"])
def test_no_sentence_stands_twice(code):
    names = [(entry.msgctxt, entry.msgid) for entry in catalogue(code)]
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_the_buttons_are_found():
    """Else their length would be checked of nothing."""
    assert {"Chercher", "Retirer ce téléphone", "Je choisis", "Délivrer"} <= buttons()
    assert len(buttons()) > 30


def test_every_sentence_is_in_bambara_and_keeps_what_french_says():
    wrong = [
        f"{entry.msgid!r} → {said(entry)[1]!r}: {', '.join(problems(entry))}"
        for entry in catalogue("bm")
        if problems(entry)
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_french_holds_its_plurals():
    french = catalogue("fr")
    assert french.metadata["Plural-Forms"] == "nplurals=2; plural=(n > 1);"
    forms = {(entry.msgctxt, entry.msgid): entry for entry in french}
    for message in spoken():
        if message.pluralizable:
            entry = forms[message.context, message.id[0]]
            assert (entry.msgstr_plural[0], entry.msgstr_plural[1]) == message.id, message.id


@pytest.mark.parametrize("code", ["fr", "bm"])
def test_the_catalogue_is_what_the_code_says_now(code):
    """Otherwise: `make messages`, then translate what is new."""
    wanted = {
        (message.context, *(message.id if message.pluralizable else (message.id, "")))
        for message in spoken()
        if code != "fr" or message.pluralizable
    }
    held = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue(code) if not entry.obsolete}
    assert held - wanted == set(), "no longer said"
    assert wanted - held == set(), "not collected yet"


@pytest.mark.parametrize(
    ("french", "bambara", "why"),
    [
        ("Ne signez pas", "Bolonɔ bila", "the negation is lost"),
        ("2 comprimés par jour", "Furakisɛ 1 don o don", "other digits"),
        ("%(n)s femmes", "Musow", "other placeholders"),
        ("Elle est là", "A bε yan", "letters: bε"),
        ("Elle est là", "A b3 yan", "3 for ɛ"),
        ("Suivant", "Kɔnɔmaya nata hakɛ lajɛ", "too long for a button: 23 for 7"),
        ("Oui", "", "untranslated"),
        ("%d femmes", "Musow", "other placeholders"),
        ("{nom}", "Tɔgɔ", "other placeholders"),
        ("Elle est là.", "A bɛ yan", "ends otherwise"),
        ("Elle est là", " A bɛ yan", "ends otherwise"),
        (
            "Inscrire, et garder l’appel",
            "A tɔgɔ sɛbɛn, ka wele to a nɔ na fo ka segin a kan",
            "too long for a button: 50 for 27",
        ),
    ],
)
def test_the_check_bites(french, bambara, why):
    assert problems(polib.POEntry(msgid=french, msgstr=bambara, flags=["fuzzy"])) == [why]
    assert "not marked as a draft" in problems(polib.POEntry(msgid=french, msgstr=bambara or "Awɔ"))
