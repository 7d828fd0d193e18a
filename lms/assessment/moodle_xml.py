"""Moodle XML, the format in which question banks travel with their pictures.

It refuses a document type: with it go all entities, those that blow up and those that read a file.
"""

import base64
import binascii
import re

from lxml import etree

from lms.assessment.exchange import Answer, Question, one_right
from lms.assessment.richtext import as_html, in_format

KINDS = {
    "essay": "une réponse à rédiger", "shortanswer": "une réponse à écrire", "numerical": "une réponse en nombre",
    "matching": "des paires à relier", "cloze": "un texte à trous", "description": "un texte sans question",
    "calculated": "une réponse calculée", "calculatedmulti": "un choix calculé", "calculatedsimple": "une réponse calculée",
    "ddwtos": "des mots à placer", "ddimageortext": "des images à placer", "ddmarker": "des repères à placer",
    "gapselect": "des mots à choisir", "randomsamatch": "des paires au hasard", "multianswer": "un texte à trous",
}  # fmt: skip
CURE = "Corriger la question dans son fichier."
ENDINGS = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"RIFF", "webp"))


def write(questions) -> bytes:
    """The questions as one file, pictures inside. ValueError for a sign that XML has not."""
    quiz = etree.Element("quiz")
    for question in questions:
        _write(etree.SubElement(quiz, "question", type="multichoice"), question)
    return etree.tostring(quiz, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _write(element, question):
    _text(etree.SubElement(element, "name"), question.name)
    _html(etree.SubElement(element, "questiontext", format="html"), question.ask, question.drawing)
    _html(etree.SubElement(element, "generalfeedback", format="html"), question.feedback)
    for name, value in (
        ("defaultgrade", "1.0000000"), ("penalty", "0.3333333"), ("hidden", "0"), ("idnumber", question.id),
        ("single", "true"), ("shuffleanswers", "false"), ("answernumbering", "abc"),
    ):  # fmt: skip
        etree.SubElement(element, name).text = value
    for answer in question.answers:
        one = etree.SubElement(element, "answer", fraction="100" if answer.right else "0", format="html")
        _html(one, answer.text, answer.drawing)
        _text(etree.SubElement(one, "feedback", format="html"), "")
    tags = etree.SubElement(element, "tags")
    for tag in question.tags:
        _text(etree.SubElement(tags, "tag"), tag)


def _text(parent, text):
    etree.SubElement(parent, "text").text = text


def _html(parent, text, drawing=b""):
    name = f"image.{next((end for start, end in ENDINGS if drawing.startswith(start)), 'svg')}"
    shown = f'<p><img src="@@PLUGINFILE@@/{name}" alt=""></p>' if drawing else ""
    _text(parent, (as_html(text) if text else "") + shown)
    if drawing:
        file = etree.SubElement(parent, "file", name=name, path="/", encoding="base64")
        file.text = base64.b64encode(drawing).decode()


def read(raw: bytes, wrong):
    """The questions of a Moodle XML file. `wrong(line, what, cure)` hears of each one that cannot be taken."""
    quiz = _root(raw, wrong)
    for element in quiz.iterchildren("question") if quiz is not None else ():
        kind = element.get("type", "")
        if kind in ("multichoice", "truefalse"):
            if question := _question(element, kind == "truefalse", wrong):
                yield question
        elif kind != "category":
            what = f"C’est {KINDS.get(kind, 'une question d’une autre sorte')} ({kind[:40]})."
            wrong(_line(element), what, "Une question de Kalanso a de 2 à 4 réponses au choix, une seule bonne.")


def _root(raw, wrong):
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        quiz = etree.fromstring(raw.removeprefix(b"\xef\xbb\xbf").lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        return wrong(getattr(error, "lineno", None) or 1, f"XML illisible : {error}", "Exporter le fichier de nouveau.")
    if quiz.getroottree().docinfo.doctype:
        return wrong(
            1, "Le fichier déclare un type de document (DOCTYPE).", "L’ôter : une banque de Moodle n’en a pas."
        )
    if quiz.tag != "quiz":
        return wrong(
            _line(quiz), "Ce n’est pas une banque de questions de Moodle.", "Exporter au format « Moodle XML »."
        )
    return quiz


def _line(element):
    return element.sourceline or 1


def _question(element, truth, wrong):
    answers, partial = [], False
    for one in element.iterchildren("answer"):
        percent = _percent(one.get("fraction", "0"))
        text, drawing = _said(one)
        if truth:
            text = {"true": "Vrai", "false": "Faux"}.get(text.strip(), text)
        partial = partial or 0 < percent < 99.9
        answers.append(Answer(text, percent >= 99.9, drawing, _said(one.find("feedback"))[0]))
    if truth and [answer.text for answer in answers] == ["Faux", "Vrai"]:
        answers.reverse()
    ask, drawing = _said(element.find("questiontext"))
    cause = "La question n’a pas de texte." if not ask.strip() else one_right(answers, partial)
    if truth and not cause and {answer.text for answer in answers} != {"Vrai", "Faux"}:
        cause = "Les réponses ne sont pas vrai et faux."
    if cause:
        return wrong(_line(element), cause, CURE)
    return Question(
        line=_line(element), id=(element.findtext("idnumber") or "").strip(), name=_words(element.find("name")).strip(),
        tags=tuple(_words(tag) for tag in element.iterfind("tags/tag")), ask=ask,
        feedback=_said(element.find("generalfeedback"))[0], answers=tuple(answers), drawing=drawing, truth=truth,
    )  # fmt: skip


def _percent(text):
    return float(text) if re.fullmatch(r"-?\d{1,4}(\.\d*)?", text.strip()) else 0.0


def _words(element):
    if element is None:
        return ""
    return (element.findtext("text") if element.find("text") is not None else element.text) or ""


def _said(element):
    """`(plain text, bytes of its first picture)`."""
    if element is None:
        return "", b""
    text = in_format(_words(element), element.get("format", "html" if element.find("text") is not None else "plain"))
    return text, next((drawing for file in element.iterfind("file") if (drawing := _decoded(file.text))), b"")


def _decoded(text):
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
