"""What a model itself says of the weight of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.canvas import finish, first_colour, label, new_figure, style_axes
from exo_nbregistry.plot.test_scores import Floats, name
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import count

_MAX_BARS = 20
# What holds another estimator: a search, a classifier of this package.
_INSIDE = ("best_estimator_", "pipeline_")
_SCALE = "Coefficients compare only between columns of the same scale."
_MEAN = "Coefficients are mean absolute values over the classes."


def importances(
    items: Sequence[ModelMetadata],
    data: Sequence[Any],
    *,
    figsize: tuple[float, float] | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Draw the columns that weigh most in a model.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The version.
    data : sequence
        Its model, loaded.
    figsize : tuple of float, optional
        In inches.
    notes : sequence of str
        Sentences for the caption.

    Returns
    -------
    Plot
        All columns, the weightiest first.

    Raises
    ------
    RegistryError
        If the model has neither ``feature_importances_`` nor ``coef_``.
    """
    (item,), (model,) = items, data
    columns, values, what = weights(model, list(item.feature_columns))
    order = np.argsort(-np.abs(values), kind="stable")
    shown = order[:_MAX_BARS][::-1]
    told = list(notes)
    if what == "coefficient":
        told.append(_SCALE if _is_signed(model) else f"{_MEAN} {_SCALE}")
    if len(order) > _MAX_BARS:
        told.append(f"Left out: {count(len(order) - _MAX_BARS, 'column')} of less weight.")
    figure = new_figure(figsize, heights=max(1, 0.055 * len(shown)))
    axes = figure.add_subplot()
    style_axes(axes)
    axes.grid(False, axis="y")
    axes.barh(range(len(shown)), values[shown], color=first_colour())
    axes.axvline(0, color=axes.xaxis.label.get_color(), linewidth=0.8)
    axes.set_yticks(range(len(shown)), [label(columns[i], 30) for i in shown])
    axes.set_xlabel(what)
    title = f"Feature importances of {name(item)}"
    finish(figure, title, told)
    rows = [[columns[i], float(values[i])] for i in order]
    return Plot("importances", title, figure, ("column", what), rows, tuple(told))


def weights(model: Any, columns: Sequence[str]) -> tuple[list[str], Floats, str]:
    """Return columns, their weights, and what a weight is.

    Parameters
    ----------
    model : object
        A fitted estimator, a pipeline or a search that ends in one.
    columns : sequence of str
        The columns that go in.

    Returns
    -------
    columns : list of str
        Those that reach the estimator itself.
    values : ndarray of shape (n_columns,)
        Their weights.
    what : str
        ``importance`` or ``coefficient``.

    Raises
    ------
    RegistryError
        If the model does not tell.
    """
    own, names = _last(model, list(columns))
    for attribute, what in (("feature_importances_", "importance"), ("coef_", "coefficient")):
        values = getattr(own, attribute, None)
        if values is not None:
            found = _flat(values)
            fitting = names if len(names) == len(found) else [f"x{i}" for i in range(len(found))]
            return fitting, found, what
    raise RegistryError(
        f"{type(own).__name__} has neither feature_importances_ nor coef_: measure it on rows that "
        "it has not learnt from with sklearn.inspection.permutation_importance(model, X, y)."
    )


def _last(model: Any, columns: list[str]) -> tuple[Any, list[str]]:
    """Return the estimator at the end of what holds it, and the columns that reach it."""
    for attribute in _INSIDE:
        if hasattr(model, attribute) and not hasattr(model, "feature_importances_"):
            return _last(getattr(model, attribute), columns)
    if not hasattr(model, "steps"):
        return model, columns
    return _last(model.steps[-1][1], _names_after(model[:-1], columns))


def _names_after(before: Any, columns: list[str]) -> list[str]:
    if not len(before):
        return columns
    try:
        return [str(one) for one in before.get_feature_names_out(columns or None)]
    except (AttributeError, TypeError, ValueError):
        return []  # a step that does not tell what comes out of it


def _flat(values: Any) -> Floats:
    """Return one weight per column; of a row for each class the mean absolute value."""
    array = np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)
    if array.ndim == 1 or len(array) == 1:
        return array.reshape(-1)
    mean: Floats = np.abs(array).mean(axis=0)
    return mean


def _is_signed(model: Any) -> bool:
    array = np.asarray(getattr(_last(model, [])[0], "coef_", ()))
    return array.ndim == 1 or len(array) == 1
