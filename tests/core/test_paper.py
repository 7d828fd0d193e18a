"""What may go onto paper, and what a page may not bring along."""

import io
import subprocess
import unicodedata

import pikepdf
import pytest
from pypdf import PdfReader

from lms.core import paper

HOSTILE = """
<html lang="fr"><title>Hostile</title>
<link rel="attachment" href="file:///etc/passwd">
<link rel="stylesheet" href="file:///etc/hostname">
<style>
  @import url(http://127.0.0.1:9/x.css);
  @font-face { font-family: q; src: url(file:///etc/shadow), local("DejaVu Sans") }
  body { background: url(http://169.254.169.254/latest/meta-data); font-family: q, Paper }
  li { list-style-image: url("data:image/png;base64,iVBORw0KGgo=") }
</style>
<img src="file:///etc/passwd"><img src="picture:given"><img src="picture:../../etc/passwd">
<object data="file:///etc/passwd"></object><embed src="ftp://127.0.0.1/x">
<a rel="attachment" href="file:///etc/passwd">a</a>
<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/><use href="file:///etc/passwd#a"/></svg>
"""
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle cx="4" cy="4" r="4"/></svg>'


def run(*command, given):
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout.decode()


def pdftotext(content):
    return run("pdftotext", "-layout", "-", "-", given=content)


def everything_in(content):
    """All bytes a PDF holds, its streams unpacked."""
    with pikepdf.open(io.BytesIO(content)) as book:
        return b"".join(o.read_bytes() for o in book.objects if isinstance(o, pikepdf.Stream)) + content


@pytest.mark.parametrize("reader", [pdftotext, lambda b: PdfReader(io.BytesIO(b)).pages[0].extract_text()])
def test_what_was_written_reads_back_from_the_paper(reader):
    words = "Fanta Kɔnɛ Ŋaɲa, Planification, bɛ́ fɛ̀ dɔ̀gɔtɔrɔ tɔ̌n, Ɲ Ɛ Ɔ œ « ! »"
    read = reader(paper.pdf(f"<p>{words}</p>"))
    assert unicodedata.normalize("NFC", read).split() == unicodedata.normalize("NFC", words).split()


def test_the_letters_are_those_of_andika_and_of_nothing_else():
    content = paper.pdf("<p>ɛ ɔ <b>ɲ ŋ</b> <i>é</i></p>")
    fonts = run("pdffonts", "-", given=content).splitlines()[2:]
    assert {line.split()[0].split("+")[1].split("-")[0] for line in fonts} == {"Paper"}


def test_a_hostile_page_brings_nothing_along():
    content = paper.pdf(HOSTILE, pictures={"given": DOT})
    inside = everything_in(content)
    assert b"root:" not in inside
    assert b"EmbeddedFile" not in inside
    with pikepdf.open(io.BytesIO(content)) as book:
        assert not book.attachments


def test_a_hostile_page_asks_and_nothing_is_fetched(monkeypatch):
    opened = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda self, *a, **k: opened.append(a))
    paper.pdf(HOSTILE, pictures={"given": DOT})
    assert opened == []


def test_only_a_picture_given_by_name_is_printed():
    given = paper.pdf('<img src="picture:é 1" alt="">', pictures={"é 1": DOT})
    assert len(given) > len(paper.pdf('<img src="picture:other" alt="">', pictures={"é 1": DOT}))


def test_letters_the_font_lacks_are_named_each_once():
    assert paper.unprintable("Fanta 中国 中 Kɔnɛ Ŋaɲa") == "中国"
    assert paper.unprintable("Fanta Kɔnɛ\nbɛ́ e\u0301 tɔ\u030cn → ✓") == ""


def test_a_page_with_a_letter_the_font_lacks_is_refused_not_printed_with_a_box():
    with pytest.raises(paper.UnprintableError, match="中") as refused:
        paper.pdf("<p>Fanta 中</p>")
    assert refused.value.characters == "中"


def test_a_machine_without_the_font_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(paper, "FONTS", tmp_path)
    with pytest.raises(paper.MissingFontError, match="fonts-sil-andika"):
        paper._file("regular")


def test_a_name_is_a_name_and_not_html(tmp_path):
    (tmp_path / "page.html").write_text("<p>{{ name }}</p>")
    assert paper.page(tmp_path, "page.html", name="<img src=x>") == "<p>&lt;img src=x&gt;</p>"


def test_the_paper_says_its_language_and_its_structure():
    with pikepdf.open(io.BytesIO(paper.pdf('<html lang="fr"><title>Titre</title><h1>a</h1>'))) as book:
        assert (str(book.Root.Lang), str(book.docinfo.Title)) == ("fr", "Titre")
        assert book.Root.MarkInfo.Marked


def test_parts_are_laid_out_in_turn_and_bound_as_one():
    book = PdfReader(io.BytesIO(paper.pdf(f"<p>page {n}</p>" for n in (1, 2, 3))))
    assert [page.extract_text().strip() for page in book.pages] == ["page 1", "page 2", "page 3"]


def test_a_text_twice_as_long_is_twice_as_wide():
    assert paper.width("ɛɛ") == pytest.approx(2 * paper.width("ɛ"))
    assert paper.width("ɛ", "bold") > paper.width("ɛ")
