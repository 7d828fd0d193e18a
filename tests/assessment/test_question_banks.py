"""Questions go out to Moodle and come back the same, whatever signs they are made of."""

import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lms.assessment import gift, moodle_xml
from lms.assessment.banks import whole
from lms.assessment.exchange import RefusedError, item_of, question_of
from lms.assessment.exchange_cli import gathered
from lms.assessment.gathering import Bank, Reader
from lms.assessment.questions import AssessmentFile, Item, Option

NASTY = st.sampled_from(
    ["=", "~", "#", "{", "}", ":", "\\", "\\n", "\n", "\n\n", "\t", "  ", " ", "::", "####", "->", "[html]", "[", "]", "%50%",
     "//", "<b>", "</p>", "<pre>", "&amp;", "&", "]]>", "<![CDATA[", "ɛ", "ɔ", "ɲ", "Ŋ", "é", "👩🏾‍🍼", "\u00a0", "\u202f",
     "\r", "\u2028", "\x85", "$CATEGORY:", "{T}", "_____", "mot", "1", '"', "'", "«", "\ufeff"]
)  # fmt: skip
LETTERS = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")
TEXT = st.lists(NASTY | LETTERS, min_size=1, max_size=12).map("".join).filter(str.strip)
WORD = st.from_regex(r"[a-z][a-z0-9-]{0,60}", fullmatch=True) | TEXT
FREE = st.just("") | TEXT


@st.composite
def items(draw):
    """Any item at all, in French and Bambara."""
    ids = draw(st.lists(WORD, min_size=2, max_size=4, unique=True))
    both = lambda: {"fr": draw(TEXT), "bm": draw(TEXT)}  # noqa: E731
    options = tuple(Option(id, both(), draw(FREE), draw(FREE)) for id in ids)
    return Item(
        id=draw(WORD), objective=draw(WORD), audience=draw(st.sampled_from(["chw", "group", "all"])),
        forms=draw(st.sampled_from([(), ("A",), ("B",), ("A", "B")])), source=draw(WORD),
        answer=draw(st.sampled_from(ids)), ask=both(), rationale=draw(st.just({}) | st.builds(both)), options=options,
        vital=draw(st.booleans()), picture=draw(FREE), expected=draw(st.integers(0, 100)), matter=draw(FREE),
        settles=draw(FREE),
    )  # fmt: skip


def by_gift(questions, wrong):
    return gift.read(gift.write(questions), wrong)


def by_xml(questions, wrong):
    return moodle_xml.read(moodle_xml.write(questions), wrong)


def came_back(item, road):
    """The item after a journey in French and one in Bambara."""
    bank = Bank()
    for language in ("fr", "bm"):
        reader = Reader(Path(f"{language}.x"), {}, {})
        reader.add_to(bank, road([question_of(item, language)], reader.wrong))
    [fields] = bank.items.values()
    return item_of(fields)


@pytest.mark.parametrize("road", [by_gift, by_xml])
@settings(max_examples=100, deadline=None)
@given(item=items())
def test_nothing_is_lost_on_the_way(road, item):
    assert came_back(item, road) == item


@settings(max_examples=50, deadline=None)
@given(found=st.lists(items(), max_size=3, unique_by=lambda item: item.id))
def test_nothing_is_lost_in_the_file_of_a_module(found):
    text = whole(AssessmentFile(), found)
    assert AssessmentFile.model_validate(tomllib.loads(text)).items == tuple(found)


# What Moodle writes: in the structure and with the quirks of its own exports, in words of ours.
MOODLE_GIFT = (
    "\ufeff// question: 0  name: switch category to $course$/Défaut pour PF\r\n"
    "$CATEGORY: $course$/Défaut pour PF\r\n\r\n"
    "// question: 43  name: Attendre\r\n"
    "::Attendre::[html]<p>On attend\\: <b>combien</b> de temps\\\\mois ?<br></p>{\r\n"
    "\t~1 an#Écoutez encore.\r\n\t=2 ans#Oui \\!\r\n\t~%-50%3 ans#<p>Non.</p>\r\n"
    "\t####<p>La mère \\{et l’enfant\\} \\~ reprennent des forces.</p>\r\n}\r\n\r\n"
    "// question: 45  name: Le secret\r\n"
    "::Le secret::L’agente garde le secret.{TRUE}\r\n\r\n\r\n"
    "La femme {\r\n~attend\r\n=choisit # bien\r\n} sa méthode.\r\n"
).encode()
MOODLE_XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0  -->
  <question type="category">
    <category>
      <text>$course$/top/PF</text>
    </category>
    <info format="moodle_auto_format"><text></text></info>
    <idnumber></idnumber>
  </question>

