"""Parameters of the classifiers, and the checks of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils import Bunch
from sklearn.utils.estimator_checks import parametrize_with_checks

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.models.classifiers import (
    CLASSIFIERS,
    NeuralNetworkClassifier,
    RandomForestClassifier,
    SVMClassifier,
)
from exo_nbregistry.exoplanet.models.gradient_boosting import HistGradientBoostingClassifier

CHECKED = [
    RandomForestClassifier(n_estimators=5),
    NeuralNetworkClassifier(hidden_layers=(16,), learning_rate=0.03, epochs=8, batch_size=8),
    SVMClassifier(),
    SVMClassifier(probability=False),
    HistGradientBoostingClassifier(max_iter=10),
]


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once."""
    return load_koi()


@pytest.fixture(scope="module")
def split(koi: Bunch) -> StarSplit:
    """Split every eighth row of the table by star."""
    return split_by_star(koi.data[::8], koi.target[::8], koi.groups[::8])


@parametrize_with_checks(CHECKED)
def test_it_is_an_estimator_of_scikit_learn(estimator: Any, check: Any) -> None:
    """Each classifier passes the estimator checks of scikit-learn."""
    check(estimator)


@pytest.mark.parametrize(
    ("model", "defaults"),
    [
        (
            RandomForestClassifier(),
            {
                "n_estimators": 100,
                "max_depth": None,
                "min_samples_split": 2,
                "min_samples_leaf": 1,
                "random_state": 42,
            },
        ),
        (
            NeuralNetworkClassifier(),
            {
                "hidden_layers": (128, 64, 32),
                "learning_rate": 0.001,
                "epochs": 200,
                "batch_size": 64,
                "random_state": 42,
            },
        ),
        (
            SVMClassifier(),
            {"kernel": "rbf", "C": 10.0, "gamma": "scale", "probability": True, "random_state": 42},
        ),
        (
            HistGradientBoostingClassifier(),
            {
                "learning_rate": 0.05,
                "max_iter": 300,
                "max_leaf_nodes": 15,
                "min_samples_leaf": 20,
                "l2_regularization": 1.0,
                "random_state": 42,
            },
        ),
    ],
    ids=CLASSIFIERS,
)
def test_defaults_are_documented(model: Any, defaults: dict[str, Any]) -> None:
    """Parameters and defaults equal the documented ones."""
    assert model.get_params() == defaults


def test_hyperparameters_reach_the_forest(split: StarSplit) -> None:
    """Each parameter is passed to the inner forest."""
    given = {"n_estimators": 3, "max_depth": 4, "min_samples_split": 6, "min_samples_leaf": 5}
    model = RandomForestClassifier(**given, random_state=7).fit(split.X_train, split.y_train)
    inner = model.pipeline_["classify"].get_params()
    assert {name: inner[name] for name in given} == given
    assert inner["random_state"] == 7


def test_a_forest_has_its_own_importances(split: StarSplit) -> None:
    """Without rows, importances are the decrease of impurity."""
    model = RandomForestClassifier(n_estimators=5).fit(split.X_train, split.y_train)
    found = model.get_feature_importance()
    assert found.sum() == pytest.approx(1)
    assert found.is_monotonic_decreasing
    inner = model.pipeline_["classify"].feature_importances_
    assert found["koi_depth"] == inner[list(model.feature_names_in_).index("koi_depth")]


def test_hyperparameters_reach_the_network(split: StarSplit) -> None:
    """Each parameter is passed to the inner network, and epochs are the maximum."""
    model = NeuralNetworkClassifier([6, 4], 0.02, epochs=3, batch_size=50, random_state=7)
    model.fit(split.X_train, split.y_train)
    inner = model.pipeline_["classify"].get_params()
    assert inner["hidden_layer_sizes"] == (6, 4)
    assert inner["learning_rate_init"] == 0.02
    assert inner["batch_size"] == 50
    assert inner["random_state"] == 7
    assert len(model.validation_losses_) == 3


def test_the_network_stops_early_on_validation_rows(split: StarSplit) -> None:
    """Without validation rows, a tenth of the training rows is used."""
    model = NeuralNetworkClassifier(hidden_layers=(32,), learning_rate=0.01)
    given = clone(model).fit(*split[:4])
    turned = clone(model).fit(split.X_train, split.y_train, split.X_val, 1 - split.y_val)
    own = clone(model).fit(split.X_train, split.y_train)
    assert len(given.validation_losses_) < 200
    assert np.argmin(turned.validation_losses_) < np.argmin(given.validation_losses_)
    assert own.validation_losses_ != given.validation_losses_
    assert own.score(split.X_test, split.y_test) > 0.8


def test_the_network_is_not_trained_on_validation_rows(split: StarSplit) -> None:
    """Other validation rows give the same weights after the same epochs."""
    model = NeuralNetworkClassifier(hidden_layers=(8,), epochs=2)
    one = clone(model).fit(*split[:4])
    other = clone(model).fit(split.X_train, split.y_train, split.X_test, split.y_test)
    for fitted in (one, other):
        assert fitted.validation_losses_[1] < fitted.validation_losses_[0]
    X = split.X_test
    assert np.array_equal(one.predict_proba(X), other.predict_proba(X))


def test_each_epoch_shuffles_its_batches(split: StarSplit) -> None:
    """The second epoch uses another order of rows than the first."""
    model = NeuralNetworkClassifier(hidden_layers=(4,), epochs=2).fit(*split[:4])
    network = model.pipeline_[-1]
    alike = MLPClassifier((4,), batch_size=64, random_state=42)
    X = Pipeline(model.pipeline_.steps[:-1]).transform(split.X_train.to_numpy())
    for _ in range(2):
        alike.partial_fit(X, split.y_train, classes=[0, 1])
    assert not np.allclose(alike.coefs_[0], network.coefs_[0], rtol=1e-6)
    assert np.allclose(alike.coefs_[0], network.coefs_[0], atol=0.05)


def test_hyperparameters_reach_the_machine(split: StarSplit) -> None:
    """Each parameter is passed to the inner machine, calibrated or not."""
    given = {"kernel": "poly", "C": 2.5, "gamma": 0.1}
    calibrated = SVMClassifier(**given).fit(split.X_train, split.y_train)
    bare = SVMClassifier(**given, probability=False).fit(split.X_train, split.y_train)
    outer = calibrated.pipeline_["classify"]
    for inner in (outer.estimator, bare.pipeline_["classify"]):
        assert {name: inner.get_params()[name] for name in given} == given
    assert (outer.cv.n_splits, outer.cv.random_state) == (5, 42)


def test_without_probabilities_there_are_decisions(split: StarSplit) -> None:
    """A machine has either predict_proba or decision_function."""
    calibrated = SVMClassifier().fit(split.X_train, split.y_train)
    bare = SVMClassifier(probability=False).fit(split.X_train, split.y_train)
    assert hasattr(calibrated, "predict_proba")
    assert not hasattr(calibrated, "decision_function")
    assert not hasattr(bare, "predict_proba")
    decisions = bare.decision_function(split.X_test[split.X_test.columns[::-1]])
    assert np.array_equal(decisions > 0, bare.predict(split.X_test) == 1)


def test_folds_fit_the_rarest_label() -> None:
    """A rare label is calibrated with fewer folds, and a label of one row is rejected."""
    X = np.arange(12.0)[:, np.newaxis]
    model = SVMClassifier().fit(X, [0] * 9 + [1] * 3)
    assert model.pipeline_["classify"].cv.n_splits == 3
    with pytest.raises(ValueError, match="The class 1 has one row"):
        SVMClassifier().fit(X, [0] * 11 + [1])
