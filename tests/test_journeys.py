"""The page of the journeys names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/explanation/journeys.md").read_text(encoding="utf-8")
# The journeys that users must be able to make.
REQUIRED = """
first sight, search, wrong filter, sort, columns, open one, compare several, plot of one version,
alias and undo, tag, note, delete, restore, export, attachments, drag, insert, register the model
of a cell, open the origin notebook, candidates, work in progress, opened again without a kernel,
the kernel is restarted, a cell runs
"""


def rows() -> dict[str, str]:
    """Return the test of each journey, by its name in lower case."""
    return {
        name.lower(): test
        for name, test in re.findall(r"^\| (.+?) \| .+ \| `(\S+)` \|$", PAGE, re.MULTILINE)
    }


def test_each_journey_names_a_test_that_exists() -> None:
    """A renamed or removed test fails here."""
    missing = []
    for test in rows().values():
        path, _, name = test.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        missing += [] if name in functions else [test]
    assert missing == []


def test_each_row_is_read() -> None:
    """Every row of a table is a journey with a test."""
    n_rows = len(re.findall(r"^\| (?!journey )\w", PAGE, re.MULTILINE))
    assert n_rows > 30
    assert len(rows()) == n_rows


def test_the_required_journeys_are_listed() -> None:
    """No required journey is missing; a row can list several."""
    listed = " ".join(rows())
    required = " ".join(REQUIRED.split()).split(", ")
    assert [name for name in required if name not in listed] == []
