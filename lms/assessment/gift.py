r"""GIFT, the text format of Moodle's question banks, read and written as Moodle does.

Questions are parted by empty lines; `\` takes the meaning of `: # = { } ~` away; `// [id:x] [tag:y]` before a
question is what Moodle (since 3.9) reads as its identifier and its tags.
"""

import re

from lms.assessment.exchange import Answer, Question, one_right
from lms.assessment.richtext import as_html, as_text, in_format

MEANT = {":": "a", "#": "b", "=": "c", "{": "d", "}": "e", "~": "f", "n": "g", "\\": "h"}
MARKS = {f"\0{mark}": "\n" if sign == "n" else sign for sign, mark in MEANT.items()}
ESCAPE = re.compile(r"\\([:#={}~n\\])")
MARK = re.compile("\0[a-h]")
WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
FORMAT = re.compile(r"\[(html|plain|markdown|moodle)\]")
IN_COMMENT = re.compile(r"\[(id|tag):((?:\\\]|[^\]\[])+)\]")
TRUE, FALSE = {"T", "TRUE"}, {"F", "FALSE"}
BLANK = " \t\n\r\v"
NEEDS_HTML = re.compile(r"^[\s\[%]|\s$|[\r\t\v\f]|->|_____")


def write(questions) -> str:
    """The questions as one file."""
    return "// Kalanso : banque de questions, format GIFT.\n\n" + "\n".join(map(_written, questions))


def _written(question):
    said = [question.ask, question.feedback, *(answer.text for answer in question.answers)]
    html = any(NEEDS_HTML.search(text) for text in said)

    def worded(text):
        return _escaped(as_html(text) if html else text)

    lines = [f"// [id:{question.id}]", *(f"// [tag:{tag}]" for tag in question.tags)]
    lines += [f"::{_escaped(question.name)}::[{'html' if html else 'plain'}]{worded(question.ask)}{{"]
    lines += [f"\t{'=' if answer.right else '~'}{worded(answer.text)}" for answer in question.answers]
    lines += [f"\t####{worded(question.feedback)}"] if question.feedback else []
    return "\n".join([*lines, "}", ""])


def _escaped(text):
    if "\0" in text:
        raise ValueError("U+0000")
    return re.sub(r"[:#={}~\\]", r"\\\g<0>", text).replace("\r", r"&\#13;").replace("\n", "\\n")


def read(text: str, wrong):
    """The questions of a GIFT file. `wrong(line, what, cure)` hears of each one that cannot be taken."""
    comments: list[str] = []
    for line, block in _blocks(text):
        comments += [row.strip() for row in block if row.strip().startswith("//")]
        written = "\n".join(" " if row.strip().startswith("//") else row for row in block).strip(BLANK)
        first = line + next((n for n, row in enumerate(block) if row.strip() and not row.strip().startswith("//")), 0)
        if written:
            told, comments = comments, []
            if not written.startswith("$CATEGORY:") and (question := _question(first, written, told, wrong)):
                yield question
        elif not block:
            comments = []


def _blocks(text):
    """`(line of the first row, rows)`, parted by empty lines."""
    rows, begins = [], 1
    for number, row in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if row.strip(BLANK):
            begins = begins if rows else number
            rows.append(row)
        elif rows:
            yield begins, rows
            rows = []
    if rows:
        yield begins, rows


def _question(line, written, comments, wrong):
    text = ESCAPE.sub(lambda found: f"\0{MEANT[found[1]]}", written.replace("\0", ""))
    name, text = _named(text)
    before, opened, rest = text.partition("{")
    inside, closed, after = rest.partition("}")
    if not opened or not closed or "}" in before:
        what = "Une accolade manque." if opened or "}" in text else "Ce texte n’a pas de réponses."
        return wrong(line, what, "Écrire les réponses entre { et }.")
    shown = f"{before}_____{after}" if after.strip(BLANK) else before
    form, ask = _formatted(shown, "moodle")
    inside, _hashes, general = inside.rpartition("####") if "####" in inside else (inside, "", "")
    inside = inside.strip(BLANK)
    if cause := _other_kind(inside):
        return wrong(line, cause, "Une question de Kalanso a de 2 à 4 réponses au choix, une seule bonne.")
    truth = _truth(inside)
    answers, partial = (truth, False) if truth else _answers(inside, form)
    cause = "La question n’a pas de texte." if not ask.strip(BLANK) else one_right(answers, partial)
    if cause:
        return wrong(line, cause, "Corriger la question dans son fichier.")
    ids = [_unescaped(value) for kind, value in _told(comments) if kind == "id"]
    return Question(
        line=line, id=ids[0] if ids else "", name=_unmarked(name), ask=ask, feedback=_formatted(general, form)[1],
        tags=tuple(_unescaped(value) for kind, value in _told(comments) if kind == "tag"),
        answers=tuple(answers), truth=bool(truth),
    )  # fmt: skip


def _told(comments):
    return [found.groups() for comment in comments for found in IN_COMMENT.finditer(comment)]


def _unescaped(value):
    return value.replace("\\]", "]").strip()


def _named(text):
    if text.startswith("::") and "::" in text[2:]:
        name, _colons, rest = text[2:].partition("::")
        return name.strip(BLANK), rest.strip(BLANK)
    return "", text


def _other_kind(inside):
    """Which kind of question this is, when it is none we have."""
    if not inside:
        return "C’est une réponse à rédiger (essay)."
    if inside.startswith("#"):
        return "C’est une réponse en nombre (numerical)."
    if "~" not in inside and inside.split("#")[0].strip(BLANK) not in TRUE | FALSE:
        return (
            "Ce sont des paires à relier (matching)." if "->" in inside else "C’est une réponse à écrire (shortanswer)."
        )
    return ""


def _truth(inside):
    """The two answers of `{T}` and `{FALSE#wrong#right}`; none when it is another question."""
    said, *remarks = inside.split("#")
    if "~" in inside or said.strip(BLANK) not in TRUE | FALSE:
        return []
    true, remark = said.strip(BLANK) in TRUE, _formatted(remarks[1], "moodle")[1] if len(remarks) > 1 else ""
    return [
        Answer("Vrai", true, feedback=remark if true else ""),
        Answer("Faux", not true, feedback="" if true else remark),
    ]


def _answers(inside, form):
    """The answers, and whether one of them earns a part of the points."""
    found, partial = [], False
    parts = [part.strip(BLANK) for part in re.split("~", inside.replace("=", "~="))]
    for part in parts if parts[0] else parts[1:]:
        right, part = part.startswith("="), part.removeprefix("=").lstrip(BLANK)
        if weight := WEIGHT.match(part):
            part, percent = part[weight.end() :], float(weight[1])
            right, partial = percent >= 100, partial or 0 < percent < 100
        said, _hash, remark = part.partition("#")
        found.append(Answer(_formatted(said, form)[1], right, feedback=_formatted(remark, form)[1]))
    return found, partial


def _formatted(text, form):
    """`(format, plain text)` of a text that may begin with its own `[html]`."""
    text = text.strip(BLANK)
    if named := FORMAT.match(text):
        form, text = named[1], text[named.end() :]
    text = _unmarked(text).strip(BLANK)
    return form, as_text(text) if form == "html" else in_format(text, form)


def _unmarked(text):
    return MARK.sub(lambda found: MARKS[found[0]], text)
