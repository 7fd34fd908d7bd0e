"""A pipeline with SMOTE, and a threshold that costs choose."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import Client, running
from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow

pytest.importorskip("imblearn", reason="imbalanced-learn is not installed")


class TestSmoteThreshold(Workflow):
    """Rare fraud, where a missed case costs more than a false alarm."""

    NOTEBOOK = """
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from exo_nbregistry import ModelRegistry

X, y = make_classification(600, 5, n_informative=3, weights=[0.9], random_state=0)
X = pd.DataFrame(X, columns=["amount", "hour", "distance", "age", "count"])
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
model = make_pipeline(StandardScaler(), SMOTE(random_state=0), LogisticRegression())
model.fit(X_train, y_train)


def cost(threshold):
    predicted = model.predict_proba(X_test)[:, 1] >= threshold
    (_, false_alarms), (missed, _) = confusion_matrix(y_test, predicted)
    return false_alarms + 10 * missed


threshold = min(np.linspace(0.05, 0.95, 19), key=cost)
registry = ModelRegistry("registry")
ref = registry.register_model(
    model,
    "fraud",
    X=X_train,
    y=y_train,
    X_test=X_test,
    y_test=y_test,
    threshold=threshold,
    metrics={"cost": cost(threshold)},
)
rows = X_test
expected = (model.predict_proba(rows)[:, 1] >= threshold).astype(int)
"""
    SHOWN = ("LogisticRegression", "recall", "cost", "threshold", "amount")
    BAD = ("amount", "much")

    def predict(self, model: Any, rows: Any) -> Any:
        """Return the classes by the threshold of the tests below."""
        return (model.predict_proba(rows)[:, 1] >= self.threshold).astype(int)

    @pytest.fixture(autouse=True)
    def _threshold(self, done: Executed) -> None:
        self.threshold = done.version.scoring.threshold

    def test_it_is_recorded(self, done: Executed) -> None:
        """The metrics are those at the threshold, beside the cost of the user."""
        version = done.version
        assert version.scoring.threshold == self.threshold
        assert 0 < self.threshold < 1
        assert {"recall", "cost", "roc_auc"} <= {*version.metrics}
        assert version.feature_columns == ("amount", "hour", "distance", "age", "count")

    def test_the_threshold_is_told(self, done: Executed) -> None:
        """An answer names the threshold and the positive class."""
        with running(LiveService(done.registry, done.ref)) as port, Client(port) as client:
            answer = client.predict(done.records()[0]).json
        assert (answer["threshold"], answer["pos_label"]) == (self.threshold, 1)
