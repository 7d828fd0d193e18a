"""Questions that came from another program, gathered into items: one file for each language, brought together by their ids."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import count
from pathlib import Path
from urllib.parse import unquote

from lms.assessment.exchange import SHORT, TOLD_ELSEWHERE, Fields, Question, RefusedError, fields_of, told
from lms.assessment.questions import Item, Option
from lms.core.folding import fold
from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum.faults import Faults, Place

TRUE_FALSE = {"fr": ("Vrai", "Faux"), "bm": ("Tiɲɛ", "Tiɲɛ tɛ")}


@dataclass
class Bank:
    """Questions that came, brought together by their ids: one file for each language."""

    items: dict[str, Fields] = field(default_factory=dict)
    lines: dict[str, Place] = field(default_factory=dict)
    drawings: dict[str, bytes] = field(default_factory=dict)
    remarks: int = 0  # feedback on single answers, for which we have no place


class Reader:
    """Makes fields of items from questions of one file; gathers every fault, so that a bank is mended in one go.

    `known`: the items there are, whose other languages stay; `otherwise`: fields for questions that do not name their own.
    """

    def __init__(self, file: Path, known: Mapping[str, Item], otherwise: Fields, language: str | None = None):
        self.file, self.known, self.otherwise, self.language = file, known, otherwise, language
        self.faults = Faults(file.parent)

    def wrong(self, line: int, what: str, cure: str):
        self.faults.add(Place(self.file, line), what, cure)

    def add_to(self, bank: Bank, questions: Iterable[Question]):
        """Lays the questions beside what the bank holds. RefusedError names all that cannot be taken."""
        here: set[str] = set()
        for question in questions:
            said = told(question.tags)
            id = self._id(question, said, here)
            here.add(id)
            self._lay(bank, id, question, said)
            bank.remarks += sum(bool(answer.feedback.strip()) for answer in question.answers if not answer.right)
        if problems := self.faults.listed():
            raise RefusedError(problems)

    def _id(self, question, said, taken):
        """The id it bears, or one made of its name; the same for two questions is a fault, of two names is none."""
        own = unquote(said["id"]) if "id" in said else question.id
        id = own or _slug(question.name) or _slug(question.ask) or f"question-{question.line}"
        if own and own in taken:
            self.wrong(question.line, f"L’identifiant « {own} » sert deux fois.", "En donner un autre.")
        return id if own or id not in taken else next(f"{id}-{n}" for n in count(2) if f"{id}-{n}" not in taken)

    def _lay(self, bank, id, question, said):
        language = self.language or unquote(said.get("lang", DEFAULT))
        if language not in LANGUAGES:
            return self.wrong(question.line, f"La langue « {language} » n’est pas d’ici.", "Choisir avec --language.")
        item = self._begun(bank, id, "objective" in said)
        options = self._options(question, said, item)
        if options is None:
            return None
        item |= self.otherwise_for(item) | self._said(Item, "", said, question)
        item["ask"] = {**item["ask"], language: question.ask}
        item["rationale"] = {**item["rationale"], **({language: why} if (why := _why(question)) else {})}
        for option, answer in zip(options, question.answers, strict=True):
            option["text"] = {**option["text"], language: answer.text}
        if question.truth and "1.id" not in said:
            for option, word in zip(options, TRUE_FALSE.get(language, TRUE_FALSE[DEFAULT]), strict=True):
                option["text"][language] = word
        right = next(o["id"] for o, a in zip(options, question.answers, strict=True) if a.right)
        if id in bank.items and bank.items[id]["answer"] != right:
            self.wrong(question.line, f"« {id} » a une autre bonne réponse dans l’autre langue.", "Vérifier les deux.")
        item["options"], item["answer"] = options, right
        self._drawings(bank, item, question)
        bank.items[id], bank.lines[id] = item, Place(self.file, question.line)

    def _begun(self, bank, id, told):
        """What is known of the item; where its own tags come along, they alone say what it is but for its texts."""
        if id in bank.items:
            return dict(bank.items[id])
        before = fields_of(self.known[id]) if id in self.known else {"id": id, "ask": {}, "rationale": {}}
        return {n: v for n, v in before.items() if not told or n in TOLD_ELSEWHERE}

    def otherwise_for(self, item):
        return {name: value for name, value in self.otherwise.items() if name not in item}

    def _options(self, question, said, item):
        """The options as they were, or new ones; None, with the fault, when answers were added or lost on the way."""
        named = [unquote(said[f"{n}.id"]) for n in range(1, 10) if f"{n}.id" in said]
        before = {option["id"]: option for option in item.get("options", ())}
        if question.truth and not named:
            named = ["vrai", "faux"]
            before = {id: {"picture": f"own:{id}"} | before.get(id, {}) for id in named}
        if not named and before and len(before) == len(question.answers):
            named = list(before)
        named = named or [letter for letter, _answer in zip("abcdefgh", question.answers, strict=False)]
        if len(named) != len(question.answers) or len(set(named)) < len(named):
            what = (
                f"« {item['id']} » a {len(question.answers)} réponse(s), ses étiquettes en nomment {len(set(named))}."
            )
            self.wrong(question.line, what, "Remettre les réponses, ou ôter les étiquettes.")
            return None
        return [
            {"id": id, "text": {}}
            | self._kept(before.get(id, {}), f"{place}.id" in said)
            | self._said(Option, f"{place}.", said, question)
            for place, id in enumerate(named, start=1)
        ]

    def _kept(self, option, told):
        return {n: v for n, v in option.items() if n == "text" or not told}

    def _said(self, shape, prefix, said, question):
        """The fields of an item or option that its tags tell."""
        found = {}
        for each in fields(shape):
            name = prefix + SHORT.get(each.name, each.name)
            if each.name not in TOLD_ELSEWHERE and name in said:
                found[each.name] = self._value(each, said[name], question)
        return found

    def _value(self, each, value, question):
        words = str(each.type)
        if "bool" in words.lower():
            return unquote(value) == "true"
        if "tuple" in words:
            return [unquote(one) for one in value.split(",") if one]
        if "int" in words.lower() and "Literal" not in words:
            if re.fullmatch(r"-?\d{1,9}", value):
                return int(value)
            self.wrong(question.line, f"« {each.name} » n’est pas un nombre : « {value} ».", "Corriger l’étiquette.")
        return unquote(value)

    def _drawings(self, bank, item, question):
        """The files that came go with the names the tags give them; a file without a name cannot be placed."""
        pairs = [(item.get("picture", ""), question.drawing)]
        pairs += [(o.get("picture", ""), a.drawing) for o, a in zip(item["options"], question.answers, strict=True)]
        for name, drawing in pairs:
            if drawing and name:
                bank.drawings[name] = drawing
            elif drawing:
                what = f"« {item['id']} » apporte une image sans nom."
                self.wrong(question.line, what, "Ôter l’image du fichier, et nommer une image de Kalanso.")


def _why(question):
    right = next((answer.feedback for answer in question.answers if answer.right), "")
    return question.feedback if question.feedback.strip() else right


def _slug(text):
    return re.sub(r"[^a-z0-9]+", "-", fold(text))[:40].strip("-")
