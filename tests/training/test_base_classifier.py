"""BaseClassifier with a subclass for any table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from exo_nbregistry.errors import InvalidInputError, SignatureMismatchError
from exo_nbregistry.training import BaseClassifier, EnsembleClassifier


class Boosting(BaseClassifier):
    """Gradient boosting, which accepts missing values."""

    def _learn(self, X: Any, y: Any, _validation: Any) -> None:
        self.pipeline_ = make_pipeline(HistGradientBoostingClassifier(max_iter=5)).fit(X, y)


@pytest.fixture(scope="module")
def wine() -> pd.DataFrame:
    """Return a table of three classes with a missing value."""
    table = load_wine(as_frame=True).frame
    table.loc[0, "alcohol"] = np.nan
    return table


def test_columns_are_selected_by_name(wine: pd.DataFrame) -> None:
    """Another order of columns and additional ones do not matter; a missing one is named."""
    X, y = wine.drop(columns="target"), wine["target"]
    model = Boosting().fit(X, y)
    assert np.array_equal(model.predict_proba(wine[wine.columns[::-1]]), model.predict_proba(X))
    with pytest.raises(SignatureMismatchError, match="lacks the column 'hue'"):
        model.predict(X.drop(columns="hue"))


def test_three_classes_have_importances_and_metadata(wine: pd.DataFrame) -> None:
    """Importances and metadata also exist for three classes."""
    X, y = wine.drop(columns="target")[["alcohol", "hue"]], wine["target"]
    model = Boosting().fit(X, y, X, y)
    assert set(model.get_feature_importance(X, y).index) == {"alcohol", "hue"}
    metadata = model.get_metadata()
    assert metadata["classes"] == [0, 1, 2]
    assert metadata["training"]["validation_samples"] == len(y)


def test_invalid_labels_are_rejected(wine: pd.DataFrame) -> None:
    """Labels of one class, and unknown validation labels, raise an error of the package."""
    X, y = wine[["alcohol"]], wine["target"]
    with pytest.raises(InvalidInputError, match="only one class, 0"):
        Boosting().fit(X, y * 0)
    with pytest.raises(InvalidInputError, match="not in y: 3"):
        Boosting().fit(X, y, X, y + 1)


def test_an_ensemble_of_three_classes(wine: pd.DataFrame) -> None:
    """An ensemble averages the probabilities of its members and measures their agreement."""
    X, y = wine[["alcohol", "hue", "ash"]], wine["target"]
    members = [Boosting(), HistGradientBoostingClassifier(max_iter=20)]
    vote = EnsembleClassifier(members, weights=[1, 3]).fit(X, y)
    one, two = (model.predict_proba(X) for model in vote.models_.values())
    assert vote.predict_proba(X) == pytest.approx((one + 3 * two) / 4)
    assert vote.agreement_score(X) == pytest.approx(1 - np.abs(one - two).sum(axis=1) / 2)
    assert list(vote.model_confidences(X)) == ["Boosting", "HistGradientBoostingClassifier"]
