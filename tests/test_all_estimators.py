"""Every estimator of scikit-learn, fitted, without exception: stored, loaded and described."""

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
from sklearn.base import is_classifier, is_regressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.utils import all_estimators

from exo_nbregistry.introspection.estimator import (
    algorithm_name,
    class_labels,
    feature_columns,
    hyperparameters,
)
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.json_codec import canonical_json, decode, encode

ESTIMATORS = dict(all_estimators())
# Where one answers what another cannot: predictions first, then what is learnt of new rows.
ANSWERS = (
    "predict",
    "predict_proba",
    "decision_function",
    "transform",
    "score_samples",
    "kneighbors",
)
# What only a fit tells, of estimators that answer for the rows of the fit alone.
LEARNT = ("labels_", "embedding_", "row_labels_", "covariance_", "negative_outlier_factor_")

CLASSIFIER, REGRESSOR = LogisticRegression(max_iter=50), LinearRegression()
# The least that the others need to be built and to fit the tiny data fast.
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
    """Build an estimator with the least that it needs, small."""
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
    """Return features and target that the estimator takes."""
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
        # Tiny data leave optimisers unfinished, and old estimators deprecated.
        warnings.simplefilter("ignore")
        return model.fit(X) if y is None else model.fit(X, y)


def answers(name: str, model: Any) -> dict[str, Any]:
    """Return all that a fitted model says of its data."""
    X, _ = data(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {method: getattr(model, method)(X) for method in ANSWERS if hasattr(model, method)}
    return found | {key: getattr(model, key) for key in LEARNT if hasattr(model, key)}


def assert_equal(one: Any, other: Any) -> None:
    """Compare arrays, sparse matrices and lists of these to the last bit."""
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
    """A model that was registered and loaded answers as it did before, to the last bit."""
    model = fitted(name)
    before = answers(name, model)
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    with warnings.catch_warnings():
        # A deprecated estimator says so also when it is loaded.
        warnings.simplefilter("ignore", FutureWarning)
        loaded, metadata = registry.load_model(registry.register_model(model, name))
    assert loaded is not model
    assert metadata.algorithm == algorithm_name(model)
    assert before, f"{name} answers nothing, so nothing was compared"
    after = answers(name, loaded)
    assert before.keys() == after.keys()
    for method, value in before.items():
        assert_equal(value, after[method])


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_every_estimator_is_described(name: str) -> None:
    """Name, parameters, columns and classes of any estimator can be read and kept in JSON."""
    model = fitted(name)
    found = hyperparameters(model)
    assert decode(json.loads(canonical_json(encode(found)))) == found
    assert " at 0x" not in str(found)
    assert set(found) >= set(model.get_params(deep=False))
    assert algorithm_name(model).isidentifier()
    assert feature_columns(model) == ()
    labels = class_labels(model)
    assert decode(json.loads(canonical_json(encode(labels)))) == labels


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_every_predictor_is_measured(name: str) -> None:
    """Each classifier has an accuracy and each regressor an error; others have no metrics."""
    model = fitted(name)
    X, y = data(name)
    metrics = evaluate(model, X, y).metrics
    assert ("accuracy" in metrics) == is_classifier(model)
    assert ("mae" in metrics) == is_regressor(model)
