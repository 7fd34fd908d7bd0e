"""A booster, its scaler and its label encoder: as a dict, and as a bundle."""

from __future__ import annotations

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow

TRAINING = """
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import RocCurveDisplay
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
from xgboost import XGBClassifier

from exo_nbregistry import ModelRegistry, bundle

rng = np.random.default_rng(0)
table = pd.DataFrame(
    {
        "kepid": np.arange(300),
        "depth": rng.lognormal(6, 1, 300),
        "period": rng.uniform(1, 300, 300),
        "prad": rng.lognormal(1, 1, 300),
    }
)
labels = np.where(table["prad"] + rng.normal(0, 1, 300) > 4, "FALSE POSITIVE", "CONFIRMED")
features = ["depth", "period", "prad"]
X_train, X_test, y_train, y_test = train_test_split(table[features], labels, random_state=0)

scaler = StandardScaler().fit(X_train)
encoder = LabelEncoder().fit(y_train)
booster = XGBClassifier(n_estimators=20, max_depth=3)
booster.fit(scaler.transform(X_train), encoder.transform(y_train))

roc = RocCurveDisplay.from_estimator(
    booster, scaler.transform(X_test), encoder.transform(y_test)
).figure_
data = {"X": X_train, "y": y_train, "X_test": X_test, "y_test": y_test}
rows = X_test.head(20)
expected = encoder.inverse_transform(booster.predict(scaler.transform(rows)))
registry = ModelRegistry("registry")
"""
AS_DICT = """
parts = {"model": booster, "scaler": scaler, "label_encoder": encoder, "features": features}
ref = registry.register_model(
    parts, "koi", pos_label="CONFIRMED", attachments={"roc": roc}, **data
)
"""
AS_BUNDLE = """
whole = bundle(scaler, booster, decode=encoder, features=features)
ref = registry.register_model(whole, "koi", pos_label="CONFIRMED", **data)
"""


class _Koi(Workflow):
    SHOWN = ("XGBClassifier", "recall", "max_depth", "depth")
    BAD = ("period", "long")
    REQUIRED = True

    def test_it_is_recorded(self, done: Executed) -> None:
        """One call records the metrics of a class, the booster's parameters and the raw columns."""
        version = done.version
        assert 0.7 < version.metrics["recall"] <= 1
        assert version.scoring.pos_label == "CONFIRMED"
        assert 3 in version.hyperparameters.values()
        assert version.feature_columns == ("depth", "period", "prad")

    def test_identifiers_pass_through_the_service(self, done: Executed) -> None:
        """A bundle selects its features, and the service returns the other columns."""
        from exo_nbregistry.serve import InferenceService

        answer = InferenceService(done.registry, done.ref).predict(
            {**done.records()[0], "kepid": 757450}
        )
        assert (answer.label, answer.passed_through) == (done.expected[0], {"kepid": 757450})


class TestDict(_Koi):
    """A dict of the common shape."""

    NOTEBOOK = TRAINING + AS_DICT
    MESSAGES = ("The dict is registered as one model, which load_model returns: Bundle(",)
    SHOWN = (*_Koi.SHOWN, "roc")

    def test_the_figure_is_attached(self, done: Executed) -> None:
        """The figure is stored as a picture beside the model."""
        (info,) = (item for item in done.registry.attachments(done.ref) if item.name == "roc")
        assert info.kind == "figure"
        assert done.registry.attachment_bytes(done.ref, "roc", "png").startswith(b"\x89PNG")

    def test_its_parts_are_loaded(self, done: Executed) -> None:
        """The loaded object gives access to the parts by the keys of the dict."""
        model, _ = done.registry.load_model("koi")
        assert model["scaler"].n_features_in_ == 3
        assert model["features"] == ["depth", "period", "prad"]


class TestBundle(_Koi):
    """A bundle that the notebook makes itself."""

    NOTEBOOK = TRAINING + AS_BUNDLE
