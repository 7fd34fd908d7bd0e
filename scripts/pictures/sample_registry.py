"""The registries of the pictures: reproducible models of the Kepler table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

_BEGIN = datetime(2026, 9, 1, 8, tzinfo=UTC)
_FORESTS = (5, 10, 20, 40, 80, 160)
_DESCRIPTION = "Random forest that separates planets from false positives of **Kepler DR25**."
_NOTE = """\
Checked against the confirmed planets of 2026:

- no confirmed planet is missed below 50 days
- three eclipsing binaries remain above 0.9
"""
# Startup file of each kernel: a fixed clock and folder keep dates and paths constant.
STARTUP = """\
import os
from datetime import UTC, datetime
from functools import partialmethod
from exo_nbregistry import ModelRegistry
ModelRegistry.__init__ = partialmethod(
    ModelRegistry.__init__, now=lambda: datetime(2026, 9, 4, tzinfo=UTC)
)
_located = ModelRegistry.location.fget
ModelRegistry.location = property(lambda self: _located(self).replace(os.getcwd(), "/home/ada"))
"""


def furnish(folder: Path) -> None:
    """Register reproducible forests and support vector machines of the Kepler table.

    Parameters
    ----------
    folder : Path
        Where the registry is made.
    """
    from exo_nbregistry.exoplanet import (
        RandomForestClassifier,
        SVMClassifier,
        load_koi,
        split_by_star,
    )

    registry = _registry(folder)
    koi = load_koi()
    split = split_by_star(koi.data, koi.target, koi.groups, random_state=42)
    models = [
        ("kepler_rf", RandomForestClassifier(n_estimators=n, random_state=0)) for n in _FORESTS
    ]
    models.insert(3, ("kepler_svm", SVMClassifier(random_state=0)))
    for name, model in models:
        registry.register_model(
            model.fit(split.X_train, split.y_train),
            name,
            X=split.X_train,
            y=split.y_train,
            X_test=split.X_test,
            y_test=split.y_test,
            description=_DESCRIPTION if name == "kepler_rf" else "",
            training_info={"dataset": koi.name},
        )
    registry.set_alias("kepler_rf", "champion", 5)
    registry.set_alias("kepler_rf", "challenger", 6)
    registry.set_alias("kepler_svm", "baseline", 1)
    registry.tag_model("kepler_rf:5", "reviewed", team="vetting")
    registry.annotate("kepler_rf:5", _NOTE)
    table = koi.data.describe().round(3).reset_index()
    registry.attach("kepler_rf:5", "training table", table)


def furnish_empty(folder: Path) -> None:
    """Create a registry without models.

    Parameters
    ----------
    folder : Path
        Where the registry is made.
    """
    from exo_nbregistry.registry.facade import ModelRegistry

    ModelRegistry(folder, create=True)


def _registry(folder: Path) -> ModelRegistry:
    from exo_nbregistry.registry.facade import ModelRegistry

    hours = count(step=5)
    return ModelRegistry(folder, now=lambda: _BEGIN + timedelta(hours=next(hours)))
