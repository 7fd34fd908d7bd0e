"""Hyperparameters of wrapped estimators are in the rows of the plain ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from imblearn.pipeline import make_pipeline as make_resampling_pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from xgboost import XGBClassifier

from exo_nbregistry.records.nested_parameters import inner_prefix
from exo_nbregistry.registry.facade import ModelRegistry

X, Y = [[0.0], [1.0], [2.0], [3.0]] * 3, [0, 1, 0, 1] * 3


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


def compared(registry: ModelRegistry, *models: Any) -> Any:
    """Return the comparison of models."""
    refs = [registry.register_model(model, f"m{i}") for i, model in enumerate(models)]
    return registry.compare_models(refs)


WRAPPERS = {
    "pipeline": lambda model: make_pipeline(StandardScaler(), model),
    "threshold": FixedThresholdClassifier,
    "calibration": CalibratedClassifierCV,
    "bagging": BaggingClassifier,
    "threshold of a pipeline": lambda model: FixedThresholdClassifier(make_pipeline(model)),
    "pipeline of a calibration": lambda model: make_pipeline(CalibratedClassifierCV(model)),
    "resampling": lambda model: make_resampling_pipeline(RandomUnderSampler(), model),
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_a_wrapped_parameter_is_in_the_row_of_the_plain_one(
    registry: ModelRegistry, wrap: Any
) -> None:
    """The same parameter of the inner estimator is one row."""
    found = compared(registry, LogisticRegression(C=1.0), wrap(LogisticRegression(C=2.0)))
    shown = found.shown["hyperparameters"]
    assert shown["C"] == {"m0:1": 1.0, "m1:1": 2.0}
    assert not [name for name in shown if name.endswith("__C")]
    assert "max_iter" not in found.differences["hyperparameters"]


def test_two_pipelines_with_other_names_are_aligned(registry: ModelRegistry) -> None:
    """The name of a step does not matter if the last steps have different names."""
    found = compared(registry, make_pipeline(SVC(C=1.0)), FixedThresholdClassifier(SVC(C=3.0)))
    assert found.shown["hyperparameters"]["C"] == {"m0:1": 1.0, "m1:1": 3.0}


def test_equal_structures_keep_their_names(registry: ModelRegistry) -> None:
    """Two pipelines of the same steps are compared by the names of their parameters."""
    found = compared(registry, *(make_pipeline(StandardScaler(), SVC(C=C)) for C in (1.0, 2.0)))
    assert list(found.shown["hyperparameters"]) == ["svc__C"]


def test_a_search_has_the_values_that_it_chose(registry: ModelRegistry) -> None:
    """The parameter of a search is the chosen one, not the one of its first estimator."""
    search = GridSearchCV(make_pipeline(SVC()), {"svc__C": [7.0]}, cv=2).fit(X, Y)
    found = compared(registry, SVC(C=1.0).fit(X, Y), search)
    assert found.shown["hyperparameters"]["C"] == {"m0:1": 1.0, "m1:1": 7.0}


def test_a_parameter_of_the_wrapper_with_the_same_name_is_apart(registry: ModelRegistry) -> None:
    """Wrapper and inner estimator can have a parameter of one name."""
    inner = XGBClassifier(n_jobs=2)
    found = compared(registry, XGBClassifier(n_jobs=1), BaggingClassifier(inner, n_jobs=4))
    shown = found.shown["hyperparameters"]
    assert shown["n_jobs"] == {"m0:1": 1, "m1:1": 2}
    assert shown["n_jobs (wrapper)"] == {"m1:1": 4}


def test_defaults_of_one_version_are_left_out(registry: ModelRegistry) -> None:
    """A default that only one version has is counted and shown by all()."""
    model = FixedThresholdClassifier(SVC(), threshold=0.3)
    found = compared(registry, SVC(), model)
    assert set(found.shown["hyperparameters"]) == {"threshold"}
    assert "at a default that only some versions have; all() shows" in repr(found)
    assert "response_method" in found.all().shown["hyperparameters"]
    assert "response_method" in found.differences["hyperparameters"]


def test_a_default_that_another_version_changes_is_shown(registry: ModelRegistry) -> None:
    """A default is shown if another version has another value."""
    found = compared(registry, SVC(), SVC(C=2.0))
    assert found.shown["hyperparameters"] == {"C": {"m0:1": 1.0, "m1:1": 2.0}}


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"steps": 3},
        {"steps": []},
        {"steps": ["a"]},
        {"steps": ["a"], "a": None},
        {"estimator": {}},
    ],
)
def test_odd_records_have_no_inner_estimator(parameters: dict[str, Any]) -> None:
    """A record without a readable inner estimator is not wrapped."""
    assert inner_prefix(parameters) == ""
