"""Who has earned which paper. Plain questions; views and forms bring what they need."""

from datetime import date

KINDS = ("participation", "competence")
VALID_MONTHS = {"participation": None, "competence": 24}
"""How long each holds, a proposal (docs/decisions/0009): an attestation of participation for ever."""
REFRESH_DAYS = 60


def valid_until(kind: str, day: date) -> date | None:
    """The last day on which a certificate issued on `day` holds, or None when it does not expire."""
    months = VALID_MONTHS[kind]
    if months is None:
        return None
    years, month = divmod(day.month - 1 + months, 12)
    return _in_month(day.year + years, month + 1, day.day)


def _in_month(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def state(issued_on: date, until: date | None, revoked: object, day: date) -> str:
    """`revoked`, `expired` or `valid` on a day."""
    if revoked:
        return "revoked"
    return "expired" if until and day > until else "valid"
