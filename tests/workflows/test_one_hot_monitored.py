"""One-hot encoded text columns, and metrics of later months."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestOneHotMonitored(Workflow):
    """A churn model on texts and numbers, with gaps."""

    NOTEBOOK = """
from datetime import datetime

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from exo_nbregistry import ModelRegistry

rng = np.random.default_rng(2)
customers = pd.DataFrame(
    {
        "contract": rng.choice(["monthly", "one year", "two years"], 400),
        "payment": rng.choice(["card", "transfer", None], 400, p=[0.5, 0.4, 0.1]),
        "tenure": rng.integers(1, 72, 400),
        "charges": np.where(rng.random(400) < 0.1, np.nan, rng.uniform(20, 120, 400)),
    }
)
risk = (customers["contract"] == "monthly") * 2 - customers["tenure"] / 30
churn = pd.Series(np.where(risk + rng.normal(0, 0.5, 400) > 0, "yes", "no"), name="churn")
X_train, X_test, y_train, y_test = train_test_split(customers, churn, random_state=0)
encode = make_column_transformer(
    (OneHotEncoder(handle_unknown="ignore"), ["contract", "payment"]),
    (make_pipeline(SimpleImputer(), StandardScaler()), ["tenure", "charges"]),
)
model = make_pipeline(encode, LogisticRegression()).fit(X_train, y_train)

registry = ModelRegistry("registry")
ref = registry.register_model(
    model, "churn", X=X_train, y=y_train, X_test=X_test, y_test=y_test, pos_label="yes"
)

# Months later
for month, size in ((9, 80), (10, 60), (11, 40)):
    now = X_test.head(size)
    score = f1_score(y_test.head(size), model.predict(now), pos_label="yes")
    registry.add_metrics(
        ref,
        {"f1_score": score, "rows": size},
        at=datetime(2026, month, 28),
        on=f"2026-{month:02} production",
    )
rows = X_test.head(20)
expected = model.predict(rows)
"""
    SHOWN = ("LogisticRegression", "f1_score", "contract", "2026-11 production")
    BAD = ("tenure", None)
    STATUS = "missing"
    PROBLEM = "is missing"

    def test_it_is_recorded(self, done: Executed) -> None:
        """The registered metric is not mixed with the later ones."""
        version = done.version
        assert version.scoring.pos_label == "yes"
        assert version.feature_columns == ("contract", "payment", "tenure", "charges")
        assert [later.on[:7] for later in version.later_metrics] == [
            "2026-09",
            "2026-10",
            "2026-11",
        ]
        assert "rows" not in version.metrics

    def test_later_metrics_are_a_series(self, done: Executed) -> None:
        """The series has a row for each month, and the plot has the registered value too."""
        series = done.registry.later_metrics(done.ref).to_frame()
        assert series["rows"].tolist() == [80, 60, 40]
        assert "f1_score" in repr(done.registry.plot("monitoring", done.ref))
        assert done.version.later_metrics[0].at < datetime(2026, 10, 1, tzinfo=UTC)

    def test_the_newest_value_is_found(self, done: Executed) -> None:
        """A filter reads the newest later value."""
        found = done.registry.list_models(where="later_metrics.rows == 40")
        assert found.ids == (done.ref,)

    def test_an_unseen_text_is_answered(self, done: Executed) -> None:
        """A text that the training data do not have is ignored by the encoder, and marked."""
        from exo_nbregistry.serve import InferenceService

        service = InferenceService(done.registry, done.ref)
        answer = service.predict({**done.records()[0], "contract": "weekly"})
        assert answer.label in ("yes", "no")
