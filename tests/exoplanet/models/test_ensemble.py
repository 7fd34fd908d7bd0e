"""EnsembleClassifier of the Kepler classifiers."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import Bunch
from sklearn.utils.estimator_checks import parametrize_with_checks

from exo_nbregistry.errors import SignatureMismatchError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
from exo_nbregistry.exoplanet.models.classifiers import (
    NeuralNetworkClassifier,
    RandomForestClassifier,
    SVMClassifier,
)
from exo_nbregistry.training.ensemble import EnsembleClassifier, add_ensemble
from exo_nbregistry.training.fitting import Fitted

MEMBERS = {
    "forest": RandomForestClassifier(n_estimators=20),
    "network": NeuralNetworkClassifier(hidden_layers=(16,), learning_rate=0.01),
    "machine": SVMClassifier(),
}
CHECKED = [
    EnsembleClassifier([RandomForestClassifier(n_estimators=5), SVMClassifier()]),
    EnsembleClassifier({"one": DecisionTreeClassifier(max_depth=4, random_state=0)}, [2.0]),
]


class Sure(DecisionTreeClassifier):
    """A classifier whose probability of a planet is the value of one column."""

    def __init__(self, column: int = 0) -> None:
        super().__init__()
        self.column = column

    def predict_proba(self, X: Any, check_input: bool = True) -> Any:
        """Return the value of the column."""
        planet = np.asarray(X, dtype=float)[:, self.column]
        return np.column_stack([1 - planet, planet])


def vote(*probabilities: float, weights: list[float] | None = None) -> tuple[Any, Any]:
    """Return an ensemble whose members give these probabilities for the one row returned."""
    row = np.array([probabilities])
    table = np.vstack([row, row])
    members = {f"m{i}": Sure(i).fit(table, [0, 1]) for i in range(len(probabilities))}
    return EnsembleClassifier.from_fitted(members, weights), row


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once."""
    return load_koi()


def split(koi: Bunch, seed: int = 0, step: int = 4) -> StarSplit:
    """Split some rows of the table by star."""
    return split_by_star(
        koi.data[::step], koi.target[::step], koi.groups[::step], random_state=seed
    )


@pytest.fixture(scope="module")
def fitted(koi: Bunch) -> EnsembleClassifier:
    """Fit an ensemble of three classifiers once."""
    return EnsembleClassifier(MEMBERS).fit(*split(koi)[:4])


@parametrize_with_checks(CHECKED)
def test_it_is_an_estimator_of_scikit_learn(estimator: Any, check: Any) -> None:
    """An ensemble passes the estimator checks of scikit-learn."""
    check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("features", ["five", "honest22"])
def test_it_ranks_better_than_its_members_do(seed: int, features: str, koi: Bunch) -> None:
    """For each seed, ROC AUC of the ensemble is at least the mean of its members."""
    table = load_koi(features)
    parts = split_by_star(table.data[::3], table.target[::3], table.groups[::3], random_state=seed)
    ensemble = EnsembleClassifier(MEMBERS).fit(*parts[:4])
    areas = [
        roc_auc_score(parts.y_test, model.predict_proba(parts.X_test)[:, 1])
        for model in (ensemble, *ensemble.models_.values())
    ]
    assert areas[0] >= np.mean(areas[1:])


def test_probabilities_are_the_mean(fitted: EnsembleClassifier, koi: Bunch) -> None:
    """By default the probabilities are the mean over the members."""
    X = split(koi).X_test
    expected = np.mean([m.predict_proba(X) for m in fitted.models_.values()], axis=0)
    np.testing.assert_allclose(fitted.predict_proba(X), expected)
    assert np.array_equal(fitted.predict(X), expected.argmax(axis=1))


def test_weights_are_proportional() -> None:
    """A member of three times the weight counts three times."""
    ensemble, row = vote(0.2, 0.8, weights=[3, 1])
    assert ensemble.weights_.tolist() == [0.75, 0.25]
    assert ensemble.predict_proba(row)[0, 1] == pytest.approx(0.35)
    assert ensemble.predict(row).tolist() == [0]
    even, row = vote(0.2, 0.9)
    assert even.predict(row).tolist() == [1]


