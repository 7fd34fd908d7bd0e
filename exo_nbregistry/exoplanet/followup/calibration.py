"""Calibrated probabilities of candidates, and the rows on which precision is measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation import KnownRows, Predictions, fit_platt_scaling
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.training import read_out_of_fold

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

Floats = NDArray[np.float64]
Arrays = Mapping[str, Any]


def read_known_predictions(registry: ModelRegistry, ref: str) -> dict[str, Arrays]:
    """Return the stored predictions of a version for rows with labels, by description.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    ref : str
        Reference to the version.

    Returns
    -------
    dict of str to mapping
        Predictions by the description of their rows: first the out-of-fold predictions of the
        training set, then those of the test set. Missing ones are omitted.
    """
    stored = {
        f"the out-of-fold predictions stored with {ref}": read_out_of_fold(registry, ref),
        f"the test set stored with {ref}": registry.load_evaluation(ref),
    }
    return {where: arrays for where, arrays in stored.items() if arrays}


def calibrate(
    probability: Floats,
    model: Any,
    version: str,
    given: tuple[Any, Any] | None,
    stored: dict[str, Arrays],
) -> tuple[Floats, KnownRows]:
    """Return calibrated probabilities, and rows with labels and calibrated probabilities.

    Parameters
    ----------
    probability : ndarray of shape (n_samples,)
        Probabilities to calibrate.
    model : classifier
        Predicts the given rows.
    version : str
        Name of the model, for errors.
    given : tuple of (X, y) or None
        Rows to calibrate on.
    stored : mapping of str to mapping
        Result of `read_known_predictions`. Without given rows, its first predictions calibrate.

    Returns
    -------
    tuple of (ndarray, KnownRows)
        The rows are those that calibrated if they were given, or else the stored test set.

    Raises
    ------
    RegistryError
        If there are no rows to calibrate on.
    """
    if given is not None:
        stored = {"the rows passed as calibration": evaluate(model, *given).arrays}
    if not stored:
        raise RegistryError(
            f"{version} has no scores on held-out rows; pass calibration=(X_val, y_val) or "
            "calibrated=False."
        )
    scale = fit_platt_scaling(_of_second_class(next(iter(stored.values())), version))
    # The last rows did not calibrate if there are others, so that precision is an honest estimate.
    where, arrays = list(stored.items())[-1]
    measured = _of_second_class(arrays, version)
    known = KnownRows(measured.truth, scale(measured.probability), where)
    return scale(probability) if len(probability) else probability, known


def known_rows(version: str, stored: dict[str, Arrays]) -> KnownRows | str:
    """Return the stored test set with uncalibrated probabilities, or why it is missing."""
    for where, arrays in reversed(stored.items()):
        try:
            predictions = _of_second_class(arrays, version)
        except RegistryError:
            continue
        return KnownRows(predictions.truth, predictions.probability, where)
    return (
        "Precision and recall are unknown: calibrated=False, and no test set with the "
        f"probabilities of {version} is stored."
    )


def _of_second_class(arrays: Arrays, version: str) -> Predictions:
    """Return the predictions of the class whose probability ranks the candidates."""
    classes = arrays.get("classes", ())
    return Predictions.of_arrays(arrays, version, classes[-1] if len(classes) else None)
