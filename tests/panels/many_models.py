"""A registry with many versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from exo_nbregistry.registry.facade import ModelRegistry

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def many_models(folder: Path, forests: int = 6) -> ModelRegistry:
    """Return a registry with versions of ``rf``, each newer and better, and one of ``svm``."""
    hours = count()
    registry = ModelRegistry(
        folder, durable=False, now=lambda: BEGIN + timedelta(hours=next(hours))
    )
    for number in range(1, forests + 1):
        scores = {"f1_score": number / 10, "log_loss": 1 - number / 10}
        registry.register_model(
            {},
            "rf",
            algorithm="RandomForest",
            evaluation_results=scores,
            hyperparameters={"depth": number, "odd name": 1},
        )
    registry.register_model({}, "svm", algorithm="SVC", evaluation_results={"accuracy": 0.5})
    registry.set_alias("rf", "champion", 2)
    return registry