@pytest.mark.parametrize(
    ("probabilities", "agreement"),
    [
        ((0.7, 0.7, 0.7), 1.0),
        ((0.7,), 1.0),
        ((0.9, 0.8), 0.9),
        ((0.9, 0.8, 0.6), 0.7),
        ((0.6, 0.9, 0.8), 0.7),
        ((0.0, 1.0, 0.5), 0.0),
    ],
)
def test_agreement_is_one_minus_the_spread(
    probabilities: tuple[float, ...], agreement: float
) -> None:
    """Agreement is 1 minus the range of the probabilities of a row."""
    ensemble, row = vote(*probabilities)
    assert ensemble.agreement_score(row) == pytest.approx([agreement])


def test_agreement_of_three_labels() -> None:
    """With three labels, agreement is 0 if two members are certain of different labels."""
    X, y = np.arange(3.0)[:, np.newaxis], [0, 1, 2]
    right = DecisionTreeClassifier().fit(X, y)
    turned = DecisionTreeClassifier().fit(X, [1, 0, 2])
    ensemble = EnsembleClassifier.from_fitted([right, turned])
    assert ensemble.agreement_score(X).tolist() == [0, 0, 1]


def test_a_member_of_weight_0_has_no_influence() -> None:
    """A member of weight 0 changes neither probability nor agreement."""
    ensemble, row = vote(0.7, 0.0, 0.7, weights=[1, 0, 1])
    assert ensemble.agreement_score(row) == pytest.approx([1])
    assert ensemble.predict_proba(row)[0, 1] == pytest.approx(0.7)


def test_agreement_falls_where_members_disagree(fitted: EnsembleClassifier, koi: Bunch) -> None:
    """Rows with different predicted labels have a smaller agreement."""
    X = split(koi).X_test
    labels = np.array([model.predict(X) for model in fitted.models_.values()])
    agreed = (labels == labels[0]).all(axis=0)
    agreement = fitted.agreement_score(X)
    assert 0 < agreed.mean() < 1
    assert agreement[agreed].mean() > agreement[~agreed].mean() + 0.2
    assert np.all((agreement >= 0) & (agreement <= 1))


def test_confidences_are_listed_by_member(fitted: EnsembleClassifier, koi: Bunch) -> None:
    """Each column is the probability of the predicted label by one member."""
    X = split(koi).X_test
    confidences = fitted.model_confidences(X)
    assert list(confidences.columns) == list(MEMBERS)
    pd.testing.assert_index_equal(confidences.index, X.index)
    winners = fitted.predict(X)
    for name, model in fitted.models_.items():
        expected = model.predict_proba(X)[np.arange(len(X)), winners]
        np.testing.assert_allclose(confidences[name], expected)
    np.testing.assert_allclose(
        confidences.mean(axis=1), fitted.predict_proba(X).max(axis=1), rtol=1e-12
    )


def test_columns_are_selected_by_name(fitted: EnsembleClassifier, koi: Bunch) -> None:
    """Columns are selected by name, and the error names a missing one."""
    X = split(koi).X_test
    turned = X[X.columns[::-1]]
    assert np.array_equal(fitted.predict_proba(turned), fitted.predict_proba(X))
    assert np.array_equal(fitted.agreement_score(turned), fitted.agreement_score(X))
    with pytest.raises(SignatureMismatchError, match="koi_teq"):
        fitted.model_confidences(X.drop(columns="koi_teq"))


def test_members_get_the_validation_rows(fitted: EnsembleClassifier, koi: Bunch) -> None:
    """Validation rows are passed to members that accept them."""
    parts = split(koi)
    alone = clone(MEMBERS["network"]).fit(*parts[:4])
    assert fitted.models_["network"].validation_losses_ == alone.validation_losses_
    mixed = {"network": MEMBERS["network"], "boosted": HistGradientBoostingClassifier(max_iter=5)}
    ensemble = EnsembleClassifier(mixed).fit(*parts[:4])
    assert ensemble.models_["network"].validation_losses_ == alone.validation_losses_


def test_given_members_stay_unfitted(fitted: EnsembleClassifier) -> None:
    """Fitting an ensemble fits clones of its members."""
    assert not any(hasattr(model, "classes_") for model in MEMBERS.values())
    assert list(fitted.models_) == list(MEMBERS)


