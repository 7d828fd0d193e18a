"""Whether a drawing that comes from elsewhere may be shown: an SVG that draws, and does nothing else."""

import re

from lxml import etree

MOST = 200_000  # bytes; ours are 1 to 12 KB
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
SVG = "{http://www.w3.org/2000/svg}"
DRAWS = {
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "use", "title", "desc",
    "linearGradient", "radialGradient", "stop", "clipPath", "mask", "symbol", "text", "tspan", "pattern", "marker",
}  # fmt: skip
AWAY = re.compile(r"url\(\s*['\"]?(?!#)|javascript:|@import|expression\(", re.IGNORECASE)


def harmless(raw: bytes) -> bool:
    """An SVG without document type, script, style sheet, event or address outside itself."""
    if len(raw) > MOST:
        return False
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return False
    return root.tag == f"{SVG}svg" and not root.getroottree().docinfo.doctype and all(map(_draws, root.iter()))


def _draws(element):
    known = isinstance(element.tag, str) and element.tag.removeprefix(SVG) in DRAWS
    return known and all(map(_still, element.attrib.items()))


def _still(attribute):
    name, value = etree.QName(attribute[0]).localname.lower(), attribute[1]
    if name == "href" and not value.startswith("#"):
        return False
    return not name.startswith("on") and not AWAY.search(value)
