"""Trials as a table."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.config import set_config
from exo_nbregistry.records.trials import StoredSearch
from exo_nbregistry.views.trials import Trials


def table(*trials: dict[str, Any], **fields: Any) -> Trials:
    """Return the trials of version toy:1."""
    return Trials("toy:1", StoredSearch.of({"metric": "r2", "trials": list(trials), **fields}))


def trial(mean: float | None, **params: Any) -> dict[str, Any]:
    """Return a trial as it is attached."""
    return {"params": params, "mean": mean}


def test_trials_are_sorted_best_first() -> None:
    """Failed trials follow those with a score, and slices are sequences."""
    found = table(trial(0.1, C=1), trial(None, C=2), trial(0.3, C=3))
    assert [t.params["C"] for t in found] == [3, 1, 2]
    assert [t.number for t in found[:2]] == [3, 1]


def test_the_text_counts_what_is_not_shown() -> None:
    """Rows and columns beyond the limits are counted in notes."""
    rows = [trial(i / 100, **{f"p{k}": i for k in range(12)}) for i in range(30)]
    text = repr(table(*rows, n_trials=40))
    assert "and 20 more" in text
    assert "Omitted: 10 not stored." in text
    assert "Not in this table: p8, p9, p10, p11." in text


def test_a_frame_has_a_column_for_each_hyperparameter() -> None:
    """A hyperparameter with the name of another column has a prefix."""
    frame = table(trial(0.5, C=1, number=7), trial(0.6, kernel="rbf")).to_frame()
    assert frame["r2"].tolist() == [0.6, 0.5]
    assert frame["params.number"].tolist()[1] == 7
    assert frame["kernel"].tolist()[0] == "rbf"


def test_a_section_has_few_rows() -> None:
    """The page of a version shows the best five trials and the number of all."""
    title, page, text = table(*(trial(i / 10, C=i) for i in range(9))).section()
    assert title == "Trials (9)"
    assert page.count("<tr") == 6
    assert "and 4 more" in text


@pytest.mark.parametrize("trials", [(), (trial(None, C=1),)])
def test_a_search_without_scores_has_no_table(trials: tuple[dict[str, Any], ...]) -> None:
    """Without a scored trial only the notes are shown."""
    found = table(*trials)
    assert f"{len(trials)} trial" in repr(found)
    assert "<table" not in found.to_html()


def test_text_display_has_no_html() -> None:
    """With display="text", a notebook shows the text table."""
    set_config(display="text")
    assert table(trial(0.5, C=1))._repr_html_() is None
