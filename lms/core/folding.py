"""Search that forgives spelling: one key for bɛ, bè, be and b3, for Coulibaly and Kulubali."""

import re
import unicodedata

LETTERS = str.maketrans({"ɛ": "e", "ε": "e", "є": "e", "ɔ": "o", "ɲ": "n", "ŋ": "n", "œ": "oe", "æ": "ae"})
QUOTES = re.compile("[’‘ʼˈ`´']")
FAMILIES = {
    "traore": "tarawele",
    "coulibaly": "kulubali",
    "coulibali": "kulubali",
    "kulibali": "kulubali",
    "keita": "keyita",
}
"""French spellings of families that no rule brings to the Bambara one."""
NAMES = (
    *((re.compile(french), common) for french, common in FAMILIES.items()),
    (re.compile("ou"), "u"),
    (re.compile("dj"), "j"),
    (re.compile("c(?=[aou])"), "k"),
    (re.compile("y"), "i"),
    (re.compile(r"(.)\1"), r"\1"),
)


def fold(text: str) -> str:
    """Letters without marks, digraphs of the old spelling and of text messages brought to one form."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c)).translate(LETTERS)
    text = re.sub(r"(?<=[a-z])3|3(?=[a-z])", "e", text)
    text = re.sub(r"ny(?=[aeiou])", "n", text)
    text = re.sub(r"\bng(?=[aeiou])", "n", text)
    text = re.sub(r"([aeiou])\1", r"\1", QUOTES.sub(" ", text).replace("-", ""))
    return " ".join(text.split())


def name_beginnings(word: str) -> set[str]:
    """What the key of a name may begin with when somebody typed the beginning of it: « coulib » finds Kulubali."""
    typed = fold(word)
    return {fold_name(word)} | {fold_name(family) for family in FAMILIES if len(typed) > 1 and family.startswith(typed)}


def fold_name(text: str) -> str:
    """`fold`, and then the French and Bambara spellings of one family or first name fall together."""
    key = fold(text)
    for spelling, common in NAMES:
        key = spelling.sub(common, key)
    return key
