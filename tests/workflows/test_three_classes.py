"""A forest of three classes that are text."""

from __future__ import annotations

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestThreeClasses(Workflow):
    """CANDIDATE, CONFIRMED and FALSE POSITIVE."""

    NOTEBOOK = """
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

from exo_nbregistry import ModelRegistry

rng = np.random.default_rng(1)
disposition = rng.choice(["CANDIDATE", "CONFIRMED", "FALSE POSITIVE"], 300)
shift = pd.Series(disposition).map({"CANDIDATE": 0, "CONFIRMED": 2, "FALSE POSITIVE": 5})
table = pd.DataFrame(
    {"koi_score": shift + rng.normal(0, 1, 300), "koi_depth": rng.lognormal(5, 1, 300)}
)
X_train, X_test, y_train, y_test = train_test_split(table, disposition, random_state=0)
forest = RandomForestClassifier(n_estimators=20, class_weight="balanced", random_state=0)
forest.fit(X_train, y_train)
report = classification_report(y_test, forest.predict(X_test), output_dict=True)

registry = ModelRegistry("registry")
ref = registry.register_model(
    forest,
    "disposition",
    X=X_train,
    y=y_train,
    X_test=X_test,
    y_test=y_test,
    training_info={"mission": "Kepler"},
    attachments={"report": pd.DataFrame(report).T},
)
rows = X_test.head(20)
expected = forest.predict(rows)
"""
    SHOWN = ("RandomForestClassifier", "FALSE POSITIVE", "mission", "Kepler", "report")
    BAD = ("koi_score", "high")

    def test_it_is_recorded(self, done: Executed) -> None:
        """One call records averaged metrics, the classes, and what else was passed."""
        version = done.version
        assert 0.6 < version.metrics["f1_score"] < 1
        assert version.hyperparameters["class_weight"] == "balanced"
        assert version.feature_columns == ("koi_score", "koi_depth")
        report = done.registry.load_attachment(done.ref, "report")
        assert "CONFIRMED" in report.index

    def test_extra_info_is_found(self, done: Executed) -> None:
        """A filter finds the version by training information of the user's own."""
        found = done.registry.list_models(where="training_info.mission == 'Kepler'")
        assert found.ids == (done.ref,)

    def test_each_class_has_a_probability(self, done: Executed) -> None:
        """The service returns the probability of each class by its name."""
        from exo_nbregistry.serve import InferenceService

        answer = InferenceService(done.registry, done.ref).predict(done.records()[0])
        assert answer.probabilities is not None
        assert [*answer.probabilities] == ["CANDIDATE", "CONFIRMED", "FALSE POSITIVE"]
