"""How long the door stays closed after wrong PINs. Never for ever: a lock is a way to shut others out."""

from datetime import timedelta

FREE_TRIES = 5
TRIES_LAST = timedelta(days=1)
STEPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))


def wait(failures: int) -> timedelta:
    """How long to wait after this many wrong tries in a row: nothing up to 4, then 1, 5, 15 and 60 minutes."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return STEPS[min(failures - FREE_TRIES, len(STEPS) - 1)]
