"""Hostile files in a registry, in a folder and in the skops format, loaded by another user."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import skops.io
from sklearn.preprocessing import FunctionTransformer

from exo_nbregistry.errors import UntrustedModelError
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.security import payloads_trees
from tests.security.payload import MARKER, Payload
from tests.security.payloads_arrays import ARRAYS
from tests.security.payloads_names import NAMES
from tests.security.payloads_native import NATIVE
from tests.security.payloads_states import STATES
from tests.security.payloads_trees import TREES
from tests.security.sandbox import Result, run
from tests.tamper import place, reseal

CHOSEN = (
    "os.system",
    "exec",
    "joblib.Memory",
    "a distribution whose state is executed",
    "a command after an honest array",
    "cache of a pipeline",
    "own setstate",
    "hidden predict",
    "dtype: field far outside, by joblib",
    "tree: child far outside",
    "boosting: a bad tree that is not the first",
    "histogram: set of categories",
    "search tree: row numbers",
    "sparse: columns",
    "hash: no columns",
)
PAYLOADS = {
    payload.name: payload
    for subject in (NAMES, STATES, ARRAYS, TREES, NATIVE)
    for payload in subject.payloads
}
chosen = pytest.mark.parametrize("payload", [PAYLOADS[name] for name in CHOSEN], ids=CHOSEN)
SIGNERS: dict[str, Callable[[Path], Any]] = {
    "unknown": lambda folder: Keyring(folder / "author").sign,
    "unsigned": lambda _: lambda check: None,
}


def in_registry(folder: Path, data: bytes, sign: Any, format: str = "joblib") -> ModelRegistry:
    """Return a registry whose only version has these bytes, opened by another user."""
    author = ModelRegistry(folder / "registry", durable=False)
    author.register_model({"value": 1}, "toy", algorithm="dict")
    home = folder / "registry" / "models" / "toy"
    reseal(home / "versions" / "v000001.json", sign, artifact=place(home, data, format))
    return ModelRegistry(folder / "registry", keyring=Keyring(folder / "reader"))


def require_harmless(result: Result) -> None:
    """Check that a file was rejected, and that neither code nor an import of it ran."""
    assert result.outcome == "rejected", result
    ours = ("created", "os.system", "subprocess", "pickle.find_class", "os.exec")
    assert [event for event in result.events if event.startswith(ours)] == []


@chosen
@pytest.mark.parametrize("signer", SIGNERS)
def test_a_registry_rejects_a_hostile_file(payload: Payload, signer: str, tmp_path: Path) -> None:
    """load_model raises UntrustedModelError with the name of the version."""
    registry = in_registry(tmp_path, payload.make(), SIGNERS[signer](tmp_path))

    def load(_: bytes) -> Any:
        return registry.load_model("toy")

    result = run(load, b"", UntrustedModelError)
    require_harmless(result)
    assert result.detail.startswith("toy:1 is ")


@chosen
def test_a_file_without_a_record_is_rejected(payload: Payload, tmp_path: Path) -> None:
    """ModelPersistence.load_model uses the same loader."""
    path = tmp_path / "model.joblib"
    path.write_bytes(payload.make())
    require_harmless(run(lambda _: ModelPersistence.load_model(path), b"", UntrustedModelError))


def _as_skops(model: Any) -> bytes:
    written = io.BytesIO()
    skops.io.dump(model, written)
    return written.getvalue()


SKOPS: dict[str, Callable[[], bytes]] = {
    "a command": lambda: _as_skops(FunctionTransformer(os.system)),
    "a cache": lambda: _as_skops(_cached()),
    "a damaged tree": lambda: _as_skops(_damaged()),
}


def _cached() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(LogisticRegression(), memory=f"./{MARKER}")
    return model


def _damaged() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier().fit(payloads_trees.X, payloads_trees.LABELS)
    model.tree_.__setstate__(model.tree_.__getstate__() | {"max_depth": 0})
    return model


@pytest.mark.parametrize("name", SKOPS)
def test_a_hostile_skops_file_is_rejected(name: str, tmp_path: Path) -> None:
    """The list of this package counts, not the types that the file asks to trust."""
    registry = in_registry(tmp_path, SKOPS[name](), SIGNERS["unknown"](tmp_path), "skops")

    def load(_: bytes) -> Any:
        return registry.load_model("toy")

    require_harmless(run(load, b"", UntrustedModelError))
