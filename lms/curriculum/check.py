"""The one checker of modules: served by `lms content check`, by the tests and at start-up."""

import re
from pathlib import Path

from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum import glossary, pictures
from lms.curriculum.faults import Faults, Place, line_of
from lms.curriculum.pictures import STATIC
from lms.curriculum.reading import read
from lms.curriculum.spelling import check_unit, words

FEWEST_CARDS = 3
WORDS = range(30, 81)  # what a group hears in one card, design section 4
LENGTHS = (0.5, 2.0)  # a translation outside this share of the French has lost or gained sentences
RESERVED = {"review", "sources", "bilingual", "media"}  # pages of ours have these addresses
RECORDING = re.compile(r"(?P<card>[a-z0-9-]+)\.(?P<language>[a-z]+)\.opus")


def problems(root: Path, static: Path = STATIC):
    """`list[Problem]`: what is wrong with the modules under `root`, by file and line."""
    return examine(root, static)[1]


def examine(root: Path, static: Path = STATIC):
    """`(Catalogue, list[Problem])` of one reading."""
    catalogue, faults = read(Path(root))
    terms = glossary.read(Path(root), faults)
    for module in catalogue:
        check_module(module, catalogue, static, faults)
        terms.check(module.slug, module.units, faults)
    _check_order(catalogue, faults)
    return catalogue, faults.listed()


def check_module(module, catalogue, static, faults: Faults):
    """One module, with the others known by name."""
    for code in LANGUAGES:
        if (module.folder / f"{code}.md").exists():
            _check_file(module, code, faults)
    for unit in module.units:
        check_unit(unit, faults)
    for lesson in module.lessons:
        _check_lesson(lesson, faults)
    for card in module.cards.values():
        _check_card(card, module, faults)
    named = [(card.picture, card.where[DEFAULT]) for card in module.cards.values() if card.picture]
    pictures.check(named, module.folder / "media", static, faults)
    _check_media(module, faults)
    _check_about(module, catalogue, faults)


def _check_file(module, code, faults):
    """Ids once each, and in every language those of the French, in its order."""
    file = module.folder / f"{code}.md"
    seen: set[str] = set()
    for id, line in module.ids[code]:
        if id in seen:
            faults.add(Place(file, line), f"L’identifiant « {id} » sert deux fois.", "En donner un nouveau.")
        seen.add(id)
    if code != DEFAULT:
        _check_same_ids(file, [id for id, _line in module.ids[DEFAULT]], module.ids[code], faults)


def _check_same_ids(file, french, here, faults):
    ids = [id for id, _line in here]
    for id in [id for id in french if id not in ids]:
        faults.add(
            Place(file, 1),
            f"« {id} » manque dans ce fichier.",
            f"L’ajouter à la place qu’il a dans {DEFAULT}.md.",
        )
    for id, line in here:
        if id not in french:
            faults.add(
                Place(file, line),
                f"« {id} » n’est pas dans {DEFAULT}.md.",
                "L’ôter, ou l’écrire en français aussi.",
            )
    common = [id for id in french if id in ids]
    for (id, line), expected in zip([(id, line) for id, line in here if id in french], common, strict=False):
        if id != expected:
            what = f"« {id} » est ici où le français a « {expected} »."
            faults.add(Place(file, line), what, f"Suivre l’ordre de {DEFAULT}.md.")
            return


def _check_lesson(lesson, faults):
    if len(lesson.cards) < FEWEST_CARDS:
        what = f"La leçon « {lesson.id} » a {len(lesson.cards)} carte(s)."
        faults.add(lesson.where[DEFAULT], what, f"Il en faut au moins {FEWEST_CARDS}.")
    shown: dict[str, str] = {}
    for card in lesson.cards:
        if card.picture and card.picture in shown:
            what = f"La carte « {card.id} » montre l’image de « {shown[card.picture]} »."
            faults.add(card.where[DEFAULT], what, "Donner à chaque carte d’une leçon sa propre image.")
        shown.setdefault(card.picture, card.id)


