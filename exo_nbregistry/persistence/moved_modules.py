"""Modules of this package that stored models name by an earlier address."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module

MOVED_MODULES = {
    "exo_nbregistry.exoplanet.classifiers": "exo_nbregistry.exoplanet.models.classifiers",
    "exo_nbregistry.exoplanet.ensemble": "exo_nbregistry.training.ensemble",
}
"""Earlier address of each module whose classes are in stored models, and its address now."""


def provide_moved_modules(globals: Iterable[str]) -> None:
    """Make modules available at the earlier addresses that a stored model names.

    Only the modules of `MOVED_MODULES` are imported. They stay available until the process ends,
    because joblib, pickle and skops all look up modules in ``sys.modules``.

    Parameters
    ----------
    globals : iterable of str
        Names that loading imports, from a record whose signer is trusted.

    Examples
    --------
    >>> provide_moved_modules(["exo_nbregistry.exoplanet.ensemble.EnsembleClassifier"])
    >>> sys.modules["exo_nbregistry.exoplanet.ensemble"].__name__
    'exo_nbregistry.training.ensemble'
    """
    for module in {name.rpartition(".")[0] for name in globals} & MOVED_MODULES.keys():
        sys.modules.setdefault(module, import_module(MOVED_MODULES[module]))
