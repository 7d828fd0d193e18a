"""What went wrong is said in words, in her language, and nothing else is told."""

import sqlalchemy as sa
from sqlalchemy import event, func, select

from lms.core.database import db
from lms.core.models import Receipt


def test_a_page_that_is_not_there_says_so_in_both_languages(visitor):
    for language in ("fr", "bm"):
        visitor.post("/language", language=language)
        answer = visitor.get("/nothing/here")
        assert answer.status_code == 404
        assert f'<html lang="{language}"' in answer.text
        assert "404" in answer.text


def test_a_forbidden_page_is_a_page(awa):
    answer = awa.get("/workers/")
    assert answer.status_code == 403
    assert "Cette page n’est pas ouverte à votre rôle." in answer.text


def test_too_much_at_once_is_refused_before_it_is_read(awa, stories):
    answer = awa.post("/sessions/", place="x" * 1_200_000)
    assert answer.status_code == 413
    assert "C’est trop gros pour être reçu." in answer.text
    assert stories.scalar(select(func.count()).select_from(Receipt).where(Receipt.path == "/sessions/")) == 0


def test_a_full_disk_is_said_and_nothing_was_stored(world, awa, a_session, stories):
    """A real one on SQLite: the file may not grow by a page."""
    if db.engine.dialect.name == "sqlite":

        @event.listens_for(db.engine, "connect")
        def _no_room(connection, _record):
            connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")

        form = a_session(place="Z" * 80, present=10)
        stories.rollback()
        db.engine.dispose()
        answers = [awa.post("/sessions/", {**a_session(present=10), "place": form["place"]}) for _time in range(30)]
        codes = [answer.status_code for answer in answers]
        assert codes[-1] == 507
        assert set(codes) <= {303, 507}
        assert "Le serveur n’a plus de place." in answers[-1].text
        assert awa.get("/groups/").status_code == 200
    else:

        def _full():
            raise sa.exc.OperationalError("insert", {}, Exception("could not extend file: No space left on device"))

        world.app.view_functions["people.groups"] = _full
        assert awa.get("/groups/").status_code == 507


def test_a_fault_of_ours_shows_no_insides(world, visitor):
    world.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    @world.app.get("/fault")
    def _fault():
        raise RuntimeError("secret insides")

    @world.app.get("/database-fault")
    def _database_fault():
        raise sa.exc.OperationalError("select secret", {}, Exception("connection refused"))

    for address in ("/fault", "/database-fault"):
        answer = visitor.get(address)
        assert answer.status_code == 500
        assert "Une erreur est survenue chez nous." in answer.text
        assert "secret" not in answer.text


def test_a_wrong_method_is_a_page(visitor):
    assert visitor.get("/memberships/").status_code == 405
    assert "Revenez en arrière" in visitor.get("/memberships/").text
