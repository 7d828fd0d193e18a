"""The flip-chart and the handout as they come out of the printer."""

import io
import subprocess
import unicodedata

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from lms.core import paper
from lms.core.language import LANGUAGES
from lms.curriculum import fitting, flipchart, handout
from lms.curriculum.content import catalogue
from lms.curriculum.ink import BLACK, Edition, Pictures, aside, grey, plain
from lms.curriculum.views import told

ANY = ("choix-libre-eclaire", "bm")


def letters(text):
    """What is said, without spaces, hyphens and Markdown: a line may end anywhere on paper."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c.isalnum())


def read_pages(content):
    """The text of each page, as `pdftotext` reads it."""
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True).stdout
    return [letters(page) for page in text.decode().split("\f")[:-1]]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Prints a module of the catalogue: (application, function from slug and language to its edition)."""
    from lms import create_app

    folder = tmp_path_factory.mktemp("printed")
    app = create_app(
        TESTING=True, SECRET_KEY="x", LMS_DATA=folder, SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'p.sqlite'}"
    )

    def edition(slug, code, black=False):
        return Edition(told(catalogue().modules[slug], code), code, black)

    with app.test_request_context():
        yield edition


@pytest.fixture(scope="module")
def charts(printed):
    """{(slug, language): flip-chart} of every module taught."""
    return {
        (module.slug, code): flipchart.pdf(printed(module.slug, code)) for module in catalogue() for code in LANGUAGES
    }


def test_two_pages_for_every_card_the_cover_and_the_last_leaf(charts, printed):
    for (slug, code), content in charts.items():
        pages = PdfReader(io.BytesIO(content)).pages
        assert len(pages) == 2 * (len(catalogue().modules[slug].cards) + 2), (slug, code)
        assert {tuple(round(float(x)) for x in page.mediabox[2:]) for page in pages} == {(842, 595)}


def test_every_card_stands_whole_on_its_own_leaf(charts, printed):
    for (slug, code), content in charts.items():
        pages = read_pages(content)
        for number, card in enumerate(catalogue().modules[slug].cards.values(), start=1):
            front, back = pages[2 * number], pages[2 * number + 1]
            for said in (card.title, card.text):
                assert all(letters(part) in front for part in plain(said[code])), (slug, code, card.id)
                assert all(letters(part) in back for part in plain(said[code])), (slug, code, card.id)
            for said in (card.facilitator[code], card.facilitator["fr"]):
                assert all(letters(part) in back for part in plain(said)), (slug, code, card.id)
                assert not any(letters(part) in front for part in plain(said)), (slug, code, card.id)


def test_the_cover_tells_the_edge_and_the_last_leaf_the_notes(charts, printed):
    for (slug, code), content in charts.items():
        pages, module = read_pages(content), catalogue().modules[slug]
        assert letters(module.title[code]) in pages[0]
        assert module.hash[:10] in pages[0]
        assert all(letters(objective.text[code]) in pages[1] for objective in module.objectives)
        assert all(letters(note.text[code]) in pages[-1] for note in module.notes)
        assert all(letters(source.title) in pages[-1] for source in module.sources)
    assert letters("retourner sur le bord court") in read_pages(charts["choix-libre-eclaire", "fr"])[0]


def test_bound_at_the_top_the_words_stand_on_the_leaf_turned_before(printed):
    edition = printed("choix-libre-eclaire", "fr")
    pages = read_pages(flipchart.pdf(edition, bound=True))
    cards = list(edition.module.cards.values())
    assert len(pages) == 2 * (len(cards) + 2)
    for number, card in enumerate(cards):
        assert all(letters(part) in pages[2 * number + 1] for part in plain(card.facilitator["fr"]))
    assert letters("Comment s’en servir") in pages[-1]


def test_a_draft_says_so_and_has_the_french_beside_it(charts, printed):
    bambara, french = read_pages(charts["choix-libre-eclaire", "bm"]), read_pages(charts["choix-libre-eclaire", "fr"])
    marks = [letters(mark) for mark in ("traduction provisoire", "bayɛlɛmali sɛgɛsɛgɛta")]
    assert all(any(mark in page for mark in marks) for page in bambara)
    assert not any(mark in page for mark in marks for page in french)


def test_bambara_letters_can_be_copied_from_the_paper(charts, printed):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(charts[ANY])).pages)
    assert set("ɛɔɲŋ") <= set(unicodedata.normalize("NFC", text)) | {"ŋ"}
    fonts = subprocess.run(["pdffonts", "-"], input=charts[ANY], capture_output=True, check=True).stdout.decode()
    assert {line.split()[0].split("+")[1].split("-")[0] for line in fonts.splitlines()[2:]} == {"Paper"}


