"""The container of training data is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.dummy import DummyClassifier

from exo_nbregistry.introspection.containers import (
    describe_container,
    is_records,
    missing_marks,
    possible_containers,
    record_columns,
)
from exo_nbregistry.records.fields import Signature, decode_part, encode_part
from exo_nbregistry.records.identity import facts_digest
from exo_nbregistry.registry.facade import ModelRegistry

TEXTS = ["deep", "flat", "noise"]
CASES = {
    "frame": pd.DataFrame({"a": [1.0, 2.0, 3.0]}),
    "array": np.zeros((3, 2)),
    "list": TEXTS,
    "series": pd.Series(TEXTS),
    "vector": np.array(TEXTS),
    "sparse": sparse.eye_array(3, format="csr"),
    "records": [{"a": 1.0}, {"b": "x"}, {}],
}


@pytest.mark.parametrize("name", CASES)
def test_the_container_is_recorded(tmp_path: Path, name: str) -> None:
    """The signature of a version has the container of the training data."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    X = CASES[name]
    ref = registry.register_model(DummyClassifier().fit(X, [0, 1, 0]), "m", X=X, y=[0, 1, 0])
    signature = registry.get_metadata(ref).signature
    assert signature is not None
    assert signature.container == name


def test_a_frame_of_polars_is_a_frame(tmp_path: Path) -> None:
    """A frame of polars is recorded as a frame, and its model gets polars again."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    X = polars.DataFrame({"a": [1.0, 2.0]})
    assert possible_containers(None, X) == ("polars", "frame")
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    ref = registry.register_model(DummyClassifier().fit(X, [0, 1]), "m", X=X, y=[0, 1])
    signature = registry.get_metadata(ref).signature
    assert signature is not None
    assert signature.container == "frame"


def test_an_older_signature_has_no_container() -> None:
    """A signature without a container has the bytes of an older release."""
    assert "container" not in encode_part(Signature())
    assert decode_part(Signature, {"columns": [], "classes": None}).container is None
    assert decode_part(Signature, encode_part(Signature(container="list"))).container == "list"


def test_the_container_does_not_identify_a_version() -> None:
    """A cell that is run again finds the version that an older release registered."""
    older = {"signature": encode_part(Signature())}
    assert facts_digest({"signature": encode_part(Signature(container="frame"))}) == facts_digest(
        older
    )


def test_an_older_release_rebuilds_a_sparse_example() -> None:
    """The example of sparse data names the form that an older release knows."""
    found = describe_container("sparse", sparse.csr_matrix((2, 2)))
    assert found == {"form": "array", "container": "sparse", "matrix": True}
    assert describe_container("frame", CASES["frame"]) == {"form": "frame"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", None], {"a": "none"}),
        (["a", np.nan], {"a": "nan"}),
        (["a", np.nan, None], {}),
        (["a", pd.NA], {}),
        (["a"], {}),
    ],
    ids=str,
)
def test_missing_values_of_objects_are_recorded(values: list[Any], expected: Any) -> None:
    """NaN and None are different values in a column of objects; both together have no mark."""
    assert missing_marks(pd.DataFrame({"a": pd.Series(values, dtype=object)})) == expected


@pytest.mark.parametrize(
    "X", [[], [["a"]], [{"a": [1]}], [{1: 2}], "text", None, [{"a": 1}, 2]], ids=repr
)
def test_other_lists_are_not_mappings(X: Any) -> None:
    """Only a list of mappings of names to plain values is a table."""
    assert not is_records(X)


def test_mappings_have_typed_columns() -> None:
    """Numbers, booleans and texts of mappings are columns, with the missing ones."""
    found = record_columns([{"n": np.int64(1), "b": True, "t": "x"}, {"n": 2.5, "b": False}])
    assert found["n"].tolist() == [1.0, 2.5]
    assert found["b"].dtype == bool
    assert found["t"].tolist() == ["x", None]
