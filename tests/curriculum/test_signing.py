"""Reviewers sign what they read: two make a text validated, one objection keeps it from being so."""

import json
import re
import time
from datetime import date
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import select

from lms.assessment import questions
from lms.assessment.cli import content as commands
from lms.core.database import db, new_uid
from lms.core.models import Receipt
from lms.curriculum import review, review_file, signatures
from lms.curriculum.content import catalogue
from lms.curriculum.faults import Faults
from lms.curriculum.leaves import leaves
from lms.curriculum.reading import read
from lms.curriculum.review import Signature, State, Verdict, digest
from lms.curriculum.signatures import ReviewSignature
from lms.offline import replay
from lms.people.reviewers import Reviewer, capacities
from tests.conftest import Browser
from tests.offline.same import rows, rows_at

SLUG, UNIT = "choix-libre-eclaire", "card:sante-famille"
DESK = f"/review/{SLUG}"
LESSON = f"/modules/{SLUG}/sante-reproduction"
BAMBARA = "Bange kɛnɛya ye ba, fa ani den ka kɛnɛya ye."


@pytest.fixture
def reviewers(admin, who):
    """The nation's officer names a midwife for health and a trainer for the language."""
    assert admin.post(f"/workers/{who['djeneba']}/reviews", capacities="clinician").status_code == 303
    assert admin.post(f"/workers/{who['oumou']}/reviews", capacities="native.bm").status_code == 303


@pytest.fixture
def content(app):
    """The module in force, and the texts of the unit the stories are about."""
    with app.app_context():
        return catalogue().modules[SLUG]


def word(content, unit=UNIT, language="bm", role="native", verdict="good", **more):
    """A signature of a unit as it is now."""
    text = _texts(content, unit)
    return {
        "uid": new_uid(), "module": content.slug, "content": content.hash, "unit": unit, "language": language,
        "role": role, "source": digest(text["fr"]), "text": digest(text[language]), "verdict": verdict, **more,
    }  # fmt: skip


def _texts(content, unit):
    if unit.startswith("item:"):
        return next(one for one in _questions(content).units if one.id == unit).text
    return content.unit(unit).text


def _questions(content):
    return questions.read(content, Faults(content.root), None)


def state_of(app, content, unit=UNIT, language="bm"):
    """The state of a unit as the pages tell it."""
    with app.app_context():
        signatures.forget()
        units = [leaf.unit for leaf in leaves(content)]
        return review.states(units, signatures.signatures(content))[unit, language]


def both(djeneba, oumou, content, unit=UNIT):
    """Two people find a unit good."""
    assert oumou.post("/signatures/", word(content, unit)).status_code == 303
    assert djeneba.post("/signatures/", word(content, unit, role="clinician")).status_code == 303


def in_bambara(browser):
    browser.client.set_cookie("language", "bm")
    return browser


def test_two_reviewers_make_a_text_validated(app, reviewers, djeneba, oumou, content):
    assert oumou.post("/signatures/", word(content)).status_code == 303
    assert state_of(app, content) is State.DRAFT
    djeneba.post("/signatures/", word(content, role="clinician"))
    assert state_of(app, content) is State.VALIDATED


def test_a_question_is_signed_as_a_lesson_is(app, reviewers, djeneba, oumou, content):
    both(djeneba, oumou, content, "item:qui-choisit")
    assert state_of(app, content, "item:qui-choisit") is State.VALIDATED


def test_one_person_of_two_capacities_is_one_person(app, admin, who, djeneba, content):
    admin.post(f"/workers/{who['djeneba']}/reviews", capacities=["clinician", "native.bm"])
    for role in ("native", "clinician"):
        assert djeneba.post("/signatures/", word(content, role=role)).status_code == 303
    assert state_of(app, content) is State.DRAFT


def test_a_signature_shows_at_once_on_pages_that_were_kept(visitor, reviewers, djeneba, oumou, content):
    before = in_bambara(visitor).get(LESSON).text
    counted = visitor.get("/modules/review").text
    assert visitor.get(LESSON).text == before
    both(djeneba, oumou, content)
    after = visitor.get(LESSON).text
    card = after[after.index('id="sante-famille"') : after.index('id="memes-droits"')]
    aside = card[card.index("<details") :]
    assert 'class="draft"' not in card.replace(aside, "")
    assert visitor.get("/modules/review").text != counted


def test_another_process_sees_it_within_a_second(world, reviewers, djeneba, oumou, content, monkeypatch):
    monkeypatch.setattr(signatures, "LATELY", 0.2)
    with world.app.app_context():
        known = signatures.signed()
        monkeypatch.setattr(signatures, "forget", lambda: None)  # it was recorded elsewhere
        oumou.post("/signatures/", word(content))
        time.sleep(0.25)
        assert signatures.signed() != known


