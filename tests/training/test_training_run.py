"""TrainingRun: its fields, tables and text."""

from __future__ import annotations

import math
import re
from dataclasses import FrozenInstanceError, replace

import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry import config as option
from exo_nbregistry.training.data_split import DataSplit
from exo_nbregistry.training.training_run import TrainingRun, choose_best_model
from tests.html_page import Page

VALIDATION = {"forest": {"roc_auc": 0.9, "accuracy": 0.8}, "svm": {"roc_auc": 0.7}}
TEST = {"forest": {"roc_auc": 0.6, "accuracy": 0.5}, "svm": {"roc_auc": 0.95, "accuracy": 0.4}}


@pytest.fixture
def run() -> TrainingRun:
    """Return a run of two models whose best on validation is not the best on test."""
    return TrainingRun(
        models={"forest": "a forest", "svm": "a machine"},
        validation_results=VALIDATION,
        evaluation_results=TEST,
        best_model_name="forest",
        failures={"network": "Traceback"},
        durations_s={"forest": 0.5, "svm": 0.25},
        split=DataSplit([[1]], [0], [[2]], [1], [[3]], [0]),
    )


def test_the_best_model_is_found_by_name(run: TrainingRun) -> None:
    """The best model is the one on validation, independent of the test set."""
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
        "evaluator",
    ],
)
def test_a_run_reads_as_a_mapping(run: TrainingRun, name: str) -> None:
    """Each field can be read by name, as from a dict."""
    assert run[name] is getattr(run, name)


def test_an_unknown_field_is_a_key_error(run: TrainingRun) -> None:
    """An unknown name raises a KeyError without a second traceback."""
    with pytest.raises(KeyError, match="bestmodel") as raised:
        run["bestmodel"]
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_a_run_cannot_be_changed(run: TrainingRun) -> None:
    """Assigning a field raises an error."""
    with pytest.raises(FrozenInstanceError):
        run.best_model_name = "svm"  # type: ignore[misc]


def test_the_table_has_a_row_per_model_and_columns_by_part(run: TrainingRun) -> None:
    """The table has the metrics of validation and test, and NaN for missing ones."""
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


def make_run(seed: int = 0, depth: int = 2, first: float = 1.0) -> TrainingRun:
    """Return a run of one fitted model."""
    X, y = [[first], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    tree = DecisionTreeClassifier(max_depth=depth, random_state=seed).fit(X, y)
    split = DataSplit(X, y, [[5.0]], [1], [[6.0]], [0])
    return TrainingRun({"tree": tree}, {}, {}, "tree", {}, {}, split)


def test_a_repeated_run_has_the_same_lineage() -> None:
    """Equal data, models and parameters have the same lineage; any other value changes it."""
    runs = [make_run(), make_run(seed=1), make_run(depth=3), make_run(first=1.5)]
    assert make_run().lineage_id == runs[0].lineage_id
    assert len({run.lineage_id for run in runs}) == 4
    assert re.fullmatch("[0-9a-f]{16}", runs[0].lineage_id)


@pytest.mark.parametrize("part", ["X_val", "y_val", "X_test", "y_test"])
def test_each_part_counts_for_the_lineage(part: str) -> None:
    """Other validation or test data change the lineage."""
    run = make_run()
    split = run.split._replace(**{part: [[7.0]] if part.startswith("X") else [2]})
    assert replace(run, split=split).lineage_id != run.lineage_id


def test_the_best_is_the_first_of_the_best() -> None:
    """The best is the largest value, the smallest of a loss, and the first if equal."""
    results = {
        "none": {"roc_auc": math.nan},
        "one": {"roc_auc": 0.9, "log_loss": 0.3},
        "two": {"roc_auc": 0.9, "log_loss": 0.2},
    }
    assert choose_best_model(results, "roc_auc") == "one"
    assert choose_best_model(results, "log_loss") == "two"


def test_the_evaluator_measures_on_test(run: TrainingRun) -> None:
    """The evaluator knows the models by name, uses the test set, and is created once."""
    X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    parts = DataSplit(X, [1, 0, 1, 0], X, y, X, y)
    model = DecisionTreeClassifier().fit(X, y)
    tested = replace(run, models={"tree": model}, split=parts)
    assert tested.evaluator.evaluate("tree").metrics["accuracy"] == 1.0
    assert tested.evaluator is tested["evaluator"]


def test_it_shows_metrics_times_and_failures(
    run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text and HTML have a row per model, the failures and the best model."""
    text = repr(replace(run, failures={"network": "Traceback\nValueError: no <b>data</b>"}))
    assert re.split(" {2,}", text.splitlines()[0])[:3] == [
        "model",
        "roc_auc, validation",
        "roc_auc, test",
    ]
    assert re.search(r"forest +0.9000 +0.6000 +0.8000 +0.5000 +0.5000", text)
    assert re.search(r"svm +0.7000 +0.9500 +- +0.4000 +0.2500", text)
    assert text.endswith("no <b>data</b>\nBest on validation: forest.")
    page = Page(replace(run, failures={"<i>": "ValueError: no <b>data</b>"})._repr_html_() or "")
    assert page.faults == []
    assert "<i> failed to fit: ValueError: no <b>data</b>" in page.text
    assert {"forest", "0.9500", "fit, s", "Best on validation: forest."} <= set(page.text)
    monkeypatch.setenv(option.VARIABLE, "text")
    assert run._repr_html_() is None


def test_other_metrics_are_shown_too(run: TrainingRun) -> None:
    """Without the main metrics, the first two others are shown."""
    results = {"forest": {"max_error": 0.5, "r2": 0.25, "zeta": 1.0}}
    text = repr(replace(run, validation_results=results, evaluation_results={}))
    assert "max_error, validation" in text
    assert "r2, test" in text
    assert "zeta" not in text


def test_cross_validation_decides_if_every_model_has_it(run: TrainingRun) -> None:
    """Its metrics are then shown instead of those of validation, and are part of the frame."""
    assert run.chosen_in == "validation"
    assert run.deciding_results == VALIDATION
    crossed = {"forest": {"roc_auc": 0.65}, "svm": {"roc_auc": 0.85}}
    other = replace(run, cross_validation_results=crossed, best_model_name="svm")
    assert other.chosen_in == "cross-validation"
    assert other.deciding_results == crossed
    assert repr(other).endswith("Best in cross-validation: svm.")
    assert "0.8500" in repr(other)
    assert other.to_frame().loc["svm", ("cross-validation", "roc_auc")] == 0.85
    some = replace(run, cross_validation_results={"svm": {"roc_auc": 0.85}})
    assert some.chosen_in == "validation"
