"""Labels that follow from the probabilities, so that the model is called once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC, LinearSVC

from exo_nbregistry.exoplanet import SVMClassifier
from exo_nbregistry.inference.most_probable import most_probable, predicts_most_probable

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] + X[:, 1] / 3 > 0, "planet", "dust")


def _calls(monkeypatch: pytest.MonkeyPatch, model: Any) -> list[tuple[str, int]]:
    calls: list[tuple[str, int]] = []
    for name in ("predict", "predict_proba"):
        method = getattr(type(model), name)

        def counted(self: Any, X: Any, name: str = name, method: Any = method) -> Any:
            calls.append((name, len(X)))
            return method(self, X)

        monkeypatch.setattr(type(model), name, counted)
    return calls


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(4, random_state=0),
        LogisticRegression(),
        CalibratedClassifierCV(LinearSVC(), cv=3),
        MLPClassifier((4,), max_iter=9, random_state=0),
        SVMClassifier(),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_labels_are_those_of_predict(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    """One call gives the labels and the probabilities that two would give."""
    model.fit(X, Y)
    expected, shares = model.predict(X), model.predict_proba(X)
    calls = _calls(monkeypatch, model)
    found = most_probable(model, X, model.classes_.tolist(), X.__getitem__)
    assert calls == [("predict_proba", 60)]
    assert found is not None
    assert found[0].tolist() == expected.tolist()
    assert np.array_equal(found[1], shares)


def test_a_tie_of_a_forest_needs_no_other_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two equal probabilities a forest predicts the first class, as serving does."""
    model = RandomForestClassifier(2, random_state=3).fit(X, Y)
    grid = np.random.default_rng(1).normal(size=(500, 3))
    expected, shares = model.predict(grid), model.predict_proba(grid)
    assert (shares == 0.5).any()
    calls = _calls(monkeypatch, model)
    found = most_probable(model, grid, model.classes_.tolist(), grid.__getitem__)
    assert calls == [("predict_proba", 500)]
    assert found is not None
    assert found[0].tolist() == expected.tolist()


def test_only_tied_rows_are_predicted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal probabilities can be rounded scores, so that the model decides about those rows."""
    model = LogisticRegression().fit(X, Y)
    model.intercept_[:] = 0.0
    rows = np.vstack([X, np.zeros((2, 3))])
    expected = model.predict(rows)
    calls = _calls(monkeypatch, model)
    found = most_probable(model, rows, model.classes_.tolist(), rows.__getitem__)
    assert calls == [("predict_proba", 62), ("predict", 2)]
    assert found is not None
    assert found[0].tolist() == expected.tolist()


def test_other_models_need_two_calls() -> None:
    """A class whose predictions may differ from its probabilities is not guessed."""
    assert most_probable(SVC().fit(X, Y), X, ["dust", "planet"], X.__getitem__) is None
    assert not predicts_most_probable(SVMClassifier(probability=False).fit(X, Y))