def _check_card(card, module, faults):
    place = card.where[DEFAULT]
    if words(card.text.get(DEFAULT, "")) not in WORDS:
        what = f"La carte « {card.id} » a {words(card.text.get(DEFAULT, ''))} mots."
        faults.add(place, what, f"En dire une seule idée, en {WORDS[0]} à {WORDS[-1]} mots.")
    if not card.facilitator.get(DEFAULT):
        faults.add(place, f"La carte « {card.id} » n’a rien pour l’animatrice.", "Ajouter un bloc « > ».")
    if not card.picture:
        what = f"La carte « {card.id} » n’a pas d’image."
        faults.add(place, what, f'Ajouter picture="healthicons:…" au titre, ou media/{card.id}.svg.')
    if card.source and not module.source(card.source):
        faults.add(place, f"La source « {card.source} » n’existe pas.", "L’ajouter à [[sources]] de module.toml.")
    for code in [code for code in card.text if code != DEFAULT]:
        _check_length(card, code, faults)


def _check_length(card, code, faults):
    ours, theirs = words(card.text.get(DEFAULT, "")), words(card.text[code])
    if ours and not LENGTHS[0] <= theirs / ours <= LENGTHS[1]:
        what = f"La carte « {card.id} » a {theirs} mots en « {code} » pour {ours} en français."
        faults.add(card.where[code], what, "Chercher une phrase perdue ou ajoutée.")


def _check_media(module, faults):
    """Every file under media/ is a card's picture or recording."""
    used = {card.picture.removeprefix("media:") for card in module.cards.values()}
    for file in sorted((module.folder / "media").glob("*")):
        recording = RECORDING.fullmatch(file.name)
        speaks = recording and recording["card"] in module.cards and recording["language"] in LANGUAGES
        if file.name not in used and not speaks:
            faults.add(Place(file, 1), "Ce fichier ne sert à aucune carte.", "Le nommer d’après sa carte, ou l’ôter.")


def _check_about(module, catalogue, faults):
    """`module.toml`: what it says is there, and is said once."""
    file = module.folder / "module.toml"
    text = file.read_text(encoding="utf-8")

    def wrong(key, what, cure):
        faults.add(Place(file, line_of(text, *key)), what, cure)

    if (taught := [lesson.id for lesson in module.lessons]) != list(module.plan):
        wrong(
            ["lessons"],
            f"Les leçons de {DEFAULT}.md sont : {', '.join(taught)}.",
            "Écrire les mêmes, dans cet ordre.",
        )
    for slug in module.prerequisites:
        if slug not in catalogue.modules or catalogue.modules[slug].order >= module.order:
            wrong(["prerequisites"], f"« {slug} » n’est pas un module d’avant.", "Corriger le nom ou l’ordre.")
    if module.version < 1 or not module.minutes_group or min(module.minutes_chw, *module.minutes_group) < 1:
        wrong(["version"], "La version et les minutes se comptent à partir de 1.", "Corriger le nombre.")
    for id in RESERVED & {module.slug, *taught}:
        wrong(["lessons"], f"« {id} » est l’adresse d’une page.", "Prendre un autre identifiant.")
    if not module.objectives:
        wrong([], "Le module n’a pas d’objectif.", "Ajouter [[objectives]].")
    for kind, ones in (
        ("objectives", module.objectives),
        ("sources", module.sources),
        ("notes", module.notes),
    ):
        ids = [one.id for one in ones]
        for id in {id for id in ids if ids.count(id) > 1}:
            wrong(
                [f"[{kind}]", f"id={id}"],
                f"L’identifiant « {id} » sert deux fois dans {kind}.",
                "En donner un nouveau.",
            )


def _check_order(catalogue, faults):
    taken: dict[int, str] = {}
    for module in catalogue:
        file = module.folder / "module.toml"
        if module.order in taken:
            line = line_of(file.read_text(encoding="utf-8"), "order")
            faults.add(
                Place(file, line),
                f"« {taken[module.order]} » a déjà la place {module.order}.",
                "En prendre une autre.",
            )
        taken[module.order] = module.slug
