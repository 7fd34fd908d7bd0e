"""Bundles of transformers and a model, from registration to the exported prediction."""

from __future__ import annotations

import json
import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import lightgbm
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xgboost
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline as make_resampling_pipeline
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import LabelEncoder, StandardScaler

from exo_nbregistry import ModelRegistry, bundle
from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.serve import InferenceService

os.environ.setdefault("KERAS_BACKEND", "jax")

NAMES = ["period", "depth", "duration", "radius"]
CLASSES = ["CANDIDATE", "CONFIRMED", "FALSE POSITIVE"]
DATA, CODES = make_classification(
    150, 4, n_informative=3, n_redundant=0, n_classes=3, random_state=0
)
X = pd.DataFrame(DATA, columns=NAMES)
ENCODER = LabelEncoder().fit(CLASSES)
Y = ENCODER.inverse_transform(CODES)
TWO = (CODES == 1).astype(int)
SCALER = StandardScaler().fit(X)
SCALED = SCALER.transform(X)
PREDICT = """
import sys
from exo_nbregistry import ModelRegistry
import pandas as pd
model, _ = ModelRegistry(sys.argv[1]).load_model("koi")
print(*model.predict(pd.read_csv(sys.argv[2])), sep="\\n")
"""


NOTEBOOK = """
import sys
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from exo_nbregistry import ModelRegistry, bundle

def add_ratio(table):
    return table.assign(ratio=table["a"] / (1 + table["b"].abs()))

class Clip:
    def transform(self, X):
        return X.clip(lower=-1.0)

X = pd.DataFrame(np.random.default_rng(0).normal(size=(50, 2)), columns=["a", "b"])
y = (X.a > 0).astype(int)
model = LogisticRegression().fit(Clip().transform(add_ratio(X)), y)
both = bundle(add_ratio, Clip(), model, decode=["dust", "planet"], features=["a", "b"])
ModelRegistry(sys.argv[1], create=True).register_model(both, "koi", X=X, y=y, X_test=X, y_test=y)
X.to_csv(sys.argv[2], index=False)
print(*both.predict(X), sep="\\n")
"""


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False, create=True)


def three_classes() -> xgboost.XGBClassifier:
    """Return a classifier of encoded labels."""
    return xgboost.XGBClassifier(n_estimators=5, max_depth=2).fit(SCALED, CODES)


def native(y: Any = CODES) -> xgboost.Booster:
    """Return a native booster of three or two classes."""
    settings: dict[str, Any] = {"objective": "binary:logistic", "max_depth": 2}
    if y is CODES:
        settings |= {"objective": "multi:softprob", "num_class": 3}
    return xgboost.train(settings, xgboost.DMatrix(SCALED, y), 5)


def grown() -> lightgbm.Booster:
    """Return a native booster of LightGBM."""
    settings = {"objective": "multiclass", "num_class": 3, "verbose": -1, "num_leaves": 4}
    return lightgbm.train(settings, lightgbm.Dataset(SCALED, CODES), 5)


