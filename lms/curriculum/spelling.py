"""What can be told of two texts side by side without understanding them: digits, negations, letters.

A machine catches here a dose that changed in translation, a « ne … pas » that was lost.
"""

import re
import unicodedata
from collections import Counter

from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum.faults import Faults
from lms.curriculum.syllabus import Unit

SENTENCE = r"[^.!?;:\n]*?"
FRENCH_NO = re.compile(
    rf"\b(?:ne\s|n[’'])(?!est-ce pas){SENTENCE}\b(?:pas|jamais|aucune?|rien|personne|plus|ni|point)\b"
    r"|(?<!à )\bjamais\b|\baucune?\b|\bpas (?:de|d[’']|besoin)",
    re.IGNORECASE,
)
BAMBARA_NO = re.compile(
    r"\b(?:tɛ|tɛna|ma|man|kana|si|foyi|fosi|abada)\b|\b(?:t|m|kan)[’']\w|\w+bali(?:ya)?w?\b",
    re.IGNORECASE,
)
NEGATIONS = {"fr": FRENCH_NO, "bm": BAMBARA_NO}

WORD = re.compile(r"\w+(?:[-’'ʼ]\w+)*")
OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u04ff\u1f00-\u1fff\u0220]")
OLD_VOWEL = re.compile("[èòôêëùñ]")
OLD_DIGRAPH = re.compile(
    "(?:ny(?!ɛrɛ|ɔrɔ|ew?$)[eɛiouɔ]|^nya)"
)  # across a joint -n + y- is right: ɲɔgɔnya, denyɛrɛnin, ɲɔgɔnye
THREE = re.compile(r"(?<=[^\W\d])3|3(?=[^\W\d])(?!nan)")  # b3 for bɛ; but 3nan, third
FOREIGN_LETTER = re.compile("[qvxç]")
LOAN = re.compile(r"(?<!\*)\*[^*\n]+\*(?!\*)|«[^»]*»\s*\(fr\)")  # *italics*: a French word meant to stay French
CURES = (
    (OTHER_SCRIPT, "une lettre d’un autre alphabet", "Écrire ɛ (U+025B), ɔ, ɲ ou ŋ du bambara."),
    (THREE, "un 3 parmi des lettres", "Écrire ɛ."),
    (
        OLD_VOWEL,
        "une voyelle de l’ancienne orthographe",
        "Écrire ɛ ou ɔ ; un mot français se met en *italique*.",
    ),
    (OLD_DIGRAPH, "« ny » de l’ancienne orthographe", "Écrire ɲ."),
    (
        FOREIGN_LETTER,
        "une lettre hors de l’alphabet",
        "Écrire à la bambara ; un mot français se met en *italique*.",
    ),
)


SUSPECT = re.compile("[èòôêëùñqvxç3\u0220\u0370-\u03ff\u0400-\u04ff\u1f00-\u1fff]|ny")  # most texts have none of these


def digits(text: str):
    """The numbers written in digits, with how often each stands: `Counter({"28": 1})`."""
    return Counter(re.findall(r"\d+", text))


def denies(text: str, language: str):
    """Whether the text denies or forbids something; None in a language whose negations we do not know."""
    pattern = NEGATIONS.get(language)
    return bool(pattern.search(text)) if pattern else None


def words(text: str):
    """How many words a text has; « l’eau » is one, Markdown signs are none."""
    return len(WORD.findall(text))


def wrong_words(text: str):
    """`[(word, what is wrong, cure)]` of a Bambara text. Names, acronyms and *italics* may be French."""
    found: list[tuple[str, str, str]] = []
    if not SUSPECT.search(text.lower()):
        return found
    for word in WORD.findall(LOAN.sub(" ", text)):
        signs = CURES[:2] if word[0].isupper() else CURES
        found += [(word, what, cure) for pattern, what, cure in signs if pattern.search(word.lower())][:1]
    return found


def check_unit(unit: Unit, faults: Faults):
    """Everything that is asked of one text unit, in every language."""
    for language in LANGUAGES:
        text = unit.text.get(language, "")
        if text:
            _check_letters(unit, language, text, faults)
            _check_beside_french(unit, language, text, faults)
        elif unit.text and language in unit.where:
            faults.add(unit.where[language], f"« {unit.id} » manque en « {language} ».", "L’écrire.")


def _check_letters(unit, language, text, faults):
    if not unicodedata.is_normalized("NFC", text):
        faults.add(
            unit.where[language],
            f"« {unit.id} » a des lettres décomposées.",
            "Enregistrer le fichier en Unicode NFC.",
        )
    if language == "bm":
        for word, what, cure in wrong_words(text):
            faults.add(unit.where[language], f"« {unit.id} » : « {word} » a {what}.", cure)


def _check_beside_french(unit, language, text, faults):
    french = unit.text.get(DEFAULT)
    if language == DEFAULT or not french:
        return
    if digits(french) != digits(text):
        what = f"« {unit.id} » : d’autres chiffres qu’en français ({_difference(french, text)})."
        faults.add(unit.where[language], what, "Écrire les mêmes chiffres dans les deux langues.")
    if denies(french, DEFAULT) and denies(text, language) is False:
        faults.add(
            unit.where[language],
            f"« {unit.id} » : le français nie, ce texte ne nie pas.",
            "Vérifier tɛ, ma, man, kana …",
        )


def _difference(french, text):
    ours, theirs = digits(french), digits(text)
    return ", ".join([f"fr {n}" for n in ours - theirs] + [f"ici {n}" for n in theirs - ours])
