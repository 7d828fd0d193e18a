"""The line a fault names is the line where its key stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.curriculum.faults import line_of

TOML = """# id = "loin"
title.fr = "Un"

[title]
fr = "Deux"
[[items]]
id = "un"
  answer = "oui"
[[items.options]]
id = "oui"
fr = "id = "
[[items]]
id="deux"
answer = "non"
[[notes]]
id = "un"
fr = "Trois"
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ([], 1),
        (["[title]"], 4),
        (["[title]", "fr"], 5),
        (["title.fr"], 2),
        (["id=un"], 7),
        (["id=un", "answer"], 8),
        (["id=un", "id=oui", "fr"], 11),
        (["id=deux", "answer"], 14),
        (["[notes]", "id=un"], 16),
        (["id=deux", "rien"], 13),
        (["id=loin"], 1),
        (["rien"], 1),
    ],
)
def test_a_key_has_its_line(keys, line):
    assert line_of(TOML, *keys) == line


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z]{1,3}(-[a-z]{1,3})?", fullmatch=True), st.integers(0, 3)),
        unique_by=lambda one: one[0],
    )
)
def test_every_item_of_a_file_is_found(items):
    lines, where = [], {}
    for id, blank in items:
        lines += [""] * blank + ["[[items]]", f'id = "{id}"', 'fr = "é"', 'answer = "x"']
        where[id] = len(lines)
    text = "\n".join(lines)
    assert {id: line_of(text, f"id={id}", "answer") for id in where} == where