<!-- question: 2295  -->
  <question type="multichoice">
    <name>
      <text>Attendre</text>
    </name>
    <questiontext format="html">
      <text><![CDATA[<p dir="ltr">On attend <b>combien</b> de temps&nbsp;?</p>]]></text>
    </questiontext>
    <generalfeedback format="html">
      <text></text>
    </generalfeedback>
    <defaultgrade>1.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <hidden>0</hidden>
    <idnumber>T &amp; F</idnumber>
    <single>true</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>abc</answernumbering>
    <correctfeedback format="html"><text>Votre réponse est correcte.</text></correctfeedback>
    <shownumcorrect/>
    <answer fraction="0" format="html">
      <text><![CDATA[<p>1 an</p>]]></text>
      <feedback format="html"><text><![CDATA[<p>Écoutez encore.</p>]]></text></feedback>
    </answer>
    <answer fraction="100" format="html">
      <text><![CDATA[<p>2 ans<br></p>]]></text>
      <feedback format="html"><text><![CDATA[<p>La mère reprend des forces.</p>]]></text></feedback>
    </answer>
    <tags><tag><text>espacement</text></tag></tags>
  </question>

  <question type="truefalse">
    <name><text>Le secret</text></name>
    <questiontext format="moodle_auto_format"><text>L’agente raconte.</text></questiontext>
    <generalfeedback format="html"><text></text></generalfeedback>
    <answer fraction="0" format="moodle_auto_format"><text>true</text><feedback format="html"><text></text></feedback></answer>
    <answer fraction="100" format="moodle_auto_format"><text>false</text><feedback format="html"><text></text></feedback></answer>
  </question>
