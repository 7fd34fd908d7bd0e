"""Folders for MLflow, which MLflow itself loads."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from exo_nbregistry import bundle
from exo_nbregistry.errors import KeyExistsError, SerializationError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.persistence.cells import run_cell
from tests.persistence.other_machine import run_elsewhere

mlflow = pytest.importorskip("mlflow", reason="mlflow is not installed")
pyfunc = pytest.importorskip("mlflow.pyfunc")

N = 40
Y = np.array(["dust", "planet"] * (N // 2))
FRAME = pd.DataFrame({"depth": np.linspace(0.0, 9.0, N), "period": np.arange(N) ** 2})
MIXED = FRAME.assign(site=list("abcd") * (N // 4), seen=[True, False] * (N // 2))
KINDS = FRAME.assign(
    site=pd.Categorical(list("abcd") * (N // 4)),
    hits=pd.Series([*range(N - 1), None], dtype="Int64"),
    seen=pd.date_range("2026-01-01", periods=N, tz="UTC"),
)
TEXTS = ["deep transit", "noise, spike", 'flat "line"', "box dip"] * (N // 4)

Export = Callable[..., tuple[Path, Any]]


@pytest.fixture
def export(registry: ModelRegistry, tmp_path: Path) -> Export:
    """Return a function that registers a model, exports it and loads it with MLflow."""

    def run(model: Any, **data: Any) -> tuple[Path, Any]:
        ref = registry.register_model(model, "kepler", **data)
        folder = registry.export_model(ref, tmp_path / "out", format="mlflow")
        return folder, pyfunc.load_model(str(folder))

    return run


def columns(*names: str) -> Any:
    """Return a transformer that encodes some columns and passes on the other ones."""
    encoder = OneHotEncoder(handle_unknown="ignore")
    return ColumnTransformer([("site", encoder, list(names))], remainder="passthrough")


PLAIN = {
    "frame": (RandomForestClassifier(3, random_state=0), FRAME),
    "mixed frame": (make_pipeline(columns("site"), LogisticRegression()), MIXED),
    "array": (RandomForestClassifier(3, random_state=0), FRAME.to_numpy()),
    "float32 array": (LogisticRegression(), FRAME.to_numpy(np.float32)),
}


@pytest.mark.parametrize(("model", "X"), PLAIN.values(), ids=PLAIN)
def test_an_estimator_is_loaded_by_mlflows_own_code(export: Export, model: Any, X: Any) -> None:
    """An estimator of plain columns has MLflow's flavors, and predicts the same with both."""
    model.fit(X, Y)
    folder, loaded = export(model, X=X, y=Y)
    assert loaded.loader_module == "mlflow.sklearn"
    assert not (folder / "code").exists()
    assert loaded.predict(X).tolist() == model.predict(X).tolist()
    assert loaded.predict(loaded.input_example).tolist() == model.predict(X[:5]).tolist()
    again = mlflow.sklearn.load_model(str(folder))
    assert again.predict_proba(X).tolist() == model.predict_proba(X).tolist()


OTHERS = {
    "large integers": (
        RandomForestClassifier(3, random_state=0),
        FRAME[["period"]].astype(np.uint64),
    ),
    "categories, zones and nullable": (
        make_pipeline(
            ColumnTransformer(
                [("site", OrdinalEncoder(), ["site"]), ("n", "passthrough", ["depth"])]
            ),
            LogisticRegression(),
        ),
        KINDS,
    ),
    "numbers of columns": (
        make_pipeline(StandardScaler(), LogisticRegression()),
        pd.DataFrame(FRAME.to_numpy()),
    ),
    "texts": (make_pipeline(TfidfVectorizer(), LogisticRegression()), TEXTS),
    "array of texts": (
        make_pipeline(OneHotEncoder(), LogisticRegression()),
        MIXED[["site"]].to_numpy(),
    ),
}


@pytest.mark.parametrize(("model", "X"), OTHERS.values(), ids=OTHERS)
def test_other_columns_are_predicted_as_the_registry_does(
    export: Export, model: Any, X: Any
) -> None:
    """Columns whose dtypes MLflow does not have are brought to their dtypes by exported code."""
    model.fit(X, Y)
    _, loaded = export(model, X=X, y=Y)
    assert loaded.loader_module.startswith("nbregistry_")
    example = loaded.input_example
    assert loaded.predict(example).tolist() == model.predict(X[:5]).tolist()
    if isinstance(X, pd.DataFrame):
        assert loaded.predict(X.iloc[:-1]).tolist() == model.predict(X.iloc[:-1]).tolist()
    else:
        frame = pd.DataFrame(X, columns=example.columns)
        assert loaded.predict(frame).tolist() == model.predict(X).tolist()