def test_a_screen_reader_finds_structure_language_and_pictures_told(charts, printed):
    for (_slug, code), content in charts.items():
        with pikepdf.open(io.BytesIO(content)) as book:
            assert book.Root.MarkInfo.Marked
            assert str(book.Root.Lang) == code
            assert b"pdfuaid" in bytes(book.Root.Metadata.read_bytes())
            figures = [o for o in book.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
            assert figures
            assert all(str(figure.get("/Alt", "")) for figure in figures)


def test_words_read_to_a_group_are_large(printed):
    sizes = [
        flipchart.front(card.text[code]).size
        for module in catalogue()
        for card in module.cards.values()
        for code in LANGUAGES
    ]
    assert min(sizes) >= 24


@given(st.lists(st.integers(1, 14), min_size=1, max_size=220))
def test_words_and_picture_share_the_page_or_are_as_small_as_they_get(lengths):
    text = " ".join("m" * n for n in lengths)
    found = flipchart.front(text)
    high = fitting.height([text], (flipchart.WIDE - found.picture - flipchart.GUTTER) * flipchart.MM, found.size)
    assert high <= flipchart.HIGH * flipchart.MM or (found.picture, found.size) == (80, 14)


def test_a_text_too_long_for_its_page_flows_and_is_not_cut(serve, folder):
    words = [f"mot{a}{b}{c}" for a in "aeiou" for b in "bcdfghjklmnp" for c in "aeioubcdfghjklmnprst"]
    long = " ".join(words)
    folder.change("modules/attendre/fr.md", "> Demander : « Pourquoi ? »", f"> Demander : {long}")
    app = serve()
    with app.test_request_context():
        content = flipchart.pdf(Edition(told(catalogue().modules["attendre"], "fr"), "fr"))
    whole = "".join(read_pages(content))
    assert all(word in whole for word in words)


def test_the_handout_is_one_page_with_every_lesson_and_idea(printed):
    for module in catalogue():
        for code in LANGUAGES:
            (page,) = read_pages(handout.pdf(printed(module.slug, code)))
            assert all(letters(lesson.title[code]) in page for lesson in module.lessons)
            assert all(letters(card.title[code]) in page for card in module.cards.values())


def test_in_black_nothing_has_a_colour(printed):
    edition = printed("choix-libre-eclaire", "fr", black=True)
    with pikepdf.open(io.BytesIO(flipchart.pdf(edition))) as book:
        drawn = b"\n".join(
            o.read_bytes() for o in book.objects if isinstance(o, pikepdf.Stream) and "/Subtype" not in o
        )
    painted = [line.split() for line in drawn.splitlines() if line.endswith((b" rg", b" RG"))]
    assert painted
    assert all(len(set(line[:3])) == 1 for line in painted)


def test_a_drawing_without_colours_keeps_what_is_light_light():
    assert grey(b'<path fill="#23306b"/><path stroke="#f2b632"/>') == b'<path fill="#000000"/><path stroke="#b9b9b9"/>'
    assert set(BLACK.values()) <= {"#000", "#333", "#999", "#fff"}


def test_a_picture_that_points_outside_brings_nothing_along(serve, folder, monkeypatch):
    opened = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda self, *a, **k: opened.append(a))
    folder.write(
        "modules/attendre/media/un.svg",
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><image href="file:///etc/passwd" width="9" height="9"/>'
        '<style>@import url(http://127.0.0.1:9/x.css);</style><path fill="url(http://127.0.0.1:9/y)" d="M0 0h9v9z"/></svg>',
    )
    app = serve()
    with app.test_request_context():
        content = flipchart.pdf(Edition(told(catalogue().modules["attendre"], "fr"), "fr"))
    with pikepdf.open(io.BytesIO(content)) as book:
        inside = b"".join(o.read_bytes() for o in book.objects if isinstance(o, pikepdf.Stream))
        assert not book.attachments
    assert b"root:" not in inside
    assert opened == []


def test_a_facilitators_words_are_led_by_what_she_does():
    said = str(aside("Rumeur\u202f: « Elle dit\u202f: non.\u202f» Réponse\u202f: oui. N’oubliez pas : demain."))
    assert said.count("<strong") == 2
    assert all(f'"lead">{word}\u202f:' in said for word in ("Rumeur", "Réponse"))


def test_signs_the_font_lacks_do_not_stop_a_paper(serve, folder):
    folder.change("modules/attendre/module.toml", "La loi fixe cet âge.", "⚖ La loi ★ fixe ☐ cet âge.")
    with serve().test_request_context():
        edition = Edition(told(catalogue().modules["attendre"], "fr"), "fr")
        assert paper.pages(flipchart.pdf(edition)) == 10


def test_a_picture_the_content_names_is_given_by_name(printed):
    pictures = Pictures(catalogue().modules["choix-libre-eclaire"], black=False)
    assert pictures.address("healthicons:people/rmnh") == "picture:healthicons:people/rmnh"
    assert b"<svg" in pictures["healthicons:people/rmnh"]


@pytest.mark.parametrize("path", ["flipchart", "handout", "guide"])
def test_anybody_may_print_what_anybody_may_read(reader, path):
    answer = reader.get(f"/modules/attendre/{path}-fr.pdf?black=1")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert reader.get(f"/modules/attendre/{path}-en.pdf").status_code == 404
    assert reader.get(f"/modules/rien/{path}-fr.pdf").status_code == 404


def test_a_module_says_how_it_is_printed(reader):
    page = reader.get("/modules/attendre").text
    assert "/modules/attendre/flipchart-bm.pdf" in page
    assert "5 feuilles" in page
    more = reader.get("/modules/attendre/print").text
    assert "bound=1" in more
    assert "answers-fr.pdf" in more
