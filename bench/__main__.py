"""`python -m bench [NAME…]`: measure what has a name that begins so (all without one), print, and keep."""

import sys

from bench import assets_size, content_load, first_load, kept_pages, phone, process, report, sync
from bench.serving import ROOT

MEASURES = (first_load, assets_size, kept_pages, phone, sync, process, content_load)
GOALS = {name: goal for measure in MEASURES for name, goal in measure.GOALS.items()}
RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "performance.md"


def main(prefixes):
    """Exit 1 when a name is unknown; a goal that is missed is shown, and gates nothing."""
    chosen = [measure for measure in MEASURES if any(name.startswith(prefixes or ("",)) for name in measure.GOALS)]
    if not chosen:
        sys.exit(f"Known: {', '.join(GOALS)}")
    machine = report.machine()
    results = {}
    for measure in chosen:
        print(measure.__doc__.splitlines()[0], flush=True)
        results |= measure.measure()
    print("\n" + report.table(results, GOALS))
    together = report.written(results, GOALS, RESULTS)
    notes = [f"**{measure.__name__.removeprefix('bench.')}**: {measure.__doc__}" for measure in MEASURES]
    PAGE.write_text(report.page(together, GOALS, notes, machine))


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
