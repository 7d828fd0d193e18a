"""Six-digit PINs: which are refused, how they are kept."""

from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's figures for small servers
NOBODY = hasher.hash("nobody signs in with this")
COMMON = frozenset(
    [
        "123123",
        "112233",
        "121212",
        "123321",
        "101010",
        "131313",
        "159753",
        "147258",
        "147852",
        "696969",
        "520520",
        "789456",
        "456789",
    ]
)


def too_easy(pin):
    """Whether a PIN of six digits is among the first that anybody would try."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    same_thrice = pin[:2] * 3 == pin or pin[:3] * 2 == pin
    return steps <= {0} or steps <= {1} or steps <= {9} or same_thrice or pin in COMMON or _is_a_date(pin)


def _is_a_date(pin):
    day, month = int(pin[:2]), int(pin[2:4])
    year_first = pin[:2] in ("19", "20") and 1 <= int(pin[4:]) <= 12
    return year_first or (1 <= day <= 31 and 1 <= month <= 12)


def keep(pin):
    """The PIN as it is kept: argon2id."""
    return hasher.hash(pin)


def fits(kept, pin):
    """Whether this is the PIN. For an unknown account (`kept` None) it takes as long, and is never right."""
    try:
        return hasher.verify(kept or NOBODY, pin) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
