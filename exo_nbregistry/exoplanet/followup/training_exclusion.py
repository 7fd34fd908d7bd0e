"""Exclusion of rows that a model was trained on from the candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.evaluation import read_test_set
from exo_nbregistry.exoplanet.data.table_roles import TableRoles
from exo_nbregistry.training import TrainingRows, read_training_rows

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry


def exclude_training_rows(
    features: pd.DataFrame,
    is_candidate: NDArray[np.bool_],
    roles: TableRoles,
    version: str,
    *,
    registry: ModelRegistry | None = None,
    training: Any = None,
) -> tuple[NDArray[np.bool_], int]:
    """Return which rows are candidates that the model was not trained on, and how many were.

    Parameters
    ----------
    features : DataFrame of shape (n_rows, n_features)
        The model's columns of the whole table, indexed by signal.
    is_candidate : ndarray of bool of shape (n_rows,)
        Whether each row is a candidate by its label.
    roles : TableRoles
        Roles of the table.
    version : str
        The version, or the name of an unregistered model.
    registry : ModelRegistry, optional
        The registry of the version.
    training : DataFrame, optional
        Rows that the model was trained on. The default is the recorded rows.

    Returns
    -------
    tuple of ndarray of bool and int
        The remaining candidates, and the number of excluded ones.

    Raises
    ------
    InvalidInputError
        If the table has no labels and no training rows are known.
    """
    known = _known_rows(version, registry, training)
    if roles.label is None and not known:
        raise InvalidInputError(
            f"The table has no label column and the training rows of {version} are not recorded, "
            "so candidates cannot be distinguished from training rows. Pass "
            "roles=TableRoles(label=..., planet=...), or training= with the rows that the model "
            "was trained on ([] if the table has none of them)."
        )
    seen = np.zeros(len(features), bool)
    for rows in known:
        seen |= rows.contain(features)
    excluded = is_candidate & seen
    return is_candidate & ~seen, int(excluded.sum())


def _known_rows(version: str, registry: ModelRegistry | None, training: Any) -> list[TrainingRows]:
    known = [] if training is None else [TrainingRows.of(training)]
    if registry is None or ":" not in version:
        return known
    if training is None and (recorded := read_training_rows(registry, version)):
        known.append(recorded)
    # The rows of the test set have known labels too.
    if known and (test_set := read_test_set(registry, version)):
        known.append(TrainingRows(test_set.rows, np.empty(0, dtype=np.uint64)))
    return known
