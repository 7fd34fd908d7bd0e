"""The service, its server and the exported predict.py give the same answers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.evaluation import Predictions, fit_platt_scaling
from exo_nbregistry.persistence import predict_script
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import InferenceService
from exo_nbregistry.serve.live_service import LiveService
from tests.persistence.other_machine import predict_elsewhere
from tests.serve.conftest import classifier
from tests.serve.live_server import ROW, Client, running

CELLS = st.sampled_from(["", "NA", "12.5", "20", "1e6", "-3", "deep", "inf", "2_0", " 7 "])
LINES = st.lists(st.tuples(CELLS, CELLS, CELLS, st.sampled_from(["007", "K,1"])), min_size=1)
HEADER = (*ROW, "kepid")


def to_csv(lines: list[tuple[str, ...]]) -> str:
    """Return lines as CSV."""
    return pd.DataFrame(lines, columns=list(HEADER)).to_csv(index=False)


@pytest.fixture
def exported(registry: ModelRegistry, tmp_path: Path) -> tuple[Any, dict[str, Any]]:
    """Return the model and the facts of an export of the champion."""
    folder = registry.export_model("kepler@champion", tmp_path / "out")
    info = json.loads((folder / "model_info.json").read_text())
    return registry.load_model("kepler@champion")[0], info


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=LINES)
def test_predict_script_and_server_agree(
    client: Client, exported: tuple[Any, dict[str, Any]], lines: list[tuple[str, ...]]
) -> None:
    """predict.py and the server write the same CSV for the same CSV."""
    text = to_csv(lines)
    answer = client.post("/predict/batch", text.encode(), "text/csv")
    assert answer.status == 200
    found, passed = predict_script.answer(*exported, predict_script.read_table(io.StringIO(text)))
    written: list[str] = []
    columns = predict_script.answer_columns(found, passed, "kepler:1")
    predict_script.write_csv(columns, written.append)
    assert "".join(written) == answer.content.decode()


def test_an_exported_folder_agrees(registry: ModelRegistry, client: Client, tmp_path: Path) -> None:
    """predict.py in a process without this package writes the same CSV."""
    text = to_csv([("100", "50", "20", "007"), ("deep", "50", "20", "1"), ("", "50", "20", "2")])
    folder = registry.export_model("kepler@champion", tmp_path / "out")
    (folder / "in.csv").write_text(f"# NASA\n{text}")
    done = predict_elsewhere(folder, "in.csv", "out.csv")
    assert done.returncode == 0, done.stderr
    answer = client.post("/predict/batch", text.encode(), "text/csv")
    assert (folder / "out.csv").read_text() == answer.content.decode()


@pytest.fixture
def held_out() -> dict[str, Any]:
    """Return out-of-fold predictions of a model that is too sure of itself."""
    rng = np.random.default_rng(0)
    share = rng.uniform(0.01, 0.99, 400)
    truth = rng.uniform(size=400) < 0.3 + 0.4 * share
    classes = np.array(["CONFIRMED", "FALSE POSITIVE"])
    return {
        "y_true": classes[truth.astype(int)],
        "y_pred": classes[(share > 0.5).astype(int)],
        "classes": classes,
        "probabilities": np.column_stack([1 - share, share]),
    }


@pytest.fixture
def calibrated(
    registry: ModelRegistry, table: pd.DataFrame, verdicts: np.ndarray, held_out: dict[str, Any]
) -> str:
    """Register a version that carries out-of-fold predictions."""
    model = classifier().fit(table, verdicts)
    attachments = {"out_of_fold": held_out}
    return registry.register_model(model, "cal", X=table, y=verdicts, attachments=attachments)


def test_the_probability_is_calibrated(
    registry: ModelRegistry, calibrated: str, table: pd.DataFrame, held_out: dict[str, Any]
) -> None:
    """The calibration of the follow-up list is applied; the model's probability is named too."""
    service = InferenceService(registry, calibrated)
    model, _ = registry.load_model(calibrated)
    raw = model.predict_proba(table)
    predictions = Predictions.of_arrays(held_out, "cal", "FALSE POSITIVE")
    expected = fit_platt_scaling(predictions)(raw[:, 1])
    answers = service.predict(table)
    assert answers["probability_FALSE POSITIVE"].tolist() == pytest.approx(expected.tolist())
    assert answers["model_probability"].tolist() == pytest.approx(raw.max(axis=1).tolist())
    assert answers["prediction"].tolist() == model.predict(table).tolist()
    order = np.argsort(raw[:, 1])
    assert (np.diff(answers["probability_FALSE POSITIVE"].to_numpy()[order]) >= 0).all()
    assert (
        service.calibration == "Platt scaling, fitted on the out-of-fold predictions of the version"
    )


