"""The floors: a package imports only from floors below it, and no room has a name that says nothing."""

import ast
from pathlib import Path

import pytest

LMS = Path(__file__).resolve().parents[1] / "lms"
FLOORS = (
    "core", "people", "curriculum", "assessment", "cascade", "followup", "certificates", "reports", "offline", "demo",
)  # fmt: skip
NO_NOUN = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc", "base"}
MODULES = sorted(path for floor in FLOORS for path in (LMS / floor).rglob("*.py"))


def floors_imported(path):
    """The floors that a file imports from, with the line of each import."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: import by full name"
            names = [f"lms.{alias.name}" for alias in node.names] if node.module == "lms" else [node.module]
        for name in names:
            if name.startswith("lms."):
                yield name.split(".")[1], node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(LMS)))
def test_no_import_climbs(path):
    own = path.relative_to(LMS).parts[0]
    below = FLOORS[: FLOORS.index(own) + 1]
    climbing = [(floor, line) for floor, line in floors_imported(path) if floor not in below]
    assert not climbing, f"{path.relative_to(LMS)} imports from above: {climbing}"


def test_every_folder_is_a_floor():
    folders = {path.name for path in LMS.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders - {"static", "migrations"} == set(FLOORS)


def test_every_floor_says_what_it_is_for():
    for floor in FLOORS:
        assert ast.get_docstring(ast.parse((LMS / floor / "__init__.py").read_text())), floor


def test_no_room_without_a_noun():
    assert not [path for path in MODULES if path.stem in NO_NOUN]


def test_the_house_test_bites(tmp_path):
    climbing = tmp_path / "climbing.py"
    climbing.write_text("from lms.certificates import forms\nimport lms.people.models\n")
    assert [floor for floor, _line in floors_imported(climbing)] == ["certificates", "people"]
