"""Methods that all Kepler classifiers share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.utils import Bunch

from exo_nbregistry.errors import SignatureMismatchError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.models.classifiers import (
    CLASSIFIERS,
    NeuralNetworkClassifier,
    RandomForestClassifier,
    SVMClassifier,
)
from exo_nbregistry.exoplanet.models.gradient_boosting import HistGradientBoostingClassifier
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.training.base_classifier import BaseClassifier

SMALL: dict[str, BaseClassifier] = {
    "RandomForest": RandomForestClassifier(n_estimators=10),
    "NeuralNetwork": NeuralNetworkClassifier(hidden_layers=(16,), learning_rate=0.01, epochs=10),
    "SVM": SVMClassifier(),
    "HistGradientBoosting": HistGradientBoostingClassifier(max_iter=20),
}
each = pytest.mark.parametrize("name", CLASSIFIERS)


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table; tests train on every eighth row and predict the next ones."""
    return load_koi()


@pytest.fixture(scope="module")
def fitted(koi: Bunch) -> dict[str, BaseClassifier]:
    """Fit each classifier, small, on a part of the raw table."""
    X, y = koi.data[::8], koi.target[::8]
    assert X.isna().any(axis=None)
    return {name: clone(model).fit(X, y) for name, model in SMALL.items()}


