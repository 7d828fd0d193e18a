"""After a disaster: a backup goes back in, receipts are told again, and phones bring the rest."""

import io
import stat
import tarfile
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from lms.core import backup, keys
from lms.core.database import db, elsewhere
from lms.core.models import Epoch, Held, Receipt, now
from lms.offline import epochs, holding, replay
from lms.people.access import SignIn, WrongTries
from lms.people.devices import Device
from lms.people.models import Account, Group, OrgUnit, Person, Role
from lms.people.signing_in import hand_out_code
from tests.conftest import Browser
from tests.offline.phone import Phone, body_of
from tests.offline.same import rows, rows_at
from tests.offline.sealing import enrol, parcel_of


@pytest.fixture
def phone(awa):
    return Phone(awa, "awa")


@pytest.fixture
def a_life(phone, awa, oumou, who, a_session, an_attempt, stories):
    """Facts of every way: on line and from a phone, corrected, withdrawn, held, mended, in conflict, awarded."""
    first = a_session()
    awa.post("/sessions/", first)
    awa.post("/sessions/", {**first, "minutes": 5})
    for number in range(3):
        awa.post("/attempts/", an_attempt(person=who["Benkadi members"][number]))
    woman = phone.tells("/persons/", group=who["Benkadi"], given="Kadia", sex="F")
    told = a_session(half="pm")
    phone.tells("/sessions/", **{**told, "present": [*told["present"], woman]})
    phone.tells("/sessions/", **a_session(corrects=told["uid"], half="pm", minutes=50))
    phone.tells("/sessions/", uid=None, corrects=first["uid"], withdrawn="y", reason="Deux fois")
    phone.tells("/departures/", person=woman, left_on=date.today(), why="depart")
    nameless = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    waiting = phone.tells("/attempts/", **an_attempt(person=nameless))
    phone.tells("/sessions/", **a_session(minutes=0))
    phone.sends()
    mended = body_of({"uid": nameless, "group": who["Benkadi"], "given": "Coumba", "sex": "F"}).encode()
    holding.accept(Held.of(nameless), Person.now_of(who["binta"]), mended)
    assert Held.of(waiting).settled == "taken"
    stories.rollback()


def test_every_receipt_told_again_gives_the_same_facts(a_life, world, stories, tmp_path):
    there = f"sqlite:///{tmp_path / 'again.sqlite'}"
    assert [fact for fact in replay.replay(there) if fact] == []
    stories.rollback()
    live, again = rows(), rows_at(there)
    for table, told in live.items():
        assert again[table] == told, table
    assert len(live["receipt"]) > 20
    with pytest.raises(replay.NotEmptyError):
        list(replay.replay(there))


def test_what_was_accepted_is_accepted_again_wherever_its_people_have_moved_since(binta, who, stories, tmp_path):
    """The supervisor moves the very day she told facts; a CHW who was given a group works in another area today."""
    unit = Group.now_of(who["Benkadi"]).village_uid
    told = [
        binta.tell("/persons/", group=who["Benkadi"], given="Ada", sex="F", family="", age=""),
        binta.tell("/groups/", name="Sabugnuman", village=unit, founded="", begun_as=""),
        binta.tell("/cares/", group=who["Benkadi"], worker=who["awa"], since=date.today()),
    ]
    assert [answer.status_code for answer, _uid in told] == [303] * 3
    abroad = stories.scalar(select(OrgUnit.uid).where(OrgUnit.path == "ML.KKR.BNB.BNB1"))
    for worker in ("binta", "awa", "oumou"):
        role = Role.of(who[worker])[0]
        role.until = date.today()  # what /workers/<uid>/move does
        stories.add(Role(person_uid=who[worker], kind=role.kind, unit_uid=abroad, since=date.today()))
    stories.commit()
    there = f"sqlite:///{tmp_path / 'again.sqlite'}"
    assert [fact for fact in replay.replay(there) if fact] == []
    stories.rollback()
    live, again = rows(), rows_at(there)
    for table, lines in live.items():
        assert again[table] == lines, table


def test_every_table_is_either_made_of_receipts_or_copied():
    copied = {*replay.BEFORE, *replay.WITH_THEIR_PERSON, *replay.AFTER, *replay.NOT_COPIED}
    made = {mapper.class_ for mapper in db.Model.registry.mappers} - copied
    assert {model.__tablename__ for model in made} >= {"receipt", "person", "session", "attendance", "attempt"}
    assert not {model for model in made if "receipt.uid" not in _reaches(model)}


def _reaches(model, seen=()):
    """What a table's foreign keys lead to, however far."""
    table = model.__table__ if hasattr(model, "__table__") else model
    if table.name == "receipt":
        return {"receipt.uid"}
    found = {key.target_fullname for key in table.foreign_keys}
    others = {key.column.table for key in table.foreign_keys} - {table, *seen}
    return found.union(*(_reaches(other, (*seen, table)) for other in others))


