"""Codes people read aloud and copy by hand: a check character tells a slip from a code."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
MISREAD = str.maketrans("ILOU", "110V")


def check_character(text: str) -> str:
    """Luhn's check in base 32 over the letters and digits of `text`: one wrong character is always noticed,
    two neighbours exchanged nearly always (all pairs but 0 and Z).
    """
    digits = [ALPHABET.index(c) for c in normal(text) if c in ALPHABET]
    doubled = [sum(divmod(2 * digit, 32)) for digit in digits[::-2]]
    return ALPHABET[-(sum(doubled) + sum(digits[-2::-2])) % 32]


def normal(text: str) -> str:
    """Upper case; letters that look like digits read as those."""
    return text.upper().translate(MISREAD)


def member_code(group_code: str, number: int) -> str:
    """`WAC-G03-M043-K`: health area, group, number on the roster, check character."""
    body = f"{group_code}-M{number:03d}"
    return f"{body}-{check_character(body)}"


def is_sound(code: str) -> bool:
    """Whether the last character is the check of the rest."""
    body, _dash, last = code.strip().rpartition("-")
    return bool(body) and check_character(body) == normal(last)
