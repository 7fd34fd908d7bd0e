"""Trials in tables of other libraries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.trial_tables import read_table, records_of


def test_the_frame_of_a_study_is_read() -> None:
    """Columns of Optuna's trials_dataframe are parameters, attributes and states."""
    frame = pd.DataFrame(
        {
            "number": [0, 1],
            "value": [0.5, np.nan],
            "datetime_start": pd.to_datetime(["2026-01-01", "2026-01-02"]),
            "duration": [1.0, 2.0],
            "params_lr": [0.1, 0.2],
            "user_attrs_trees": [7.0, np.nan],
            "state": ["COMPLETE", "FAIL"],
        }
    )
    first, second = read_table(records_of(frame))["trials"]
    assert first == {"params": {"lr": 0.1}, "mean": 0.5, "number": 0, "attrs": {"trees": 7.0}}
    assert (second["params"], second["error"]) == ({"lr": 0.2}, "fail")


def test_the_frame_of_cv_results_is_read() -> None:
    """Times, ranks and scores of folds in cv_results_ do not become parameters."""
    results = {
        "param_C": [1, 2],
        "mean_test_score": [0.5, 0.6],
        "std_test_score": [0.1, 0.2],
        "split0_test_score": [0.4, 0.5],
        "rank_test_score": [2, 1],
        "mean_fit_time": [9.0, 8.0],
    }
    found = read_table(records_of(pd.DataFrame(results)))
    assert found["metric"] == "score"
    assert found["trials"][1] == {"params": {"C": 2}, "mean": 0.6, "spread": 0.2}


def test_a_table_of_polars_is_read() -> None:
    """Rows of a polars DataFrame are trials."""
    found = read_table(records_of(pl.DataFrame({"C": [1, 2], "score": [0.1, 0.2]})))
    assert found["trials"][1] == {"params": {"C": 2}, "mean": 0.2}


def test_a_known_metric_is_the_score_and_sets_the_direction() -> None:
    """A single column with the name of a metric is the score; of losses, lower is better."""
    found = read_table([{"depth": 1, "rmse": 3.0}, {"depth": 2, "rmse": 2.0}])
    assert (found["metric"], found["minimize"]) == ("rmse", True)


def test_a_parameter_that_a_trial_does_not_have_is_missing() -> None:
    """NaN in a table is a gap, and None is a value."""
    rows = [{"depth": None, "momentum": float("nan"), "value": 1.0}]
    assert read_table(rows)["trials"][0]["params"] == {"depth": None}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [{"lr": 1}],
            "trials has no column with the score. Name the column with the score 'value'",
        ),
        ([{"lr": 1, "rmse": 2, "mae": 3}], "trials has several scores: rmse, mae. Name the column"),
        (
            [{"mean_test_f1": 1, "mean_test_auc": 2}],
            "trials has several scores: mean_test_f1, mean_test_auc",
        ),
    ],
)
def test_a_table_without_one_score_is_explained(rows: list[Any], message: str) -> None:
    """The error names the candidates, and which names are understood."""
    with pytest.raises(RecordError, match=message.replace(".", r"\.")):
        read_table(rows)


def test_columns_of_different_lengths_are_rejected() -> None:
    """A dict of columns has a value for each trial in each of them."""
    with pytest.raises(RecordError, match="The columns of trials have different lengths"):
        records_of({"C": [1, 2], "score": [0.1]})
