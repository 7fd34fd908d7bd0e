"""History of a model and of one version."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import AliasNotFoundError, VersionNotFoundError
from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with toy:1 to toy:3, where toy:3 is champion after toy:2."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for number in range(3):
        registry.register_model({"number": number}, "toy", algorithm="table")
    registry.set_alias("toy", "champion", 2)
    registry.set_alias("toy", "champion", 3)
    registry.annotate("toy:1", "baseline")
    return registry


def test_the_history_of_a_version_has_only_its_events(registry: ModelRegistry) -> None:
    """A reference with a number filters the history, including aliases that move away."""
    assert [entry["action"] for entry in registry.history("toy:2")] == [
        "register",
        "alias",
        "alias",
    ]
    assert [entry["action"] for entry in registry.history("toy:1")] == ["register", "note"]
    assert registry.history("toy:2") == registry.history("toy", version=2)
    assert len(registry.history("toy")) == 6


def test_the_history_of_an_alias_is_the_one_of_its_version(registry: ModelRegistry) -> None:
    """A reference with an alias filters the history by the version that it points to."""
    assert registry.history("toy@champion") == registry.history("toy:3")


def test_the_history_of_a_missing_version_is_an_error(registry: ModelRegistry) -> None:
    """A number or an alias that does not exist is an error."""
    with pytest.raises(VersionNotFoundError):
        registry.history("toy:9")
    with pytest.raises(AliasNotFoundError):
        registry.history("toy@best")