def test_a_changed_french_makes_it_stale(app, reviewers, djeneba, oumou, content):
    both(djeneba, oumou, content)
    with app.app_context():
        signatures.forget()
        text = dict(content.unit(UNIT).text) | {"fr": "Un autre texte."}
        held = [one for one in signatures.signatures(content) if one.unit == UNIT]
        assert review.state(text["fr"], text["bm"], held) is State.STALE


def test_to_correct_keeps_it_from_being_validated(app, reviewers, djeneba, oumou, content):
    both(djeneba, oumou, content)
    mine = word(content)
    with app.app_context():
        first = db.session.scalar(select(ReviewSignature.origin).where(ReviewSignature.role == "native"))
    assert (
        oumou.post("/signatures/", {**mine, "verdict": "fix", "corrects": first, "note": "Mot rare"}).status_code == 303
    )
    assert state_of(app, content) is State.DRAFT
    assert "1 texte à corriger" in oumou.get("/modules/review").text


def test_dangerous_withholds_the_text_until_it_changes(app, visitor, reviewers, oumou, content):
    assert BAMBARA in in_bambara(visitor).get(LESSON).text
    oumou.post("/signatures/", word(content, verdict="dangerous", note="Le contraire est dit"))
    page = visitor.get(LESSON).text
    assert BAMBARA not in page
    assert "La santé de la reproduction" in page
    assert 'class="withheld"' in page
    with app.app_context():
        signed = signatures.signatures(content)
        text = content.unit(UNIT).text
        other = type(content.unit(UNIT))(UNIT, {**text, "fr": "Un autre français."}, {})
        assert review.objections([other], signed) == {(UNIT, "bm"): Verdict.DANGEROUS}
        mended = type(other)(UNIT, {**text, "bm": "Kuma wɛrɛ."}, {})
        assert review.objections([mended], signed) == {}


def test_a_dangerous_question_is_asked_in_french(visitor, reviewers, oumou, awa, who, content):
    page = f"/attempts/new?person={who['Benkadi members'][0]}&module={SLUG}&language=bm"
    awa.client.set_cookie("language", "bm")
    first = awa.get(page).text
    asked = next(
        u for u in _units_in(content) if content_text(content, u).split("\n")[0].replace(" ?", "\u202f?") in first
    )
    oumou.post("/signatures/", word(content, asked, verdict="dangerous"))
    assert content_text(content, asked).split("\n")[0].replace(" ?", "\u202f?") not in awa.get(page).text


def _units_in(content):
    return [unit.id for unit in _questions(content).units if unit.id.startswith("item:")]


def content_text(content, unit):
    return _texts(content, unit)["bm"]


def test_she_reads_blind_and_sees_the_others_afterwards(reviewers, djeneba, oumou, content):
    oumou.post("/signatures/", word(content, verdict="fix", note="Mot rare ici", back="La santé de tous"))
    blind = djeneba.get(f"{DESK}?unit={UNIT}").text
    assert "Mot rare ici" not in blind
    assert "La santé de tous" not in blind
    answer = djeneba.post("/signatures/", word(content, role="clinician"))
    assert "Mot rare ici" in djeneba.get(answer.headers["Location"]).text
    seen = djeneba.get(f"{DESK}?unit={UNIT}").text
    assert "Mot rare ici" in seen
    assert "pour la langue" in seen
    assert "Oumou Diarra" not in seen  # a trainer of the district is not within a midwife's reach
    assert "Djénéba Coulibaly" in oumou.get(f"{DESK}?unit={UNIT}").text


def test_the_next_unit_is_the_first_that_lacks_her_word(reviewers, oumou, content):
    page = oumou.get(DESK).text
    assert 'name="unit" type="hidden" value="title"' in page
    answer = oumou.post("/signatures/", word(content, "title"))
    page = oumou.get(answer.headers["Location"]).text
    assert 'name="unit" type="hidden" value="objective:pf-volontaire"' in page
    assert re.search(r'<progress value="1"', page)


def test_her_new_word_takes_the_place_of_the_old_one(app, reviewers, oumou, content, stories):
    oumou.post("/signatures/", word(content, verdict="dangerous"))
    page = oumou.get(f"{DESK}?unit={UNIT}").text
    corrects = re.search(r'name="corrects"[^>]* value="([^"]+)"', page)[1]
    again = oumou.post("/signatures/", word(content))
    assert again.status_code == 422
    assert "déjà signé" in again.text
    assert oumou.post("/signatures/", word(content, corrects=corrects)).status_code == 303
    standing = stories.scalars(select(ReviewSignature).where(ReviewSignature.current)).all()
    assert [(one.verdict, str(one.origin)) for one in standing] == [("good", corrects)]


