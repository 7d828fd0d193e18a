"""The model of the outbox: its claims hold in every state, and each rule that is taken away is missed by a named claim."""

import importlib.machinery
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.model, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = ROOT / "docs" / "protocol"
BROKEN = {
    "NO_EPOCH_GUARD": "lost",
    "TWO_TRANSACTIONS": "lost",
    "EPOCH_IGNORED": "lost",
    "EPOCH_READ_LATE": "lost",
    "NOT_ASKING": "lost",
    "NUMBER_FROM_BACKUP": "lost",
    "CLEARED_ON_SENDING": "lost",
    "ANSWER_FIRST": "lost",
    "HELD_STAYS": "lost",
    "HELD_LOST_ON_ACCEPTANCE": "lost",
    "CLEARED_ON_EXPORT": "lost",
    "UID_ALONE": "lost",
    "SILENT_TOMBSTONE": "stuck",
    "UNIQUENESS_BY_LOOKING": "doubled",
    "NOTHING_WAITS": "early",
    "NOTHING_FOLLOWS": "left_behind",
    "NO_TOMBSTONE": "reborn",
    "HELD_FORGOTTEN_ON_ERASURE": "reborn",
    "ERASURES_IN_BACKUP": "reborn",
    "UNSIGNED": "forged",
    "NO_AUTHOR_CHECK": "usurped",
}


def searched(*words):
    """What `bin/model` ends with: its status, and what it printed."""
    done = subprocess.run([ROOT / "bin" / "model", *words], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def model(monkeypatch):
    """`bin/model` as a module."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("model", str(ROOT / "bin" / "model"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("model", loader))
    loader.exec_module(module)
    return module


def test_every_claim_holds_in_every_state():
    status, printed = searched("--short")
    assert status == 0, printed
    assert len(re.findall(r"[\d,]+ states", printed)) == 4, printed


def test_the_search_has_been_to_the_end_of_the_full_round():
    assert "REACHED at the end: reached" in searched("--short", "REACHED")[1]


@pytest.mark.parametrize("mutation", BROKEN)
def test_a_rule_that_is_taken_away_is_missed(mutation):
    status, printed = searched("--short", mutation)
    assert status == 1, printed
    assert re.findall(rf"^{mutation} at \w+.*: (\w+)$", printed, re.M) == [BROKEN[mutation]], printed


def test_a_wrong_belief_is_seen_before_the_loss():
    assert "NO_EPOCH_GUARD at once: believed" in searched("NO_EPOCH_GUARD")[1]


def test_a_search_that_was_cut_short_is_not_believed(model, monkeypatch):
    monkeypatch.setattr(model, "DEPTH", 20)
    with pytest.raises(model.UnfinishedError, match="depth too small"):
        model.check("tabs", model.SHORT["tabs"])


def test_a_machine_without_spin_fails(model, monkeypatch):
    monkeypatch.setattr(model.shutil, "which", lambda tool: None)
    monkeypatch.setattr(sys, "argv", ["model", "--short"])
    with pytest.raises(model.UnfinishedError, match="missing: spin, gcc"):
        model.main()


def test_every_mutation_has_its_test_and_its_line_on_the_page(model):
    asked_for = re.findall(r"(?:#ifn?def|defined\() ?([A-Z_]+)\b", (PROTOCOL / "outbox.pml").read_text())
    parts = {flag.split("=")[0] for flags in model.FULL.values() for flag in flags.split()}
    assert set(asked_for) - parts - {"TABS", "FACTS", "RESTORES", "AT_THE_END", "REACHED"} == set(BROKEN)
    assert set(BROKEN) == set(model.MUTATIONS)
    page = (PROTOCOL / "outbox.md").read_text()
    assert [name for name in BROKEN if f"`{name}`" not in page] == []
