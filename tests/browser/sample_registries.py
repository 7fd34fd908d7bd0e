"""Registries for the browser tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.registry.facade import ModelRegistry

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def sample_registries(folder: Path, *, forests: int = 2, **facts: object) -> ModelRegistry:
    """Create a registry with kepler_svm:1 and versions of kepler_rf, each newer and better.

    Parameters
    ----------
    folder : Path
        Folder of the registry.
    forests : int
        Number of versions of kepler_rf.
    **facts : object
        Further arguments of `ModelRegistry.register_model`.

    Returns
    -------
    ModelRegistry
        Has an alias, a tag and a note. Its clock advances by an hour at each call.
    """
    hours = count()
    registry = ModelRegistry(
        folder, durable=False, now=lambda: _BEGIN + timedelta(hours=next(hours))
    )
    chance = np.random.default_rng(0)
    X = pd.DataFrame(chance.normal(size=(60, 2)), columns=["koi_period", "koi_depth"])
    y = (X["koi_period"] + chance.normal(size=60) > 0).astype(int)
    for number in range(1, forests + 1):
        model = LogisticRegression(C=number).fit(X, y)
        arguments = {"evaluation_results": {"f1_score": 0.5 + number / 100}} | facts
        registry.register_model(model, "kepler_rf", **arguments)
    model = LogisticRegression(C=0.01).fit(X, y)
    registry.register_model(model, "kepler_svm", X=X, y=y, X_test=X, y_test=y)
    registry.set_alias("kepler_rf", "champion", 1)
    registry.tag_model("kepler_rf:1", team="vetting")
    registry.annotate("kepler_rf:1", "Checked against the table of 2026.")
    return registry