def test_a_text_that_changed_meanwhile_is_shown_anew_and_nothing_is_signed(reviewers, oumou, content, stories):
    sent = word(content, note="Ce que j’ai écrit")
    answer = oumou.post("/signatures/", {**sent, "text": digest("ce qu’elle a lu")})
    assert answer.status_code == 409
    assert "a changé depuis que vous l’avez ouvert" in answer.text
    assert BAMBARA in answer.text
    assert "Ce que j’ai écrit" in answer.text
    assert stories.scalars(select(ReviewSignature)).all() == []
    assert Receipt.of(sent["uid"]) is None


def test_other_digits_are_never_signed_good(app, reviewers, oumou, folder, stories):
    folder.change("modules/attendre/bm.md", "san 2", "san 3")
    app.extensions["catalogue"] = read(folder.root)[0]
    odd = next(iter(app.extensions["catalogue"]))
    answer = oumou.post("/signatures/", word(odd, "card:un"))
    assert answer.status_code == 422
    assert "Les chiffres ne sont pas les mêmes" in answer.text
    assert stories.scalars(select(ReviewSignature)).all() == []
    assert oumou.post("/signatures/", word(odd, "card:un", verdict="fix")).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("role", "clinician", "n’est pas de ceux que vous relisez"),
        ("verdict", "super", "Choisissez dans la liste"),
        ("verdict", "", "À remplir"),
        ("note", "x" * 501, "Trop long"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_signed(reviewers, oumou, content, stories, field, value, said):
    answer = oumou.post("/signatures/", {**word(content), field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert stories.scalars(select(ReviewSignature)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("module", "rien", 404), ("unit", "card:rien", 404), ("language", "xx", 404), ("language", "fr", 403)],
)
def test_what_is_not_hers_or_not_there(reviewers, oumou, content, field, value, status):
    assert oumou.post("/signatures/", {**word(content), field: value}).status_code == status


def test_a_signature_sent_twice_is_one(reviewers, oumou, content, stories):
    sent = word(content)
    assert oumou.post("/signatures/", sent).status_code == oumou.post("/signatures/", sent).status_code == 303
    assert len(stories.scalars(select(ReviewSignature)).all()) == 1


def test_another_body_under_the_same_number_is_kept_and_said(reviewers, oumou, content, stories):
    sent = word(content)
    oumou.post("/signatures/", sent)
    answer = oumou.post("/signatures/", {**sent, "verdict": "dangerous"})
    assert answer.status_code == 409
    assert "déjà arrivée avec un autre contenu" in answer.text
    assert [one.verdict for one in stories.scalars(select(ReviewSignature))] == ["good"]


def test_a_word_taken_back_counts_no_more(app, reviewers, djeneba, oumou, content):
    both(djeneba, oumou, content)
    with app.app_context():
        first = db.session.scalar(select(ReviewSignature.origin).where(ReviewSignature.role == "native"))
    taken = {"uid": new_uid(), "corrects": first, "withdrawn": "y", "reason": "Mauvais texte"}
    assert djeneba.post("/signatures/", taken).status_code == 404
    assert state_of(app, content) is State.VALIDATED
    assert oumou.post("/signatures/", {**taken, "uid": new_uid()}).status_code == 303
    assert state_of(app, content) is State.DRAFT


def test_nobody_who_was_not_named_sees_or_signs_anything(reviewers, visitor, awa, mariam, admin, content, stories):
    assert visitor.get(DESK).headers["Location"].startswith("/sign-in")
    for worker in (awa, mariam, admin):
        assert worker.post("/signatures/", word(content)).status_code == 403
        for address in (DESK, f"{DESK}/drafts.po", f"{DESK}/drafts.xlsx", f"{DESK}?unit=item:qui-choisit"):
            assert worker.get(address).status_code == 403, address
    assert stories.scalars(select(ReviewSignature)).all() == []


def test_only_the_national_level_names_reviewers(binta, modibo, oumou, mariam, who, stories):
    for worker in (binta, modibo, oumou, mariam):
        assert worker.post(f"/workers/{who['djeneba']}/reviews", capacities="clinician").status_code == 403
    assert stories.scalars(select(Reviewer)).all() == []


def test_a_member_is_no_reviewer_and_a_capacity_that_is_none_is_refused(admin, who, stories):
    assert admin.post(f"/workers/{who['Benkadi members'][0]}/reviews", capacities="clinician").status_code == 403
    assert admin.post(f"/workers/{who['djeneba']}/reviews", capacities="doctor").status_code == 422
    assert stories.scalars(select(Reviewer)).all() == []


def test_who_is_reviewer_no_more_signs_no_more_and_what_she_signed_stays(
    app, reviewers, admin, djeneba, oumou, who, content
):
    both(djeneba, oumou, content)
    assert "<dd>Santé</dd>" in admin.get(f"/workers/{who['djeneba']}").text
    admin.post(f"/workers/{who['djeneba']}/reviews")
    with app.app_context():
        assert capacities(who["djeneba"]) == set()
    assert djeneba.get(DESK).status_code == 403
    assert djeneba.post("/signatures/", word(content, "title", role="clinician")).status_code == 403
    assert state_of(app, content) is State.VALIDATED


def test_replayed_receipts_give_the_same_signatures(world, reviewers, admin, djeneba, oumou, who, content, tmp_path):
    both(djeneba, oumou, content)
    admin.post(f"/workers/{who['djeneba']}/reviews")
    there = f"sqlite:///{tmp_path / 'again.sqlite'}"
    with world.app.app_context():
        assert [fact for fact in replay.replay(there) if fact] == []
        db.session.rollback()
        live, again = rows(), rows_at(there)
    for table in ("review_signature", "reviewer", "receipt"):
        assert again[table] == live[table], table


def test_the_export_and_the_facts_give_the_same_states_together_and_alone(
    world, reviewers, djeneba, oumou, content, tmp_path
):
    both(djeneba, oumou, content)
    djeneba.post("/signatures/", word(content, "title", role="clinician", verdict="dangerous", note='Un « mot » "dur"'))
    oumou.post("/signatures/", word(content, "title"))
    for module in world.app.extensions["catalogue"]:
        (tmp_path / "modules" / module.slug).mkdir(parents=True)
    run = world.app.test_cli_runner()
    first = run.invoke(commands, ["review", "--export", "--root", str(tmp_path)])
    assert first.exit_code == 0, first.output
    file = tmp_path / "modules" / SLUG / "review.toml"
    text = file.read_text()
    assert run.invoke(commands, ["review", "--export", "--root", str(tmp_path)]).exit_code == 0
    assert file.read_text() == text
    written = review.signatures_of(file, Faults(tmp_path))
    with world.app.app_context():
        signatures.forget()
        here = signatures.signed()
        facts = here.holding[SLUG]
        units = [leaf.unit for leaf in leaves(content)]
        expected = review.states(units, facts), review.objections(units, facts)
        together = review.united(written, facts, here.known)
    for given in (written, together):
        assert (review.states(units, given), review.objections(units, given)) == expected
    assert len(together) == len(facts) == 4
    assert expected[0][UNIT, "bm"] is State.VALIDATED


def test_a_file_does_not_bring_back_what_was_corrected_since():
    one = Signature("u", "bm", "native", "x", date(2026, 1, 1), "a", "b", fact="f1")
    by_hand = Signature("u", "bm", "native", "y", one.signed, "a", "b")
    assert review.united([one, by_hand], [], ["f1"]) == (by_hand,)
    assert review.united([one, by_hand], [], []) == (one, by_hand)
    assert review_file.written([one, by_hand]) == review_file.written([by_hand, one, one])


def test_the_check_counts_what_was_signed_here(world, reviewers, djeneba, oumou, content, monkeypatch):
    both(djeneba, oumou, content)
    monkeypatch.setenv("LMS_DATA", str(world.data))
    monkeypatch.setenv("DATABASE_URL", world.url)
    with world.app.app_context():
        signatures.forget()
    told = json.loads(world.app.test_cli_runner().invoke(commands, ["check", "--json"]).output)
    assert told["languages"]["bm"]["validated"] == 1
    assert set(told["languages"]["bm"]) == {"missing", "draft", "validated", "stale"}


def test_her_drafts_travel_as_a_catalogue(reviewers, oumou, djeneba, content):
    both(djeneba, oumou, content)
    answer = oumou.get(f"{DESK}/drafts.po?lang=bm")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    found = read_po(BytesIO(answer.data))
    contexts = {message.context for message in found if message.id}
    assert f"bm|{SLUG}|item:qui-choisit|ask" in contexts
    assert f"bm|{SLUG}|{UNIT}|text" not in contexts


def test_the_french_is_reviewed_too(app, admin, who, oumou, content):
    admin.post(f"/workers/{who['oumou']}/reviews", capacities="native.fr")
    assert oumou.get(f"{DESK}?lang=bm").status_code == 403
    page = oumou.get(f"{DESK}?lang=fr&unit={UNIT}").text
    assert "La santé de la reproduction" in page
    assert BAMBARA not in page
    assert oumou.post("/signatures/", word(content, language="fr")).status_code == 303
    assert oumou.get(f"{DESK}/drafts.po?lang=fr").status_code == 404


def test_a_browser_that_signed_out_signs_nothing(app, content):
    assert Browser(app).post("/signatures/", word(content)).status_code == 401