def test_the_calibration_is_served_and_exported(
    registry: ModelRegistry, calibrated: str, tmp_path: Path
) -> None:
    """The server and predict.py give both probabilities, and /model names the calibration."""
    text = to_csv([("100", "50", "20", "1"), ("700", "50", "20", "2")])
    with running(LiveService(registry, calibrated)) as port, Client(port) as client:
        answer = client.post("/predict/batch", text.encode(), "text/csv")
        one = client.predict(ROW).json
        assert client.get("/model").json["calibration"] == one["calibration"]
    assert one["calibration"].startswith("Platt scaling")
    assert one["probability"] != one["model_probability"]
    assert "Platt" in answer.headers["x-calibration"]
    folder = registry.export_model(calibrated, tmp_path / "out")
    (folder / "in.csv").write_text(text)
    assert predict_elsewhere(folder, "in.csv", "out.csv").returncode == 0
    assert (folder / "out.csv").read_text() == answer.content.decode()


def test_a_model_that_is_calibrated_is_not_calibrated_again(
    registry: ModelRegistry, table: pd.DataFrame, verdicts: np.ndarray, held_out: dict[str, Any]
) -> None:
    """The probabilities of CalibratedClassifierCV are final, and it is named."""
    X = table[["koi_depth"]]
    model = CalibratedClassifierCV(LogisticRegression(), cv=2).fit(X, verdicts)
    attachments = {"out_of_fold": held_out}
    ref = registry.register_model(model, "own", X=X, y=verdicts, attachments=attachments)
    service = InferenceService(registry, ref)
    answer = service.predict({"koi_depth": 100.0})
    assert answer.model_probability is None
    assert answer.probability == model.predict_proba(X.iloc[:1] * 0 + 100.0).max()
    assert service.calibration == "CalibratedClassifierCV, a part of the model"


def test_the_threshold_is_told(
    registry: ModelRegistry, table: pd.DataFrame, verdicts: np.ndarray, tmp_path: Path
) -> None:
    """Answers name the threshold and its class once: JSON, headers of a CSV, attrs of a frame."""
    options: dict[str, Any] = {"pos_label": "CONFIRMED", "threshold": 0.9999}
    model = classifier().fit(table, verdicts)
    ref = registry.register_model(model, "cut", X=table, X_test=table, y_test=verdicts, **options)
    attrs = InferenceService(registry, ref).predict(table).attrs
    assert {name: attrs[name] for name in options} == options
    text = to_csv([("100", "50", "20", "1")])
    with running(LiveService(registry, ref)) as port, Client(port) as client:
        batch = client.post("/predict/batch", json.dumps([ROW]).encode()).json
        answer = client.post("/predict/batch", text.encode(), "text/csv")
        one = client.predict(ROW).json
    assert {name: batch[name] for name in options} == options
    assert {name: one[name] for name in options} == options
    assert (answer.headers["x-threshold"], answer.headers["x-positive-class"]) == (
        "0.9999",
        "CONFIRMED",
    )
    folder = registry.export_model(ref, tmp_path / "out")
    (folder / "in.csv").write_text(text)
    done = predict_elsewhere(folder, "in.csv", "out.csv")
    assert done.stderr.endswith("CONFIRMED is predicted from a score of 0.9999.\n")
