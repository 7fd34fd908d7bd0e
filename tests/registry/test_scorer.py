"""Frames are scored with one version, in any process."""

from __future__ import annotations

import dataclasses
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidInputError,
    NotFoundError,
    RegistryError,
    SignatureMismatchError,
    StoreError,
)
from exo_nbregistry.registry import pinned_version
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.retrieval import Retrieval
from exo_nbregistry.store.memory import MemoryStore

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["koi_depth", "koi_period"]


@pytest.fixture(name="X")
def training_table() -> pd.DataFrame:
    """Return a training table."""
    return pd.DataFrame(np.random.default_rng(0).uniform(0, 1, (60, 2)), columns=COLUMNS)


@pytest.fixture
def registry(tmp_path: Path, X: pd.DataFrame) -> ModelRegistry:
    """Return a registry with kepler:1, which rejects missing values, as champion."""
    y = np.where(X["koi_depth"] > 0.5, "CONFIRMED", "DUST")
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit(X, y), "kepler", X=X, y=y)
    registry.set_alias("kepler", "champion", 1)
    return registry


def register(registry: ModelRegistry, model: Any, X: pd.DataFrame, y: Any, **facts: Any) -> str:
    """Fit a model and register it."""
    return registry.register_model(model.fit(X, y), "other", X=X, y=y, **facts)


