"""Modules are read by everybody, in French and in Bambara, card by card, without scripts."""

import re

import pytest

from tests.curriculum.test_review import signed

LESSON = "/modules/attendre/attendre"


def in_bambara(reader):
    reader.set_cookie("language", "bm")
    return reader


def test_modules_are_listed_in_order(folder, serve):
    folder.add("espacer", order=2)
    page = serve().test_client().get("/modules/")
    assert page.status_code == 200
    assert page.text.index("/modules/attendre") < page.text.index("/modules/espacer")


def test_no_module_is_said_in_a_sentence(folder, serve):
    (folder.root / "assessments/attendre.toml").unlink()
    for file in folder.root.glob("modules/attendre/*.*"):
        file.unlink()
    for file in folder.root.glob("modules/attendre/media/*"):
        file.unlink()
    (folder.root / "modules/attendre/media").rmdir()
    (folder.root / "modules/attendre").rmdir()
    assert "pas encore de module" in serve().test_client().get("/modules/").text


def test_a_module_tells_its_lessons_and_aims(reader):
    page = reader.get("/modules/attendre").text
    assert "Dire pourquoi on attend." in page
    assert f'href="{LESSON}"' in page
    assert "Commencer" in page


def test_next_leads_from_card_to_card_and_on(reader):
    page = reader.get(LESSON).text
    assert re.findall(r'class="go" href="([^"]+)"', page) == ["#deux", "#trois", "/sessions/new?module=attendre"]
    assert re.findall(r'<section class="idea" id="([^"]+)"', page) == ["un", "deux", "trois"]


def test_the_facilitator_has_her_side(reader):
    page = reader.get(LESSON).text
    assert page.count("Pour l’animatrice") == 3
    assert "Demander" in page


def test_bambara_is_shown_as_a_draft_with_the_french_under_it(reader):
    page = in_bambara(reader).get(LESSON).text
    assert '<html lang="bm">' in page
    assert "Bange kɔfɛ" in page
    assert '<div class="french" lang="fr">' in page
    assert "Après une naissance" in page
    assert 'class="draft"' in page


def test_hidden_drafts_leave_the_french_and_say_so(serve):
    page = in_bambara(serve(SHOW_DRAFTS=False).test_client()).get(LESSON).text
    assert "Bange kɔfɛ" not in page
    assert "Après une naissance" in page
    assert 'class="withheld"' in page


def test_validated_bambara_is_shown_alone(folder, serve):
    folder.write("modules/attendre/review.toml", signed(folder, "card:un"))
    page = in_bambara(serve(SHOW_DRAFTS=False).test_client()).get(LESSON).text
    first = page[: page.index('id="deux"')]
    assert "Bange kɔfɛ" in first
    assert "Après une naissance" not in first


def test_both_languages_side_by_side(reader):
    page = reader.get(f"{LESSON}/bilingual").text
    assert "Après une naissance" in page
    assert "Bange kɔfɛ" in page


def test_sources_with_edition_and_national_notes(reader):
    page = reader.get("/modules/attendre/sources").text
    assert "Un manuel" in page
    assert "2019" in page
    assert "La loi fixe cet âge." in page


def test_review_counts_every_text(reader):
    page = reader.get("/modules/review").text
    assert "0 textes relus et signés sur 27" in page  # 10 of the lesson, 16 questions, 1 checklist
    assert "<table" in page
    assert "<rect" in page


@pytest.mark.parametrize(
    "address",
    [
        "/modules/rien",
        "/modules/rien/attendre",
        "/modules/rien/sources",
        f"{LESSON}x",
        f"{LESSON}x/bilingual",
        "/modules/attendre/media/rien.svg",
        "/modules/attendre/media/module.toml",
    ],
)
def test_what_does_not_exist_is_404(reader, address):
    assert reader.get(address).status_code == 404


def test_pictures_and_recordings_are_served(folder, serve):
    folder.write("modules/attendre/media/un.bm.opus", "sound")
    reader = in_bambara(serve().test_client())
    sound = re.search(r'data-audio="([^"]+)"', reader.get(LESSON).text)[1]
    assert reader.get(sound).data == b"sound"
    assert reader.get(sound, headers={"Range": "bytes=1-2"}).data == b"ou"
    picture = re.search(r'src="(/modules/[^"]+)"', reader.get(LESSON).text)[1]
    assert reader.get(picture).content_type == "image/svg+xml"


def test_markdown_cannot_carry_a_script(folder, serve):
    text = "Demander : <script>x</script> [lien](javascript:x) **fort**"
    folder.change("modules/attendre/fr.md", "Demander : « Pourquoi ? »", text)
    page = serve().test_client().get(LESSON).text
    assert "<script>x" not in page
    assert 'href="javascript' not in page
    assert "<strong>fort</strong>" in page


def test_no_answer_key_is_public(reader):
    pages = [reader.get(f"/modules/attendre{end}").text for end in ("", "/attendre", "/sources", "/attendre/bilingual")]
    assert not any("On attend combien de temps" in page for page in pages)
    assert reader.get("/modules/attendre/media/attendre.toml").status_code == 404
