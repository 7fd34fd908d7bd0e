"""Predictions of a registered model, and the checks of its input."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC
from xgboost import XGBClassifier

from exo_nbregistry.errors import (
    RegistryError,
    SignatureMismatchError,
    UntrustedModelError,
    VersionNotFoundError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService
from exo_nbregistry.signing.keyring import Keyring

ROOT = Path(__file__).resolve().parents[2]


def test_one_row(service: InferenceService, registry: ModelRegistry, row: dict[str, Any]) -> None:
    """One row gets the class, its probability, that of every class, and the version."""
    model, _ = registry.load_model("kepler:1")
    expected = model.predict_proba(pd.DataFrame([row]))[0]
    answer = service.predict(row)
    assert answer.label == "CONFIRMED" == model.predict(pd.DataFrame([row]))[0]
    assert answer.probability == expected[0]
    assert answer.probabilities == dict(zip(model.classes_, expected, strict=True))
    assert answer.version == "kepler:1"
    assert answer.outside == ()
    assert service.predict(pd.Series(row)) == answer


def test_a_table(service: InferenceService, registry: ModelRegistry, table: pd.DataFrame) -> None:
    """A frame gets a frame with its index and the model's own predictions."""
    model, _ = registry.load_model("kepler:1")
    asked = table.set_index(table.index + 1000)
    answer = service.predict(asked)
    assert answer.index.equals(asked.index)
    assert answer["prediction"].tolist() == model.predict(table).tolist()
    shares = answer[["probability_CONFIRMED", "probability_FALSE POSITIVE"]].to_numpy()
    assert np.array_equal(shares, model.predict_proba(table))
    assert np.array_equal(answer["probability"], shares.max(axis=1))
    assert set(answer["version"]) == {"kepler:1"}


def test_the_order_of_columns_does_not_matter(
    service: InferenceService, table: pd.DataFrame, row: dict[str, Any]
) -> None:
    """Columns are matched by name, in a row and in a table."""
    shuffled = table[["koi_num_transits", "koi_depth", "koi_period"]]
    assert service.predict(shuffled).equals(service.predict(table))
    assert service.predict(dict(reversed(row.items()))) == service.predict(row)


def test_several_rows(service: InferenceService, table: pd.DataFrame) -> None:
    """Several rows are predicted as each of them alone; no rows give no predictions."""
    rows = table.head(12).to_dict("records")
    together = service.predict_rows(rows)
    for row, answer in zip(rows, together, strict=True):
        alone = service.predict(row)
        assert (answer.label, answer.version) == (alone.label, alone.version)
        assert answer.probability == pytest.approx(alone.probability, rel=1e-12)
    assert service.predict_rows([]) == []
    assert list(service.predict(table.head(0)).columns) == list(service.predict(table).columns)


def test_two_columns_of_one_name(service: InferenceService, table: pd.DataFrame) -> None:
    """A table that has a column twice is rejected."""
    with pytest.raises(RegistryError, match="two columns named 'koi_depth'"):
        service.predict(pd.concat([table, table[["koi_depth"]]], axis="columns"))


def test_extrapolation(registry: ModelRegistry, row: dict[str, Any], table: pd.DataFrame) -> None:
    """With extrapolate=True, strict=True accepts values that are out of range, but not infinity."""
    service = InferenceService(registry, "kepler:1", extrapolate=True)
    assert service.predict(row | {"koi_depth": 1e9}, strict=True).outside == ("koi_depth",)
    assert service.predict(row, strict=True).outside == ()
    far = table.assign(koi_depth=1e9, koi_num_transits=1)
    assert set(service.predict(far, strict=True)["outside"]) == {"koi_depth koi_num_transits"}
    with pytest.raises(SignatureMismatchError, match="must be a number, not inf"):
        service.predict(row | {"koi_depth": math.inf}, strict=True)


def test_the_reference_is_resolved_once(
    service: InferenceService, registry: ModelRegistry, row: dict[str, Any]
) -> None:
    """A service keeps the version that it loaded when the alias moves."""
    registry.set_alias("kepler", "champion", 2)
    assert service.predict(row).version == "kepler:1"
    assert InferenceService(registry, "kepler@champion").version == "kepler:2"


def test_the_example_is_complete_if_possible(
    registry: ModelRegistry, table: pd.DataFrame, verdicts: list[str]
) -> None:
    """The example is the first stored row without missing values, else the first row."""
    for first, expected in ((0, 0), (8, 3), (1, 0)):
        X, y = table.iloc[first:], verdicts[first:]
        model = HistGradientBoostingClassifier(max_iter=1).fit(X, y)
        service = InferenceService(registry, registry.register_model(model, "part", X=X, y=y))
        assert service.example is not None
        assert service.example["koi_depth"] == X["koi_depth"].iloc[expected]


def test_a_path_opens_the_registry(registry: ModelRegistry, row: dict[str, Any]) -> None:
    """The registry's folder is accepted; another folder is an error, and no registry is created."""
    assert InferenceService(registry.location, "kepler").version == "kepler:2"
    with pytest.raises(RegistryError, match="No registry"):
        InferenceService(Path(registry.location) / "other", "kepler")
    with pytest.raises(VersionNotFoundError):
        InferenceService(registry, "kepler:9")


