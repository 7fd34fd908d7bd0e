"""Five boosters of a cross-validation that predict together."""

from __future__ import annotations

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestFoldsOfBoosters(Workflow):
    """A bundle of a list of models, with the score of the out-of-fold predictions."""

    NOTEBOOK = """
import numpy as np
from lightgbm import LGBMClassifier
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split

from exo_nbregistry import ModelRegistry, bundle

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.filter(like="mean").rename(columns=lambda name: name.replace(" ", "_"))
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
folds, out_of_fold = [], np.zeros(len(X_train))
for fit, held in StratifiedKFold(5).split(X_train, y_train):
    booster = LGBMClassifier(n_estimators=15, num_leaves=7, verbose=-1)
    booster.fit(X_train.iloc[fit], y_train.iloc[fit])
    out_of_fold[held] = booster.predict_proba(X_train.iloc[held])[:, 1]
    folds.append(booster)

registry = ModelRegistry("registry")
ref = registry.register_model(
    bundle(folds),
    "tumour",
    X=X_train,
    y=y_train,
    X_test=X_test,
    y_test=y_test,
    metrics={"oof_auc": roc_auc_score(y_train, out_of_fold)},
    attachments={"out_of_fold": out_of_fold},
)
rows = X_test.head(20)
shares = np.mean([booster.predict_proba(rows)[:, 1] for booster in folds], axis=0)
expected = (shares >= 0.5).astype(int)
"""
    SHOWN = ("LGBMClassifier", "oof_auc", "num_leaves", "mean_radius", "out_of_fold")
    BAD = ("mean_radius", "large")
    REQUIRED = True

    def test_it_is_recorded(self, done: Executed) -> None:
        """One version has the metrics of the mean, the user's score and the predictions."""
        version = done.version
        assert version.metrics["roc_auc"] > 0.9
        assert version.metrics["oof_auc"] > 0.9
        booster = version.hyperparameters["model__estimator"]["params"]
        assert booster["num_leaves"] == 7
        assert version.feature_columns is not None
        assert len(version.feature_columns) == 10
        assert done.registry.load_attachment(done.ref, "out_of_fold").shape == (426,)

    def test_a_nested_hyperparameter_is_found(self, done: Executed) -> None:
        """A filter finds the version by a parameter of its boosters, as it is displayed."""
        where = "hyperparameters.model__estimator__num_leaves == 7"
        assert done.registry.list_models(where=where).ids == (done.ref,)

    def test_the_importances_are_plotted(self, done: Executed) -> None:
        """The importances are the mean of the folds."""
        assert "mean_" in repr(done.registry.plot("importances", done.ref))
