"""The report of the benchmarks, from given figures: nothing is timed here."""

import json

from bench import __main__ as bench
from bench import assets_size, content_load, first_load, kept_pages, phone, report, sync
from bench.result import Goal, Result, middle, worst

GOALS = {"page.bytes": Goal("<=", 48_000), "page.ratio": Goal(">=", 8), "page.rate": None}
RESULTS = {
    "page.bytes": worst([41_000, 50_000], "bytes", "the heavier of two pages"),
    "page.ratio": middle([9, 12, 10], "×", "the same, rendered"),
    "page.rate": middle([14_885.5], "requests/s", "wrk"),
}


def test_a_figure_says_its_middle_its_worst_and_its_range():
    assert (RESULTS["page.ratio"].value, RESULTS["page.ratio"].min, RESULTS["page.ratio"].max) == (10, 9, 12)
    assert RESULTS["page.bytes"].value == 50_000


def test_the_table_says_which_goal_is_missed():
    head, *rows = report.table(RESULTS, GOALS).splitlines()
    assert head.split()[:2] == ["value", "goal"]
    assert [("MISSED" in row, " met " in row) for row in rows] == [(True, False), (False, True), (False, False)]
    assert "14\u202f886 requests/s" in rows[2]


def test_the_file_holds_what_the_contract_promises(tmp_path):
    path = tmp_path / "results.json"
    report.written(RESULTS, GOALS, path)
    for it in json.loads(path.read_text()).values():
        assert {"value", "unit", "against", "runs", "min", "max"} <= set(it)


def test_a_part_measured_alone_leaves_the_others_in_the_file(tmp_path):
    path = tmp_path / "results.json"
    report.written(RESULTS, GOALS, path)
    again = middle([20], "×", "the same, rendered")
    together = report.written({"page.ratio": again}, GOALS, path)
    assert list(together) == list(GOALS)
    assert (together["page.ratio"], together["page.bytes"]) == (again, RESULTS["page.bytes"])


def test_a_figure_whose_name_is_gone_is_forgotten(tmp_path):
    path = tmp_path / "results.json"
    report.written(RESULTS, GOALS, path)
    assert "page.rate" not in report.written({}, {"page.bytes": None}, path)


def test_the_page_has_a_row_for_each_figure_and_the_machine():
    page = report.page(RESULTS, GOALS, ["**first_load**: what it compares."], report.machine())
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert [row.count(" | ") for row in rows] == [7] * len(RESULTS)
    assert "cores" in page
    assert "Python" in page


def test_a_ratio_is_taken_within_each_round():
    rounds = [
        {"cached": 1000, "rendered": 100, "hello": 500, "server": 2000},
        {"cached": 300, "rendered": 20, "hello": 100, "server": 600},
        {"cached": 800, "rendered": 100, "hello": 400, "server": 1600},
    ]
    found = kept_pages.results(rounds)
    assert (found["page.cached_vs_rendered"].value, found["page.cached_vs_rendered"].max) == (10, 15)
    assert found["page.cached_vs_hello"].runs == 3
    assert set(found) == set(kept_pages.GOALS)


def test_the_heaviest_page_counts():
    light = first_load.Load("/modules/a (fr)", [("http://h/a", 1000), ("http://h/b", 1), ("http://h/b", 1)])
    heavy = first_load.Load("/modules/b (bm)", [("http://h/b", 9000)])
    found = first_load.results([light, heavy])
    assert found["page.first_load_bytes"].value == 9000
    assert "/modules/b (bm)" in found["page.first_load_bytes"].against
    assert found["page.first_load_requests"].value == 3


def test_a_batch_is_held_against_the_driver_within_each_round():
    quick, slow = {"stored": 0.2, "again": 0.02, "raw": 0.05}, {"stored": 0.5, "again": 0.1, "raw": 0.05}
    found = sync.results({"sqlite": [quick, quick, slow], "postgresql": [slow]})
    assert (found["sync.ingest_vs_raw.sqlite"].value, found["sync.ingest_vs_raw.sqlite"].min) == (0.25, 0.1)
    assert found["sync.ingest_vs_raw.postgresql"].value == 0.1
    assert (found["sync.replay_vs_store"].value, found["sync.replay_vs_store"].runs) == (7.5, 4)
    assert set(found) == set(sync.GOALS)


def test_the_slowest_page_of_the_phone_counts():
    found = phone.results([3.0, 3.4, 3.1], {"/phone/fr/": [100, 900, 110], "/phone/fr/group": [200, 190, 210]})
    assert found["sync.2g_month_s"].value == 3.1
    assert found["offline.page_load_ms"].value == 200
    assert "/phone/fr/group" in found["offline.page_load_ms"].against
    assert set(found) == set(phone.GOALS)


def test_the_month_is_fifty_facts_that_a_phone_may_carry(app, who):
    told = phone.month(app, sync.grown(app, who))
    assert len(told) == 50
    assert {path for path, _body in told} == {"/sessions/", "/attempts/", "/hands/"}


def test_the_driver_writes_the_very_rows_that_a_batch_wrote(monkeypatch):
    monkeypatch.setattr(sync, "ROUNDS", 1)
    with sync.sqlite() as (url, copy):
        (turn,) = sync.taken(url, copy)
    assert all(seconds > 0 for seconds in turn.values())


def test_every_file_of_ours_counts_as_it_travels():
    sizes = assets_size.sizes("css")
    assert set(sizes) == {path.name for path in (assets_size.assets.STATIC / "css").glob("*.css")}
    assert assets_size.results({"a.js": 1000, "b.js": 500}, sizes)["assets.js_bytes"].value == 1500


def test_the_whole_curriculum_is_read_at_least_twelve_modules():
    with content_load.whole() as root:
        assert len(content_load.examine(root)[0]) >= content_load.MODULES
        assert content_load.load(root) > 0


def test_every_goal_belongs_to_what_is_measured():
    assert set(bench.GOALS) == {name for measure in bench.MEASURES for name in measure.GOALS}
    assert all(measure.__doc__ for measure in bench.MEASURES)
    assert all(isinstance(goal, Goal | None) for goal in bench.GOALS.values())
    assert Result.__dataclass_fields__.keys() >= {"value", "unit", "against", "runs", "min", "max"}