def test_a_backup_goes_back_in_and_begins_a_new_epoch(a_life, world, stories, tmp_path):
    before, epoch = rows(skip={"epoch"}), Epoch.present()
    file = tmp_path / "kalanso.tar.gz"
    backup.save(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for table in reversed(db.metadata.sorted_tables):
        if table.name not in ("org_unit", "epoch"):
            stories.execute(table.delete())
    stories.commit()
    assert backup.restore(file) != epoch
    assert rows(skip={"epoch"}) == before
    assert stories.scalar(select(func.count()).select_from(Epoch)) == 2


def test_what_came_after_the_backup_is_sent_again_by_the_phones(phone, world, who, stories, tmp_path):
    before = phone.tells("/persons/", group=who["Benkadi"], given="Ada", sex="F")
    phone.sends()
    file = tmp_path / "yesterday.tar.gz"
    backup.save(file)
    after = phone.tells("/persons/", group=who["Benkadi"], given="Bintou", sex="F")
    phone.sends()
    backup.restore(file)
    stories.rollback()
    assert Person.now_of(after) is None
    phone.browser = Browser(world.app, "awa")  # nobody is signed in any more
    phone.tells("/persons/", group=who["Benkadi"], given="Coumba", sex="F")
    while phone.waiting():
        phone.sends()
    assert {Person.now_of(before).given, Person.now_of(after).given} == {"Ada", "Bintou"}
    assert stories.scalar(select(func.count()).where(Receipt.device == phone.device)) == 3


def test_a_machine_whose_clock_is_behind_the_backup_is_set_right_first(a_life, stories, tmp_path):
    before, file = rows(), tmp_path / "kalanso.tar.gz"
    backup.save(file)
    with (
        time_machine.travel(datetime.now(UTC) - timedelta(days=40)),
        pytest.raises(backup.NoBackupError, match="heure"),
    ):
        backup.restore(file)
    stories.rollback()
    assert rows() == before


def test_a_restore_under_a_wrong_clock_is_put_right_by_the_first_phone_that_knows_better(
    phone, world, who, stories, tmp_path
):
    """Restored once, and once more on a machine whose clock stands before that: its epoch is smaller than one told."""
    file = tmp_path / "kalanso.tar.gz"
    backup.save(file)
    with time_machine.travel(now() + timedelta(hours=20)):
        backup.restore(file)
        phone.browser = Browser(world.app, "awa")
        told = phone.tells("/persons/", group=who["Benkadi"], given="Ada", sex="F")
        phone.sends()
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "org_unit":
            stories.execute(table.delete())
    stories.commit()
    backup.restore(file)
    phone.browser = Browser(world.app, "awa")
    phone.tells("/persons/", group=who["Benkadi"], given="Bintou", sex="F")
    for _again in range(2):
        phone.sends()
    assert not phone.waiting()
    assert Person.now_of(told).given == "Ada"


def test_a_tale_of_a_later_epoch_is_believed_within_bounds(phone, stories):
    stories.execute(update(Epoch).values(began_at=now() - timedelta(days=3)))
    stories.commit()
    clock = int(now().timestamp())
    for tale in ("9" * 18, "9" * 40, "-5", "²", "x", str(clock + 90_000)):
        before = Epoch.present()
        assert phone.posts(phone.envelope(epoch=tale)).json["epoch"] == before
    heard = [phone.posts(phone.envelope(epoch=f"{clock + 1000 * n}-x")).json["epoch"] for n in range(1, 9)]
    assert len(set(heard)) == epochs.A_DAY
    assert heard == sorted(heard)


def test_a_file_that_is_no_backup_changes_nothing(stories, world, tmp_path):
    before = rows()
    cut, empty = tmp_path / "cut.tar.gz", tmp_path / "empty.tar.gz"
    backup.save(cut)
    cut.write_bytes(cut.read_bytes()[:-2000])
    with tarfile.open(empty, "w:gz"):
        pass
    for file in (cut, empty):
        with pytest.raises(backup.NoBackupError):
            backup.restore(file)
    stories.rollback()
    assert rows() == before


def test_nothing_of_a_backup_leads_out_of_its_folder(stories, world, tmp_path):
    sound, spoilt = tmp_path / "sound.tar.gz", tmp_path / "spoilt.tar.gz"
    backup.save(sound)
    with tarfile.open(sound) as whole, tarfile.open(spoilt, "w:gz") as tar:
        for member in whole:
            tar.addfile(member, whole.extractfile(member) if member.isfile() else None)
        for name in ("../outside", "/tmp/outside", "content/../../outside", "other"):
            tar.addfile(tarfile.TarInfo(name))
        link = tarfile.TarInfo("content/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    folder = tmp_path / "unpacked" / "here"
    folder.mkdir(parents=True)
    backup._unpack(spoilt, folder)
    assert {path.name for path in folder.iterdir()} <= {"kalanso.sqlite", "content", *backup.SECRETS}
    assert [path.name for path in folder.parent.iterdir()] == ["here"]
    assert not (folder / "content" / "link").exists()


@pytest.mark.parametrize("name", [".", "", "content", "signing.pem/x", "kalanso.sqlite/x"])
def test_an_odd_name_in_a_file_is_no_backup(stories, tmp_path, name):
    file = tmp_path / "odd.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(backup.NoBackupError):
        backup.restore(file)


def test_a_server_that_is_serving_uses_the_keys_of_the_backup_at_once(world, phone, awa, who, stories, tmp_path):
    key, file = enrol(world, phone, "awa"), tmp_path / "kalanso.tar.gz"
    phone.tells("/persons/", group=who["Benkadi"], given="Ada", sex="F")
    parcel = parcel_of(world, phone, key)  # sealed to the first server
    backup.save(file)
    (world.data / "sealing.pem").unlink()
    keys.sealing()  # a new machine, serving already with keys of its own
    backup.restore(file)
    assert stat.S_IMODE((world.data / "sealing.pem").stat().st_mode) == 0o600
    again = Browser(world.app, "awa").client
    assert again.post("/outbox/parcels", data=parcel, content_type="application/octet-stream").status_code == 200


def test_a_disk_that_is_full_leaves_our_tables_and_our_keys(world, phone, who, stories, tmp_path, monkeypatch):
    keys.signing()
    file = tmp_path / "kalanso.tar.gz"
    backup.save(file)
    phone.tells("/persons/", group=who["Benkadi"], given="Ada", sex="F")
    phone.sends()
    before, ours = rows(), (world.data / "signing.pem").read_bytes()
    stories.rollback()

    def full(*_args):
        raise OSError(28, "No space left on device")

    for step in ("_put_content", "_write"):
        with monkeypatch.context() as patch:
            patch.setattr(backup, step, full)
            with pytest.raises(backup.NoBackupError):
                backup.restore(file)
        stories.rollback()
        assert rows() == before
        assert (world.data / "signing.pem").read_bytes() == ours
    assert not list(world.data.glob(".restore-*"))


def test_a_restore_opens_no_door_that_was_closed(world, awa, binta, phone, who, stories, tmp_path):
    code, file = hand_out_code(account(stories, "kadi")), tmp_path / "kalanso.tar.gz"
    phone.tells("/persons/", group=who["Benkadi"], given="Ada", sex="F")
    phone.sends()
    backup.save(file)
    later = Phone(awa, "awa")
    later.sends()
    chosen = {"identifier": "kadi", "code": code, "new_pin": "739154", "again": "739154"}
    assert Browser(world.app).post("/activate", chosen).status_code == 303
    stories.execute(update(SignIn).values(ended_at=now()))
    stories.execute(update(Device).values(revoked_at=now()))
    stories.execute(update(Account).where(Account.identifier == "mariam").values(disabled_at=now()))
    stories.commit()
    backup.restore(file)
    stories.rollback()
    assert awa.get(f"/groups/{who['Benkadi']}").status_code == 303
    assert Browser(world.app).post("/activate", chosen).status_code == 422
    assert all(stories.get(Device, one.device).revoked_at for one in (phone, later))
    assert account(stories, "mariam").disabled_at
    assert account(stories, "awa").disabled_at is None
    for model in replay.NOT_COPIED:
        assert stories.scalar(select(func.count()).select_from(model)) == 0 or model is WrongTries


def test_a_backup_holds_no_open_door(awa, stories, tmp_path):
    hand_out_code(account(stories, "kadi"))
    backup.save(tmp_path / "kalanso.tar.gz")
    with tarfile.open(tmp_path / "kalanso.tar.gz") as tar:
        (tmp_path / backup.TABLES).write_bytes(tar.extractfile(backup.TABLES).read())
    with elsewhere(f"sqlite:///{tmp_path / backup.TABLES}"):
        for model in replay.NOT_COPIED:
            assert db.session.scalar(select(func.count()).select_from(model)) == 0


def account(session, identifier):
    return session.scalar(select(Account).where(Account.identifier == identifier))


def test_the_commands_say_what_they_did(a_life, app, tmp_path):
    run = app.test_cli_runner().invoke
    file = tmp_path / "kalanso.tar.gz"
    assert "Ko" in run(args=["backup", str(file)]).output
    assert "époque" in run(args=["restore", str(file), "--yes"]).output
    answer = run(args=["receipts", "replay", "--into", f"sqlite:///{tmp_path / 'again.sqlite'}"])
    assert answer.exit_code == 0, answer.output
    assert "✓ session" in answer.output
    assert "encore retenues" in run(args=["receipts", "rejudge"]).output
