"""A model that was registered before adds no version."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from exo_nbregistry.index.index import Index
from exo_nbregistry.inference.model_input import assemble, read_form
from exo_nbregistry.registry import duplicates
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.stored_example import read_example
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from tests.damage import replace
from tests.flat_store import FlatStore
from tests.tamper import put_model, reseal

X = np.arange(40.0).reshape(20, 2)
Y = [0, 1] * 10
TEXTS = ["deep transit", "noise spike", "flat line", "box dip"] * 5
IN_NEW_KERNEL = """
import sys
from exo_nbregistry import ModelRegistry
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
texts = ["deep transit", "noise spike", "flat line", "box dip"] * 5
model = make_pipeline(TfidfVectorizer(stop_words=["a", "b", "c"]), LogisticRegression())
registry = ModelRegistry(sys.argv[1], durable=False)
print(registry.register_model(model.fit(texts, [0, 1] * 10), "m"))
"""


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


def test_equal_texts_in_another_container_are_the_same_version(registry: ModelRegistry) -> None:
    """A list, a series and an array of the same texts are the same facts."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, Y)
    for X in (TEXTS, pd.Series(TEXTS), np.array(TEXTS, dtype=object)):
        assert registry.register_model(model, "m", X=X, y=Y) == "m:1"


@pytest.mark.parametrize(
    ("X", "kind"), [(pd.Series(TEXTS), pd.Series), (np.array(TEXTS, dtype=object), np.ndarray)]
)
def test_the_service_gets_the_container_of_the_training(
    registry: ModelRegistry, X: Any, kind: type
) -> None:
    """The container is recorded in the signature, although the stored example does not have it."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, Y)
    registry.register_model(model, "m", X=X, y=Y)
    example = read_example(registry.load_attachment, registry.get_metadata("m"))
    data = assemble({"x0": TEXTS[:2]}, read_form(example.content, model))
    assert type(data) is kind


def neighbors() -> Any:
    """Return a model whose tree counts queries."""
    return KNeighborsClassifier(1, algorithm="kd_tree").fit(X, Y)


@pytest.mark.parametrize(
    "fit",
    [
        lambda: GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=2).fit(X, Y),
        neighbors,
        lambda: LogisticRegression().fit(X, Y),
    ],
    ids=["search", "neighbors", "linear"],
)
def test_a_cell_that_is_run_again_adds_no_version(registry: ModelRegistry, fit: Any) -> None:
    """A second fit of the same data is the same version, also after predictions."""
    assert registry.register_model(fit(), "m", X=X, y=Y, X_test=X, y_test=Y) == "m:1"
    again = fit()
    again.predict(X)
    assert registry.register_model(again, "m", X=X, y=Y, X_test=X, y_test=Y) == "m:1"


def test_a_text_pipeline_of_a_new_kernel_adds_no_version(registry: ModelRegistry) -> None:
    """Sets and addresses, which differ in each process, do not add a version."""
    found = [
        subprocess.run(
            [sys.executable, "-c", IN_NEW_KERNEL, registry.location],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in "12"
    ]
    assert found == ["m:1", "m:1"]


@pytest.mark.parametrize("mmap", [False, True])
def test_a_loaded_model_adds_no_version(registry: ModelRegistry, mmap: bool) -> None:
    """A model that is loaded and registered again is the same version."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, Y)
    registry.register_model(model, "m", X=TEXTS, y=Y)
    loaded = registry.load_model("m", mmap=mmap)[0]
    assert registry.register_model(loaded, "m", X=TEXTS, y=Y) == "m:1"


def test_another_fit_adds_a_version(registry: ModelRegistry) -> None:
    """A model of other data with the same parameters is a new version."""
    registry.register_model(neighbors(), "m")
    other = KNeighborsClassifier(1, algorithm="kd_tree").fit(X + 1e-9, Y)
    assert registry.register_model(other, "m") == "m:2"


def test_other_facts_add_a_version(registry: ModelRegistry) -> None:
    """The same model with another description is a new version."""
    registry.register_model(neighbors(), "m")
    assert registry.register_model(neighbors(), "m", description="again") == "m:2"


def test_an_older_version_is_found(registry: ModelRegistry, tmp_path: Path) -> None:
    """A cell that is run again is found among newer versions, also by a new handle."""
    model = GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=2)
    registry.register_model(model.fit(X, Y), "m")
    for value in range(3):
        registry.register_model({"value": value}, "m")
    handle = ModelRegistry(tmp_path / "registry", durable=False)
    assert handle.register_model(model.fit(X, Y), "m") == "m:1"


