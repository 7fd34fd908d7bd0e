"""The result of a move-in, as text and as HTML."""

from __future__ import annotations

from exo_nbregistry.migration.result import MoveInResult


def test_problems_are_counted_and_escaped() -> None:
    """After twenty problems, a line counts the others; text of a store is not markup."""
    problems = tuple(f"<b>{n} was not moved in." for n in range(21))
    result = MoveInResult(
        source="mlruns",
        target="models",
        versions=1,
        present=0,
        aliases=0,
        size_bytes=0,
        problems=problems,
    )
    lines = repr(result).split("\n")
    assert lines[0] == "Moved in: 1 version (0 bytes), from mlruns to models."
    assert (len(lines), lines[-1]) == (22, "… and 1 more problem")
    assert "&lt;b&gt;19 was" in result.to_html()
    assert "<b>" not in result.to_html()
