"""A small registry, and a function that runs commands on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sklearn.dummy import DummyClassifier

from exo_nbregistry.cli.app import commands
from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions of one model, and one version without metrics."""
    registry = ModelRegistry(
        tmp_path / "registry", durable=False, now=lambda: datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    )
    for number, (f1_score, log_loss) in enumerate([(0.8, 0.3), (0.9, 0.4), (0.7, 0.2)]):
        registry.register_model(
            model=DummyClassifier(constant=number).fit([[0], [1]], [0, 1]),
            model_name="kepler",
            evaluation_results={"f1_score": f1_score, "log_loss": log_loss},
        )
    registry.register_model(model=DummyClassifier().fit([[0]], [0]), model_name="tess")
    return registry


@pytest.fixture
def run(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Result]:
    """Return a function that runs a command on the registry and returns its result."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXO_NBREGISTRY", str(tmp_path / "registry"))
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(commands, list(map(str, arguments)), input=typed)

    return run
