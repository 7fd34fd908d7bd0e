"""Stored trials, read from attachments of any content."""

from __future__ import annotations

import math
from typing import Any

import pytest

from exo_nbregistry.records.trials import StoredSearch


def trial(mean: float, **fields: Any) -> dict[str, Any]:
    """Return a trial as it is attached."""
    return {"params": {"C": mean}, "mean": mean, **fields}


@pytest.mark.parametrize(("minimize", "best"), [(False, 0.9), (True, 0.2)])
def test_the_best_trial_depends_on_the_direction(minimize: bool, best: float) -> None:
    """The highest score is the best, or the lowest one of a search that minimizes."""
    found = StoredSearch.of({"minimize": minimize, "trials": [trial(0.2), trial(0.9)]})
    assert found.best[0].score == best


def test_a_pruned_trial_has_no_score() -> None:
    """The last value of a pruned trial cannot be compared with final scores."""
    found = StoredSearch.of({"trials": [trial(0.9, error="pruned"), trial(0.1)]})
    assert [t.score for t in found.best] == [0.1]
    assert found.omitted == {"pruned": 1}


def test_trials_on_fewer_rows_are_not_among_the_best() -> None:
    """Of a search by halving, only the trials of the last round are compared."""
    found = StoredSearch.of({"trials": [trial(0.9, rows=10), trial(0.5, rows=90)]})
    assert [t.score for t in found.best] == [0.5]
    assert found.omitted == {"scored on fewer rows": 1}


def test_trials_that_were_not_stored_are_counted() -> None:
    """The number of all trials can be higher than that of the stored ones."""
    found = StoredSearch.of({"n_trials": 5, "trials": [trial(0.9)]})
    assert (found.total, found.omitted) == (5, {"not stored": 4})


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"trials": None, "metric": 5, "n_trials": "many"},
        {"trials": [None, {}, {"params": 3, "mean": 0.9}]},
        {"trials": {"params": {}}},
    ],
)
def test_malformed_attachments_have_no_trials(stored: dict[str, Any]) -> None:
    """An attachment of any content is read without an error."""
    assert StoredSearch.of(stored).best == []


def test_malformed_fields_are_ignored() -> None:
    """A trial keeps its parameters if its other fields have the wrong type."""
    odd = {"params": {1: 2}, "mean": "x", "spread": [], "rows": None, "error": 3, "metrics": 4}
    (found,) = StoredSearch.of({"trials": [odd]}).trials
    assert (found.params, found.spread, found.rows, found.error) == ({"1": 2}, None, 0.0, "")
    assert math.isnan(found.score)
