"""Retraining of the Kepler classifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from exo_nbregistry.exoplanet.data.features import LEAKS
from exo_nbregistry.training import DataSplit, RetrainingResult
from exo_nbregistry.training import retrain as retrain_estimator

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry


def retrain(
    registry: ModelRegistry,
    ref: str,
    split: DataSplit,
    *,
    allow_leakage: str | Iterable[str] = (),
    **options: Any,
) -> RetrainingResult:
    """Fit a registered version again on another table, and register the result.

    It is `exo_nbregistry.training.retrain` that rejects columns that leak the label.

    Parameters
    ----------
    registry, ref, split
        As for `exo_nbregistry.training.retrain`.
    allow_leakage : str or iterable of str, default=()
        Columns to allow although they leak the label, to show their effect.
    **options : object
        Other arguments of `exo_nbregistry.training.retrain`, such as ``dataset``, ``alias`` and
        ``promote``.

    Returns
    -------
    RetrainingResult
        The new version and its comparison with the champion.

    Raises
    ------
    LeakageError
        If a column leaks the label and `allow_leakage` does not name it.
    """
    return retrain_estimator(
        registry, ref, split, leaks=LEAKS, allow_leakage=allow_leakage, **options
    )
