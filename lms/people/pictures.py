"""The picture on a member's card: an animal in a colour, told apart by a woman who does not read.

It refuses animals used as insults or shunned (donkey, dog, pig, monkey, snake). Every colour has a pattern of
its own, because most cards come out of a black-and-white printer. The Bambara names are a draft.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Animal:
    """`slug` names its drawing, `static/img/animals/<slug>.svg`."""

    slug: str
    fr: str
    bm: str


@dataclass(frozen=True)
class Colour:
    """`value`: CSS colour, at least 3 : 1 on white; `pattern`: a key of TILES."""

    slug: str
    fr: str
    bm: str
    value: str
    pattern: str


ANIMALS = (
    Animal("poule", "poule", "syɛ"),
    Animal("chevre", "chèvre", "ba"),
    Animal("poisson", "poisson", "jɛgɛ"),
    Animal("vache", "vache", "misi"),
    Animal("tortue", "tortue", "koorokaara"),
    Animal("lion", "lion", "waraba"),
    Animal("lievre", "lièvre", "sonsannin"),
    Animal("oiseau", "oiseau", "kɔnɔ"),
    Animal("elephant", "éléphant", "sama"),
    Animal("crocodile", "crocodile", "bama"),
    Animal("cheval", "cheval", "so"),
    Animal("chameau", "chameau", "ɲɔgɔmɛ"),
)

TILES = {  # SVG path of one 8 × 8 tile of each pattern, filled even-odd
    "dots": "M4 1.4A2.6 2.6 0 1 1 3.99 1.4Z",
    "bars": "M1 0H3V8H1ZM5 0H7V8H5Z",
    "zigzag": "M0 4.6L4 .6L8.1 4.7V7.5L4 3.4L0 7.4Z",
    "chequers": "M0 0H4V4H0ZM4 4H8V8H4Z",
    "one broad band": "M0 1H8.1V7H0Z",
    "rings": "M4 .6A3.4 3.4 0 1 1 3.9 .6ZM4 2.6A1.4 1.4 0 1 0 4.1 2.6Z",
    "triangles": "M.4 7L4 .8L7.6 7Z",
    "crosses": "M3 .8H5V3H7.2V5H5V7.2H3V5H.8V3H3Z",
    "two lines": "M0 .8H8.1V2.8H0ZM0 5.2H8.1V7.2H0Z",
    "slanting bars": "M0 8L4 0H7L3 8Z",
    "lozenges": "M4 .4L7.6 4 4 7.6 .4 4ZM4 2.6L2.6 4 4 5.4 5.4 4Z",
    "squares": "M.8 .8H7.2V7.2H.8ZM2.8 2.8H5.2V5.2H2.8Z",
}

COLOURS = (
    Colour("rouge", "rouge", "bilenman", "#b3261e", "dots"),
    Colour("bleu", "bleu", "bulaman", "#1d5fa8", "bars"),
    Colour("jaune", "jaune", "nɛrɛmuguman", "#b98300", "zigzag"),
    Colour("vert", "vert", "binkɛnɛman", "#1f7a3d", "chequers"),
    Colour("noir", "noir", "finman", "#1d1a16", "one broad band"),
    Colour("rose", "rose", "orozi", "#cf3f80", "rings"),
    Colour("orange", "orange", "lemurunba ɲɛ", "#d2600f", "triangles"),
    Colour("violet", "violet", "wiyolɛ", "#6a3aa0", "crosses"),
    Colour("gris", "gris", "buguri ɲɛ", "#77716a", "two lines"),
    Colour("brun", "marron", "kafe ɲɛ", "#6d4020", "slanting bars"),
    Colour("ciel", "bleu ciel", "sankolo ɲɛ", "#2a93c4", "lozenges"),
    Colour("indigo", "indigo", "gala ɲɛ", "#23306b", "squares"),
)


def pair(number):
    """The animal and colour of the member with roster number `number` (from 1).

    All 144 pairs come by before one returns; neighbours on the roster never share an animal.
    """
    row, column = divmod(number - 1, len(ANIMALS))
    return ANIMALS[column], COLOURS[(row + column) % len(COLOURS)]