def test_an_untrusted_model_is_not_loaded(tmp_path: Path, registry: ModelRegistry) -> None:
    """A model with code of an untrusted signer is served only with trust= or unsafe=True."""
    other = ModelRegistry(registry.location, keyring=Keyring(tmp_path / "other"))
    X = pd.DataFrame({"depth": [0.0, 1.0] * 10})
    model = XGBClassifier(n_estimators=5).fit(X, [0, 1] * 10)
    other.register_model(model, "gift", X=X, y=[0, 1] * 10)
    with pytest.raises(UntrustedModelError):
        InferenceService(registry, "gift")
    for options in ({"unsafe": True}, {"trust": ["xgboost"]}):
        assert InferenceService(registry, "gift", **options).predict({"depth": 1.0}).label == 1


def test_a_plain_model_of_an_untrusted_signer_is_served(
    tmp_path: Path, registry: ModelRegistry
) -> None:
    """A model without code of its author is served although its signer is unknown."""
    other = ModelRegistry(registry.location, keyring=Keyring(tmp_path / "other"))
    X = pd.DataFrame({"depth": [0.0, 1.0]})
    other.register_model(LogisticRegression().fit(X, [0, 1]), "gift", X=X, y=[0, 1])
    assert InferenceService(registry, "gift").predict({"depth": 1.0}).label == 1


def test_models_without_probabilities(registry: ModelRegistry) -> None:
    """A regressor and a classifier without probabilities answer with their value alone."""
    X = pd.DataFrame({"depth": [0.0, 1.0, 2.0, 3.0]})
    registry.register_model(LinearRegression().fit(X, X["depth"] * 2), "line", X=X, y=X["depth"])
    registry.register_model(LinearSVC().fit(X, [0, 0, 1, 1]), "side", X=X, y=[0, 0, 1, 1])
    line = InferenceService(registry, "line").predict({"depth": 1.5})
    assert line.label == pytest.approx(3.0)
    assert (line.probability, line.probabilities) == (None, {})
    side = InferenceService(registry, "side")
    assert side.predict({"depth": 3.0}).label == 1
    assert list(side.predict(X).columns) == [
        "prediction",
        "status",
        "outside",
        "problems",
        "version",
    ]


def test_categories(registry: ModelRegistry) -> None:
    """A model that was fitted on categories receives categories."""
    X = pd.DataFrame({"band": pd.Series(["kepler", "tess"] * 20, dtype="category")})
    model = HistGradientBoostingClassifier(categorical_features="from_dtype", min_samples_leaf=1)
    registry.register_model(model.fit(X, [0, 1] * 20), "bands", X=X, y=[0, 1] * 20)
    service = InferenceService(registry, "bands")
    assert [service.predict({"band": band}).label for band in ("kepler", "tess")] == [0, 1]
    assert service.predict(X)["prediction"].tolist() == [0, 1] * 20


def test_a_model_fitted_on_an_array(registry: ModelRegistry) -> None:
    """Columns without a name are called x0, x1, ...; the model receives an array."""
    X = np.array([[0.0, 1], [1, 1], [2, 0], [3, 0]])
    registry.register_model(LogisticRegression().fit(X, [0, 0, 1, 1]), "plain", X=X, y=[0, 0, 1, 1])
    service = InferenceService(registry, "plain")
    assert service.predict({"x0": 3.0, "x1": 0.0}).label == 1


def test_the_service_does_not_import_a_web_framework() -> None:
    """Inference in a notebook works without the serve extra."""
    code = (
        "import sys\nfrom exo_nbregistry.serve import InferenceService\n"
        "import exo_nbregistry.serve as face\nassert 'Prediction' in dir(face)\n"
        "assert not {'fastapi', 'pydantic', 'starlette', 'uvicorn', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()])
@pytest.mark.parametrize("pos_label", ["dust", "planet"])
def test_the_threshold_of_a_version_decides(
    registry: ModelRegistry, model: Any, pos_label: str
) -> None:
    """A row is predicted positive from the threshold on, by probability or decision function."""
    X = pd.DataFrame({"depth": np.linspace(0, 3, 13)})
    y = np.where(X["depth"] > 1.5, "planet", "dust")
    model.fit(X, y)
    place = list(model.classes_).index(pos_label)
    if hasattr(model, "predict_proba"):
        scores, threshold = model.predict_proba(X)[:, place], 0.7
    else:
        scores, threshold = model.decision_function(X) * (1 if place else -1), 0.4
    options = {"pos_label": pos_label, "threshold": threshold}
    registry.register_model(model, "strict", X=X, y=y, X_test=X, y_test=y, **options)
    served = InferenceService(registry, "strict").predict(X)
    expected = (scores >= threshold).tolist()
    assert (served["prediction"] == pos_label).tolist() == expected
    assert (model.predict(X) == pos_label).tolist() != expected
    if "probability" in served:
        shares = [served[f"probability_{label}"][i] for i, label in enumerate(served["prediction"])]
        assert served["probability"].tolist() == shares


def test_a_threshold_requires_scores(registry: ModelRegistry) -> None:
    """A model with a threshold but without scores is not served."""
    X = pd.DataFrame({"depth": [0.0, 1.0]})
    model = VotingClassifier([("lr", LogisticRegression())]).fit(X, ["dust", "planet"])
    registry.register_model(
        model,
        "vote",
        X=X,
        y=["dust", "planet"],
        evaluation_results={"f1_score": 0.9},
        pos_label="dust",
        threshold=0.3,
    )
    with pytest.raises(RegistryError, match=r"its threshold 0.3 requires predict_proba or"):
        InferenceService(registry, "vote")
