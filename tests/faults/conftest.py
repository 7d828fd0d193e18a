"""What fault tests need: dice whose seed is shown when a test fails, and phones in the field."""

import os
import random

import pytest

from tests.conftest import Browser
from tests.faults.field import FieldPhone

SOAK = bool(os.environ.get("LMS_SOAK"))


def more(short, long):
    """How often, in the short form and in the long one (`make soak`)."""
    return long if SOAK else short


@pytest.fixture
def dice():
    """Random numbers; LMS_SEED repeats those of a run that failed."""
    seed = int(os.environ.get("LMS_SEED") or random.SystemRandom().randrange(2**32))
    print(f"LMS_SEED={seed}")  # pytest shows it where a test failed
    return random.Random(seed)


@pytest.fixture
def phone_kind():
    """How phones behave; `test_they_bite` takes rules away."""
    return FieldPhone


@pytest.fixture
def phones(app, phone_kind):
    """Phones by the identifier of their worker, who is signed in: `phones("awa")`."""
    return lambda identifier: phone_kind(Browser(app, identifier), identifier)
