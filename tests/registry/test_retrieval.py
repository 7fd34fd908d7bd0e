"""Loading of models and metadata by any form of a reference."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.errors import InvalidReferenceError, VersionNotFoundError
from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def registry(tmp_path: Any) -> ModelRegistry:
    """Return a registry with toy:1 to toy:3, where toy:2 is champion."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for number in range(3):
        registry.register_model({"number": number}, "toy", algorithm="table")
    registry.set_alias("toy", "champion", 2)
    return registry


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        (("toy", 2), {}),
        (("toy",), {"version": 2}),
        (("toy:2",), {}),
        ((), {"model_name": "toy", "version": 2}),
    ],
)
def test_a_version_is_loaded_by_name_and_number(
    registry: ModelRegistry, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """The number can be passed after the name, by name or inside the reference."""
    model, metadata = registry.load_model(*args, **kwargs)
    assert (model, metadata.model_id) == ({"number": 1}, "toy:2")


def test_metadata_is_read_by_name_and_number(registry: ModelRegistry) -> None:
    """get_metadata takes the number after the name too."""
    assert registry.get_metadata("toy", 2) == registry.get_metadata("toy", version=2)
    assert registry.get_metadata("toy", 2).model_id == "toy:2"


@pytest.mark.parametrize("ref", ["toy:3", "toy:2", "toy@champion"])
@pytest.mark.parametrize("method", ["load_model", "get_metadata", "history"])
def test_a_version_cannot_be_passed_twice(registry: ModelRegistry, ref: str, method: str) -> None:
    """A number beside a reference that has a version or an alias is an error with both calls."""
    with pytest.raises(InvalidReferenceError) as raised:
        getattr(registry, method)(ref, 2)
    assert f"{method}({ref!r})" in str(raised.value)
    assert f"{method}('toy', 2)" in str(raised.value)


def test_a_model_cannot_be_passed_twice(registry: ModelRegistry) -> None:
    """A reference and model_name= together are an error."""
    with pytest.raises(InvalidReferenceError, match="requires one reference"):
        registry.load_model("toy:2", model_name="toy")
    with pytest.raises(InvalidReferenceError, match="requires one reference"):
        registry.load_model()


def test_a_deleted_version_is_not_the_latest(registry: ModelRegistry) -> None:
    """The error about a missing number names the latest version that is not deleted."""
    registry.delete_model("toy:3")
    with pytest.raises(VersionNotFoundError, match="no version 9; its latest is 2"):
        registry.get_metadata("toy", 9)
    registry.delete_model("toy:1")
    registry.delete_model("toy:2")
    with pytest.raises(VersionNotFoundError, match="no version 9; all its versions are deleted"):
        registry.get_metadata("toy", 9)
