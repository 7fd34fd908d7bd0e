"""Following a reference, and keeping the old version when the next one fails."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve import live_service as module
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.serve.live_service import LiveService


def test_it_follows_the_alias(registry: ModelRegistry) -> None:
    """A refresh loads the version that the alias points to now, if it was moved."""
    live = LiveService(registry, "kepler@champion")
    first = live.current
    assert live.refresh() is False
    assert live.current is first
    registry.set_alias("kepler", "champion", 2)
    assert live.current is first
    assert live.refresh() is True
    assert live.current.version == "kepler:2"


def test_a_bare_name_follows_the_latest_version(
    registry: ModelRegistry, table: pd.DataFrame, verdicts: list[str]
) -> None:
    """A bare name follows the latest version; a reference with a number never moves."""
    latest, fixed = LiveService(registry, "kepler"), LiveService(registry, "kepler:2")
    model = LogisticRegression().fit(table[["koi_depth"]], verdicts)
    registry.register_model(model, "kepler", X=table[["koi_depth"]], y=verdicts)
    assert (latest.refresh(), latest.current.version) == (True, "kepler:3")
    assert [column.name for column in latest.current.columns] == ["koi_depth"]
    assert (fixed.refresh(), fixed.current.version) == (False, "kepler:2")


def test_a_removed_alias(registry: ModelRegistry, caplog: pytest.LogCaptureFixture) -> None:
    """If the reference cannot be resolved, the old version answers, with one warning."""
    live = LiveService(registry, "kepler@champion")
    registry.remove_alias("kepler", "champion")
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        assert [live.refresh(), live.refresh()] == [False, False]
    assert live.current.version == "kepler:1"
    assert live.trouble is not None
    assert "has no alias 'champion'" in live.trouble
    assert len(caplog.records) == 1
    assert "Still serving kepler:1" in caplog.text
    registry.set_alias("kepler", "champion", 1)
    live.refresh()
    assert live.trouble is None


def test_a_version_that_cannot_be_prepared(registry: ModelRegistry) -> None:
    """If the caller cannot use the new version, the old one answers."""
    live = LiveService(registry, "kepler@champion")
    registry.set_alias("kepler", "champion", 2)

    def fail(service: InferenceService) -> None:
        raise ValueError(f"not {service.version}")

    assert live.refresh(fail) is False
    assert live.current.version == "kepler:1"
    assert live.trouble == "kepler:2 cannot be loaded: not kepler:2"


def test_damaged_bytes_are_not_served(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version whose file is damaged is not served; it is tried again after a minute."""
    live = LiveService(registry, "kepler@champion")
    artifact = registry.get_metadata("kepler:2").artifact
    assert artifact is not None
    (path,) = Path(registry.location).rglob(f"{artifact.sha256}.*")
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole[:-1] + b"x")
    registry.set_alias("kepler", "champion", 2)
    assert live.refresh() is False
    assert live.trouble is not None
    assert live.trouble.startswith("kepler:2 cannot be loaded: ")
    path.write_bytes(whole)
    assert live.refresh() is False
    assert live.current.version == "kepler:1"
    now = module.time.monotonic()
    monkeypatch.setattr(module.time, "monotonic", lambda: now + module.RETRY_S + 1)
    assert live.refresh() is True
    assert (live.current.version, live.trouble) == ("kepler:2", None)
