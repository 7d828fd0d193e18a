"""Puts into `lms/static/vendor` what is not ours: pictures, fonts, their licences. Run by `make assets`.

Nothing of it is kept in git, and nothing is fetched here: healthicons and idb come from node_modules
(bin/node-packages), Andika from the Debian package fonts-sil-andika. Everything text-like, ours too, gets
a `.br` and a `.gz` beside it, as WhiteNoise wants.
"""

import gzip
import json
import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import brotli
from fontTools import subset

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "lms" / "static"
VENDOR = STATIC / "vendor"
OWN_ICONS = STATIC / "img" / "icons"
HEALTHICONS = ROOT / "node_modules" / "healthicons"
IDB = ROOT / "node_modules" / "idb"
TERSER = ROOT / "node_modules" / "terser"
ANDIKA = Path("/usr/share/fonts/truetype/andika")
ANDIKA_LICENCE = Path("/usr/share/doc/fonts-sil-andika/copyright")
INDIGO = "#23306b"
WEIGHTS = {"Regular": "andika-regular.woff2", "Bold": "andika-bold.woff2"}

LETTERS = "œŒŸɛƐɔƆɲƝŋŊ"
MARKS = "\u0300\u0301\u0302\u0308\u030c"  # tones of Bambara, and the marks of French when decomposed
SIGNS = "‐‑‒–—‘’‚“”„•…\u2009\u202f−€←↑→↓✓"  # Andika has no ✗: it is an icon
FEATURES = ["kern", "mark"]

SPRITE = {  # name of the symbol → healthicons picture; ours in img/icons are added under their file names
    "training": "people/i_training_class",
    "meeting": "symbols/community_meeting",
    "award": "symbols/award_ribbon",
    "place": "symbols/geo_location",
    "referral": "symbols/referral",
    "village": "places/village",
}
COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".webmanifest", ".txt"}
WORTH_IT = 200  # bytes; below, the headers weigh more than what is saved


class Missing(Exception):  # noqa: N818
    """Something to install first; the message says what."""


def main():
    try:
        build()
    except Missing as missing:
        sys.exit(str(missing))


def build(vendor: Path = VENDOR):
    """Everything, from nothing; a server that is running keeps what it serves until the new set is whole."""
    if not all((package / "package.json").exists() for package in (HEALTHICONS, IDB)):
        raise Missing("Il manque les pictogrammes ou idb. Lancez d’abord : bin/node-packages")
    if not all((ANDIKA / f"Andika-{weight}.ttf").exists() for weight in WEIGHTS):
        raise Missing("Il manque la police Andika. Installez-la : apt-get install fonts-sil-andika")
    making, before = vendor.with_name(".vendor-making"), vendor.with_name(".vendor-before")
    shutil.rmtree(making, ignore_errors=True)
    pictures(making / "healthicons")
    sprite(making / "icons.svg")
    fonts(making / "fonts")
    database(making / "idb")
    for source in (making, STATIC / "css", STATIC / "js", STATIC / "img"):
        compress(source)
    shutil.rmtree(before, ignore_errors=True)
    if vendor.exists():
        vendor.rename(before)
    making.rename(vendor)
    shutil.rmtree(before, ignore_errors=True)


def pictures(folder: Path):
    """All filled healthicons, in indigo: a picture shown by `<img>` cannot take the colour of the page."""
    source = HEALTHICONS / "public" / "icons" / "svg" / "filled"
    for path in sorted(source.glob("*/*.svg")):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(slim(path.read_text()).replace("currentColor", INDIGO))
    shutil.copy(HEALTHICONS / "LICENSE", folder / "LICENSE.txt")


def sprite(target: Path):
    """One file with every icon of the interface, in the colour of the text around it."""
    source = HEALTHICONS / "public" / "icons" / "svg" / "filled"
    drawings = {name: source / f"{picture}.svg" for name, picture in SPRITE.items()}
    drawings.update({path.stem: path for path in sorted(OWN_ICONS.glob("*.svg"))})
    symbols = [symbol(name, path.read_text()) for name, path in sorted(drawings.items())]
    target.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")