def test_the_threshold_decides(export: Export) -> None:
    """The predictions of a version with a threshold are those at its threshold."""
    model = LogisticRegression().fit(FRAME, Y)
    shares = model.predict_proba(FRAME)[:, 1]
    cut = float(np.sort(shares)[5])
    test = {"X_test": FRAME, "y_test": Y, "pos_label": "planet", "threshold": cut}
    _, loaded = export(model, X=FRAME, y=Y, **test)
    wanted = np.where(shares >= cut, "planet", "dust")
    assert loaded.predict(FRAME).tolist() == wanted.tolist() != model.predict(FRAME).tolist()


def test_mlflows_server_answers_the_stored_example(export: Export) -> None:
    """MLflow's scoring server answers the exported request with the predictions of the model."""
    from starlette.testclient import TestClient

    server = pytest.importorskip("mlflow.pyfunc.scoring_server")
    model = make_pipeline(columns("site"), LogisticRegression()).fit(MIXED, Y)
    folder, loaded = export(model, X=MIXED, y=Y)
    request = (folder / "serving_input_example.json").read_bytes()
    with TestClient(server.init(loaded)) as client:
        headers = {"Content-Type": "application/json"}
        reply = client.post("/invocations", content=request, headers=headers)
        wrong = json.dumps({"dataframe_split": {"columns": ["depth"], "data": [[1.0]]}})
        refused = client.post("/invocations", content=wrong, headers=headers)
    assert reply.json() == {"predictions": model.predict(MIXED[:5]).tolist()}
    assert refused.status_code == 400
    assert "period" in refused.text


def test_the_signature_has_the_columns_of_the_version(export: Export) -> None:
    """MLflow reads the types of inputs and outputs, and the origin of the model."""
    model = make_pipeline(columns("site"), LogisticRegression()).fit(MIXED, Y)
    folder, loaded = export(model, X=MIXED, y=Y)
    signature = loaded.metadata.signature
    assert signature.inputs.input_types() == [
        mlflow.types.DataType.double,
        mlflow.types.DataType.long,
        mlflow.types.DataType.string,
        mlflow.types.DataType.boolean,
    ]
    assert signature.outputs.inputs[0].type == np.dtype("str")
    assert loaded.metadata.metadata["exo_nbregistry.model_id"] == "kepler:1"
    example = mlflow.models.Model.load(str(folder)).load_input_example(str(folder))
    assert example.equals(MIXED.iloc[:5])


def test_two_exports_are_equal(registry: ModelRegistry, tmp_path: Path) -> None:
    """Each file of a second export has the same bytes."""
    model = RandomForestClassifier(3, random_state=0).fit(KINDS[["depth"]], Y)
    ref = registry.register_model(model, "m", X=KINDS[["depth"]], y=Y)
    first, second = (
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (
            registry.export_model(ref, tmp_path / name, format="mlflow") for name in "ab"
        )
    )
    assert "MLmodel" in first
    assert first == second


def test_a_booster_is_served_with_its_labels(export: Export) -> None:
    """A native booster, which has neither classes nor MLflow's flavor, predicts its labels."""
    xgboost = pytest.importorskip("xgboost", reason="xgboost is not installed")
    rows = xgboost.DMatrix(FRAME, label=(Y == "planet").astype(int))
    model = xgboost.train({"objective": "binary:logistic", "nthread": 1}, rows, 3)
    _, loaded = export(model, X=FRAME, y=Y)
    assert "sklearn" not in loaded.metadata.flavors
    wanted = np.where(model.predict(rows) >= 0.5, "planet", "dust")
    assert loaded.predict(FRAME).tolist() == wanted.tolist()


def test_a_bundle_is_served_from_raw_columns(export: Export) -> None:
    """A bundle predicts the names of classes from raw columns."""
    scaler = StandardScaler().fit(FRAME)
    model = LogisticRegression().fit(scaler.transform(FRAME), (Y == "planet").astype(int))
    both = bundle(scaler, model, decode=["dust", "planet"], threshold=0.6)
    _, loaded = export(both, X=FRAME, y=Y)
    assert loaded.predict(FRAME[["period", "depth"]]).tolist() == both.predict(FRAME).tolist()


def test_a_model_that_was_registered_without_data_is_served(export: Export) -> None:
    """A version without data has no example, and the array has the columns of the training data."""
    model = LogisticRegression().fit(FRAME.to_numpy(), Y)
    folder, loaded = export(model)
    assert not (folder / "input_example.json").exists()
    assert loaded.predict(FRAME.to_numpy()).tolist() == model.predict(FRAME.to_numpy()).tolist()