def test_equal_bytes_are_found_in_a_long_history(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new handle reads the newest records, and all of them if the bytes are stored."""
    monkeypatch.setattr(duplicates, "MAX_UNREAD", 2)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=2)
    registry.register_model({"value": -1}, "m")
    registry.register_model(search.fit(X, Y), "m")
    for value in range(3):
        registry.register_model({"value": value}, "m")
    handle = ModelRegistry(tmp_path / "registry", durable=False)
    assert handle.register_model(search.fit(X, Y), "m") == "m:6"
    assert handle.register_model({"value": -1}, "m") == "m:1"


def test_a_deleted_version_is_not_returned(registry: ModelRegistry) -> None:
    """A model whose version was deleted is registered again."""
    registry.register_model(neighbors(), "m")
    registry.delete_model("m:1")
    assert registry.register_model(neighbors(), "m") == "m:2"


def test_a_version_with_damaged_bytes_is_not_returned(registry: ModelRegistry) -> None:
    """Equal content with other bytes cannot repair a damaged version, so it is a new one."""
    registry.register_model(neighbors(), "m")
    (blob,) = Path(registry.location).glob("models/m/blobs/*.joblib")
    blob.chmod(0o644)
    blob.write_bytes(b"damaged")
    again = neighbors()
    again.predict(X)
    assert registry.register_model(again, "m") == "m:2"
    assert registry.load_model("m:2")[0].predict(X).tolist() == Y


def test_an_explicit_number_is_compared_with_that_version(registry: ModelRegistry) -> None:
    """With version=, only the version of that number can be the same."""
    registry.register_model(neighbors(), "m")
    assert registry.register_model(neighbors(), "m", version=1) == "m:1"
    assert registry.register_model(neighbors(), "m", version=2) == "m:2"


def test_a_version_of_an_older_release_is_found_by_its_bytes(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record without a digest of the content is compared by its bytes."""
    from exo_nbregistry.payloads import artifact

    model = LogisticRegression().fit(X, Y)
    with monkeypatch.context() as older:
        older.setattr(artifact, "content_digest", lambda *_arguments, **_options: None)
        assert registry.register_model(model, "m") == "m:1"
    assert registry.get_metadata("m").artifact.content_sha256 is None  # type: ignore[union-attr]
    assert registry.register_model(model, "m") == "m:1"


def test_a_duplicate_is_logged(registry: ModelRegistry, caplog: pytest.LogCaptureFixture) -> None:
    """One line reports that no version was added."""
    registry.register_model(neighbors(), "m")
    with caplog.at_level(logging.WARNING, logger="exo_nbregistry"):
        registry.register_model(neighbors(), "m")
    assert caplog.messages == ["m:1 has the same model and metadata: no new version."]


def test_an_unknown_signer_cannot_claim_the_content(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """Another model with the facts and the content digest of a version is not that version."""
    registry.register_model(neighbors(), "m")
    folder = tmp_path / "registry/models/m"
    other = KNeighborsClassifier(1).fit(X + 1, Y)
    claimed = registry.get_metadata("m").artifact
    assert claimed is not None
    artifact = put_model(folder, other) | {"content_sha256": claimed.content_sha256}
    record = folder / "versions/v000001.json"
    reseal(record, Keyring(tmp_path / "eve").sign, artifact=artifact)
    handle = ModelRegistry(tmp_path / "registry", durable=False)
    assert handle.register_model(neighbors(), "m") == "m:2"


def bucket_of(n_versions: int) -> FlatStore:
    """Return a store in which each read is a request, with versions of one model."""
    store = FlatStore()
    registry = ModelRegistry(cast(Store, store))
    for value in range(n_versions):
        registry.register_model({"value": value}, "m")
    return store


def test_a_bucket_reads_the_versions_at_once() -> None:
    """A new handle reads the records in one round, and finds the model among them."""
    store = bucket_of(5)
    handle = ModelRegistry(cast(Store, store))
    store.requests.clear()
    assert handle.register_model({"value": 1}, "m") == "m:2"
    assert store.rounds == [5]
    assert store.requests == {"LIST": 2, "HEAD": 1}


def test_the_index_knows_the_versions_of_a_bucket() -> None:
    """With an index, only the record of the same model is read, which proves the match."""
    store = bucket_of(5)
    ModelRegistry(cast(Store, store)).list_models()
    handle = ModelRegistry(cast(Store, store))
    store.requests.clear()
    store.rounds.clear()
    assert handle.register_model({"value": 1}, "m") == "m:2"
    assert store.rounds == []
    assert store.requests == {"LIST": 2, "GET": 1, "HEAD": 1}
    assert handle.register_model({"value": 9}, "m") == "m:6"


def test_a_wrong_index_does_not_hide_a_new_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest of the index that the record does not have is not a match."""
    store = bucket_of(1)
    handle = ModelRegistry(cast(Store, store))
    facts = facts_of(handle, "m:1")
    handle.register_model({"value": 1}, "m")
    handle = ModelRegistry(cast(Store, store))
    monkeypatch.setattr(Index, "known_facts", lambda *_: {1: "0" * 64, 2: facts})
    assert handle.register_model({"value": 0}, "m") == "m:3"


def test_a_long_history_of_a_bucket_is_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long history without an index, only the newest records are read, once."""
    monkeypatch.setattr(duplicates, "MAX_UNREAD", 2)
    store = bucket_of(6)
    handle = ModelRegistry(cast(Store, store))
    store.rounds.clear()
    assert handle.register_model({"value": 7}, "m") == "m:7"
    assert handle.register_model({"value": 8}, "m") == "m:8"
    assert store.rounds == [2]
    assert handle.register_model({"value": 1}, "m") == "m:2"


def test_damaged_bytes_in_a_bucket_are_replaced() -> None:
    """A model whose stored size differs is stored again, and no version is added."""
    store = bucket_of(1)
    handle = ModelRegistry(cast(Store, store))
    (name,) = store.names("models/m/blobs")
    replace(store, f"models/m/blobs/{name}", b"cut")
    assert handle.register_model({"value": 0}, "m") == "m:1"
    assert handle.load_model("m:1")[0] == {"value": 0}


def facts_of(registry: ModelRegistry, ref: str) -> str:
    """Return the digest of the facts of a version."""
    record = registry._workspace.snapshot_of(ref)[1].version(1)
    return str(record.content["facts_sha256"])
