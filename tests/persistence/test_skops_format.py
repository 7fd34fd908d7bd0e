"""The skops format."""

from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import FunctionTransformer

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.skops_format import SKOPS


def _forest() -> Any:
    X = np.random.default_rng(0).random((30, 3))
    return RandomForestClassifier(3, random_state=0).fit(X, X[:, 0] > 0.5)


def test_a_forest_round_trips() -> None:
    """A loaded model predicts the same, and its types are listed."""
    pytest.importorskip("skops", reason="the skops extra is not installed")
    model, target = _forest(), io.BytesIO()
    names = SKOPS.dump(model, target)
    target.seek(0)
    X = np.random.default_rng(1).random((9, 3))
    assert SKOPS.load(target).predict_proba(X).tolist() == model.predict_proba(X).tolist()
    assert "sklearn.ensemble._forest.RandomForestClassifier" in names
    assert list(names) == sorted(set(names))


@pytest.mark.parametrize(
    "model", [(i for i in ()), FunctionTransformer(lambda x: x)], ids=["generator", "lambda"]
)
def test_an_unsupported_model_suggests_the_other_format(model: Any) -> None:
    """A model that skops cannot write or read is an error that suggests joblib."""
    pytest.importorskip("skops", reason="the skops extra is not installed")
    with pytest.raises(SerializationError, match="format='joblib'") as caught:
        SKOPS.dump(model, io.BytesIO())
    assert caught.value.model_type.endswith(type(model).__qualname__)


def test_memory_mapping_is_rejected() -> None:
    """A zip cannot be memory-mapped."""
    pytest.importorskip("skops", reason="the skops extra is not installed")
    with pytest.raises(SerializationError, match="without mmap"):
        SKOPS.load(io.BytesIO(), mmap_path="x")


@pytest.mark.parametrize(
    "call",
    [lambda: SKOPS.dump(1, io.BytesIO()), lambda: SKOPS.load(io.BytesIO())],
    ids=["dump", "load"],
)
def test_missing_skops_is_named(monkeypatch: pytest.MonkeyPatch, call: Any) -> None:
    """Without skops, the error names the command that installs it."""
    monkeypatch.setitem(sys.modules, "skops", None)
    monkeypatch.setitem(sys.modules, "skops.io", None)
    with pytest.raises(SerializationError, match=r"pip install 'exo-nbregistry\[skops\]'"):
        call()
