"""The server's disk is full: it says so, the phone keeps everything, and all comes home once there is room again."""

import shutil
import subprocess

import pytest
from sqlalchemy import event

from lms.core.database import db
from tests.faults.check import nothing_lost_nothing_double
from tests.faults.process import KillableServer, Wire


def a_roll(phone, a_session, facts=60):
    for _n in range(facts):
        phone.tells("/sessions/", **a_session(present=10, place="Z" * 80))


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)  # its own setting
def test_a_file_that_may_not_grow(world, a_session, phones, stories, tmp_path):
    phone, most = phones("awa"), {"pages": "(select page_count from pragma_page_count) + 2"}

    @event.listens_for(db.engine, "connect")
    def _room(connection, _record):
        pages = connection.execute(f"select {most['pages']}").fetchone()[0]
        connection.execute(f"pragma max_page_count={pages}")

    a_roll(phone, a_session)
    stories.rollback()
    db.engine.dispose()
    answer = phone.posts_packed(phone.packed(phone.waiting()))
    assert answer.status_code == 507
    assert phone.believes(answer) is None
    assert len(phone.waiting()) == 60
    most["pages"] = 1_000_000
    db.engine.dispose()
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


@pytest.fixture
def small_disk(world, tmp_path):
    """A real small disk with the data folder on it; yields what gives it more room.

    Where nobody may mount one, 507 is still shown by the file that may not grow, and the run names what was left out.
    """
    disk = tmp_path / "disk"
    disk.mkdir()
    size = sum(file.stat().st_size for file in world.data.rglob("*")) // 1024 + 300
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("only root may mount a disk")
    shutil.copytree(world.data, disk / "data")
    world.url, world.data = f"sqlite:///{disk / 'data' / 'kalanso.sqlite'}", disk / "data"
    yield lambda: subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
    subprocess.run(["umount", disk], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("world", ["sqlite"], indirect=True)  # the disk of PostgreSQL is another's
def test_a_disk_that_is_really_full(world, small_disk, a_session, phone_kind, tmp_path):
    from lms import create_app
    from tests.conftest import settings

    with KillableServer(world) as server:
        phone = phone_kind(Wire(server.port, "awa"), "awa")
        refused = []
        while 507 not in refused and len(refused) < 30:
            a_roll(phone, a_session)
            answer = phone.posts_packed(phone.packed(phone.waiting()))
            refused.append(answer.status_code)
            phone.believes(answer)
        assert set(refused) == {200, 507} or refused == [507]
        assert len(phone.waiting()) == 60
        small_disk()
        phone.comes_home()  # without a restart
    world.app = create_app(**settings(world.url, world.data))
    nothing_lost_nothing_double(world, tmp_path, phone)
    with world.app.app_context():
        db.engine.dispose()