class Third(BaseEstimator):
    """A model that does not know its columns."""

    def predict(self, X: Any) -> Any:
        """Return the third column."""
        return np.asarray(X)[:, 2]


def test_unknown_columns_are_not_invented(export: Export) -> None:
    """A model that does not know its columns has no signature, so that MLflow passes any rows."""
    folder, loaded = export(Third())
    assert loaded.metadata.signature is None
    assert "signature" not in (folder / "MLmodel").read_text()
    rows = np.arange(12.0).reshape(4, 3)
    for given in (rows, pd.DataFrame(rows), pd.DataFrame(rows, columns=list("abc"))):
        assert loaded.predict(given).tolist() == rows[:, 2].tolist()


def test_the_columns_of_an_array_are_those_of_the_training_data(export: Export) -> None:
    """A model that does not know its columns, but was registered with an array, takes arrays."""
    rows = np.arange(12.0).reshape(4, 3)
    _, loaded = export(Third(), X=rows)
    assert loaded.metadata.signature.inputs.inputs[0].shape == (-1, 3)
    assert loaded.predict(rows).tolist() == rows[:, 2].tolist()


def test_a_regressor_of_two_outputs_is_served(export: Export) -> None:
    """The signature of several outputs has their number."""
    model = LinearRegression().fit(FRAME, FRAME.to_numpy())
    _, loaded = export(model, X=FRAME, y=FRAME.to_numpy())
    assert loaded.metadata.signature.outputs.inputs[0].shape == (-1, 2)
    assert np.allclose(loaded.predict(FRAME), FRAME)


LOAD = """
import sys, logging
logging.disable()
import mlflow.pyfunc
model = mlflow.pyfunc.load_model("out")
print(*model.predict(model.input_example))
"""


@pytest.mark.slow
def test_a_folder_is_served_without_this_package(export: Export) -> None:
    """MLflow serves code of a notebook in a process that cannot import the registry."""
    model = run_cell(
        """
from sklearn.base import BaseEstimator, ClassifierMixin

class Deepest(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        return self

    def predict(self, X):
        return ["planet" if value > 4 else "dust" for value in X["depth"]]

model = Deepest().fit(X, y)
""",
        X=KINDS,
        y=Y,
    )["model"]
    folder, _ = export(model, X=KINDS, y=Y)
    done = run_elsewhere(LOAD, folder.parent)
    assert done.stdout.split() == ["dust"] * 5, done.stderr


def test_changed_bytes_are_not_served(registry: ModelRegistry, tmp_path: Path) -> None:
    """The exported code does not unpickle a model whose bytes were changed."""
    ref = registry.register_model(OTHERS["texts"][0].fit(TEXTS, Y), "m", X=TEXTS, y=Y)
    folder = registry.export_model(ref, tmp_path / "out", format="mlflow")
    path = folder / "model.pkl"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ValueError, match=r"model\.pkl was changed after the export"):
        pyfunc.load_model(str(folder))


def test_a_row_that_cannot_be_predicted_is_named(export: Export) -> None:
    """The exported code raises the number of a row that the model does not predict."""
    model, X = OTHERS["categories, zones and nullable"]
    _, loaded = export(model.fit(X, Y), X=X, y=Y)
    wrong = X.iloc[:3].astype({"site": object}).assign(site=["a", None, "b"])
    with pytest.raises(ValueError, match="Row 1 cannot be predicted: site"):
        loaded.predict(wrong)
    with pytest.raises(mlflow.exceptions.MlflowException, match="site"):
        loaded.predict(X[["depth"]])


def test_a_model_without_predict_is_refused(registry: ModelRegistry, tmp_path: Path) -> None:
    """A transformer is not exported, and the folder is not created."""
    registry.register_model(StandardScaler().fit(FRAME), "m", X=FRAME)
    registry.register_model(BaseEstimator(), "m")  # Its columns are unknown.
    for number in (1, 2):
        with pytest.raises(SerializationError, match=r"Cannot export m:\d for MLflow: .*predict"):
            registry.export_model(f"m:{number}", tmp_path / "out", format="mlflow")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["registry"]


def test_a_folder_with_files_is_refused(export: Export, registry: ModelRegistry) -> None:
    """An export does not replace another one."""
    folder, _ = export(LogisticRegression().fit(FRAME, Y), X=FRAME, y=Y)
    with pytest.raises(KeyExistsError, match="is not a new or empty folder"):
        registry.export_model("kepler", folder, format="mlflow")


def test_mlflow_is_not_imported(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export for MLflow works where MLflow is not installed."""
    registry.register_model(LogisticRegression().fit(FRAME, Y), "m", X=FRAME, y=Y)
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert (registry.export_model("m", tmp_path / "out", format="mlflow") / "MLmodel").is_file()
