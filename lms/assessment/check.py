"""The checker of questions: each whole in itself with one right answer, and the two forms a fair pair."""

import re
from collections.abc import Iterable
from pathlib import Path

from lms.assessment import evenness
from lms.assessment.questions import AUDIENCES, Assessment, Item, read, thresholds
from lms.curriculum import glossary, pictures
from lms.curriculum.content import Catalogue, ContentError, Module, Unit, content_root
from lms.curriculum.faults import Faults, Place, line_of
from lms.curriculum.pictures import STATIC
from lms.curriculum.spelling import LANGUAGES, check_unit

OPTIONS = range(2, 5)
EXPECTED = range(30, 96)  # per cent: a question nearly all or nearly none get right tells nobody apart
LONGEST = {"ask": 160, "rationale": 160}  # characters, in every language: a phone shows it beside its picture
LONGEST_OPTION = 70
TAG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def init_app(app):
    """Stop the start when a question is at fault, as a fault of a module does."""
    _found, problems = examine(app.extensions["catalogue"], content_root(app), Path(app.static_folder))
    if problems:
        raise ContentError(problems)


def examine(catalogue: Catalogue, root: Path, static: Path = STATIC):
    """`({slug: Assessment}, list[Problem])` of the modules of the catalogue and of files without a module."""
    faults = Faults(root)
    marks = thresholds(root, faults)
    found = {module.slug: read(module, faults, marks) for module in catalogue}
    terms = glossary.read(root, faults)
    for module in catalogue:
        Check(module, found[module.slug], static, faults).all()
        terms.check(module.slug, found[module.slug].units, faults)
    for file in sorted((root / "assessments").glob("*.toml")):
        if file.stem != "thresholds" and file.stem not in catalogue.modules:
            faults.add(Place(file, 1), "Ces questions n’ont pas de module.", "Nommer le fichier d’après son module.")
    return found, faults.listed()