</quiz>
""".encode()
BILLION = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaaaaaaaa">%s]><quiz>&j;</quiz>""" % b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="multichoice">
<name><text>&x;</text></name></question></quiz>"""


def bank_of(raw, name, **otherwise):
    return lambda folder: gathered([_put(folder / name, raw)], {}, {"audience": "chw", "forms": ["A"], **otherwise})


def _put(file, raw):
    file.write_bytes(raw)
    return file


def refused(raw, name, folder):
    with pytest.raises(RefusedError) as found:
        bank_of(raw, name)(folder)
    return [(problem.line, problem.what) for problem in found.value.problems]


def test_a_gift_file_that_moodle_wrote(tmp_path):
    first, second, third = bank_of(MOODLE_GIFT, "moodle.gift")(tmp_path).items.values()
    assert first["id"] == "attendre"
    assert first["ask"] == {"fr": "On attend: combien de temps\\mois ?"}
    assert [o["text"]["fr"] for o in first["options"]] == ["1 an", "2 ans", "3 ans"]
    assert (first["answer"], first["rationale"]["fr"]) == ("b", "La mère {et l’enfant} ~ reprennent des forces.")
    assert [(o["id"], o["text"]["fr"], o["picture"]) for o in second["options"]] == [
        ("vrai", "Vrai", "own:vrai"), ("faux", "Faux", "own:faux"),
    ]  # fmt: skip
    assert (second["answer"], second["ask"]["fr"]) == ("vrai", "L’agente garde le secret.")
    assert (third["ask"]["fr"], third["rationale"]["fr"]) == ("La femme _____ sa méthode.", "bien")


def test_a_moodle_xml_file_that_moodle_wrote(tmp_path):
    bank = bank_of(MOODLE_XML, "moodle.xml")(tmp_path)
    first, second = bank.items.values()
    assert (first["id"], first["ask"]["fr"]) == ("T & F", "On attend combien de temps\u00a0?")
    assert ([o["text"]["fr"] for o in first["options"]], first["answer"]) == (["1 an", "2 ans"], "b")
    assert (first["rationale"]["fr"], bank.remarks) == ("La mère reprend des forces.", 1)
    assert (second["answer"], second["ask"]["fr"]) == ("faux", "L’agente raconte.")


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("Racontez. {}", "à rédiger"), ("Quand ? {#1822:5}", "en nombre"), ("Qui ? {=elle =Awa}", "à écrire"),
        ("Reliez. {=a -> b =c -> d}", "à relier"), ("Un texte.", "pas de réponses"), ("Qui ? {=a", "accolade"),
        ("Qui ? {~%50%a ~%50%b ~c}", "Plusieurs"), ("Qui ? {=a =b ~c}", "Plusieurs"), ("Qui ? {~a ~b}", "Aucune"),
        ("Qui ? {=a ~b ~c ~d ~e}", "de 2 à 4"), ("Qui ? {=a ~}", "pas de texte"), ("{=a ~b}", "n’a pas de texte"),
    ],
)  # fmt: skip
def test_a_gift_question_of_another_kind_is_refused_by_its_line(tmp_path, written, what):
    raw = f"// bien\nBonne ? {{=a ~b}}\n\n// name\n{written}\n".encode()
    [(line, cause)] = refused(raw, "x.gift", tmp_path)
    assert line == 5
    assert what in cause


@pytest.mark.parametrize(
    ("kind", "answers", "what"),
    [
        ("essay", "", "à rédiger"), ("matching", "", "à relier"), ("cloze", "", "à trous"), ("inconnu", "", "autre sorte"),
        ("multichoice", '<answer fraction="50"><text>a</text></answer>' * 2, "Plusieurs"),
        ("multichoice", '<answer fraction="0"><text>a</text></answer>', "Aucune"),
        ("multichoice", '<answer fraction="100"><text>a</text></answer>', "de 2 à 4"),
    ],
)  # fmt: skip
def test_an_xml_question_of_another_kind_is_refused_by_its_line(tmp_path, kind, answers, what):
    raw = (
        f'<quiz>\n\n<question type="{kind}"><questiontext><text>Qui ?</text></questiontext>{answers}</question></quiz>'
    )
    [(line, cause)] = refused(raw.encode(), "x.xml", tmp_path)
    assert line == 3
    assert what in cause


@pytest.mark.parametrize(
    "raw", [BILLION, OUTSIDE, b"<!DOCTYPE quiz><quiz/>", b"<quiz>", b"<html/>", b"", b"\xff\xfe<\x00"]
)
def test_xml_made_to_hurt_is_refused(tmp_path, raw):
    assert len(refused(raw, "x.xml", tmp_path)) == 1
    assert "root:" not in str(refused(raw, "x.xml", tmp_path))


def test_a_file_in_other_letters_is_refused_by_its_line(tmp_path):
    assert refused(b"Qui ? {=a ~b}\n\n\xe9t\xe9 {=a ~b}", "x.gift", tmp_path) == [(3, "Le fichier n’est pas en UTF-8.")]


@settings(max_examples=200, deadline=None)
@given(text=st.lists(NASTY | st.text(max_size=3), max_size=30).map("".join), kind=st.sampled_from(["gift", "xml"]))
def test_any_text_is_read_or_refused(tmp_path_factory, text, kind):
    if kind == "xml":
        text = f"<quiz><question type='multichoice'>{text}</question></quiz>"
    with contextlib.suppress(RefusedError):
        bank_of(text.encode("utf-8", "surrogatepass"), f"x.{kind}")(tmp_path_factory.getbasetemp())


@settings(max_examples=100, deadline=None)
@given(
    ask=FREE, name=FREE, tags=st.lists(st.builds("{}={}".format, st.sampled_from(
        ["objective", "forms", "expected", "vital", "lang", "1.id", "2.id", "1.id+1", "2.img", "id", "x"]), FREE), max_size=6),
    answers=st.lists(st.tuples(FREE, st.sampled_from(["0", "100", "50", "-1", "x", "1e9"])), max_size=6),
)  # fmt: skip
def test_any_bank_in_the_right_shape_is_read_or_refused(tmp_path_factory, ask, name, tags, answers):
    quiz = etree.Element("quiz")
    question = etree.SubElement(quiz, "question", type="multichoice")
    for path, text in [("name", name), ("questiontext", ask), *((f"tag{n}", tag) for n, tag in enumerate(tags))]:
        etree.SubElement(etree.SubElement(question, path), "text").text = text
    for text, fraction in answers:
        etree.SubElement(etree.SubElement(question, "answer", fraction=fraction), "text").text = text
    box = etree.SubElement(question, "tags")
    for tag in tags:
        etree.SubElement(etree.SubElement(box, "tag"), "text").text = tag
    with contextlib.suppress(RefusedError):
        assert len(bank_of(etree.tostring(quiz), "y.xml")(tmp_path_factory.getbasetemp()).items) == 1
