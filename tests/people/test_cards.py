"""Members' cards: a picture each that nobody near her on the roster shares."""

import io
import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from pypdf import PdfReader

from lms.core import paper
from lms.people.cards import DRAWINGS, Card, drawing, name_size, print_cards
from lms.people.pictures import ANIMALS, COLOURS, TILES, pair

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Mariam Fatoumata Djénéba Coulibaly-Traoré dite Mah"


def a_card(number, name="Fanta Kɔnɛ"):
    return Card(name, number, f"DIO-07-G12-M{number:03}-K", *pair(number), "Benkadi", "Wacoro")


def pdftotext(content):
    text = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
    return " ".join(unicodedata.normalize("NFC", text.decode()).split())


def luminance(value):
    parts = (int(value[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_144_members_have_144_different_pictures():
    assert len({pair(number) for number in range(1, 145)}) == 144
    assert pair(145) == pair(1)


def test_neighbours_on_the_roster_never_share_an_animal():
    assert all(one[0] != next_[0] for one, next_ in pairwise(map(pair, range(1, 300))))


def test_twelve_animals_and_twelve_colours_each_with_names_and_a_pattern_of_its_own():
    assert [len({getattr(a, part) for a in ANIMALS}) for part in ("slug", "fr", "bm")] == [12] * 3
    assert [len({getattr(c, part) for c in COLOURS}) for part in ("slug", "fr", "bm", "value")] == [12] * 4
    assert {c.pattern for c in COLOURS} == set(TILES)
    assert len(set(TILES.values())) == 12
    assert paper.unprintable("".join(x.fr + x.bm for x in ANIMALS + COLOURS)) == ""


@pytest.mark.parametrize("colour", COLOURS, ids=lambda c: c.slug)
def test_every_colour_stands_out_from_white_paper(colour):
    assert 1.05 / (luminance(colour.value) + 0.05) >= 3


@pytest.mark.parametrize("animal", ANIMALS, ids=lambda a: a.slug)
def test_every_animal_has_a_drawing_that_takes_any_colour(animal):
    root = ET.parse(DRAWINGS / f"{animal.slug}.svg").getroot()
    assert (root.get("viewBox"), root.get("fill")) == ("0 0 48 48", "currentColor")
    assert all(node.tag in (f"{SVG}svg", f"{SVG}path") and "style" not in node.attrib for node in root.iter())
    assert COLOURS[0].value.encode() in drawing(animal, COLOURS[0])


def test_the_pattern_runs_above_and_below_the_animal():
    picture = drawing(ANIMALS[0], COLOURS[0]).decode()
    assert picture.count(TILES[COLOURS[0].pattern]) == 10
    assert len(list(ET.fromstring(picture).iter(f"{SVG}path"))) > 10


def test_ten_cards_to_a_page_in_the_order_of_the_roster():
    book = PdfReader(io.BytesIO(print_cards(a_card(n) for n in range(1, 25))))
    pages = [page.extract_text() for page in book.pages]
    assert [page.count("DIO-07") for page in pages] == [10, 10, 4]
    assert "M001-K" in pages[0]
    assert "M024-K" in pages[2]
    assert [round(float(x)) for x in book.pages[0].mediabox[2:]] == [595, 842]


def test_a_card_says_name_number_code_picture_and_group():
    read = pdftotext(print_cards([a_card(7, "Ŋaɲa Tarawele")]))
    for text in ("n° 7", "Ŋaɲa Tarawele", "DIO-07-G12-M007-K", "lièvre · orange", "sonsannin", "Wacoro"):
        assert text in read


def test_a_long_name_is_written_out_whole():
    assert LONG in pdftotext(print_cards([a_card(1, LONG)]))
    assert 8 < name_size(LONG) < 12 < name_size("Fanta Kɔnɛ") == 15


def test_a_member_without_a_name_has_a_card_all_the_same():
    assert "DIO-07-G12-M001-K" in pdftotext(print_cards([a_card(1, "")]))


def test_a_card_with_a_letter_the_font_lacks_is_refused():
    with pytest.raises(paper.UnprintableError):
        print_cards([a_card(1, "Fanta 中")])