class Check:
    """The examination of one module's questions."""

    def __init__(self, module: Module, found: Assessment, static: Path, faults: Faults):
        self.module, self.found, self.static, self.faults = module, found, static, faults
        self.file = module.root / "assessments" / f"{module.slug}.toml"
        self.text = module.files.get(f"assessments/{module.slug}.toml", b"").decode()

    def all(self):
        for item in self.found.items:
            self.one_answer(item)
            self.of_the_module(item)
            self.weight(item)
            self.rumours(item)
            self.lengths(item)
        self.ids()
        self.sources()
        self.wordings()
        self.pictures()
        self.marks()
        for audience in AUDIENCES if self.found.items else ():
            self.forms(audience)

    def wrong(self, keys: Iterable[str], what: str, cure: str):
        self.faults.add(Place(self.file, line_of(self.text, *keys)), what, cure)

    def one_answer(self, item: Item):
        """Two to four options, and the right one is one of them, and is no rumour."""
        here, options = f"id={item.id}", [option.id for option in item.options]
        if len(options) not in OPTIONS:
            self.wrong([here], f"« {item.id} » a {len(options)} réponse(s) au choix.", "En écrire de 2 à 4.")
        if options.count(item.answer) != 1:
            what = f"« {item.id} » : la bonne réponse « {item.answer} » n’est pas une seule des réponses."
            self.wrong([here, "answer"], what, f"Choisir parmi : {', '.join(options)}.")
        for code in LANGUAGES:
            said = [option.text[code].strip() for option in item.options if option.text.get(code)]
            if len(set(said)) < len(said):
                self.wrong([here], f"« {item.id} » a deux fois la même réponse en « {code} ».", "En changer une.")

    def of_the_module(self, item: Item):
        """Objective and source are the module's; it stands in a form, once."""
        here = f"id={item.id}"
        if item.objective not in {objective.id for objective in self.module.objectives}:
            what = f"« {item.id} » : l’objectif « {item.objective} » n’est pas dans le module."
            self.wrong([here, "objective"], what, "Prendre un objectif de module.toml.")
        if not self.module.source(item.source):
            what = f"« {item.id} » : la source « {item.source} » n’est pas dans le module."
            self.wrong([here, "source"], what, "L’ajouter à [[sources]] de module.toml.")
        if item.settles:
            self.unsettled(item, here)
        elif not item.forms or len(set(item.forms)) < len(item.forms):
            self.wrong([here, "forms"], f"« {item.id} » n’est pas dans une série, une fois.", 'Écrire forms = ["A"].')

    def unsettled(self, item: Item, here: str):
        """What law or protocol decides is not scored, and a note tells the ministry what to settle."""
        if item.settles not in {note.id for note in self.module.notes}:
            what = f"« {item.id} » : la note « {item.settles} » n’est pas dans le module."
            self.wrong([here, "settles"], what, "L’ajouter à [[notes]] de module.toml.")
        if item.forms or item.vital:
            what = f"« {item.id} » attend une décision nationale et serait pourtant notée."
            self.wrong([here, "forms"], what, "Écrire forms = [], sans vital, jusqu’à la décision.")

    def weight(self, item: Item):
        """How hard it is expected to be; and what it is about, when nobody may pass without it."""
        here = f"id={item.id}"
        if item.expected not in EXPECTED and (item.forms or item.expected is not None):
            said = "ne dit pas combien de" if item.expected is None else f"attend {item.expected}"
            what = f"« {item.id} » {said} bonnes réponses sur 100."
            self.wrong([here, "expected"], what, f"Écrire expected = un nombre de {EXPECTED[0]} à {EXPECTED[-1]}.")
        if item.vital and not TAG.fullmatch(item.matter):
            what = f"« {item.id} » est vitale sans dire sa matière."
            self.wrong([here, "vital"], what, 'Écrire matter = "mots-en-minuscules", le même dans l’autre série.')
        if item.matter and not item.vital:
            what = f"« {item.id} » a une matière sans être vitale."
            self.wrong([here, "matter"], what, "Ôter matter, ou écrire vital = true.")

    def rumours(self, item: Item):
        """A rumour is told by its tag, and is never the right answer."""
        for option in item.options:
            keys = [f"id={item.id}", f"id={option.id}", "misconception"]
            if option.misconception and option.id == item.answer:
                what = f"« {item.id} » : la bonne réponse porte la rumeur « {option.misconception} »."
                self.wrong(keys, what, "L’ôter.")
            elif option.misconception and not TAG.fullmatch(option.misconception):
                what = f"« {item.id} » : le nom de rumeur « {option.misconception} » est illisible."
                self.wrong(keys, what, "L’écrire en minuscules sans accents, un trait d’union entre les mots.")

    def lengths(self, item: Item):
        """Short enough for a phone that shows the picture, the word and the French under it."""
        for keys, texts in item.texts():
            most = LONGEST.get(keys[-1], LONGEST_OPTION)
            for code in [code for code in LANGUAGES if len(texts.get(code, "")) > most]:
                here = [f"{keys[-1]}.{code}"] if keys[-1] in LONGEST else [*keys, code]
                what = f"« {item.id} » : {len(texts[code])} signes en « {code} »."
                self.wrong([f"id={item.id}", *here], what, f"Dire la même chose en {most} signes au plus.")

    def sources(self):
        """Each source of the module is named by a card or an item, and says which edition was read."""
        file = self.module.folder / "module.toml"
        text = self.module.files[f"modules/{self.module.slug}/module.toml"].decode()
        used = {card.source for card in self.module.cards.values()} | {item.source for item in self.found.items}
        for source in self.module.sources:
            place = Place(file, line_of(text, "[sources]", f"id={source.id}"))
            if self.found.items and source.id not in used:
                what = f"La source « {source.id} » ne sert à aucune carte ni question."
                self.faults.add(place, what, "La nommer où elle sert, ou l’ôter.")
            if not source.edition.strip():
                self.faults.add(place, f"La source « {source.id} » n’a pas d’édition.", "Dire laquelle a été lue.")

    def ids(self):
        """No id serves twice: facts name items by them."""
        groups: list[tuple[str, tuple]] = [("items", self.found.items), ("checklists", self.found.checklists)]
        groups += [(item.id, item.options) for item in self.found.items]
        groups += [(checklist.id, checklist.steps) for checklist in self.found.checklists]
        for name, ones in groups:
            ids = [one.id for one in ones]
            for id in {id for id in ids if ids.count(id) > 1}:
                self.wrong(
                    [f"id={id}"],
                    f"L’identifiant « {id} » sert deux fois dans {name}.",
                    "En donner un nouveau.",
                )

    def wordings(self):
        """Digits, negations, letters, and every language, in every single text."""
        for item in self.found.items:
            for keys, texts in item.texts():
                self._wording(f"item:{item.id}:{keys[-1]}", texts, f"id={item.id}", *keys)
        for checklist in self.found.checklists:
            self._wording(f"checklist:{checklist.id}", checklist.title, f"id={checklist.id}")
            for step in checklist.steps:
                self._wording(f"checklist:{checklist.id}:{step.id}", step.text, f"id={checklist.id}", f"id={step.id}")

    def _wording(self, name, texts, *keys):
        places = {code: Place(self.file, line_of(self.text, *keys)) for code in LANGUAGES}
        check_unit(Unit(name, texts, places), self.faults)

    def pictures(self):
        """Members answer by pictures: each of their options has one, and every picture named is there."""
        named = []
        for item in self.found.items:
            keys = f"id={item.id}"
            named += [(item.picture, self._place(keys, "picture"))] if item.picture else []
            for option in item.options:
                place = self._place(keys, f"id={option.id}")
                if option.picture:
                    named.append((option.picture, place))
                elif item.is_for("group"):
                    what = f"« {item.id} » : la réponse « {option.id} » n’a pas d’image."
                    self.faults.add(place, what, "En donner une : une femme qui ne lit pas répond par l’image.")
        pictures.check(named, self.module.folder / "media", self.static, self.faults)

    def _place(self, *keys):
        return Place(self.file, line_of(self.text, *keys))

    def marks(self):
        """Every pass mark can be reached, and asks for something."""
        for audience, threshold in self.found.thresholds.items():
            if not 0 < threshold.percent <= 100:
                place = Place(self.module.root / "assessments" / "thresholds.toml", 1)
                what = f"Le seuil de « {audience} » est {threshold.percent} %."
                self.faults.add(place, what, "Le mettre entre 1 et 100.")

    def forms(self, audience: str):
        """Both forms are a fair pair; community health workers are asked for every objective."""
        objectives = [objective.id for objective in self.module.objectives] if audience == "chw" else []
        for keys, what, cure in evenness.faults(self.found, audience, objectives):
            self.wrong(keys, what, cure)
