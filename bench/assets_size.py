"""All scripts and styles that are ours, each as `make assets` compresses it for the server (brotli), added up.

Made anew from the sources, so that no stale copy counts; what is not ours (idb, fonts, pictures) does not count. No page
needs all of them: what a page fetches is `page.first_load_bytes`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from bench.result import Goal, Result, middle
from lms.core import assets

GOALS = {"assets.js_bytes": Goal("<=", 25_000), "assets.css_bytes": Goal("<=", 12_000)}


def measure():
    return results(sizes("js"), sizes("css"))


def results(scripts, styles):
    """Figures of two {file: bytes}; each is told in full on the error stream."""
    for kind in (scripts, styles):
        print("\n".join(f"{size:8} {name}" for name, size in sorted(kind.items())), file=sys.stderr)
    return {"assets.js_bytes": all_of(scripts, "modules"), "assets.css_bytes": all_of(styles, "style sheets")}


def all_of(kind, what) -> Result:
    return middle([sum(kind.values())], "bytes", f"brotli, {len(kind)} {what} of ours together")


def sizes(kind):
    """{file: bytes as they travel} of `lms/static/<kind>`."""
    with tempfile.TemporaryDirectory(prefix="kalanso-bench-") as folder:
        copy = Path(shutil.copytree(assets.STATIC / kind, Path(folder) / kind))
        assets.compress(copy)
        return {str(path.relative_to(copy)): travelling(path) for path in copy.rglob(f"*.{kind}")}


def travelling(path):
    compressed = path.with_name(path.name + ".br")
    return (compressed if compressed.exists() else path).stat().st_size
