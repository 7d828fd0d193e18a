"""Certificates as they come out of the printer: names right to the last ɛ, and a code a phone can read."""

import io
import re
import subprocess
import unicodedata
from dataclasses import fields, replace
from datetime import date

import pikepdf
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from lms.certificates.paper import Sheet, name_lines, name_size, of, print_sheets
from lms.core import paper

FANTA = Sheet(
    kind="competence",
    holder="Fanta Kɔnɛ Ŋaɲa",
    cadre="agente de santé communautaire",
    module_fr="Planification familiale : les méthodes",
    module_bm="Bangekɔlɔsi: a fɛɛrɛw",
    version=3,
    place="Benkadi, aire de santé de Wacoro",
    district="Dioïla",
    day=date(2019, 11, 26),
    valid_until=date(2021, 11, 26),
    trainer="Oumou Diarra",
    trainer_cadre="formatrice de district",
    number="ML-7QK2M9XD4T-R",
    check_url="https://kalanso.example/v/ML-7QK2M9XD4T-R",
)
LONG = "Mariam Fatoumata Djénéba Coulibaly-Traoré dite Mah"
FULL = replace(
    FANTA,
    holder=f"{LONG} {LONG}",
    module_fr="Planification familiale après l’accouchement et après l’avortement : conseil, méthodes, suivi "
    "et référence vers le centre de santé communautaire",
    place="Salle de réunion de la mairie de Ouélessébougou, aire de santé de Ouélessébougou Central, commune "
    "de Ouélessébougou, région de Koulikoro",
    duplicate=True,
    specimen=True,
)


def run(*command, given):
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def pdftotext(content):
    return one_line(run("pdftotext", "-", "-", given=content).decode())


def pypdf(content):
    return one_line(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))


