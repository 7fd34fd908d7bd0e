"""Feature importances of models, pipelines and searches."""

from __future__ import annotations

import numpy as np
import pytest
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler

from exo_nbregistry import bundle
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.models.classifiers import RandomForestClassifier as OurForest
from exo_nbregistry.plot.importance import importances, weights
from tests.plot.builders import version

COLUMNS = ["depth", "period", "radius"]
CHANCE = np.random.default_rng(0)
X = CHANCE.normal(size=(60, 3))
Y = (X[:, 1] > 0).astype(int)


def test_importances_of_a_forest() -> None:
    """The bars show feature_importances_, the largest on top."""
    model = RandomForestClassifier(10, random_state=0).fit(X, Y)
    plot = importances([version(feature_columns=COLUMNS)], [model])
    order = np.argsort(-model.feature_importances_)
    assert plot.rows == [[COLUMNS[i], model.feature_importances_[i]] for i in order]
    axes = plot.figure.axes[0]
    assert [bar.get_width() for bar in axes.patches][::-1] == [row[1] for row in plot.rows]
    assert [tick.get_text() for tick in axes.get_yticklabels()][::-1][0] == "period"
    assert plot.headers == ("column", "importance")


def test_signed_coefficients_of_a_linear_model() -> None:
    """Coefficients of two classes have signs, and a note warns of different scales."""
    model = LogisticRegression().fit(X, -Y)
    columns, values, what = weights(model, COLUMNS)
    assert (columns, what) == (COLUMNS, "coefficient")
    np.testing.assert_array_equal(values, model.coef_[0])
    plot = importances([version(feature_columns=COLUMNS)], [model])
    assert plot.rows[0][1] < 0
    assert plot.notes == ("Coefficients are comparable only between features of the same scale.",)


def test_of_many_classes_the_mean_absolute_coefficient_counts() -> None:
    """Each feature has one mean absolute coefficient, and a note explains it."""
    model = LogisticRegression().fit(X, np.arange(60) % 3)
    _, values, _ = weights(model, COLUMNS)
    np.testing.assert_allclose(values, np.abs(model.coef_).mean(axis=0))
    plot = importances([version(feature_columns=COLUMNS)], [model])
    assert plot.notes[0].startswith("Coefficients are mean absolute values over the classes.")


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(StandardScaler(), LogisticRegression()),
        GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}, cv=2),
        make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), LogisticRegression())),
        OurForest(n_estimators=5, random_state=0),
        Pipeline([("only", LogisticRegression())]),
    ],
)
def test_it_looks_through_what_holds_the_estimator(model) -> None:
    """The estimator inside pipelines, searches and classifiers of this package is used."""
    columns, values, _ = weights(model.fit(X, Y), COLUMNS)
    assert columns == COLUMNS
    assert abs(values).argmax() == 1


def test_columns_made_on_the_way_have_their_own_names() -> None:
    """Features that a step creates have the names from that step."""
    model = make_pipeline(PolynomialFeatures(2, include_bias=False), LogisticRegression())
    columns, _, _ = weights(model.fit(X, Y), COLUMNS)
    assert columns[:5] == [*COLUMNS, "depth^2", "depth period"]
    assert weights(make_pipeline(PCA(3), LogisticRegression()).fit(X, Y), COLUMNS)[0] == [
        "pca0",
        "pca1",
        "pca2",
    ]


@pytest.mark.parametrize(
    "step",
    [
        FunctionTransformer(lambda X: X[:, ::-1]),
        make_column_transformer((FunctionTransformer(), [0, 1, 2])),
    ],
)
def test_columns_with_unknown_names_are_numbered(step) -> None:
    """Features are numbered if their names are unknown, even if the number of names matches."""
    columns, _, _ = weights(make_pipeline(step, LogisticRegression()).fit(X, Y), COLUMNS)
    assert columns == ["x0", "x1", "x2"]


def test_a_bundle_shows_its_model() -> None:
    """The importances of a bundle belong to its model, with the names of the table."""
    scaler = StandardScaler().fit(X)
    forest = RandomForestClassifier(5, random_state=0).fit(scaler.transform(X), Y)
    names, values, what = weights(bundle(scaler, forest, features=COLUMNS), COLUMNS)
    assert (names, what) == (COLUMNS, "importance")
    assert np.array_equal(values, forest.feature_importances_)


def test_a_mean_of_models_has_mean_importances() -> None:
    """The importances of models of folds are averaged, of boosters too."""
    halves = (slice(0, 40), slice(20, 60))
    settings = {"objective": "binary:logistic", "max_depth": 2}
    boosters = [xgboost.train(settings, xgboost.DMatrix(X[half], Y[half]), 3) for half in halves]
    names, values, what = weights(bundle(boosters, features=COLUMNS), COLUMNS)
    each = [weights(booster, COLUMNS)[1] for booster in boosters]
    assert (names, what) == (COLUMNS, "importance")
    assert np.allclose(values, (each[0] + each[1]) / 2)
    lines = [LogisticRegression().fit(X[half], Y[half]) for half in halves]
    values = weights(bundle(lines), COLUMNS)[1]
    assert np.allclose(values, (lines[0].coef_ + lines[1].coef_)[0] / 2)
    plot = importances([version(feature_columns=COLUMNS)], [bundle(lines)])
    assert any(note.startswith("Coefficients are comparable") for note in plot.notes)


def test_a_model_without_importances_is_rejected() -> None:
    """The error names the model and permutation_importance of scikit-learn."""
    with pytest.raises(
        RegistryError,
        match=r"KNeighborsClassifier has neither .* sklearn.inspection.permutation_importance\(",
    ):
        weights(KNeighborsClassifier().fit(X, Y), COLUMNS)


def test_many_columns_are_cut() -> None:
    """Twenty bars are drawn; the table has all."""
    wide = CHANCE.normal(size=(60, 50))
    model = RandomForestClassifier(5, random_state=0).fit(wide, Y)
    plot = importances([version()], [model])
    assert len(plot.figure.axes[0].patches) == 20
    assert len(plot.rows) == 50
    assert plot.rows[0][0].startswith("x")
    assert plot.notes == ("Omitted: 30 features of less importance.",)
