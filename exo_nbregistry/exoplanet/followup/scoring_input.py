"""The model, the table and the known rows from which candidates are scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.evaluation import KnownRows, read_test_set, row_names
from exo_nbregistry.exoplanet.data.features import refuse_leaks
from exo_nbregistry.exoplanet.data.stars import STARS
from exo_nbregistry.exoplanet.data.table_roles import TableRoles, roles_of
from exo_nbregistry.exoplanet.followup.calibration import Arrays, read_known_predictions
from exo_nbregistry.exoplanet.followup.planet_model import (
    PlanetModel,
    planet_arrays,
    planet_labels,
)
from exo_nbregistry.exoplanet.followup.training_exclusion import exclude_training_rows
from exo_nbregistry.training import select_columns

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry

Range = tuple[float, float]


@dataclass(frozen=True, eq=False)
class ScoringInput:
    """A model and a table.

    Attributes
    ----------
    model : object
        The model; its second class is a planet.
    version : str
        The version, or the name of an unregistered model.
    roles : TableRoles
        Roles of the table.
    frame, features : DataFrame of shape (n_rows, n_columns)
        The whole table, indexed by signal, and the model's columns of it.
    is_candidate, is_planet : ndarray of bool of shape (n_rows,)
        Rows to score, and confirmed planets.
    excluded : int
        Number of candidates that the model was trained on.
    stored : dict of str to mapping
        Stored predictions for rows with known labels, as `read_known_predictions` returns them.
    calibration : tuple of (X, y) or None
        Rows to calibrate on, with the labels True for a planet and False.
    ranges : dict of str to tuple of float
        Smallest and largest value of each column in the training rows.
    known_stars : ndarray of shape (n_known,)
        Star of each row with a known label that measures precision; empty if unknown.
    """

    model: Any
    version: str
    roles: TableRoles
    frame: pd.DataFrame
    features: pd.DataFrame
    is_candidate: NDArray[np.bool_]
    is_planet: NDArray[np.bool_]
    excluded: int
    stored: dict[str, Arrays]
    calibration: tuple[Any, Any] | None
    ranges: Mapping[str, Range]
    known_stars: NDArray[Any]

    def by_star(self, known: KnownRows | str) -> KnownRows | str:
        """Return known rows with the star of each."""
        return known if isinstance(known, str) else known.grouped(self.known_stars, STARS.unit)


def read_input(
    model_or_ref: Any,
    table: Any,
    registry: ModelRegistry | None,
    calibration: tuple[Any, Any] | None,
    roles: TableRoles | None,
    training: Any,
    *,
    allow_leakage: str | Iterable[str],
) -> ScoringInput:
    """Return model, table and known rows; the arguments are as for `flag_candidates`."""
    model, version, columns, stored, ranges = _resolve(model_or_ref, registry)
    roles = roles_of(table, roles)
    refuse_leaks(columns, allow_leakage=allow_leakage, others=roles.leaks())
    frame = roles.named(getattr(table, "frame", table))
    features = select_columns(frame, columns)
    masks = roles.masks(frame)
    is_candidate, excluded = exclude_training_rows(
        features, masks.candidate, roles, version, registry=registry, training=training
    )
    if not ranges:
        known = training if hasattr(training, "columns") else features[_labeled(masks)]
        ranges = _ranges(known, columns)
    if hasattr(model, "classes_"):
        if calibration is not None:
            calibration = calibration[0], planet_labels(calibration[1], model, roles)
        model = PlanetModel(model, roles)
        stored = {where: planet_arrays(arrays, roles) for where, arrays in stored.items()}
    return ScoringInput(
        model=model,
        version=version,
        roles=roles,
        frame=frame,
        features=features,
        is_candidate=is_candidate,
        is_planet=masks.planet,
        excluded=excluded,
        stored=stored,
        calibration=calibration,
        ranges=ranges,
        known_stars=_known_stars(frame, roles, version, registry, calibration),
    )


def _resolve(
    model_or_ref: Any, registry: ModelRegistry | None
) -> tuple[Any, str, list[str], dict[str, Arrays], dict[str, Range]]:
    """Return model, name, columns, stored predictions of known rows, and training ranges."""
    stored: dict[str, Arrays] = {}
    ranges: dict[str, Range] = {}
    model, version = model_or_ref, f"{type(model_or_ref).__name__} (not registered)"
    columns = list(getattr(model_or_ref, "feature_names_in_", ()))
    if isinstance(model_or_ref, str):
        if registry is None:
            raise RegistryError(f"registry= is required with the reference {model_or_ref!r}.")
        model, metadata = registry.load_model(model_or_ref)
        version, columns = metadata.model_id, list(metadata.feature_columns)
        stored = read_known_predictions(registry, version)
        signature = metadata.signature
        ranges = {
            column.name: (column.minimum, column.maximum)
            for column in (signature.columns if signature else ())
            if column.minimum is not None and column.maximum is not None
        }
    if not columns:
        raise RegistryError(
            f"The columns of {version} are unknown; fit it on a DataFrame, such as load_koi().data."
        )
    return model, version, columns, stored, ranges


def _known_stars(
    frame: pd.DataFrame,
    roles: TableRoles,
    version: str,
    registry: ModelRegistry | None,
    calibration: tuple[Any, Any] | None,
) -> NDArray[Any]:
    """Return the stars of the calibration rows or of the stored test set."""
    if calibration is not None:
        names = row_names(calibration[0])
    elif registry is not None and ":" in version and (held := read_test_set(registry, version)):
        if len(held.groups):
            return held.groups
        names = held.rows
    else:
        return np.array([], dtype=str)
    if roles.star in frame and frame.index.is_unique and np.isin(names, frame.index).all():
        return frame.loc[names, roles.star].to_numpy()
    return STARS.infer(names)


def _labeled(masks: Any) -> NDArray[np.bool_]:
    labeled: NDArray[np.bool_] = masks.planet | masks.false_positive
    return labeled


def _ranges(rows: pd.DataFrame, columns: list[str]) -> dict[str, Range]:
    if not len(rows):
        return {}
    numbers = rows[[name for name in columns if name in rows]].select_dtypes("number")
    return {
        str(name): (float(values.min()), float(values.max()))
        for name, values in numbers.items()
        if values.notna().any()
    }
