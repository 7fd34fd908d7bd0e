"""What comes out of a training run."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from exo_nbregistry.exoplanet.run import TrainingRun
from exo_nbregistry.exoplanet.split import StarSplit

VALIDATION = {"forest": {"roc_auc": 0.9, "accuracy": 0.8}, "svm": {"roc_auc": 0.7}}
TEST = {"forest": {"roc_auc": 0.6, "accuracy": 0.5}, "svm": {"roc_auc": 0.95, "accuracy": 0.4}}


@pytest.fixture
def run() -> TrainingRun:
    """Make a run of two models, of which the best on validation is not the best on test."""
    return TrainingRun(
        models={"forest": "a forest", "svm": "a machine"},
        validation_results=VALIDATION,
        evaluation_results=TEST,
        best_model_name="forest",
        failures={"network": "Traceback"},
        durations_s={"forest": 0.5, "svm": 0.25},
        split=StarSplit([[1]], [0], [[2]], [1], [[3]], [0]),
    )


def test_the_best_model_is_the_one_that_is_named(run: TrainingRun) -> None:
    """The best model is the one with the best model's name, whatever it does on test."""
    assert run.best_model == "a forest"


@pytest.mark.parametrize(
    "name",
    [
        "models",
        "validation_results",
        "evaluation_results",
        "best_model_name",
        "best_model",
        "failures",
        "durations_s",
        "split",
    ],
)
def test_a_run_reads_as_a_mapping(run: TrainingRun, name: str) -> None:
    """Each field can be read by its name in brackets, as from a dict."""
    assert run[name] is getattr(run, name)


def test_a_name_that_a_run_does_not_have_is_a_key_error(run: TrainingRun) -> None:
    """A typo in brackets is the error that a dict would raise, without a second traceback."""
    with pytest.raises(KeyError, match="evaluator") as raised:
        run["evaluator"]
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_a_run_cannot_be_changed(run: TrainingRun) -> None:
    """What came out of a run is not replaced afterwards."""
    with pytest.raises(FrozenInstanceError):
        run.best_model_name = "svm"  # type: ignore[misc]


def test_the_table_has_a_row_per_model_and_columns_by_part(run: TrainingRun) -> None:
    """Metrics of validation and test stand side by side, and one not measured is missing."""
    table = run.to_frame()
    assert list(table.index) == ["forest", "svm"]
    assert list(table.columns) == [
        ("validation", "roc_auc"),
        ("validation", "accuracy"),
        ("test", "roc_auc"),
        ("test", "accuracy"),
    ]
    assert table.loc["svm", ("test", "roc_auc")] == 0.95
    assert pd.isna(table.loc["svm", ("validation", "accuracy")])
    assert set(table.dtypes) == {pd.Series([0.5]).dtype}
