"""A content folder in which all is well, to be made wrong in one place."""

from pathlib import Path

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><path d="M0 0h48v48H0z"/></svg>'
FR = (
    "Après une naissance, on attend 2 ans avant une nouvelle grossesse. La mère reprend ses forces, "
    "l’enfant grandit et boit le lait. Le couple en parle ensemble et choisit librement ce qui lui convient, "
    "sans peur."
)
BM = (
    "Bange kɔfɛ, an bɛ san 2 makɔnɔ sanni kɔnɔ kura ka ta. Denba b’a fanga sɔrɔ kokura, "
    "den bɛ bonya, a bɛ sinji min. Cɛ ni muso bɛ kuma ɲɔgɔn fɛ, u bɛ fɛɛrɛ sugandi min ka di u ye."
)
MODULE = """version = 1
order = {order}
prerequisites = []
lessons = ["attendre"]

[title]
fr = "Attendre"
bm = "Makɔnɔni"

[minutes]
chw = 120
group = [60]

[[objectives]]
id = "dire-pourquoi"
fr = "Dire pourquoi on attend."
bm = "K’a fɔ mun na an bɛ makɔnɔ."

[[sources]]
id = "manuel"
title = "Un manuel"
edition = "2019"
address = "https://example.org"

[[notes]]
id = "accord"
fr = "La loi fixe cet âge."
bm = "Sariya bɛ o si dantigɛ."
"""
ITEM = """
[[items]]
id = "{id}"
objective = "dire-pourquoi"
audience = "all"
forms = ["{form}"]
vital = {vital}
{matter}expected = 75
source = "manuel"
answer = "oui"
ask.fr = "On attend combien de temps ?"
ask.bm = "An bɛ waati joli makɔnɔ ?"
rationale.fr = "2 ans."
rationale.bm = "San 2."
"""
OPTIONS = (
    '[[items.options]]\nid = "oui"\nfr = "2 ans"\nbm = "San 2"\npicture = "media:un.svg"\n',
    '[[items.options]]\nid = "non"\nfr = "1 an"\nbm = "San 1"\npicture = "media:un.svg"\nmisconception = "trop-vite"\n',
    '[[items.options]]\nid = "peu"\nfr = "6 mois"\nbm = "Kalo 6"\npicture = "media:un.svg"\n',
)
CHECKLIST = """
[[checklists]]
id = "parler"
title.fr = "Parler"
title.bm = "Kuma"
[[checklists.steps]]
id = "saluer"
critical = true
fr = "Salue."
bm = "A bɛ fo kɛ."
"""
THRESHOLD = '[{audience}]\npercent = {percent}\nsource = "s"\nmethod = "m"\nset = 2026-01-01\n'


def lesson(title, id, cards, text, aside):
    """One lesson as Markdown; `cards` are `(id, title)`."""
    parts = [f"## {title} {{#{id}}}\n"]
    parts += [f"### {name} {{#{card}}}\n\n{text}\n\n> {aside}\n" for card, name in cards]
    return "\n".join(parts)


def item(form, n):
    """Question `n` of a form: the first is vital, and the right answer goes round."""
    vital, turn = n == 0, n % len(OPTIONS)
    head = ITEM.format(
        id=f"q{form}{n}".lower(), form=form, vital=str(vital).lower(), matter='matter = "delai"\n' if vital else ""
    )
    return head + "".join(OPTIONS[turn:] + OPTIONS[:turn])


class Folder:
    """A content root with one module, `attendre`, of one lesson and three cards, and its questions."""

    def __init__(self, root: Path):
        self.root, self.static = root, root / "static"
        self.add("attendre")
        marks = {"chw": 85, "trainer": 90, "group": 80}
        self.write(
            "assessments/thresholds.toml",
            "\n".join(THRESHOLD.format(audience=a, percent=p) for a, p in marks.items()),
        )

    def add(self, slug, order=1):
        """One more module, the same but for its name and place."""
        cards = {"fr": [("un", "La mère"), ("deux", "L’enfant"), ("trois", "Le couple")]}
        cards["bm"] = [("un", "Denba"), ("deux", "Den"), ("trois", "Cɛ ni muso")]
        self.write(f"modules/{slug}/module.toml", MODULE.format(order=order))
        self.write(
            f"modules/{slug}/fr.md",
            lesson("Pourquoi", "attendre", cards["fr"], FR, "Demander : « Pourquoi ? »"),
        )
        self.write(f"modules/{slug}/bm.md", lesson("Mun na", "attendre", cards["bm"], BM, "Ɲininka : « Mun na ? »"))
        for card in ("un", "deux", "trois"):
            self.write(f"modules/{slug}/media/{card}.svg", SVG)
        items = [item(form, n) for form in "AB" for n in range(8)]
        self.write(f"assessments/{slug}.toml", "".join(items) + CHECKLIST)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def change(self, path, old, new, count=1):
        """Replace `old`, which must be there."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new, count))

    def line(self, path, words):
        """The line where `words` first stand, from 1."""
        text = (self.root / path).read_text(encoding="utf-8")
        return text.count("\n", 0, text.index(words)) + 1
