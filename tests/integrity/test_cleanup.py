"""The plan of a garbage collection, shown as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from exo_nbregistry.integrity.cleanup import MAX_ROWS, Cleanup
from exo_nbregistry.integrity.garbage import Garbage
from exo_nbregistry.integrity.retention import RetiredVersion

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
FILE = Garbage("models/toy/tmp/<half>", 10, "left by a writer that stopped")


def versions(n: int) -> list[Any]:
    """Return versions of a plan."""
    return [RetiredVersion("toy", i, "active", NOW, 100, "old") for i in range(1, n + 1)]


def test_it_is_the_list_of_the_files() -> None:
    """A result is equal to the list of its files, as in earlier releases."""
    found = Cleanup([FILE], versions(2))
    assert found == [FILE]
    assert found.size_bytes == 210
    assert not found.is_empty
    assert Cleanup().is_empty
    assert Cleanup(versions=versions(1)).size_bytes == 100


def test_text_and_html_have_both_tables() -> None:
    """Versions and files are shown with their sizes and reasons; HTML is escaped."""
    found = Cleanup([FILE], versions(1), skipped=["tess"])
    text, html = repr(found), found.to_html()
    for part in ("toy:1", "2026-01-02 03:04", "100", "old", "left by a writer", "verify()"):
        assert part in text
        assert part in html
    assert "To remove: 1 version and 1 file, 110 bytes." in text
    assert "All versions of tess stay" in text
    assert "<half>" in text
    assert "<half>" not in html


def test_long_tables_are_cut() -> None:
    """A long plan shows its first rows and the number of the others."""
    text = repr(Cleanup(versions=versions(MAX_ROWS + 3)))
    assert f"toy:{MAX_ROWS} " in text
    assert f"toy:{MAX_ROWS + 1} " not in text
    assert "… and 3 more versions." in text
    assert "To remove: 53 versions and 0 files" in text


def test_an_executed_plan_states_it() -> None:
    """The sentence differs before and after the execution, and for an empty result."""
    assert Cleanup([FILE], dry_run=False).sentences() == [
        "Removed: 0 versions and 1 file, 10 bytes."
    ]
    assert repr(Cleanup()) == "Nothing to remove."
