"""While developing, what an author saves is what the next page shows; a served programme reads its content once."""

import os

from lms.assessment import questions

M = "modules/attendre/"
ASKED = "assessments/attendre.toml"


def page(app, path="/modules/attendre"):
    return app.test_client().get(path).text


def test_a_change_is_seen_without_a_restart(serve, folder):
    app = serve(DEBUG=True)
    assert "Dire pourquoi on attend." in page(app)
    folder.change(M + "module.toml", "Dire pourquoi on attend.", "Dire pourquoi il faut attendre.")
    assert "Dire pourquoi il faut attendre." in page(app)
    folder.change(M + "fr.md", "Après une naissance", "Après chaque naissance")
    assert "Après chaque naissance" in page(app, "/modules/attendre/attendre")


def test_a_changed_question_is_asked_without_a_restart(serve, folder):
    app = serve(DEBUG=True)
    folder.change(ASKED, "On attend combien de temps ?", "On attend jusqu’à quand ?")
    page(app)
    with app.app_context():
        assert questions.assessment("attendre").by_id["qa0"].ask["fr"] == "On attend jusqu’à quand ?"


def test_a_faulty_change_is_told_in_the_log_and_the_last_good_reading_stays(serve, folder, caplog):
    app = serve(DEBUG=True)
    folder.change(M + "bm.md", "san 2", "san 3")
    assert "Dire pourquoi on attend." in page(app)
    assert "d’autres chiffres qu’en français" in caplog.text
    folder.change(M + "bm.md", "san 3", "san 2")
    folder.change(M + "module.toml", "Dire pourquoi on attend.", "Dire pourquoi il faut attendre.")
    assert "Dire pourquoi il faut attendre." in page(app)


def test_a_faulty_glossary_is_noticed_too(serve, folder, caplog):
    app = serve(DEBUG=True)
    folder.write("translations/glossary.toml", "[[terms]]\n")
    page(app)
    assert "translations/glossary.toml" in caplog.text


def test_a_served_programme_keeps_what_it_has_read(serve, folder):
    app = serve()
    folder.change(M + "module.toml", "Dire pourquoi on attend.", "Dire pourquoi il faut attendre.")
    os.utime(folder.root / M / "module.toml")
    assert "Dire pourquoi on attend." in page(app)
