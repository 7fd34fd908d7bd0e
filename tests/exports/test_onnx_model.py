"""Folders with a model as ONNX, which ONNX Runtime runs."""

from __future__ import annotations

import json
import logging
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry import bundle
from exo_nbregistry.errors import SerializationError
from exo_nbregistry.registry.facade import ModelRegistry

pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

N = 40
Y = np.array(["dust", "planet"] * (N // 2))
FRAME = pd.DataFrame({"depth": np.linspace(0.0, 9.0, N), "period": np.arange(N) ** 2})
MIXED = FRAME.assign(site=list("abcd") * (N // 4), seen=[True, False] * (N // 2))

Export = Callable[..., tuple[Path, dict[str, Any]]]


@pytest.fixture
def export(registry: ModelRegistry, tmp_path: Path) -> Export:
    """Return a function that registers and exports a model; it returns folder and report."""

    def run(model: Any, **data: Any) -> tuple[Path, dict[str, Any]]:
        ref = registry.register_model(model, "m", **data)
        folder = registry.export_model(ref, tmp_path / "out", format="onnx")
        return folder, json.loads((folder / "onnx_report.json").read_text())

    return run


def session(folder: Path) -> Any:
    """Return the loaded file of a folder."""
    return onnxruntime.InferenceSession(
        (folder / "model.onnx").read_bytes(), providers=["CPUExecutionProvider"]
    )


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(3, random_state=0),
        HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=3),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
    ids=["forest", "boosting", "pipeline"],
)
def test_a_classifier_has_its_classes_and_probabilities(export: Export, model: Any) -> None:
    """The file predicts labels, and probabilities as a matrix in the order of the classes."""
    model.fit(FRAME, Y)
    folder, report = export(model, X=FRAME, y=Y)
    rows = {"X": FRAME.to_numpy(np.float32)}
    labels, shares = session(folder).run(None, rows)
    assert labels.tolist() == model.predict(FRAME).tolist()
    assert np.abs(shares - model.predict_proba(FRAME)).max() < 1e-6
    assert report["classes"] == ["dust", "planet"]
    assert report["compared"]["rows"] == 1005
    assert report["compared"]["differing_labels"] == 0
    assert report["compared"]["max_probability_difference"] < 1e-6


def test_columns_are_inputs_of_their_types(export: Export) -> None:
    """A model that selects columns by name has an input for each column."""
    encoder = ColumnTransformer([("site", OneHotEncoder(), ["site"])], remainder="passthrough")
    model = make_pipeline(encoder, StandardScaler(), LogisticRegression()).fit(MIXED, Y)
    folder, report = export(model, X=MIXED, y=Y)
    types = {"depth": np.float32, "period": np.int64, "site": object, "seen": bool}
    assert [*report["inputs"].items()] == [
        ("depth", "float32"),
        ("period", "int64"),
        ("site", "str"),
        ("seen", "bool"),
    ]
    feed = {name: MIXED[[name]].to_numpy(dtype) for name, dtype in types.items()}
    assert session(folder).run(["label"], feed)[0].tolist() == model.predict(MIXED).tolist()


def scaled_split(start: float) -> tuple[Any, pd.DataFrame, Any]:
    """Return a split of scaled values, on whose other side float32 puts some of them, and its data.

    The larger the values, the more of them.
    """
    X, y = pd.DataFrame({"n": start + np.arange(N)}), np.array(["dust", "planet"]).repeat(N // 2)
    split = DecisionTreeClassifier(max_depth=1, random_state=0)
    return make_pipeline(StandardScaler(), split).fit(X, y), X, y


def test_a_label_that_differs_is_reported(export: Export, caplog: pytest.LogCaptureFixture) -> None:
    """If scaled values are on the other side of a threshold, the report has their number."""
    model, X, y = scaled_split(2.0**22)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        folder, report = export(model, X=X, y=y)
    compared = report["compared"]
    assert 0 < compared["differing_labels"] == compared["differing_numbers"] <= 10
    assert compared["max_probability_difference"] == 1.0
    count = f"{compared['differing_labels']} labels differ"
    assert count in caplog.text
    assert count in (folder / "README.md").read_text()


def test_float64_is_used_where_float32_differs(export: Export) -> None:
    """A linear model of large numbers that float32 does not have gets float64 inputs."""
    X = pd.DataFrame({"n": 16_777_216.0 + np.arange(N)})
    model = LogisticRegression(C=1e9)
    model.fit(X - X.mean(), np.arange(N) > N // 2)
    model.intercept_ = model.intercept_ - X.mean().to_numpy() @ model.coef_.T
    _, report = export(model, X=X, y=np.arange(N) > N // 2)
    assert report["inputs"] == {"X": "float64"}
    assert report["compared"]["differing_labels"] == 0


def test_a_regressor_has_the_difference_of_its_numbers(export: Export) -> None:
    """The differences of a regressor are absolute, and relative to its largest prediction."""
    model = LinearRegression().fit(FRAME, FRAME)
    folder, report = export(model, X=FRAME, y=FRAME.to_numpy())
    compared = report["compared"]
    assert compared["max_relative_difference"] < 1e-5
    assert "differing_labels" not in compared
    (found,) = session(folder).run(None, {"X": FRAME.to_numpy(np.float32)})
    assert np.abs(found - model.predict(FRAME)).max() <= max(compared["max_difference"], 1e-3)


@pytest.mark.parametrize("labels", [[0.0, 1.0], [False, True], [3, 7]], ids=repr)
def test_labels_that_are_numbers_are_compared(export: Export, labels: list[Any]) -> None:
    """Labels that ONNX has as integers are not counted as different."""
    y = np.array(labels * (N // 2))
    _, report = export(RandomForestClassifier(3, random_state=0).fit(FRAME, y), X=FRAME, y=y)
    assert report["compared"]["differing_labels"] == 0


def test_outliers_are_labels(export: Export) -> None:
    """An isolation forest has labels without probabilities."""
    model = IsolationForest(n_estimators=5, random_state=0).fit(FRAME)
    folder, report = export(model, X=FRAME)
    assert report["compared"] == {"rows": 1005, "stored_rows": 5, "differing_labels": 0}
    (labels, _) = session(folder).run(None, {"X": FRAME.to_numpy(np.float32)})
    assert labels.ravel().tolist() == model.predict(FRAME).tolist()


def test_the_program_of_the_card_runs(
    export: Export, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Python code in README.md predicts a row."""
    encoder = ColumnTransformer([("site", OneHotEncoder(), ["site"])], remainder="passthrough")
    folder, _ = export(
        make_pipeline(encoder, LogisticRegression(max_iter=5000)).fit(MIXED, Y),
        X=MIXED,
        y=Y,
    )
    text = (folder / "README.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    (folder / "run.py").write_text(code)
    monkeypatch.chdir(folder)
    runpy.run_path("run.py")
    assert "dust" in capsys.readouterr().out


def test_the_threshold_is_not_a_part_of_the_file(export: Export) -> None:
    """The card states the threshold, which the program that uses the file has to apply."""
    model = LogisticRegression().fit(FRAME, Y)
    test = {"X_test": FRAME, "y_test": Y, "pos_label": "planet", "threshold": 0.4}
    folder, report = export(model, X=FRAME, y=Y, **test)
    assert (report["threshold"], report["positive"]) == (0.4, 1)
    assert "predicts planet from a score of 0.4" in (folder / "README.md").read_text()


def test_two_exports_are_equal(registry: ModelRegistry, tmp_path: Path) -> None:
    """Each file of a second export has the same bytes."""
    ref = registry.register_model(RandomForestClassifier(3).fit(FRAME, Y), "m", X=FRAME, y=Y)
    folders = [registry.export_model(ref, tmp_path / name, format="onnx") for name in "ab"]
    first, second = (
        {path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders
    )
    assert sorted(first) == ["README.md", "model.onnx", "onnx_report.json", "requirements.txt"]
    assert first == second


def refused() -> dict[str, tuple[Any, dict[str, Any], str]]:
    """Return models that ONNX cannot have, their data, and the reason."""
    outliers = LocalOutlierFactor(novelty=False).fit(FRAME)
    scaler = StandardScaler().fit(FRAME)
    model = LogisticRegression().fit(scaler.transform(FRAME), Y)
    dates = FRAME.assign(seen=pd.date_range("2026-01-01", periods=N))
    by_name = ColumnTransformer([("depth", StandardScaler(), ["depth"])])
    split, large, sides = scaled_split(2.0**26)
    days = 2_457_000 + np.arange(N) / 2
    fixed = FixedThresholdClassifier(LogisticRegression(), threshold=0.2, pos_label="planet")
    tuned = TunedThresholdClassifierCV(LogisticRegression(), random_state=0, cv=2)
    return {
        "bundle": (bundle(scaler, model), {"X": FRAME, "y": Y}, "no converter for .*Bundle"),
        "no rows": (LogisticRegression().fit(FRAME, Y), {}, "Register the model with X"),
        "dates": (
            make_pipeline(by_name, LogisticRegression()).fit(dates, Y),
            {"X": dates, "y": Y},
            r"does not have the type datetime64\[\w+\] of the column 'seen'",
        ),
        "outliers": (outliers, {"X": FRAME}, "novelty|predict"),
        "other labels": (split, {"X": large, "y": sides}, r"other values\. On .* labels differ"),
        "other numbers": (
            RandomForestRegressor(5, random_state=0).fit(FRAME, days),
            {"X": FRAME, "y": days},
            "predictions differ by more than 1 % of their range",
        ),
        "fixed threshold": (
            make_pipeline(StandardScaler(), fixed).fit(FRAME, Y),
            {"X": FRAME, "y": Y},
            "does not apply the threshold of a FixedThresholdClassifier",
        ),
        "tuned threshold": (
            tuned.fit(FRAME, Y),
            {"X": FRAME, "y": Y},
            "does not apply the threshold of a TunedThresholdClassifierCV",
        ),
    }


CASES = ["bundle", "no rows", "dates", "outliers", "other labels", "other numbers"]


@pytest.mark.parametrize("case", [*CASES, "fixed threshold", "tuned threshold"])
def test_a_model_that_cannot_be_converted_is_refused(
    registry: ModelRegistry, tmp_path: Path, case: str
) -> None:
    """The error has the reason in one sentence, and the folder is not created."""
    model, data, reason = refused()[case]
    ref = registry.register_model(model, "m", **data)
    with pytest.raises(SerializationError, match=reason) as caught:
        registry.export_model(ref, tmp_path / "out", format="onnx")
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["registry"]


def test_a_booster_is_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    """A native model of another library is refused with its type."""
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    rows = xgboost.DMatrix(FRAME, label=(Y == "planet").astype(int))
    model = xgboost.train({"objective": "binary:logistic", "nthread": 1}, rows, 3)
    ref = registry.register_model(model, "m", X=FRAME, y=Y)
    with pytest.raises(SerializationError, match=r"this is a xgboost\.core\.Booster"):
        registry.export_model(ref, tmp_path / "out", format="onnx")


def test_a_missing_library_is_named(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the extra, the error has the command that installs it."""
    registry.register_model(LogisticRegression().fit(FRAME, Y), "m", X=FRAME, y=Y)
    monkeypatch.setitem(__import__("sys").modules, "skl2onnx", None)
    with pytest.raises(SerializationError, match=r"requires skl2onnx; run pip install 'exo-nb"):
        registry.export_model("m", tmp_path / "out", format="onnx")
