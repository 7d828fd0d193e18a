"""How long the whole curriculum takes to be read, checked and made ready, as at the start of a server.

Compared with nothing: processor seconds of one process, modules and questions together, every fault looked for. While
fewer than twelve modules are written, those there are stand in for the others under other names, and the line says so.
"""

import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from bench.result import Goal, middle
from lms.assessment.check import examine as examine_questions
from lms.core.settings import ROOT
from lms.curriculum.check import examine

GOALS = {"content.load_s": Goal("<=", 1)}
MODULES, TURNS = 12, 5


def measure():
    with whole() as root:
        took = [load(root) for _turn in range(TURNS)]
    written = len(list((ROOT / "modules").glob("*/module.toml")))
    against = f"{max(MODULES, written)} modules, {written} of them written: read, checked, questions too"
    return {"content.load_s": middle(took, "s", against)}


def load(root):
    """Processor seconds of one reading; a fault found on the way stops nothing, and takes no time worth telling."""
    start = time.process_time()
    catalogue, _problems = examine(root)
    examine_questions(catalogue, root)
    return time.process_time() - start


@contextmanager
def whole():
    """A content root of at least twelve modules."""
    with tempfile.TemporaryDirectory(prefix="kalanso-bench-") as folder:
        root = Path(folder)
        for kind in ("modules", "assessments", "translations"):
            shutil.copytree(ROOT / kind, root / kind)
        slugs = sorted(path.parent.name for path in (root / "modules").glob("*/module.toml"))
        for order in range(len(slugs) + 1, MODULES + 1):
            again(root, slugs[order % len(slugs)], order)
        yield root


def again(root, slug, order):
    """One more module, like another but for its name and its place."""
    name = f"{slug}-{order}"
    about = Path(shutil.copytree(root / "modules" / slug, root / "modules" / name)) / "module.toml"
    about.write_text(re.sub(r"(?m)^order = \d+", f"order = {order}", about.read_text()))
    shutil.copy(root / "assessments" / f"{slug}.toml", root / "assessments" / f"{name}.toml")
