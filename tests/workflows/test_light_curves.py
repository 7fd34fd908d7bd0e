"""Light curves with 3197 columns."""

from __future__ import annotations

from exo_nbregistry.serve import InferenceService
from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestLightCurves(Workflow):
    """The table FLUX.1 to FLUX.3197, with the label 2 for a planet."""

    NOTEBOOK = """
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry import ModelRegistry

rng = np.random.default_rng(5)
label = np.tile([1, 2], 40)
flux = rng.normal(0, 1, (80, 3197))
flux[label == 2, 500:3000:250] -= 40
table = pd.DataFrame(flux, columns=[f"FLUX.{n}" for n in range(1, 3198)])
table.insert(0, "LABEL", label)
train, test = table[:60], table[60:]
model = make_pipeline(StandardScaler(), PCA(5, random_state=0), LogisticRegression())
model.fit(train.drop(columns="LABEL"), train["LABEL"])

registry = ModelRegistry("registry")
ref = registry.register_model(
    model,
    "light_curves",
    X=train.drop(columns="LABEL"),
    y=train["LABEL"],
    X_test=test.drop(columns="LABEL"),
    y_test=test["LABEL"],
    pos_label=2,
)
rows = test.drop(columns="LABEL")
expected = model.predict(rows)
"""
    SHOWN = ("LogisticRegression", "recall", "FLUX.1")
    BAD = ("FLUX.7", "dark")

    def test_it_is_recorded(self, done: Executed) -> None:
        """All columns are recorded, with metrics of the planets."""
        version = done.version
        assert version.feature_columns is not None
        assert len(version.feature_columns) == 3197
        assert version.metrics["recall"] > 0.9
        assert 5 in version.hyperparameters.values()

    def test_every_row_is_answered(self, done: Executed) -> None:
        """New light curves have values outside the training range, and all are answered."""
        answers = InferenceService(done.registry, done.ref).predict(done.rows)
        assert answers["prediction"].tolist() == done.expected
        assert set(answers["status"]) <= {"ok", "outside"}
