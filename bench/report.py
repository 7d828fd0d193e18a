"""The table on the screen, `bench/results.json` and `docs/performance.md`, from results."""

import json
import os
import platform
from dataclasses import asdict, fields
from importlib.metadata import version

import psutil

from bench.result import Result

LIBRARIES = ("flask", "granian", "sqlalchemy", "whitenoise", "brotli", "jinja2", "wtforms", "psycopg", "weasyprint")
HEAD = """# Performance

Made by `make bench`, never by hand. A ratio comes from one run in which the things compared take turns; value, least
and greatest are over so many rounds or pages as “runs” says. Absolute figures are of this machine, which others may
have used at the same time (see its load below): free processor time can then change twofold between rounds, so no
rate may be held against one of another round. Trust the ratios and the bytes, not the times. They gate nothing.
"""


def written(results, goals, path):
    """Add the results to those of the file (a part can be measured alone), and return all that have a name today."""
    known = {field.name for field in fields(Result)}
    before = json.loads(path.read_text()) if path.exists() else {}
    kept = {name: Result(**it) for name, it in before.items() if name in goals and set(it) == known}
    together = {name: it for name in goals if (it := results.get(name) or kept.get(name))}
    path.write_text(
        json.dumps({name: asdict(it) for name, it in together.items()}, ensure_ascii=False, indent=1) + "\n"
    )
    return together


def table(results, goals):
    """Lines for people: name, value, goal, verdict, range, runs, what it is."""
    rows = [("", "value", "goal", "", "min–max", "runs", "against")]
    rows += [row(name, it, goals.get(name)) for name, it in results.items()]
    widths = [max(len(one[i]) for one in rows) for i in range(6)]
    return "\n".join("  ".join([*map(str.ljust, one, widths), one[6]]).rstrip() for one in rows)


def row(name, it, goal):
    """The cells of one figure."""
    verdict = "" if goal is None else ("met" if goal.met(it.value) else "MISSED")
    value, least, most = map(figure, (it.value, it.min, it.max))
    return name, f"{value} {it.unit}", str(goal or "–"), verdict, f"{least}–{most}", str(it.runs), it.against


def figure(number):
    """Three significant digits, thousands apart."""
    if abs(number) >= 1000:
        return f"{number:,.0f}".replace(",", "\u202f")
    return f"{number:.3g}"


def page(results, goals, notes, machine):
    """`docs/performance.md`. `notes` are the docstrings of what was measured; `machine` is Markdown."""
    rows = [(*row(name, it, goals.get(name)), it.on) for name, it in results.items()]
    head = "| figure | value | goal | | least–greatest | runs | what, or against what | measured |"
    cells = ["| " + " | ".join((f"`{one[0]}`", *one[1:])) + " |" for one in rows]
    return "\n".join(
        [
            HEAD,
            head,
            "|---" * 8 + "|",
            *cells,
            "\n## What each compares\n",
            *notes,
            "## The machine of the last run\n",
            machine,
        ]
    )


def machine():
    """What it was measured on, as lines of Markdown."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"- {os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.machine()}, "
        f"{platform.system()} {platform.release()}; load when it began: {load}\n"
        f"- Python {platform.python_version()}; {libraries}\n"
    )
