"""Yesterday's backup goes back in: a new epoch, phones send again, papers keep their numbers, late answers mean nothing."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.certificates.models import Certificate
from lms.core import backup
from lms.core.database import db, new_uid
from lms.core.models import Epoch
from lms.offline import holding
from tests.faults.check import nothing_lost_nothing_double
from tests.faults.field import FieldPhone


@pytest.fixture
def yesterday(stories, tmp_path, monkeypatch):
    """Saves a backup now; what it returns puts it back."""
    file = tmp_path / "yesterday.tar.gz"
    monkeypatch.setattr(FieldPhone, "signs_in_again", True)

    def saved():
        backup.save(file)
        stories.rollback()
        return restored

    def restored():
        backup.restore(file)
        stories.rollback()

    return saved


def some(phone, a_session, facts=5):
    for _n in range(facts):
        phone.tells("/sessions/", **a_session(present=3))


def test_what_came_after_the_backup_comes_home_again(world, a_session, phones, yesterday, tmp_path):
    phone = phones("awa")
    some(phone, a_session)
    phone.comes_home()
    restore = yesterday()
    some(phone, a_session)
    phone.comes_home()
    restore()
    some(phone, a_session)
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_two_restores_of_one_backup(world, a_session, phones, yesterday, tmp_path):
    phone, restore = phones("awa"), yesterday()
    for _time in range(2):
        some(phone, a_session)
        phone.comes_home()
        restore()
    some(phone, a_session)
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_a_late_answer_of_the_epoch_before_clears_nothing(world, a_session, phones, yesterday, tmp_path):
    """It left before the restore, and arrives when the phone has heard of the new epoch already."""
    phone, restore = phones("awa"), yesterday()
    some(phone, a_session)
    late = phone.posts_packed(phone.packed(phone.waiting()))
    restore()
    some(phone, a_session, 1)
    phone.believes(phone.posts_packed(phone.packed(phone.waiting()[-1:])))
    phone.believes(late)
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_what_was_held_and_let_in_comes_home_again(world, who, phones, yesterday, stories, tmp_path):
    phone, restore = phones("awa"), yesterday()
    woman = phone.tells("/persons/", group=who["Benkadi"], given="", sex="F")
    phone.tells("/departures/", person=woman, left_on=date.today(), why="depart")
    assert set(phone.tries().values()) == {"held"}
    restore()
    phone.tries(most=1)  # hears of the new epoch; everything waits again
    phone.comes_home()
    nothing_lost_nothing_double(world, tmp_path, phone)


@pytest.mark.parametrize("order", [("awa", "oumou"), ("oumou", "awa")])
def test_papers_given_after_the_backup_keep_their_numbers(
    world, who, a_session, phones, yesterday, stories, tmp_path, order
):
    """Also when the trainer's phone comes home before the one that brings what the papers rest on."""
    of = {identifier: phones(identifier) for identifier in order}
    restore, epoch = yesterday(), Epoch.present()
    some(of["awa"], a_session, 1)
    of["oumou"].tells(
        "/certificates/", uid=new_uid(), kind="participation", module="choix-libre-eclaire", group=who["Benkadi"],
        persons=who["Benkadi members"][:3], awarded_on=date.today(),
    )  # fmt: skip
    of["awa"].comes_home()
    of["oumou"].comes_home()
    numbers = select(Certificate.number).order_by(Certificate.number)
    before = stories.scalars(numbers).all()
    assert len(before) == 3
    restore()
    assert Epoch.present() != epoch
    assert stories.scalars(numbers).all() == []
    for phone in of.values():
        phone.tells("/stars/", colour="blue")  # something new: only who sends hears of the new epoch
        phone.comes_home()
    holding.rejudge()
    assert stories.scalars(numbers).all() == before
    db.session.rollback()
    nothing_lost_nothing_double(world, tmp_path, *of.values())