def test_the_scores_are_those_of_the_model(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """Each row has the prediction and the probability of the positive class, with its index."""
    model, _ = registry.load_model("kepler")
    rows = X.sample(frac=1, random_state=1)
    found = registry.scorer("kepler@champion")(rows)
    assert found.index.equals(rows.index)
    assert found["prediction"].tolist() == model.predict(rows).tolist()
    assert np.allclose(found["probability"], model.predict_proba(rows)[:, 1], rtol=1e-12)
    assert set(found["status"]) == {"ok"}
    assert set(found["model_id"]) == {"kepler:1"}


def test_columns_are_found_by_name(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """The order of the columns does not matter, and others are ignored."""
    scorer = registry.scorer("kepler")
    other = X[COLUMNS[::-1]].assign(kepid=7, name="KOI-1", status="?")
    pd.testing.assert_frame_equal(scorer(other), scorer(X))
    pd.testing.assert_frame_equal(scorer(X.to_numpy()), scorer(X))


def test_an_alias_is_resolved_once(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """A scorer stays with its version when the alias moves."""
    scorer = registry.scorer("kepler@champion")
    y = np.arange(60) % 2
    registry.register_model(DummyClassifier().fit(X, y), "kepler", X=X, y=y)
    registry.set_alias("kepler", "champion", 2)
    assert set(scorer(X)["model_id"]) == {"kepler:1"}
    assert registry.scorer("kepler@champion").model_id == "kepler:2"


def test_of_several_classes_the_predicted_one_counts(
    registry: ModelRegistry, X: pd.DataFrame
) -> None:
    """With three classes the probability refers to the prediction."""
    y = np.arange(60) % 3
    ref = register(registry, LogisticRegression(), X, y)
    model, _ = registry.load_model(ref)
    found = registry.scorer(ref)(X)
    assert str(found["prediction"].dtype) == "Int64"
    assert found["prediction"].tolist() == model.predict(X).tolist()
    assert np.allclose(found["probability"], model.predict_proba(X).max(axis=1), rtol=1e-12)


def test_a_regressor_has_no_probability(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """The predictions of a regressor are floats, and its probabilities are missing."""
    ref = register(registry, LinearRegression(), X, X["koi_depth"] * 2)
    found = registry.scorer(ref)(X)
    assert found["prediction"].dtype == np.float64
    assert np.allclose(found["prediction"], X["koi_depth"] * 2)
    assert found["probability"].isna().all()


def test_the_positive_class_is_that_of_the_version(
    registry: ModelRegistry, X: pd.DataFrame
) -> None:
    """The probability and the threshold refer to pos_label."""
    y = np.where(X["koi_depth"] > 0.5, "A", "B")
    facts = {"X_test": X, "y_test": y, "pos_label": "A", "threshold": 0.9}
    ref = register(registry, LogisticRegression(), X, y, **facts)
    model, _ = registry.load_model(ref)
    found = registry.scorer(ref)(X)
    share = model.predict_proba(X)[:, 0]
    assert np.allclose(found["probability"], share, rtol=1e-12)
    assert found["prediction"].tolist() == np.where(share >= 0.9, "A", "B").tolist()


@pytest.mark.parametrize(
    ("value", "status"), [(np.nan, "missing"), (np.inf, "invalid"), ("deep", "invalid")]
)
def test_a_row_that_cannot_be_answered_is_marked(
    registry: ModelRegistry, X: pd.DataFrame, value: Any, status: str
) -> None:
    """A row with a value that the model cannot take has a status and no prediction."""
    scorer = registry.scorer("kepler")
    rows = X.astype(object)
    rows.loc[3, "koi_period"] = value
    found, sound = scorer(rows), scorer(X)
    assert found.loc[3].isna().tolist() == [True, True, False, False]
    assert found.loc[3, "status"] == status
    pd.testing.assert_frame_equal(found.drop(index=3), sound.drop(index=3))


def test_a_model_that_takes_missing_values_answers_them(
    registry: ModelRegistry, X: pd.DataFrame
) -> None:
    """A row with a missing value keeps its status, and has the prediction of the model."""
    y = np.where(X["koi_depth"] > 0.5, 1, 0)
    ref = register(registry, HistGradientBoostingClassifier(max_iter=5), X, y)
    rows = X.assign(koi_period=np.nan)
    model, _ = registry.load_model(ref)
    found = registry.scorer(ref)(rows)
    assert set(found["status"]) == {"missing"}
    assert found["prediction"].tolist() == model.predict(rows).tolist()


def test_mismatches_can_raise(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """With on_mismatch="raise", the first table with such a row stops with all problems."""
    scorer = registry.scorer("kepler", on_mismatch="raise")
    assert len(scorer(X + 100)) == len(X)
    rows = X.copy()
    rows.loc[5, "koi_period"] = np.nan
    with pytest.raises(SignatureMismatchError, match=r"kepler:1: koi_period must have a value.*6"):
        scorer(rows)
    with pytest.raises(InvalidInputError, match="'mark' or 'raise'"):
        registry.scorer("kepler", on_mismatch="skip")


def test_a_missing_column_always_raises(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """A table without a column of the model is an error that suggests the misspelled one."""
    rows = X.rename(columns={"koi_period": "koi_perod"})
    with pytest.raises(SignatureMismatchError, match="the data has koi_perod") as caught:
        registry.scorer("kepler")(rows)
    assert caught.value.missing == ("koi_period",)


@pytest.mark.parametrize("wrong", [pd.Series([1.0]), {"koi_depth": 1.0}, [[1.0, 2.0]], "x"])
def test_other_data_is_rejected(registry: ModelRegistry, wrong: Any) -> None:
    """A scorer takes tables only."""
    with pytest.raises(InvalidInputError, match="takes a DataFrame or an array"):
        registry.scorer("kepler")(wrong)


def test_repeated_columns_are_rejected(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """Two columns of the model with one name are an error."""
    with pytest.raises(InvalidInputError, match="two columns named 'koi_depth'"):
        registry.scorer("kepler")(pd.concat([X, X], axis=1))


def test_meta_has_the_dtypes_of_the_result(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """The empty result for Dask equals the result of an empty table, and has the same dtypes."""
    scorer = registry.scorer("kepler")
    pd.testing.assert_series_equal(scorer.meta.dtypes, scorer(X).dtypes)
    pd.testing.assert_frame_equal(scorer.meta, scorer(X[:0]).reset_index(drop=True))


def test_it_shows_what_it_pins(registry: ModelRegistry) -> None:
    """The text has the version, the reference and the digest."""
    scorer = registry.scorer("kepler@champion")
    sha256 = registry["kepler:1"].artifact.sha256
    assert repr(scorer) == f"<Scorer kepler:1 of kepler@champion, sha256 {sha256[:12]}>"
    assert repr(registry.scorer("kepler:1")) == f"<Scorer kepler:1, sha256 {sha256[:12]}>"
    with pytest.raises(AttributeError):
        scorer.ref = "kepler:2"


def test_it_is_small_and_has_no_model(registry: ModelRegistry) -> None:
    """A pickled scorer is equal, and has neither the model nor a store nor a key."""
    scorer = registry.scorer("kepler")
    data = pickle.dumps(scorer)
    assert len(data) < 1500
    assert pickle.loads(data) == scorer
    assert not any(word in data for word in (b"sklearn", b"Store", b"PRIVATE", b"keyring"))


def test_a_process_loads_the_model_once(
    registry: ModelRegistry, X: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several threads with copies of a scorer load its model once."""
    loads = []
    load = Retrieval.load_model

    def counted(self: Retrieval, *args: Any, **kwargs: Any) -> Any:
        loads.append(args)
        return load(self, *args, **kwargs)

    monkeypatch.setattr(Retrieval, "load_model", counted)
    data = pickle.dumps(registry.scorer("kepler"))
    threads = [threading.Thread(target=lambda: pickle.loads(data)(X)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def run_elsewhere(scorer: Any, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Score two rows in a new process."""
    (folder / "scorer.pickle").write_bytes(pickle.dumps(scorer))
    code = (
        "import pickle, numpy as np\n"
        f"scorer = pickle.load(open({str(folder / 'scorer.pickle')!r}, 'rb'))\n"
        "print(scorer(np.array([[0.9, 0.5], [0.1, 0.5]]))['prediction'].tolist())\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_process_loads_it_by_its_location(registry: ModelRegistry, tmp_path: Path) -> None:
    """A pickled scorer works in a new process, in another folder."""
    done = run_elsewhere(registry.scorer("kepler@champion"), tmp_path)
    assert done.stdout == "['CONFIRMED', 'DUST']\n", done.stderr


def test_a_worker_needs_no_key(registry: ModelRegistry, tmp_path: Path) -> None:
    """A worker with a list of trusted signers scores, and does not create a key of its own."""
    signers = tmp_path / "allowed_signers"
    key = registry._workspace.keyring.public_key
    signers.write_text(f"ada@observatory.org {key}\n")
    signers.chmod(0o600)
    config = tmp_path / "config_of_a_worker"
    done = run_elsewhere(
        registry.scorer("kepler"),
        tmp_path,
        EXO_NBREGISTRY_CONFIG_DIR=str(config),
        EXO_NBREGISTRY_TRUSTED_SIGNERS=str(signers),
    )
    assert done.stdout == "['CONFIRMED', 'DUST']\n", done.stderr
    assert not config.exists()


def test_options_of_a_bucket_travel_without_secrets(
    registry: ModelRegistry, X: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process opens the bucket with the options that are not secret."""
    work = dataclasses.replace(
        registry._workspace,
        public_options={"region": "eu-central-1"},
        omitted_options=("secret_access_key",),
    )
    pin, _ = pinned_version.pin_version(work, "kepler", allow_version_mismatch=False)
    scorer = dataclasses.replace(registry.scorer("kepler"), pin=pin)
    assert pickle.loads(pickle.dumps(scorer)) == scorer
    opened: list[Any] = []

    def reopened(location: str, **options: Any) -> Any:
        opened.append((location, options))
        return work

    monkeypatch.setattr(pinned_version, "_workspaces", {})
    monkeypatch.setattr(pinned_version, "open_workspace", reopened)
    assert len(scorer(X)) == len(X)
    options = {"create": False, "storage_options": {"region": "eu-central-1"}}
    assert opened == [(registry.location, options)]


def test_missing_credentials_of_a_worker_are_named(
    registry: ModelRegistry, X: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a process cannot open a bucket, the error names the options that it must have itself."""
    scorer = registry.scorer("kepler")
    pin = dataclasses.replace(scorer.pin, omitted_options=("secret_access_key",))

    def refused(location: str, **options: Any) -> Any:
        raise StoreError("Access denied.")

    monkeypatch.setattr(pinned_version, "_workspaces", {})
    monkeypatch.setattr(pinned_version, "open_workspace", refused)
    with pytest.raises(StoreError, match=r"Access denied\. The storage options secret_access_key"):
        dataclasses.replace(scorer, pin=pin)(X)


def test_another_registry_at_the_location_is_refused(
    registry: ModelRegistry, X: pd.DataFrame, tmp_path: Path
) -> None:
    """A scorer does not use a registry with another id, although it has the same version."""
    scorer = registry.scorer("kepler")
    other = ModelRegistry(tmp_path / "other", durable=False)
    y = np.arange(60) % 2
    other.register_model(DummyClassifier().fit(X, y), "kepler", X=X, y=y)
    (tmp_path / "registry").rename(tmp_path / "away")
    (tmp_path / "other").rename(tmp_path / "registry")
    done = run_elsewhere(scorer, tmp_path)
    assert "IntegrityError" in done.stderr
    assert "is another registry than the one that the scorer was made for" in done.stderr


def test_another_digest_is_refused(
    registry: ModelRegistry, X: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scorer does not use a version whose model, record or calibration it does not pin."""
    scorer = registry.scorer("kepler")
    wrong = pickle.loads(pickle.dumps(scorer))
    object.__setattr__(wrong, "pin", type(scorer.pin)(**{**fields(scorer.pin), "sha256": "0" * 64}))
    with pytest.raises(IntegrityError, match="kepler:1 has another model"):
        wrong(X)
    object.__setattr__(wrong, "pin", type(scorer.pin)(**{**fields(scorer.pin), "check": "0" * 64}))
    with pytest.raises(IntegrityError, match="kepler:1 has another record"):
        wrong(X)
    pin = type(scorer.pin)(**{**fields(scorer.pin), "calibration": "0" * 64})
    object.__setattr__(wrong, "pin", pin)
    with pytest.raises(IntegrityError, match="kepler:1 has another calibration"):
        wrong(X)


def fields(pin: Any) -> dict[str, Any]:
    """Return the fields of a frozen object."""
    return {name: getattr(pin, name) for name in pin.__slots__}


def test_a_registry_in_memory_scores_in_its_process(X: pd.DataFrame) -> None:
    """A scorer uses the registry that made it, whose store no other process can open."""
    registry = ModelRegistry(MemoryStore())
    y = np.arange(60) % 2
    registry.register_model(LogisticRegression().fit(X, y), "kepler", X=X, y=y)
    assert len(registry.scorer("kepler")(X)) == len(X)


def test_only_a_few_models_stay_in_memory(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """The models that were used last remain loaded."""
    for number in range(6):
        y = (np.arange(60) + number) % 2
        ref = register(registry, make_pipeline(SimpleImputer(), LogisticRegression()), X, y)
        registry.scorer(ref)(X)
    assert len(pinned_version._loaded) == pinned_version._MAX_LOADED


def test_a_version_without_its_columns_is_rejected(registry: ModelRegistry) -> None:
    """A scorer needs the columns of the version."""
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    registry.register_model(model, "bare")
    with pytest.raises(RegistryError, match=r"bare:1 cannot predict tables.*X=X"):
        registry.scorer("bare")
    with pytest.raises(NotFoundError):
        registry.scorer("absent")


def test_several_outputs_are_rejected(registry: ModelRegistry, X: pd.DataFrame) -> None:
    """A model with several values for each row has no single prediction."""
    ref = register(registry, LinearRegression(), X, X.to_numpy())
    with pytest.raises(RegistryError, match=r"several values for each row; use InferenceService"):
        registry.scorer(ref)(X)
