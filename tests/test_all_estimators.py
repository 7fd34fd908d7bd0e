"""Each estimator of scikit-learn is fitted, stored, loaded and described."""

from __future__ import annotations

import inspect
import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import is_classifier, is_clusterer, is_outlier_detector, is_regressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.utils import all_estimators

from exo_nbregistry.introspection.estimator import (
    algorithm_name,
    class_labels,
    feature_columns,
    hyperparameters,
)
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.persistence.content_digest import content_digest
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.json_codec import canonical_json, decode, encode

ESTIMATORS = dict(all_estimators())
# Methods in order of preference: predictions first, then transformations of new rows.
ANSWERS = (
    "predict",
    "predict_proba",
    "decision_function",
    "transform",
    "score_samples",
    "kneighbors",
)
# Attributes of estimators that only have results for the rows of the fit.
FITTED = ("labels_", "embedding_", "row_labels_", "covariance_", "negative_outlier_factor_")

CLASSIFIER, REGRESSOR = LogisticRegression(max_iter=50), LinearRegression()
# Arguments that the other estimators require, or that make a fit of small data fast.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "ColumnTransformer": {"transformers": [("kept", "passthrough", [0, 1])]},
    "FeatureUnion": {"transformer_list": [("kept", "passthrough")]},
    "FrozenEstimator": {"estimator": LogisticRegression().fit([[0.0] * 4, [1.0] * 4], [0, 1])},
    "HashingVectorizer": {"n_features": 64},
    "LabelPropagation": {"gamma": 0.1},
    "OrthogonalMatchingPursuitCV": {"max_iter": 2},
    "Pipeline": {"steps": [("classify", CLASSIFIER)]},
    "SparseCoder": {"dictionary": np.eye(4)},
    "SparseRandomProjection": {"n_components": 2},
    "GaussianRandomProjection": {"n_components": 2},
    "SelfTrainingClassifier": {"estimator": CLASSIFIER},
    "SelectKBest": {"k": 2},
    "TSNE": {"perplexity": 5, "max_iter": 250},
    "SpectralBiclustering": {"n_clusters": 2},
    "SpectralCoclustering": {"n_clusters": 2},
    "GridSearchCV": {"estimator": CLASSIFIER, "param_grid": {"C": [0.1, 1.0]}},
    "HalvingGridSearchCV": {"estimator": CLASSIFIER, "param_grid": {"C": [0.1, 1.0]}},
    "RandomizedSearchCV": {
        "estimator": CLASSIFIER,
        "param_distributions": {"C": [0.1, 1.0]},
        "n_iter": 2,
    },
    "HalvingRandomSearchCV": {"estimator": CLASSIFIER, "param_distributions": {"C": [0.1, 1.0]}},
}
SMALL = {"n_estimators": 5, "max_iter": 50, "n_init": 1, "cv": 2, "random_state": 0}


