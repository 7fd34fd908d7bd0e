"""Immutable dataclasses with a clear error on assignment."""

from __future__ import annotations

import copy
import dataclasses
import math
import pickle
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from exo_nbregistry.integrity.audit import Audit
from exo_nbregistry.records.fields import Column
from exo_nbregistry.records.metadata import Artifact, Scoring
from exo_nbregistry.records.metric_series import Measurement
from exo_nbregistry.records.trials import StoredTrial
from exo_nbregistry.views.comparison import compare
from tests.records.test_metadata import NOW, minimal

KEPT: list[Any] = [
    minimal(metrics={"accuracy": 0.5}),
    Artifact("joblib", "0" * 64, 1),
    Audit((), 1, 0, 1),
    compare([minimal(), minimal(model_id="m:2", version=2)], directions=lambda _: True),
]


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: type(kept).__name__)
@pytest.mark.parametrize("kind", ["field", "property", "slip"])
def test_nothing_can_be_set_or_removed(kept: Any, kind: str) -> None:
    """A field, a property and a name that is not there are refused in one sentence."""
    properties = [name for name, item in vars(type(kept)).items() if isinstance(item, property)]
    name = {
        "field": dataclasses.fields(kept)[0].name,
        "property": next(iter(properties), "accuracy"),
        "slip": "acuracy",
    }[kind]
    before = copy.deepcopy(kept)
    with pytest.raises(FrozenInstanceError, match=f"Cannot set {name} of .*tag_model"):
        setattr(kept, name, 3)
    with pytest.raises(FrozenInstanceError, match=name):
        delattr(kept, name)
    assert kept == before


def test_what_cannot_be_changed_can_be_sent_and_replaced() -> None:
    """Copies, pickles and changed copies are made as of every dataclass."""
    kept = KEPT[0]
    assert copy.copy(kept) == pickle.loads(pickle.dumps(kept)) == kept
    assert dataclasses.replace(kept, description="new").description == "new"


@pytest.mark.parametrize(
    "kept",
    [
        Column("depth", "float64", minimum=math.nan, maximum=math.nan),
        Scoring("binary", threshold=math.nan),
        StoredTrial(1, {}, score=math.nan),
        Measurement("m", 1, math.nan, NOW, (), "m"),
        minimal(metrics={"accuracy": math.nan}),
    ],
    ids=lambda kept: type(kept).__name__,
)
def test_a_copy_with_nan_is_equal(kept: Any) -> None:
    """NaN is equal to itself in each field, as it is in a list."""
    assert dataclasses.replace(kept) == kept
    assert kept != object()
