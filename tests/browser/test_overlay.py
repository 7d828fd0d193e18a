"""What a phone shows of a group: the pack, and over it what was told since, in whatever order it came."""

from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.browser
PACK = {
    "group": {"uid": "g", "name": "Benkadi", "village": "Sebugu", "code": "G1"},
    "members": [
        {"uid": "fanta", "given": "Fanta", "family": "", "name": "Fanta", "number": 1},
        {"uid": "sitan", "given": "Sitan", "family": "", "name": "Sitan", "number": 2},
    ],
    "sessions": [{"origin": "s0", "module": "m", "held_on": "2026-11-01", "half": "am", "present": ["fanta"], "heads": {}}],
    "attempts": [{"origin": "a0", "person": "fanta", "module": "m", "form": "A", "kind": "pre",
                  "passed": False, "on": "2026-11-01"}],
    "hands": [],
    "asof": "2026-11-02T08:00:00+00:00",
}  # fmt: skip
KEYS = {"B": {"answers": {"q1": "a", "q2": "b"}, "vital": ["q2"], "needed": 1}}


def fact(number, path, state="waiting", **fields):
    pairs = [(name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    return {
        "uid": f"f{number}",
        "number": number,
        "path": path,
        "state": state,
        "body": urlencode([("uid", f"f{number}"), *pairs]),
    }


@pytest.fixture(scope="module")
def lay(chromium, tmp_path_factory):
    """`lay(facts, pack)` → the world, as overlay.js makes it; no page and no database about it."""
    from lms.core.settings import ROOT

    source = (ROOT / "lms/static/js/phone/overlay.js").read_text()
    page = chromium.new_page()

    def world(*facts, pack=PACK, keys=KEYS):
        return page.evaluate(
            """async ([source, pack, facts, keys]) => {
              const { world } = await import("data:text/javascript," + encodeURIComponent(source));
              const before = JSON.stringify(pack);
              const found = world(pack, facts.map((one) => ({ ...one, fields: new URLSearchParams(one.body) })), keys);
              if (JSON.stringify(pack) !== before) throw new Error("the pack was changed");
              return found;
            }""",
            [source, pack, list(facts), keys],
        )

    yield world
    page.close()


def a_session(number, **more):
    told = {
        "group": "g",
        "module": "m",
        "held_on": "2026-11-05",
        "half": "am",
        "minutes": 60,
        "place": "Ici",
        "present": ["fanta", "sitan"],
    }
    return fact(number, "/sessions/", **{**told, **more})


def test_a_woman_registered_here_is_on_the_roll_last(lay):
    now = lay(fact(1, "/persons/", group="g", given="Nana", family="Cissé", sex="F"))
    assert [(her["name"], her["number"], her.get("own")) for her in now["members"]][-1] == (
        "Nana Cissé",
        None,
        "waiting",
    )
    assert not lay(fact(1, "/persons/", group="elsewhere", given="Nana"))["members"][2:]


def test_a_session_and_its_corrections_are_one_in_any_order(lay):
    first, mended = a_session(1), a_session(3, corrects="f1", half="pm", heads_M_25_49=2)
    again = a_session(4, corrects="f3", minutes=90)  # corrects the correction: still the same session
    for told in ([first, mended, again], [again, first, mended], [mended, again, first]):
        latest, older = lay(*told)["sessions"]
        assert (latest["origin"], latest["minutes"], latest["half"], latest["own"]) == ("f1", 90, "am", "waiting")
        assert older["origin"] == "s0"


def test_what_is_withdrawn_does_not_come_back(lay):
    gone = fact(2, "/sessions/", corrects="s0", withdrawn="1", reason="deux fois")
    assert lay(gone)["sessions"] == []
    assert lay(gone, a_session(3, corrects="s0"))["sessions"] == []
    assert len(lay(a_session(5), gone)["sessions"]) == 1


def test_a_correction_of_what_only_the_server_knew(lay):
    [session] = lay(a_session(1, corrects="s0", half="pm"))["sessions"]
    assert (session["origin"], session["half"], session["held_on"]) == ("s0", "pm", "2026-11-05")
    her = lay(fact(1, "/persons/", corrects="fanta", given="Fanta", family="Koné"))["members"][0]
    assert (her["name"], her["number"], her["own"]) == ("Fanta Koné", 1, "waiting")


def test_a_woman_who_has_left_is_not_on_the_roll_but_keeps_her_name(lay):
    now = lay(fact(2, "/departures/", person="sitan", left_on="2026-11-05", why="choix"), a_session(1))
    assert [her["uid"] for her in now["members"]] == ["fanta"]
    assert [her["name"] for her in now["gone"]] == ["Sitan"]
    assert now["sessions"][0]["present"] == ["fanta", "sitan"]


def test_a_quiz_is_judged_by_its_questions_and_else_not_at_all(lay):
    told = {"person": "fanta", "module": "m", "kind": "post", "taken_on": "2026-11-05"}
    right = fact(1, "/attempts/", **told, form="B", **{"answer.q1": "a", "answer.q2": "b"})
    missed = fact(2, "/attempts/", **told, form="B", **{"answer.q1": "a", "answer.q2": "c"})
    unknown = fact(3, "/attempts/", **told, form="A", **{"answer.q9": "a"})
    assert [(quiz["form"], quiz["passed"]) for quiz in lay(right, missed, unknown)["attempts"]] == [
        ("A", False), ("B", True), ("B", False), ("A", None),
    ]  # fmt: skip


def test_hands_are_of_their_group(lay):
    hands = {"module": "m", "form": "A", "kind": "post", "taken_on": "2026-11-05", "present": 30}
    assert [one["present"] for one in lay(fact(1, "/hands/", group="g", **hands))["hands"]] == [30]
    assert lay(fact(1, "/hands/", group="elsewhere", **hands))["hands"] == []


def test_what_a_newer_pack_knows_is_not_laid_again(lay):
    """She was registered here, arrived, and was moved away by her supervisor before the group was taken again."""
    nana = fact(1, "/persons/", "cleared", group="g", given="Nana")
    late = fact(2, "/persons/", "cleared", group="g", given="Aminata")
    newer = PACK | {"known": {"upto": 2, "but": ["f2"]}}
    assert [her["name"] for her in lay(nana, late, pack=newer)["members"]] == ["Fanta", "Sitan", "Aminata"]
    woken = nana | {"state": "waiting"}  # the server was restored: nothing is known of it any more
    assert "Nana" in [her["name"] for her in lay(woken, pack=newer)["members"]]


def test_held_facts_are_shown_as_held(lay):
    assert lay(a_session(1) | {"state": "held"})["sessions"][0]["own"] == "held"
