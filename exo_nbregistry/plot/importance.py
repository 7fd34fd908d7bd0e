"""Feature importances of a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference.mean_of_models import MeanOfModels
from exo_nbregistry.plot.canvas import (
    FigureSize,
    finish,
    first_colour,
    label,
    new_figure,
    style_axes,
)
from exo_nbregistry.plot.native_importance import native_weights
from exo_nbregistry.plot.test_scores import Floats, name
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import count

_MAX_BARS = 20
# Attributes that hold another estimator: of a search, and of a classifier of this package.
_INSIDE = ("best_estimator_", "pipeline_")
_SCALE = "Coefficients are comparable only between features of the same scale."
_MEAN = "Coefficients are mean absolute values over the classes."


def importances(
    items: Sequence[ModelMetadata],
    data: Sequence[Any],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the largest feature importances of one model; the table has all of them.

    Raises
    ------
    RegistryError
        If the model has neither ``feature_importances_`` nor ``coef_``.
    """
    (item,), (model,) = items, data
    columns, values, what = weights(model, list(item.feature_columns))
    order = np.argsort(-np.abs(values), kind="stable")
    shown = order[:_MAX_BARS][::-1]
    all_notes = list(notes)
    if what == "coefficient":
        all_notes.append(_SCALE if _is_signed(model) else f"{_MEAN} {_SCALE}")
    if len(order) > _MAX_BARS:
        all_notes.append(f"Omitted: {count(len(order) - _MAX_BARS, 'feature')} of less importance.")
    figure = new_figure(figsize, heights=max(1, 0.055 * len(shown)))
    axes = figure.add_subplot()
    style_axes(axes)
    axes.grid(False, axis="y")
    axes.barh(range(len(shown)), values[shown], color=first_colour())
    axes.axvline(0, color=axes.xaxis.label.get_color(), linewidth=0.8)
    axes.set_yticks(range(len(shown)), [label(columns[i], 30) for i in shown])
    axes.set_xlabel(what)
    title = f"Feature importances of {name(item)}"
    finish(figure, title, all_notes)
    rows = [[columns[i], float(values[i])] for i in order]
    return Plot("importances", title, figure, ("column", what), rows, tuple(all_notes))


def weights(model: Any, columns: Sequence[str]) -> tuple[list[str], Floats, str]:
    """Return features, their weights, and the type of the weights.

    Parameters
    ----------
    model : object
        A fitted estimator, a pipeline or a search that ends in one.
    columns : sequence of str
        Input features.

    Returns
    -------
    columns : list of str
        Features of the last estimator.
    values : ndarray of shape (n_columns,)
        Weights.
    what : str
        ``importance`` or ``coefficient``.

    Raises
    ------
    RegistryError
        If the model has neither importances nor coefficients.
    """
    own, names = _last(model, list(columns))
    if isinstance(own, MeanOfModels):
        return _mean_weights([weights(one, names) for one in own.models])
    native = native_weights(own, names)
    if native is not None:
        return native[0], _flat(native[1]), native[2]
    for attribute, what in (("feature_importances_", "importance"), ("coef_", "coefficient")):
        values = getattr(own, attribute, None)
        if values is not None:
            found = _flat(values)
            fitting = names if len(names) == len(found) else [f"x{i}" for i in range(len(found))]
            return fitting, found, what
    raise RegistryError(
        f"{type(own).__name__} has neither feature_importances_ nor coef_; use "
        "sklearn.inspection.permutation_importance(model, X_test, y_test)."
    )


def _mean_weights(
    found: Sequence[tuple[list[str], Floats, str]],
) -> tuple[list[str], Floats, str]:
    """Return the mean weights of several models of the same features."""
    names, _, what = found[0]
    if any(other != names for other, _, _ in found):
        raise RegistryError(
            "The models of the bundle have different features, so that their importances have no "
            "mean; plot the models one by one."
        )
    return names, np.mean([values for _, values, _ in found], axis=0), what


def _last(model: Any, columns: list[str]) -> tuple[Any, list[str]]:
    """Return the last estimator of a pipeline or search, and its input features."""
    for attribute in _INSIDE:
        if hasattr(model, attribute) and not hasattr(model, "feature_importances_"):
            return _last(getattr(model, attribute), columns)
    if not hasattr(model, "steps"):
        return model, columns
    *before, (_, last) = model.steps
    return _last(last, _names_after([step for _, step in before], columns))


def _names_after(before: Sequence[Any], columns: list[str]) -> list[str]:
    names: Any = columns or None
    for step in before:
        if step is None or isinstance(step, str):
            continue  # passthrough
        try:
            names = step.get_feature_names_out(names)
        except (AttributeError, TypeError, ValueError):
            return []  # a step without names of its output
    return [] if names is None else [str(name) for name in names]


def _flat(values: Any) -> Floats:
    """Return one weight per feature; the mean absolute value over classes."""
    array = np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)
    if array.ndim == 1 or len(array) == 1:
        return array.reshape(-1)
    mean: Floats = np.abs(array).mean(axis=0)
    return mean


def _is_signed(model: Any) -> bool:
    own = _last(model, [])[0]
    if isinstance(own, MeanOfModels):
        return _is_signed(own.models[0])
    native = native_weights(own, ())
    array = native[1] if native is not None else np.asarray(getattr(own, "coef_", ()))
    return array.ndim == 1 or len(array) == 1