@each
def test_raw_columns_are_enough(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """A classifier accepts the raw table with missing values and ranks held-out rows."""
    X, y = koi.data[1::8], koi.target[1::8]
    probability = fitted[name].predict_proba(X)[:, 1]
    assert np.all((probability >= 0) & (probability <= 1))
    assert roc_auc_score(y, probability) > 0.9
    assert np.array_equal(fitted[name].predict(X), (probability > 0.5).astype(int))


@each
def test_columns_are_selected_by_name(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """Another order and additional columns do not change the probabilities."""
    X = koi.data[:50]
    turned = koi.frame.loc[X.index, koi.frame.columns[::-1]]
    assert np.array_equal(fitted[name].predict_proba(turned), fitted[name].predict_proba(X))
    assert np.array_equal(fitted[name].predict(X[X.columns[::-1]]), fitted[name].predict(X))


@each
def test_a_missing_column_is_named(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """A missing column raises an error with its name."""
    for method in (fitted[name].predict, fitted[name].predict_proba):
        with pytest.raises(SignatureMismatchError, match="lacks the column 'koi_depth'"):
            method(koi.data[:5].drop(columns="koi_depth"))


@each
def test_the_seed_makes_a_fit_reproducible(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """Two fits with one seed have equal predictions and equal bytes."""
    again = clone(fitted[name]).fit(koi.data[::8], koi.target[::8])
    X = koi.data[:50]
    assert np.array_equal(again.predict_proba(X), fitted[name].predict_proba(X))
    assert joblib.hash(again) == joblib.hash(fitted[name])


@each
def test_the_inner_pipeline_needs_only_scikit_learn(
    name: str, fitted: dict[str, Any], koi: Bunch, tmp_path: Path
) -> None:
    """The inner pipeline loads and predicts without this package."""
    rows = koi.data[:20].to_numpy()
    joblib.dump((fitted[name].pipeline_, rows), tmp_path / "model.joblib")
    code = (
        "import sys, joblib; sys.modules['exo_nbregistry'] = None\n"
        "model, X = joblib.load('model.joblib')\nprint(*model.predict(X), sep='')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "".join(map(str, fitted[name].predict(koi.data[:20])))


@each
def test_arrays_can_be_named(name: str, koi: Bunch) -> None:
    """Names for an array become its columns, which a frame is then selected by."""
    X, y = koi.data.to_numpy()[::8, :5], koi.target.to_numpy()[::8]
    names = koi.feature_names[:5]
    model = clone(SMALL[name]).fit(X, y, feature_names=names)
    assert list(model.feature_names_in_) == names
    turned = pd.DataFrame(X, columns=names)[names[::-1]]
    expected = clone(SMALL[name]).fit(koi.data[names][::8], y).predict_proba(turned)
    assert np.array_equal(model.predict_proba(turned), expected)


@each
def test_labels_may_be_text(name: str, koi: Bunch) -> None:
    """Predicted labels have the type of the labels in y."""
    X, y = koi.data[::8], np.array(koi.target_names)[koi.target[::8]]
    model = clone(SMALL[name]).fit(X, y)
    assert list(model.classes_) == ["CONFIRMED", "FALSE POSITIVE"]
    assert model.score(X, y) > 0.85


@each
def test_importances_are_named_and_sorted(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """Each column has an importance on held-out rows, the largest first."""
    X, y = koi.data[1::16], koi.target[1::16]
    found = fitted[name].get_feature_importance(X[X.columns[::-1]], y)
    assert sorted(found.index) == sorted(koi.feature_names)
    assert found.is_monotonic_decreasing
    assert found.iloc[0] > 0.01
    assert found.name == "importance"
    pd.testing.assert_series_equal(fitted[name].get_feature_importance(X, y), found)


def test_an_informative_column_is_important() -> None:
    """A column that determines the label is the most important, and noise has none."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 3)), np.arange(300) % 3
    X[:, 1] += 5 * y
    model = SVMClassifier(probability=False).fit(X[:200], y[:200])
    found = model.get_feature_importance(X[200:], y[200:])
    assert found.index[0] == "x1"
    assert found["x1"] > 0.4
    assert abs(found["x0"]) < 0.1


@pytest.mark.parametrize("name", ["NeuralNetwork", "SVM", "HistGradientBoosting"])
def test_importance_without_rows_is_rejected(name: str, fitted: dict[str, Any]) -> None:
    """A model without its own importances asks for held-out rows."""
    with pytest.raises(ValueError, match=r"get_feature_importance\(X_val, y_val\)"):
        fitted[name].get_feature_importance()


@each
def test_metadata_has_the_facts(name: str, fitted: dict[str, Any], koi: Bunch) -> None:
    """The metadata has algorithm, training counts and added facts."""
    model = clone(SMALL[name])
    metadata = model.get_metadata()
    assert metadata["algorithm"] == type(model).__name__
    assert metadata["hyperparameters"]["random_state"] == 42
    assert set(metadata) == {"algorithm", "hyperparameters"}
    split = koi.data[:80], koi.target[:80], koi.data[80:120], koi.target[80:120]
    model.fit(*split)
    assert model.set_training_metadata({"dataset": "koi"}, snapshot="2017-07-19") is model
    metadata = model.get_metadata()
    assert metadata["feature_columns"] == koi.feature_names
    assert metadata["classes"] == [0, 1]
    rejected, confirmed = np.bincount(koi.target[:80]).tolist()
    assert metadata["training"] == {
        "training_samples": 80,
        "validation_samples": 40,
        "class_distribution": {"0": rejected, "1": confirmed},
        "dataset": "koi",
        "snapshot": "2017-07-19",
    }


@each
def test_a_saved_model_is_the_same(
    name: str, fitted: dict[str, Any], koi: Bunch, tmp_path: Path
) -> None:
    """A saved classifier loads as its class, predicts the same and has its metadata."""
    path = fitted[name].save_model(tmp_path / "models" / "planet.joblib")
    loaded = CLASSIFIERS[name].load_model(path)
    assert isinstance(loaded, CLASSIFIERS[name])
    X = koi.data[:50]
    assert np.array_equal(loaded.predict_proba(X), fitted[name].predict_proba(X))
    _, facts = ModelPersistence.load_model(path)
    assert facts["feature_columns"] == koi.feature_names
    assert facts == fitted[name].get_metadata()


def test_a_file_of_another_class_is_rejected(fitted: dict[str, Any], tmp_path: Path) -> None:
    """A class loads only its own models; the base class loads all of them."""
    path = fitted["SVM"].save_model(tmp_path / "svm.joblib")
    with pytest.raises(TypeError, match="contains a SVMClassifier, not a RandomForestClassifier"):
        RandomForestClassifier.load_model(path)
    assert isinstance(BaseClassifier.load_model(path), SVMClassifier)


@each
def test_an_unfitted_classifier_is_rejected(name: str, tmp_path: Path) -> None:
    """Importances, metadata and files require a fitted classifier."""
    model = clone(SMALL[name])
    for call in (
        model.get_feature_importance,
        model.set_training_metadata,
        lambda: model.save_model(tmp_path / "unfitted.joblib"),
    ):
        with pytest.raises(NotFittedError):
            call()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("X_val", "y_val", "words"),
    [
        ([[1.0]], None, "passed together"),
        (None, [0], "passed together"),
        ([[1.0]], [2], "y_val has classes that are not in y: 2"),
        ([[1.0, 2.0]], [1], "2 features"),
        ([[1.0], [2.0]], [1], "inconsistent numbers of samples"),
    ],
)
@each
def test_invalid_validation_rows_are_rejected(
    name: str, X_val: Any, y_val: Any, words: str
) -> None:
    """Every classifier checks validation rows, even if it does not use them."""
    X = np.arange(20.0)[:, np.newaxis]
    with pytest.raises(ValueError, match=words):
        clone(SMALL[name]).fit(X, np.arange(20) % 2, X_val, y_val)


@each
def test_one_label_is_not_enough(name: str) -> None:
    """If y has one class, the error names it."""
    with pytest.raises(ValueError, match="only one class, 'planet'"):
        clone(SMALL[name]).fit([[1.0], [2.0]], ["planet", "planet"])
