"""A pipeline whose first step is a class of the notebook that takes a table."""

from __future__ import annotations

from tests.persistence.other_machine import predict_elsewhere
from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestOwnFirstStep(Workflow):
    """A feature-engineering class with a helper of the notebook."""

    NOTEBOOK = '''
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

from exo_nbregistry import ModelRegistry


def safe_log(values):
    return np.log1p(np.clip(values, 0, None))


class KoiFeatures(BaseEstimator, TransformerMixin):
    """Adds the ratio of the radii and logarithms."""

    def __init__(self, with_logs=True):
        self.with_logs = with_logs

    def fit(self, X, y=None):
        self.columns_ = list(X.columns)
        return self

    def transform(self, X):
        X = X[self.columns_].copy()
        X["ratio"] = X["koi_prad"] / X["koi_srad"]
        if self.with_logs:
            X["log_period"] = safe_log(X["koi_period"])
        return X.drop(columns="koi_period")


rng = np.random.default_rng(4)
table = pd.DataFrame(
    {
        "koi_period": rng.lognormal(2, 1, 300),
        "koi_prad": rng.lognormal(1, 1, 300),
        "koi_srad": rng.uniform(0.5, 2, 300),
    }
)
planet = (table["koi_prad"] / table["koi_srad"] < 3).astype(int)
X_train, X_test, y_train, y_test = train_test_split(table, planet, random_state=0)
model = Pipeline(
    [("features", KoiFeatures()), ("boost", GradientBoostingClassifier(n_estimators=20))]
).fit(X_train, y_train)

registry = ModelRegistry("registry")
ref = registry.register_model(
    model, "koi", X=X_train, y=y_train, X_test=X_test, y_test=y_test
)
rows = X_test.head(20)
expected = model.predict(rows)
'''
    SHOWN = ("GradientBoostingClassifier", "recall", "koi_srad", "carries its own code")
    BAD = ("koi_srad", "solar")

    def test_it_is_recorded(self, done: Executed) -> None:
        """The record has metrics, the parameters of both steps, raw columns and the code."""
        version = done.version
        assert version.metrics["recall"] > 0.8
        assert 20 in version.hyperparameters.values()
        assert version.feature_columns == ("koi_period", "koi_prad", "koi_srad")
        assert version.code is not None
        assert version.code.by_value == ("__main__.KoiFeatures", "__main__.safe_log")

    def test_the_export_has_the_sources(self, done: Executed) -> None:
        """The class is readable in the exported folder, whose example is predicted."""
        folder = done.registry.export_model(done.ref, done.folder / "readable")
        assert "class KoiFeatures(" in (folder / "sources.py").read_text()
        assert predict_elsewhere(folder, "example.csv", "out.csv").returncode == 0