def database(folder: Path):
    """idb, the promises around the browser's database: one module, as it was published, without its source map."""
    folder.mkdir(parents=True)
    (folder / "index.js").write_text(re.sub(r"\n//# sourceMappingURL.*", "", (IDB / "build" / "index.js").read_text()))
    shutil.copy(IDB / "LICENSE", folder / "LICENSE.txt")


def symbol(name, svg):
    """The drawing as `<symbol id=name>`, keeping what its root says about view box, fill and stroke."""
    root, inside = re.fullmatch(r"\s*<svg\b([^>]*)>(.*)</svg>\s*", slim(svg), re.DOTALL).groups()
    kept = re.findall(r'\b((?:viewBox|fill|stroke(?:-[a-z]+)?)="[^"]*")', root)
    return f'<symbol id="{name}" {" ".join(kept)}>{inside}</symbol>'


def slim(svg):
    """The same drawing on one line, its coordinates cut after two decimals (its width is 48)."""
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"(\d*\.\d\d)\d+", r"\1", svg)
    return re.sub(r"\s*\n\s*", "", svg)


def fonts(folder: Path):
    """Andika, regular and bold, cut down to French and Bambara; kerning and the placing of tones stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for weight, name in WEIGHTS.items():
        cut(ANDIKA / f"Andika-{weight}.ttf", folder / name)
    if ANDIKA_LICENCE.exists():
        shutil.copy(ANDIKA_LICENCE, folder / "OFL.txt")


def cut(source: Path, target: Path):
    options = subset.Options(
        flavor="woff2", hinting=False, layout_features=FEATURES, glyph_names=False, notdef_outline=True,
        name_IDs=[0, 1, 2, 14], name_languages=[0x409],
    )  # fmt: skip
    options.drop_tables += ["Silf", "Sill", "Silt", "Glat", "Gloc", "Feat", "DSIG", "meta", "gasp"]
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # Graphite tables are dropped on purpose
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*range(0x20, 0x7F), *range(0xA0, 0x100)], text=LETTERS + MARKS + SIGNS)
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def compress(folder: Path):
    """A `.br` and a `.gz` beside every file that shrinks; older ones are replaced, orphans removed."""
    orphans = {*folder.rglob("*.br"), *folder.rglob("*.gz")}
    paths = [
        path for path in sorted(folder.rglob("*")) if path.suffix in COMPRESSIBLE and path.stat().st_size >= WORTH_IT
    ]
    shorter = shortened([path for path in paths if path.suffix == ".js"])
    for path in paths:
        body = shorter.get(path) or path.read_bytes()
        packed = {".br": brotli.compress(body, mode=brotli.MODE_TEXT), ".gz": gzip.compress(body, 9, mtime=0)}
        for ending, content in packed.items():
            target = path.with_name(path.name + ending)
            orphans.discard(target)
            replace(target, content)
    for orphan in orphans:
        orphan.unlink()


def replace(target: Path, content: bytes):
    """Write a file whole or not at all; one that is the same already is left alone."""
    if target.exists() and target.read_bytes() == content:
        return
    beside = target.with_name(f".{target.name}")
    beside.write_bytes(content)
    beside.replace(target)


SHORTEN = """
const { minify } = require(process.argv[1]);
const sources = JSON.parse(require("fs").readFileSync(0, "utf8"));
const short = (source) => minify(source, { module: true, ecma: 2020, compress: { passes: 3 } }).then(({ code }) => code);
Promise.all(sources.map(short)).then((codes) => console.log(JSON.stringify(codes)));
"""


def shortened(scripts: list[Path]) -> dict[Path, bytes]:
    """What terser makes of each script: the same module for fewer bytes."""
    if not scripts:
        return {}
    if not TERSER.exists():
        raise Missing("Il manque les paquets npm. Lancez d’abord : bin/node-packages")
    sources = json.dumps([path.read_text() for path in scripts])
    command = [_node(), "-e", SHORTEN, TERSER]
    made = subprocess.run(command, input=sources, capture_output=True, text=True, check=True)  # noqa: S603  our own script
    return {path: code.encode() for path, code in zip(scripts, json.loads(made.stdout), strict=True)}


def _node():
    """The machine's Node, else that of the wheel."""
    return shutil.which("node") or str(ROOT / ".venv-node" / "bin" / "node")


if __name__ == "__main__":
    main()
