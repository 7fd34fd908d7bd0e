"""Trials that a user passes, in the form of the attachment."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.trials import read_trials


@pytest.mark.parametrize(
    ("trials", "message"),
    [
        (3, "trials must be the cv_results_ of a search, a DataFrame, a list of dicts or a study"),
        ("study", "got 'study'"),
        ([1, 2], r"got \[1, 2\]"),
        ([], "trials is empty; pass a search with at least one trial"),
        ([{"params": {}, "value": "a"}], "The score of trial 1 must be a number, got 'a'"),
        ({"C": 3, "score": [1]}, r"trials\['C'\] must be a list or an array"),
        (
            {"params": [{}], "mean_test_f1": [1.0], "mean_test_auc": [1.0]},
            "trials has the scores f1, auc; register the fitted search, or pass a DataFrame",
        ),
        (SimpleNamespace(trials=[3]), "A trial of the study has no params, got 3"),
    ],
)
def test_wrong_trials_are_explained(trials: Any, message: str) -> None:
    """Each error names the wrong value and the accepted forms."""
    with pytest.raises(RecordError, match=message):
        read_trials(trials)


def test_numbers_of_numpy_are_plain() -> None:
    """Parameters and scores are plain numbers, and a missing score is a failure."""
    trials = [
        {"params": {"C": np.float64(0.5), "n": np.int64(3)}, "value": np.float32(0.25)},
        {"params": {"C": 1.0}, "value": None},
    ]
    first, second = read_trials(trials)["trials"]
    assert first == {"params": {"C": 0.5, "n": 3}, "mean": 0.25}
    assert [type(value) for value in first["params"].values()] == [float, int]
    assert (math.isnan(second["mean"]), second["error"]) == (True, "no score")


def test_an_estimator_in_a_trial_has_no_address() -> None:
    """The text of a nested function does not contain its address, which changes in each run."""
    step = FunctionTransformer(lambda X: X)
    (found,) = read_trials([{"params": {"step": step, "f": len}, "value": 1.0}])["trials"]
    assert "0x" not in found["params"]["step"]
    assert found["params"]["f"] == "builtins.len"


def test_a_study_of_several_objectives_keeps_all() -> None:
    """The first objective ranks the trials; the others have their names."""
    trial = SimpleNamespace(number=0, params={"C": 1}, values=[0.5, 0.9], state=None)
    study = SimpleNamespace(
        trials=[trial],
        directions=[SimpleNamespace(name="MINIMIZE"), SimpleNamespace(name="MAXIMIZE")],
        metric_names=["loss", "auc"],
    )
    found = read_trials(study)
    assert (found["metric"], found["minimize"]) == ("loss", True)
    assert found["trials"][0]["metrics"] == {"auc": 0.9}


def test_a_search_whose_trials_all_failed_is_stored(caplog: pytest.LogCaptureFixture) -> None:
    """Trials without any score are kept, with a message."""
    found = read_trials([{"params": {"C": 1}, "value": None}])
    assert "best_params" not in found
    assert "None of the 1 trials has a score" in caplog.text


def test_an_unknown_direction_is_a_message(caplog: pytest.LogCaptureFixture) -> None:
    """A table does not state whether higher values are better, so the assumption is logged."""
    rows = [{"C": 1, "value": 0.1}, {"C": 2, "value": 0.2}]
    assert read_trials(rows)["best_params"] == {"C": 2}
    assert "highest score first. If a lower one is better, pass trials=" in caplog.text
    caplog.clear()
    assert read_trials({"trials": rows, "direction": "minimize"})["best_params"] == {"C": 1}
    assert read_trials({"trials": rows, "metric": "rmse"})["best_params"] == {"C": 1}
    assert read_trials({"trials": rows, "metric": "r2"})["best_params"] == {"C": 2}
    assert read_trials([{"C": 1, "score": 0.1}, {"C": 2, "score": 0.2}])["best_params"] == {"C": 2}
    assert caplog.text == ""


def test_scores_of_cv_results_are_better_if_higher() -> None:
    """In cv_results_, losses are negated, so the highest mean is the best."""
    rows = [{"C": 1, "mean_test_rmse": -3.0}, {"C": 2, "mean_test_rmse": -2.0}]
    assert read_trials(rows)["best_params"] == {"C": 2}


def test_the_trials_of_a_study_are_taken_without_it(caplog: pytest.LogCaptureFixture) -> None:
    """A list of trials has no direction, so the assumed one is logged."""
    listed = [SimpleNamespace(params={"C": i}, value=i / 10, state=None) for i in range(2)]
    assert read_trials(listed)["best_params"] == {"C": 1}
    assert "highest value first" in caplog.text


def test_a_named_study_keeps_its_direction() -> None:
    """The name of the metric does not change the direction of a study."""
    listed = [SimpleNamespace(params={"C": i}, value=i / 10, state=None) for i in range(2)]
    study = SimpleNamespace(trials=listed, direction=SimpleNamespace(name="MINIMIZE"))
    found = read_trials({"trials": study, "metric": "cost"})
    assert (found["metric"], found["best_params"]) == ("cost", {"C": 0})


def test_trials_with_a_mean_are_taken() -> None:
    """The trials of a TuningResult have a mean instead of a value."""
    listed = [SimpleNamespace(params={"C": i}, mean=i / 10) for i in range(2)]
    assert read_trials(SimpleNamespace(trials=listed))["best_score"] == 0.1


@pytest.mark.parametrize("scores", [[], [0.1, 0.2, 0.3]])
def test_a_score_for_each_trial_is_required(scores: list[float]) -> None:
    """A cv_results_ with more or fewer scores than trials is an error."""
    given = {"params": [{"C": 1}, {"C": 2}], "mean_test_score": scores}
    with pytest.raises(RecordError, match="trials have different lengths; pass one value for"):
        read_trials(given)


def test_a_score_that_is_too_large_is_an_error() -> None:
    """An integer that is not a float is named."""
    with pytest.raises(RecordError, match="The score of trial 1 must be a number, got 1000"):
        read_trials([{"params": {"C": 1}, "score": 10**400}])