def build(name: str) -> Any:
    """Return a small estimator with its required arguments."""
    kind = ESTIMATORS[name]
    parameters = inspect.signature(kind).parameters
    arguments = {key: value for key, value in SMALL.items() if key in parameters}
    required = [p.name for p in parameters.values() if p.default is p.empty]
    part = REGRESSOR if "Regressor" in name or name == "RegressorChain" else CLASSIFIER
    if "estimator" in required:
        arguments["estimator"] = part
    if "estimators" in required:
        arguments["estimators"] = [("one", part), ("two", part)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return kind(**arguments | ARGUMENTS.get(name, {}))


def data(name: str) -> tuple[Any, Any]:
    """Return features and target for the estimator."""
    rng = np.random.default_rng(0)
    X = np.abs(rng.normal(size=(40, 4)))
    labels = np.arange(40) % 2
    X[:, 0] += labels
    target = X @ [1.0, 2.0, 3.0, 4.0] + 0.1
    texts = ["a planet", "a false positive", "a planet candidate", "noise"] * 10
    special: dict[str, tuple[Any, Any]] = {
        "AdditiveChi2Sampler": (X, None),
        "CountVectorizer": (texts, None),
        "DictVectorizer": ([{"depth": 1.0}, {"period": 2.0}], None),
        "FeatureHasher": ([{"depth": 1.0}, {"period": 2.0}], None),
        "HashingVectorizer": (texts, None),
        "IsotonicRegression": (X[:, 0], target),
        "KernelCenterer": (X @ X.T, None),
        "LabelBinarizer": (labels, None),
        "LabelEncoder": (labels, None),
        "MultiLabelBinarizer": ([[0, 1], [1], [2]], None),
        "PatchExtractor": (rng.normal(size=(2, 12, 12)), None),
        "TfidfTransformer": (sparse.csr_array(X), None),
        "TfidfVectorizer": (texts, None),
    }
    if name in special:
        return special[name]
    if name.startswith("MultiTask"):
        return X, np.column_stack([target, target[::-1]])
    if name in ("ClassifierChain", "MultiOutputClassifier"):
        return X, np.column_stack([labels, labels[::-1]])
    if name in ("MultiOutputRegressor", "RegressorChain", "CCA", "PLSCanonical", "PLSSVD"):
        return X, np.column_stack([target, target[::-1]])
    return X, target if is_regressor(build(name)) else labels


@cache
def fitted(name: str) -> Any:
    """Fit an estimator once."""
    model = build(name)
    X, y = data(name)
    with warnings.catch_warnings():
        # Small data causes convergence warnings, and some estimators are deprecated.
        warnings.simplefilter("ignore")
        return model.fit(X) if y is None else model.fit(X, y)


def answers(name: str, model: Any) -> dict[str, Any]:
    """Return the results of a fitted model for its data."""
    X, _ = data(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {method: getattr(model, method)(X) for method in ANSWERS if hasattr(model, method)}
    return found | {key: getattr(model, key) for key in FITTED if hasattr(model, key)}


def assert_equal(one: Any, other: Any) -> None:
    """Return whether arrays, sparse matrices or lists of these are identical."""
    assert type(one) is type(other)
    if isinstance(one, list | tuple):
        for left, right in zip(one, other, strict=True):
            assert_equal(left, right)
    elif sparse.issparse(one):
        np.testing.assert_array_equal(one.toarray(), other.toarray())
    else:
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_predictions_survive_the_registry(name: str, tmp_path: Path) -> None:
    """A registered and loaded model gives exactly the same results."""
    model = fitted(name)
    before = answers(name, model)
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    with warnings.catch_warnings():
        # A deprecated estimator also warns when it is loaded.
        warnings.simplefilter("ignore", FutureWarning)
        loaded, metadata = registry.load_model(registry.register_model(model, name))
        assert registry.register_model(loaded, name) == metadata.model_id
    assert loaded is not model
    assert metadata.algorithm == algorithm_name(model)
    assert before, f"{name} answers nothing, so nothing was compared"
    after = answers(name, loaded)
    assert before.keys() == after.keys()
    for method, value in before.items():
        assert_equal(value, after[method])


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_equal_fits_have_equal_content(name: str) -> None:
    """A second fit of the same data, which has not predicted yet, has the same content."""
    digest = content_digest(fitted(name))
    assert digest is not None
    assert content_digest(fitted.__wrapped__(name)) == digest


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_every_estimator_is_described(name: str) -> None:
    """Name, parameters, columns and classes of each estimator can be stored as JSON."""
    model = fitted(name)
    found = hyperparameters(model)
    assert decode(json.loads(canonical_json(encode(found)))) == found
    assert " at 0x" not in str(found)
    assert set(found) >= set(model.get_params(deep=False))
    assert algorithm_name(model).replace("(", "").replace(")", "").isidentifier()
    assert feature_columns(model) == ()
    labels = class_labels(model)
    assert decode(json.loads(canonical_json(encode(labels)))) == labels


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_every_predictor_is_measured(name: str) -> None:
    """Labels have an accuracy, numbers an error and groups an index; others have a reason."""
    model = fitted(name)
    X, y = data(name)
    found = evaluate(model, X, y)
    predicts = hasattr(model, "predict")
    is_labelled = is_classifier(model) or (is_outlier_detector(model) and predicts)
    assert ("accuracy" in found.metrics) == is_labelled
    assert ("mae" in found.metrics) == is_regressor(model)
    is_grouping = is_clusterer(model) or name.endswith("GaussianMixture")
    assert ("adjusted_rand" in found.metrics) == (is_grouping and predicts)
    assert bool(found.reason) == (not found.metrics)