def one_line(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def picture(content, dpi=150):
    """The first page, as a printer or a screen would show it."""
    drawn = run("pdftoppm", "-r", str(dpi), "-png", "-singlefile", "-", given=content)
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def boxes(content, page=1):
    """(top, bottom, word) of every word of a page, in points from the top."""
    found = run("pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-", given=content).decode()
    words = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', found)
    return [(float(top), float(bottom), word) for top, bottom, word in words]


@pytest.mark.parametrize("reader", [pdftotext, pypdf])
def test_the_certificate_of_fanta_reads_back_word_for_word(reader):
    read = reader(print_sheets([FANTA]))
    for text in (
        "République du Mali", "Un Peuple – Un But – Une Foi", "District sanitaire de Dioïla",
        "Attestation de compétence", "Seko ni dɔnko seereyasɛbɛn", "Fanta Kɔnɛ Ŋaɲa",
        "agente de santé communautaire", "« Planification familiale : les méthodes », version 3",
        "Bangekɔlɔsi: a fɛɛrɛw", "Benkadi, aire de santé de Wacoro",
        "26 novembre 2019 · taratadon nowanburukalo tile 26 san 2019", "valable jusqu’au 26 novembre 2021",
        "Oumou Diarra", "formatrice de district", "Directeur technique du centre ou médecin-chef", "ML-7QK2M9XD4T-R",
    ):  # fmt: skip
        assert text in read


def test_a_name_typed_with_loose_accents_is_printed_in_one_piece():
    assert "Djénéba Kɔnɛ" in pdftotext(print_sheets([replace(FANTA, holder="Dje\u0301ne\u0301ba Kɔnɛ")]))


@pytest.mark.parametrize("black_only", [False, True])
def test_a_phone_reads_the_code_from_the_page(black_only):
    codes = zxingcpp.read_barcodes(picture(print_sheets([FANTA], black_only)))
    assert [code.text for code in codes] == [FANTA.check_url]


def test_a_phone_reads_a_code_that_carries_a_signed_proof():
    proof = "https://kalanso.example/v#" + "0KSXLW4YV2N8QZ7T" * 15
    page = picture(print_sheets([replace(FANTA, check_url=proof)]))
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [proof]


def test_a_specimen_has_a_code_too_whatever_its_number_looks_like():
    page = picture(print_sheets([replace(FANTA, specimen=True, number="SPÉCIMEN n° 1")]))
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [FANTA.check_url]


def test_twenty_four_sheets_come_out_in_the_order_of_the_roll():
    told = []
    sheets = [replace(FANTA, holder=f"Awa Diarra {n}", number=f"ML-7QK2M9XD{n:02}-R") for n in range(24)]
    content = print_sheets(sheets, progress=lambda done, total: told.append((done, total)))
    pages = [one_line(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) == 24
    assert all(s.holder in page and s.number in page for s, page in zip(sheets, pages, strict=True))
    assert told[-1] == (24, 24)


def test_the_border_is_in_the_file_once():
    ten = [replace(FANTA, number=f"ML-{n}") for n in range(10)]
    assert len(print_sheets(ten)) - len(print_sheets([FANTA])) < 9 * 6_000


def test_participation_says_so_and_has_no_end():
    read = pdftotext(print_sheets([replace(FANTA, kind="participation", valid_until=None)]))
    assert "Attestation de participation" in read
    assert "Kalan sendonni seereyasɛbɛn" in read
    assert "compétence" not in read
    assert "valable" not in read


def test_a_draft_title_may_be_left_out():
    assert "Bangekɔlɔsi" not in pdftotext(print_sheets([replace(FANTA, module_bm="")]))


def test_a_duplicate_and_a_specimen_say_so_and_others_do_not():
    assert not {"DUPLICATA", "SPÉCIMEN"} & set(pdftotext(print_sheets([FANTA])).split())
    assert "DUPLICATA" in pdftotext(print_sheets([replace(FANTA, duplicate=True)]))
    assert pdftotext(print_sheets([replace(FANTA, specimen=True)])).count("SPÉCIMEN") == 3


def test_no_mark_lies_over_the_name():
    words = boxes(print_sheets([FULL]))
    names = [(top, bottom) for top, bottom, word in words if word in LONG.split()]
    marks = [(top, bottom) for top, bottom, word in words if word in ("DUPLICATA", "SPÉCIMEN")]
    assert len(marks) == 4
    assert all(bottom <= top_of_name or top >= end for top, bottom in marks for top_of_name, end in names)


@pytest.mark.parametrize("sheet", [FANTA, replace(FANTA, holder=LONG), FULL])
def test_the_longest_names_stay_on_their_page_and_clear_of_the_code(sheet):
    content = print_sheets([sheet, sheet])
    assert len(PdfReader(io.BytesIO(content)).pages) == 2
    assert sheet.holder in pdftotext(content)
    last_line = max(bottom for _, bottom, word in boxes(content) if word == "2021")
    assert last_line < 141 / 25.4 * 72  # the code begins at 145.5 mm, and wants 4.5 mm of white


def test_the_certificate_of_an_erased_person_still_prints():
    assert "ML-7QK2M9XD4T-R" in pdftotext(print_sheets([replace(FANTA, holder="")]))


def test_a_long_name_gets_smaller_then_takes_two_even_lines():
    assert name_lines("Fanta Kɔnɛ Ŋaɲa") == ["Fanta Kɔnɛ Ŋaɲa"]
    assert name_lines(LONG) == ["Mariam Fatoumata Djénéba", "Coulibaly-Traoré dite Mah"]
    assert name_size(["Fanta"]) == 40 > name_size(["Mariam Fatoumata Djénéba Traoré"]) > 26
    assert name_size(["A" * 300]) * paper.width("A" * 300, "bold") < 641


def test_black_only_uses_no_colour():
    def has_colour(page):
        return any(len(set(rgb)) > 1 for _, rgb in page.getcolors(1 << 24))

    assert not has_colour(picture(print_sheets([FULL], black_only=True), dpi=60))
    assert has_colour(picture(print_sheets([FULL]), dpi=60))


def test_the_file_says_what_it_is_and_the_border_is_silent_to_a_screen_reader():
    with pikepdf.open(io.BytesIO(print_sheets([FANTA]))) as book:
        assert str(book.Root.Lang) == "fr"
        assert str(book.docinfo.Title) == "Attestation de compétence · Planification familiale : les méthodes"
        assert book.Root.MarkInfo.Marked
        assert book.pages[0].Contents[0].read_bytes().startswith(b"/Artifact BMC")


def test_a_letter_the_font_lacks_stops_the_batch_and_is_named():
    with pytest.raises(paper.UnprintableError, match="中"):
        print_sheets([FANTA, replace(FANTA, holder="Fanta 中")])


def test_a_name_cannot_write_html_onto_the_certificate():
    assert "<b>Fanta</b> & fille" in pdftotext(print_sheets([replace(FANTA, holder="<b>Fanta</b> & fille")]))


def test_a_sheet_has_no_place_for_what_must_never_be_printed():
    known = {field.name for field in fields(Sheet)}
    assert not known & {"score", "age", "birth", "phone", "marital_status", "method", "sex"}
    assert "ministère" not in pdftotext(print_sheets([FANTA])).lower()


def test_a_district_is_named_as_it_is_said():
    assert of("Dioïla") == "de Dioïla"
    assert of("Ansongo") == "d’Ansongo"
    assert of("Ouélessébougou") == "de Ouélessébougou"