def test_fitted_members_are_used_unchanged(fitted: EnsembleClassifier, koi: Bunch) -> None:
    """An ensemble of fitted members predicts as an ensemble that fitted them."""
    X = split(koi).X_test
    again = EnsembleClassifier.from_fitted(fitted.models_)
    assert again.models_ == fitted.models_
    assert np.array_equal(again.predict_proba(X), fitted.predict_proba(X))
    assert again.get_metadata()["training"] == fitted.get_metadata()["training"]


def test_members_of_a_sequence_are_named_by_class() -> None:
    """Members of a sequence are named by class and numbered if the class repeats."""
    X, y = np.arange(8.0)[:, np.newaxis], np.arange(8) % 2
    trees = [DecisionTreeClassifier(max_depth=depth) for depth in (1, 2)]
    ensemble = EnsembleClassifier([*trees, RandomForestClassifier(n_estimators=2)]).fit(X, y)
    names = ["DecisionTreeClassifier", "DecisionTreeClassifier_2", "RandomForestClassifier"]
    assert list(ensemble.models_) == names


def test_members_need_the_same_columns_and_labels() -> None:
    """Members that were fitted on other columns or labels raise an error."""
    X, y = pd.DataFrame({"a": [0.0, 1.0], "b": [1.0, 0.0]}), [0, 1]
    tree = DecisionTreeClassifier()
    first = clone(tree).fit(X, y)
    for other in (
        clone(tree).fit(X[["b", "a"]], y),
        clone(tree).fit(X[["a"]], y),
        clone(tree).fit(X, ["no", "yes"]),
    ):
        with pytest.raises(ValueError, match="different columns or labels"):
            EnsembleClassifier.from_fitted([first, other])


@pytest.mark.parametrize("weights", [[1], [1, 2, 3], [1, -1], [0, 0], [1, float("nan")]])
def test_invalid_weights_are_rejected(weights: list[float]) -> None:
    """Weights must be one per member, none negative, and not all 0."""
    with pytest.raises(ValueError, match="2 numbers, one per member"):
        vote(0.5, 0.5, weights=weights)


def test_invalid_members_are_rejected() -> None:
    """A member without predict_proba is named, and an empty ensemble raises an error."""
    X, y = [[0.0], [1.0]], [0, 1]
    with pytest.raises(ValueError, match="ridge has no predict_proba"):
        EnsembleClassifier({"ridge": RidgeClassifier()}).fit(X, y)
    with pytest.raises(ValueError, match="at least one member"):
        EnsembleClassifier([]).fit(X, y)


def test_importance_needs_rows(fitted: EnsembleClassifier, koi: Bunch) -> None:
    """An ensemble has importances on held-out rows, and none without rows."""
    parts = split(koi)
    with pytest.raises(ValueError, match="EnsembleClassifier has no importances"):
        fitted.get_feature_importance()
    found = fitted.get_feature_importance(parts.X_val[:100], parts.y_val[:100])
    assert sorted(found.index) == sorted(koi.feature_names)


def test_an_ensemble_is_saved(fitted: EnsembleClassifier, koi: Bunch, tmp_path: Any) -> None:
    """A loaded ensemble has the same members and predictions."""
    X = split(koi).X_test
    loaded = EnsembleClassifier.load_model(fitted.save_model(tmp_path / "vote.joblib"))
    assert np.array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    params = loaded.get_metadata()["hyperparameters"]["models"]["forest"]["params"]
    assert params["n_estimators"] == 20


def test_an_ensemble_is_added_to_fitted_models(caplog: pytest.LogCaptureFixture) -> None:
    """At least two models with probabilities are required."""
    X, y = [[0.0], [1.0]], [0, 1]
    models = {
        "tree": DecisionTreeClassifier().fit(X, y),
        "ridge": RidgeClassifier().fit(X, y),
        "forest": RandomForestClassifier(n_estimators=2).fit(X, y),
    }
    durations = {"tree": 1.0, "ridge": 2.0, "forest": 4.0}
    voted = add_ensemble(Fitted(models, {}, durations))
    assert list(voted.models) == ["tree", "ridge", "forest", "Ensemble"]
    assert list(voted.models["Ensemble"].models_) == ["tree", "forest"]
    assert voted.durations_s["Ensemble"] == 5.0
    alone = Fitted({"tree": models["tree"], "ridge": models["ridge"]}, {}, durations)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        assert add_ensemble(alone) is alone
    assert "requires two models" in caplog.text
