"""The probability of a planet, for any names of the classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.data.table_roles import TableRoles
from exo_nbregistry.introspection.scoring import larger_label


class PlanetModel:
    """A classifier whose second class is a planet.

    Other attributes are read from the model.

    Parameters
    ----------
    model : estimator
        Fitted classifier with ``predict_proba``.
    roles : TableRoles
        Labels of planets.

    Raises
    ------
    InvalidInputError
        If no class of the model is a planet.
    """

    def __init__(self, model: Any, roles: TableRoles) -> None:
        self._model = model
        self._planets = planet_classes(np.asarray(model.classes_), roles)
        self.classes_ = np.array([False, True])

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of no planet and of a planet for each row."""
        return _two_columns(self._model.predict_proba(X), self._planets)

    def predict(self, X: Any) -> NDArray[np.bool_]:
        """Return whether each row is predicted to be a planet."""
        predicted = np.asarray(self._model.predict(X))
        return np.isin(predicted, np.asarray(self._model.classes_)[self._planets])

    def __getattr__(self, name: str) -> Any:
        # Called only for attributes that this class does not have.
        if name == "_model":
            raise AttributeError(name)
        return getattr(self._model, name)


def planet_classes(classes: NDArray[Any], roles: TableRoles) -> NDArray[np.bool_]:
    """Return whether each class is a planet.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Classes of a model.
    roles : TableRoles
        Labels of planets. Of the classes 0 and 1, or False and True, the second is a planet.

    Returns
    -------
    ndarray of bool of shape (n_classes,)
        At least one is True and one False.

    Raises
    ------
    InvalidInputError
        If no class is a planet, or all are.

    Examples
    --------
    >>> roles = TableRoles(label="disposition", planet="CONFIRMED")
    >>> planet_classes(np.array(["CONFIRMED", "FALSE POSITIVE"]), roles).tolist()
    [True, False]
    """
    labels = classes.tolist()
    planets = np.array([label in roles.planet for label in labels])
    larger = larger_label(labels)
    if not planets.any() and larger is not None:
        planets = classes == larger
    if not planets.any() or planets.all():
        wanted = " or ".join(map(repr, roles.planet)) or "passed"
        raise InvalidInputError(
            f"Cannot tell which class of the model is a planet: its classes are "
            f"{labels!r:.200}, and the planet label of the table is {wanted}. Pass "
            "roles=TableRoles(label=..., planet=...) with the class of planets, or train on the "
            "labels 0 and 1."
        )
    return planets


def planet_arrays(arrays: Mapping[str, Any], roles: TableRoles) -> dict[str, Any]:
    """Return stored predictions with the classes False and True, the latter for a planet.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        As ``load_evaluation`` returns them. Without classes, they are returned unchanged.
    roles : TableRoles
        Labels of planets.
    """
    if "classes" not in arrays or "y_true" not in arrays:
        return dict(arrays)
    classes = np.asarray(arrays["classes"])
    planets = planet_classes(classes, roles)
    changed: dict[str, Any] = {
        name: np.isin(np.asarray(arrays[name]), classes[planets])
        for name in ("y_true", "y_pred")
        if name in arrays
    }
    if "probabilities" in arrays:
        changed["probabilities"] = _two_columns(arrays["probabilities"], planets)
    return {**arrays, **changed, "classes": np.array([False, True])}


def planet_labels(y: Any, model: Any, roles: TableRoles) -> NDArray[np.bool_]:
    """Return whether each label that a user passed is a planet.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Classes of the model, or labels of the table.
    model : classifier
        The model.
    roles : TableRoles
        Labels of planets and false positives.

    Raises
    ------
    InvalidInputError
        If a label is neither a class of the model nor a label of the table.
    """
    labels, classes = np.asarray(y), np.asarray(model.classes_)
    planets = {*classes[planet_classes(classes, roles)].tolist(), *roles.planet}
    known = {*classes.tolist(), *roles.planet, *roles.false_positive}
    if unknown := [label for label in dict.fromkeys(labels.tolist()) if label not in known]:
        raise InvalidInputError(
            f"The calibration label {unknown[0]!r} is neither a class of the model, "
            f"{classes.tolist()!r:.200}, nor a label of the table."
        )
    return np.array([label in planets for label in labels.tolist()], dtype=bool)


def _two_columns(probabilities: Any, planets: NDArray[np.bool_]) -> NDArray[np.float64]:
    given = np.asarray(probabilities, dtype=np.float64)
    if planets.tolist() == [False, True]:
        return given
    planet = given[:, planets].sum(axis=1)
    return np.column_stack([1 - planet, planet])