def net() -> Any:
    """Return a small Keras network."""
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.Input((4,)), keras.layers.Dense(3, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(SCALED, CODES, epochs=2, verbose=0)
    return model


MODELS = {"xgboost": three_classes, "native": native, "lightgbm": grown, "keras": net}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("name", MODELS)
def test_a_bundle_goes_all_the_way(registry: ModelRegistry, tmp_path: Path, name: str) -> None:
    """A bundle is measured, loaded in a fresh process, served and exported as one model."""
    both = bundle(SCALER, MODELS[name](), decode=ENCODER, features=NAMES)
    registry.register_model(both, "koi", X=X, y=Y, X_test=X, y_test=Y)
    version = registry.get_metadata("koi")
    assert version.metrics["accuracy"] == (both.predict(X) == Y).mean()
    assert version.metrics["roc_auc"] > 0.5
    assert version.signature is not None
    assert version.signature.classes == tuple(CLASSES)
    assert version.feature_columns == tuple(NAMES)

    table = tmp_path / "rows.csv"
    X.head(20).to_csv(table, index=False)
    expected = both.predict(X.head(20)).tolist()
    done = run(PREDICT, str(tmp_path / "registry"), str(table))
    assert done.stdout.splitlines() == expected

    answer = InferenceService(registry, "koi").predict(X.head(20))
    assert answer["prediction"].tolist() == expected
    shares = answer[[f"probability_{label}" for label in CLASSES]].to_numpy()
    np.testing.assert_allclose(shares, both.predict_proba(X.head(20)), rtol=1e-5)

    folder = registry.export_model("koi", tmp_path / "export")
    assert "exo-nbregistry" in (folder / "requirements.txt").read_text()
    result = tmp_path / "result.csv"
    run("", str(table), str(result), file=folder / "predict.py")
    assert pd.read_csv(result)["prediction"].tolist() == expected


def run(code: str, *arguments: str, file: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python in a fresh process."""
    start = ["-c", code] if file is None else [str(file)]
    command = [sys.executable, *start, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True)


@pytest.mark.slow
def test_steps_of_a_notebook_go_all_the_way(tmp_path: Path) -> None:
    """A function and a class of the notebook are steps that any process can load."""
    folder, table, result = (str(tmp_path / name) for name in ("registry", "in.csv", "out.csv"))
    expected = run(NOTEBOOK, folder, table).stdout.splitlines()[-50:]
    assert run(PREDICT, folder, table).stdout.splitlines() == expected
    script = ModelRegistry(folder).export_model("koi", tmp_path / "export") / "predict.py"
    run("", table, result, file=script)
    assert pd.read_csv(result)["prediction"].tolist() == expected


def test_the_inner_model_is_described(registry: ModelRegistry) -> None:
    """The version has the algorithm of the model, and parameters with the names of their steps."""
    registry.register_model(bundle(SCALER, three_classes(), decode=ENCODER), "koi", X=X)
    version = registry.get_metadata("koi")
    assert version.algorithm == "XGBClassifier"
    assert version.hyperparameters["steps"] == ["scaler", "model"]
    assert version.hyperparameters["scaler__with_mean"] is True
    assert version.hyperparameters["model__max_depth"] == 2
    assert [
        one.version for one in registry.list_models(where="hyperparameters.model__max_depth==2")
    ]


def test_a_native_booster_is_described(registry: ModelRegistry) -> None:
    """The parameters of a native booster have the name of its step."""
    registry.register_model(bundle(SCALER, native()), "koi", X=X)
    version = registry.get_metadata("koi")
    assert version.algorithm == "xgboost.Booster"
    assert version.hyperparameters["model__objective"] == "multi:softprob"
    assert version.hyperparameters["model__num_boost_round"] == 5


def test_encoded_test_labels_are_understood(registry: ModelRegistry) -> None:
    """A test set with the codes of the model gets the metrics of its labels."""
    both = bundle(SCALER, three_classes(), decode=ENCODER)
    registry.register_model(both, "koi", X=X, y=CODES, X_test=X, y_test=CODES)
    version = registry.get_metadata("koi")
    assert version.metrics["accuracy"] == (both.predict(X) == Y).mean()
    assert version.additional_metrics["classes"] == CLASSES
    assert set(version.class_distribution) == set(CLASSES)


def test_the_columns_of_a_wide_table_are_selected(registry: ModelRegistry) -> None:
    """The signature has the columns of the bundle, and the service requires only these."""
    wide = X.assign(kepid=range(len(X)), name="KOI")
    both = bundle(SCALER, three_classes(), decode=ENCODER, features=NAMES)
    registry.register_model(both, "koi", X=wide, X_test=wide, y_test=Y)
    version = registry.get_metadata("koi")
    assert version.signature is not None
    assert [column.name for column in version.signature.columns] == NAMES
    service = InferenceService(registry, "koi")
    assert service.predict(X.iloc[0].to_dict()).label == both.predict(X.head(1))[0]


def test_the_threshold_of_a_bundle_is_that_of_the_version(registry: ModelRegistry) -> None:
    """The metrics, the record and the service use the threshold of the bundle."""
    model = LogisticRegression().fit(SCALED, TWO)
    both = bundle(SCALER, model, decode={0: "dust", 1: "planet"}, threshold=0.2)
    registry.register_model(both, "koi", X=X, y=TWO, X_test=X, y_test=TWO)
    version = registry.get_metadata("koi")
    assert version.scoring is not None
    assert (version.scoring.threshold, version.scoring.pos_label) == (0.2, "planet")
    expected = np.where(model.predict_proba(SCALED)[:, 1] >= 0.2, "planet", "dust")
    assert both.predict(X).tolist() == expected.tolist()
    assert InferenceService(registry, "koi").predict(X)["prediction"].tolist() == expected.tolist()


def test_a_code_is_a_positive_class(registry: ModelRegistry) -> None:
    """A positive class that is passed as a code is decoded."""
    model = LogisticRegression().fit(SCALED, TWO)
    both = bundle(SCALER, model, decode=["dust", "planet"])
    registry.register_model(both, "koi", X_test=X, y_test=TWO, pos_label=1)
    scoring = registry.get_metadata("koi").scoring
    assert scoring is not None
    assert scoring.pos_label == "planet"


def test_a_dict_becomes_a_bundle(registry: ModelRegistry, caplog: pytest.LogCaptureFixture) -> None:
    """A dict of the usual form is measured and loaded as one model that has its items."""
    parts = {
        "model": three_classes(),
        "Scaler": SCALER,
        "label_encoder": ENCODER,
        "feature_columns": NAMES,
        "metadata": {"author": "Ada"},
    }
    with caplog.at_level(logging.WARNING):
        registry.register_model(parts, "koi", X=X, X_test=X, y_test=Y)
    assert "Bundle(Scaler=StandardScaler, model=XGBClassifier" in caplog.text
    model, version = registry.load_model("koi")
    assert isinstance(model, Bundle)
    assert version.metrics["accuracy"] == (model.predict(X) == Y).mean()
    old = model["label_encoder"].inverse_transform(
        model["model"].predict(model["Scaler"].transform(X[model["feature_columns"]]))
    )
    assert old.tolist() == model.predict(X).tolist()
    assert model["metadata"] == {"author": "Ada"}
    assert model.get("threshold", 0.5) == 0.5
    assert list(model) == list(parts)
    assert model["model"] is model.model


def test_a_dict_in_a_file_becomes_a_bundle(registry: ModelRegistry, tmp_path: Path) -> None:
    """An imported file of joblib or pickle with a dict goes the same way."""
    parts = {"model": native(), "scaler": SCALER, "le": ENCODER, "features": NAMES}
    joblib.dump(parts, tmp_path / "parts.joblib")
    (tmp_path / "parts.pkl").write_bytes(pickle.dumps(parts))
    for file in ("parts.joblib", "parts.pkl"):
        registry.import_model(tmp_path / file, model_name="koi", unsafe=True)
    model, _ = registry.load_model("koi:1")
    assert (
        model.predict(X[NAMES[::-1]]).tolist()
        == bundle(SCALER, native(), decode=ENCODER).predict(X).tolist()
    )


def test_the_same_dict_is_registered_once(registry: ModelRegistry) -> None:
    """A cell that registers an equal dict again adds no version."""
    first, again = (
        registry.register_model({"model": three_classes(), "scaler": SCALER, "le": ENCODER}, "koi")
        for _ in range(2)
    )
    assert first == again == "koi:1"


@pytest.mark.parametrize(
    "parts",
    [
        {"model": Ridge().fit(SCALED, TWO), "clf": Ridge().fit(SCALED, TWO)},
        {"scaler": SCALER},
        {"model": Ridge().fit(SCALED, TWO), "mystery": SCALER, "scaler": SCALER},
        {"model": Ridge().fit(SCALED, TWO), "encoders": {"a": ENCODER, "b": ENCODER}},
        {"model": Ridge().fit(SCALED, TWO), "function": lambda rows: rows},
        (SCALER, Ridge().fit(SCALED, TWO)),
        [Ridge().fit(SCALED, TWO), Ridge().fit(SCALED, TWO)],
    ],
)
def test_unknown_parts_are_rejected(registry: ModelRegistry, parts: Any) -> None:
    """Parts whose use is unknown are rejected with a sentence that names bundle."""
    with pytest.raises(InvalidInputError, match=r"from exo_nbregistry import bundle"):
        registry.register_model(parts, "koi")
    assert len(registry.list_models()) == 0


def test_a_function_can_use_any_parts(registry: ModelRegistry) -> None:
    """A dict with several models is stored unchanged if predict= uses it."""
    parts = {"first": Ridge().fit(SCALED, TWO), "second": Ridge().fit(SCALED, TWO)}
    registry.register_model(
        parts, "koi", X_test=X, y_test=TWO, predict=lambda both, _: both["first"].predict(SCALED)
    )
    assert set(registry.load_model("koi")[0]) == {"first", "second"}


@pytest.mark.parametrize("y", [CODES, Y], ids=["codes", "labels"])
def test_a_function_can_return_codes(registry: ModelRegistry, y: Any) -> None:
    """Codes that a function returns are compared with labels and with codes."""
    parts = {"model": three_classes(), "scaler": SCALER, "le": ENCODER}

    def old(model: Any, rows: Any) -> Any:
        return model["model"].predict(model["scaler"].transform(rows))

    registry.register_model(parts, "koi", X_test=X, y_test=y, predict=old)
    expected = (parts["model"].predict(SCALED) == CODES).mean()
    assert registry.get_metadata("koi").metrics["accuracy"] == expected


def test_five_folds_of_boosters(registry: ModelRegistry, tmp_path: Path) -> None:
    """Boosters of five folds are registered, served and exported as their mean."""
    settings = {"objective": "binary:logistic", "max_depth": 2}
    boosters = [
        xgboost.train(settings, xgboost.DMatrix(X.iloc[rows], TWO[rows]), 5)
        for rows, _ in KFold(5).split(X)
    ]
    registry.register_model(bundle(boosters), "koi", X=X, y=TWO, X_test=X, y_test=TWO)
    version = registry.get_metadata("koi")
    assert version.algorithm == "MeanOfModels(xgboost.Booster)"
    assert version.hyperparameters["model__n_models"] == 5
    assert version.hyperparameters["model__estimator__objective"] == "binary:logistic"
    shares = np.mean([booster.predict(xgboost.DMatrix(X)) for booster in boosters], axis=0)
    answer = InferenceService(registry, "koi").predict(X)
    np.testing.assert_allclose(answer["probability_1"], shares, rtol=1e-5)
    folder = registry.export_model("koi", tmp_path / "export")
    assert (folder / "example.csv").exists()


def test_a_smote_pipeline_with_a_cost_threshold(registry: ModelRegistry, tmp_path: Path) -> None:
    """A pipeline of imbalanced-learn with a threshold does not need a workaround."""
    pipeline = make_resampling_pipeline(
        StandardScaler(), SMOTE(random_state=0), LogisticRegression()
    ).fit(X, TWO)
    registry.register_model(pipeline, "koi", X=X, y=TWO, X_test=X, y_test=TWO, threshold=0.3)
    expected = (pipeline.predict_proba(X)[:, 1] >= 0.3).astype(int).tolist()
    assert registry.get_metadata("koi").algorithm == "LogisticRegression"
    assert InferenceService(registry, "koi").predict(X)["prediction"].tolist() == expected
    folder = registry.export_model("koi", tmp_path / "export")
    info = json.loads((folder / "model_info.json").read_text())
    assert (info["threshold"], "imbalanced-learn" in info["packages"]) == (0.3, True)


def test_counts_with_a_transformed_target(registry: ModelRegistry, tmp_path: Path) -> None:
    """A pipeline with a transformed target is described, served and exported."""
    counts = np.exp(SCALED[:, 0])
    target = TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1)
    pipeline = make_pipeline(StandardScaler(), target).fit(X, counts)
    registry.register_model(pipeline, "bikes", X=X, y=counts, X_test=X, y_test=counts)
    version = registry.get_metadata("bikes")
    assert version.algorithm == "TransformedTargetRegressor(Ridge)"
    assert version.metrics["r2"] > 0.7
    answer = InferenceService(registry, "bikes").predict(X)
    np.testing.assert_allclose(answer["prediction"], pipeline.predict(X))
    assert (registry.export_model("bikes", tmp_path / "export") / "predict.py").exists()


def test_importances_of_the_model_are_plotted(registry: ModelRegistry) -> None:
    """The importances of the model are plotted by the columns of the table."""
    forest = RandomForestClassifier(5, random_state=0).fit(SCALED, CODES)
    registry.register_model(bundle(SCALER, forest, decode=ENCODER), "koi", X=X)
    registry.register_model(bundle(SCALER, native(), decode=ENCODER), "koi", X=X)
    for ref in ("koi:1", "koi:2"):
        plot = registry.plot("importances", [ref])
        assert sorted(row[0] for row in plot.rows) == sorted(NAMES)


def test_results_of_statsmodels(registry: ModelRegistry) -> None:
    """Results of statsmodels behind an imputer predict labels."""
    imputer = SimpleImputer().fit(X)
    results = sm.Logit(TWO, imputer.transform(X)).fit(disp=0)
    both = bundle(imputer, results, decode=["dust", "planet"])
    registry.register_model(both, "koi", X=X, X_test=X, y_test=TWO)
    version = registry.get_metadata("koi")
    assert version.algorithm == "Logit"
    assert version.metrics["accuracy"] == ((results.predict(DATA) >= 0.5) == TWO).mean()
