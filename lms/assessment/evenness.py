"""Are the two forms of a quiz a fair pair: long enough, equally hard, about the same, not to be guessed?

A woman who resits is asked the other form; it must weigh as much. Which form is easier nobody has measured yet: the
difficulty is what authors expect (`Item.expected`), to be replaced by what attempts show.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean

from lms.assessment.questions import LETTERS, Assessment, Item

Fault = tuple[list[str], str, str]  # keys that lead to its line, what is wrong, the cure
Forms = Mapping[str, Sequence[Item]]

FEWEST_ITEMS = 8  # in each form, for each audience
MOST_SHARED = 2  # items that both forms may hold
CHOICE = 3  # options: a picture choice is guessed less often than true or false
FEWEST_CHOICES = 0.5  # of a form
MOST_IN_ONE_PLACE = 0.6  # of the right answers of a form
NEAR = 5  # points between the means of what is expected of the forms


def faults(found: Assessment, audience: str, objectives: Sequence[str]) -> Iterator[Fault]:
    """What makes the forms of an audience an uneven pair. `objectives` are those each form must ask for."""
    forms = {letter: found.form(letter, audience) for letter in LETTERS}
    for letter, items in forms.items():
        for what, cure in _of_one(items, objectives):
            yield [], f"La série {letter} {what} pour « {audience} ».", cure
    for keys, what, cure in _of_both(forms):
        yield keys, f"{what} pour « {audience} ».", cure


def _of_one(items: Sequence[Item], objectives: Sequence[str]):
    if len(items) < FEWEST_ITEMS:
        yield f"a {len(items)} question(s)", f"Il en faut au moins {FEWEST_ITEMS}."
    if items and len(choices(items)) < FEWEST_CHOICES * len(items):
        what = f"a {len(choices(items))} question(s) à {CHOICE} images sur {len(items)}"
        yield what, f"Changer des vrai ou faux en choix entre {CHOICE} réponses : la moitié au moins."
    place, often = commonest_place(items)
    if often > MOST_IN_ONE_PLACE * len(items):
        what = f"a {often} bonnes réponses sur {len(items)} à la place {place}"
        yield what, "Changer l’ordre des réponses de quelques questions."
    for objective in objectives:
        if objective not in {item.objective for item in items}:
            yield f"ne demande rien sur l’objectif « {objective} »", "Y ajouter une question sur cet objectif."


def _of_both(forms: Forms):
    shared = [item.id for item in forms["A"] if item in forms["B"]]
    if len(shared) > MOST_SHARED:
        cure = f"En garder {MOST_SHARED} au plus."
        yield [f"id={shared[-1]}"], f"{len(shared)} questions sont dans les deux séries", cure
    for letter, matter in missing_matters(forms):
        what = f"La matière vitale « {matter} » n’est pas dans la série {letter}"
        yield [f"matter={matter}"], what, f"Y ajouter une variante, avec vital = true et matter = « {matter} »."
    means = {letter: expected(items) for letter, items in forms.items()}
    if None not in means.values() and abs(means["A"] - means["B"]) > NEAR:
        what = f"On attend {means['A']:.0f} % de réussite de la série A et {means['B']:.0f} % de la série B"
        yield [], what, f"Échanger des questions, ou revoir « expected » : {NEAR} points d’écart au plus."


def choices(items: Sequence[Item]):
    """The items that offer more than true or false."""
    return [item for item in items if len(item.options) >= CHOICE]


def commonest_place(items: Sequence[Item]):
    """`(place, how often)` of the right answer's commonest place among the options; places count from 1."""
    places = Counter(place for item in items if (place := item.place()))
    return places.most_common(1)[0] if places else (1, 0)


def missing_matters(forms: Forms):
    """`[(form, matter)]`: a vital matter that the other form asks for and this one does not."""
    asked = {letter: {item.matter for item in items if item.vital and item.matter} for letter, items in forms.items()}
    return [(letter, matter) for letter in LETTERS for matter in sorted(set().union(*asked.values()) - asked[letter])]


def expected(items: Sequence[Item]):
    """The mean of what is expected of a form, in per cent; None when it is not said of any item."""
    said = [item.expected for item in items if item.expected is not None]
    return mean(said) if said else None
