"""The demo country goes in, is the same for the same seed, and goes out again; then one starts for real."""

import re
import shutil

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from lms import create_app
from lms.core.cli import bring_up_to_date
from lms.core.database import db
from lms.core.models import Epoch, Receipt
from lms.demo import country
from lms.demo.cli import is_empty
from lms.demo.story import Story
from lms.people.models import Account, Group, OrgUnit, Person
from tests.conftest import Browser, settings


def an_empty_app(folder):
    folder.mkdir()
    app = create_app(**settings(f"sqlite:///{folder / 'kalanso.sqlite'}", folder))
    with app.app_context():
        upgrade(directory=f"{app.root_path}/migrations")
    return app


def beginning(app, seed):
    """The first people and groups of the story, as (uid, name) lists."""
    with app.app_context():
        story = Story(seed)
        story.units = country.build()
        story._appoint_everybody()
        chw = story.workers["ML.KKR.DIO.WAC", "chw"][0]
        story._register(chw, "Benkadi", story.units["ML.KKR.DIO.WAC.V01"], 12)
        told = [(person.uid, person.name) for person in db.session.scalars(sa.select(Person).order_by(Person.uid))]
        db.session.rollback()
    return told


def test_the_tables_come_though_somebody_has_just_asked_whether_anybody_is_there(tmp_path):
    """As the first `lms run` does: its own question must not lock its own migration out."""
    app = an_empty_app(tmp_path / "data")
    with app.app_context():
        assert is_empty()
        bring_up_to_date()
        assert Epoch.present()


def run(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def test_the_same_seed_tells_the_same_story(tmp_path):
    one, two = an_empty_app(tmp_path / "one"), an_empty_app(tmp_path / "two")
    assert beginning(one, 2019) == beginning(two, 2019)
    assert [name for _uid, name in beginning(one, 2019)] != [name for _uid, name in beginning(two, 7)]


def test_the_demo_goes_and_leaves_no_person_account_or_receipt(world, stories):
    assert stories.scalar(sa.select(sa.func.count()).select_from(Person)) > 0
    stories.rollback()
    answer = run(world.app, "demo", "remove")
    assert answer.exit_code == 0, answer.output
    for model in (Person, Account, Receipt, Group):
        assert stories.scalar(sa.select(sa.func.count()).select_from(model)) == 0, model
    left = set(stories.scalars(sa.select(OrgUnit.level)))
    assert "district" in left
    assert "village" not in left
    assert "Rien à enlever" in run(world.app, "demo", "remove").output


def test_the_demo_stays_when_real_facts_speak_of_it(world, awa, a_session, stories):
    stories.execute(sa.update(Account).where(Account.identifier == "awa").values(demo=False))
    stories.commit()
    assert awa.post("/sessions/", a_session()).status_code == 303
    people = stories.scalar(sa.select(sa.func.count()).select_from(Person))
    stories.rollback()
    answer = run(world.app, "demo", "remove")
    assert answer.exit_code == 1
    assert "rien n’a été enlevé" in answer.output
    assert stories.scalar(sa.select(sa.func.count()).select_from(Person)) == people


def test_the_demo_is_not_mixed_with_what_is_there(world):
    answer = run(world.app, "demo", "load")
    assert answer.exit_code == 1
    assert "La base contient déjà des données" in answer.output


def test_the_demo_is_loaded_without_another_word(tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    app = create_app(**settings(f"sqlite:///{tmp_path / 'new' / 'kalanso.sqlite'}", tmp_path / "new"))
    monkeypatch.setattr(Story, "tell", lambda story: 7)
    for words in (["demo"], ["demo", "--scale", "village"], ["demo", "load"]):
        answer = run(app, *words)
        assert answer.exit_code == 0, answer.output
        assert "7 faits racontés" in answer.output


@pytest.mark.parametrize("scale", ["pilot", "national", "stretch"])
def test_a_scale_that_is_not_built_says_so(world, scale):
    answer = run(world.app, "demo", "--scale", scale)
    assert answer.exit_code == 1
    assert "pas encore construite" in answer.output


def test_the_first_account_brings_its_tables_with_it(tmp_path):
    (tmp_path / "new").mkdir()
    app = create_app(**settings(f"sqlite:///{tmp_path / 'new' / 'kalanso.sqlite'}", tmp_path / "new"))
    answer = run(app, "admin", "create", "--identifier", "nana", "--given", "Nana", "--family", "Sidibé", "--sex", "F")
    assert answer.exit_code == 0, answer.output
    assert "Compte « nana » créé" in answer.output


def test_the_first_account_of_a_real_installation(tmp_path):
    app = an_empty_app(tmp_path / "real")
    answer = run(app, "admin", "create", "--identifier", "nana", "--given", "Nana", "--family", "Sidibé", "--sex", "F")
    assert answer.exit_code == 0, answer.output
    code = re.search(r"\b\d{8}\b", answer.output)[0]
    nana = Browser(app)
    assert nana.post("/activate", identifier="nana", code=code, new_pin="580263", again="580263").status_code == 303
    assert nana.get("/workers/").status_code == 200
    assert Browser(app).post("/sign-in", identifier="nana", pin="580263").status_code == 303
    again = run(app, "admin", "create", "--identifier", "nana", "--given", "N", "--family", "S", "--sex", "F")
    assert again.exit_code == 1


def test_an_identifier_nobody_could_type_is_refused(tmp_path):
    app = an_empty_app(tmp_path / "real")
    for identifier in ("Émilie", "nana sidibé", "", "x" * 31):
        answer = run(app, "admin", "create", "--identifier", identifier, "--given", "N", "--family", "S", "--sex", "F")
        assert answer.exit_code != 0, identifier
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0


@pytest.mark.slow
def test_the_whole_village_is_told(tmp_path):
    app = an_empty_app(tmp_path / "village")
    answer = run(app, "demo", "load")
    assert answer.exit_code == 0, answer.output
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Group).where(Group.current)) >= 100
        benkadi = db.session.scalar(sa.select(Group).where(Group.name == "Benkadi"))
        from lms.people.rosters import roster

        assert len(roster(benkadi.origin)) == 112
    assert Browser(app, "awa").get("/").status_code == 200
    assert run(app, "demo", "remove").exit_code == 0
    shutil.rmtree(tmp_path / "village")
