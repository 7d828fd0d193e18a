"""The server is killed at any moment of a batch, and starts again: nothing is lost, nothing is double, nobody repairs."""

import threading
from time import monotonic

import pytest

from tests.faults.check import nothing_lost_nothing_double
from tests.faults.conftest import more
from tests.faults.process import KillableServer, Wire

pytestmark = pytest.mark.slow


@pytest.fixture
def application():
    """What the server runs; `test_they_bite` has one that answers first."""
    return "wsgi:app"


def a_batch(phone, dice, who, a_session):
    """Women, sessions, and one fact in eight that will be held."""
    for _n in range(dice.randint(15, 40)):
        if dice.random() < 0.4:
            phone.tells("/persons/", group=who["Benkadi"], given=dice.choice(["Ada", "Kadia", ""]), sex="F")
        else:
            phone.tells("/sessions/", **a_session(present=dice.randint(1, 10), minutes=dice.choice([30, 45, 60, 0])))


def test_killed_at_any_moment_of_a_batch(world, who, a_session, dice, phone_kind, tmp_path):
    kills = more(10, 40) if world.url.startswith("sqlite") else more(2, 40)
    with KillableServer(world) as server:
        phone = phone_kind(Wire(server.port, "awa"), "awa")
        a_batch(phone, dice, who, a_session)
        begun = monotonic()
        assert phone.tries()
        usual, restarts = monotonic() - begun, []
        for _kill in range(kills):
            a_batch(phone, dice, who, a_session)
            end = threading.Timer(dice.uniform(0, 1.2 * usual), server.kill)
            end.start()
            phone.tries()
            end.join()
            restarts.append(server.start())
        phone.comes_home()
    assert max(restarts) < 5
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_killed_as_soon_as_it_has_answered(world, who, a_session, dice, phone_kind, tmp_path, application):
    with KillableServer(world, application) as server:
        phone = phone_kind(Wire(server.port, "awa"), "awa")
        a_batch(phone, dice, who, a_session)
        assert phone.tries()
        server.kill()
    nothing_lost_nothing_double(world, tmp_path, phone)
