"""A hyperparameter against a metric, over versions."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from matplotlib.axes import Axes

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.axis_values import as_text, cell, in_order, is_number, spans_decades
from exo_nbregistry.plot.canvas import (
    FigureSize,
    finish,
    label,
    new_figure,
    plain_numbers,
    style_axes,
    styles,
)
from exo_nbregistry.plot.kinds import no_version_has
from exo_nbregistry.plot.metric import described
from exo_nbregistry.plot.test_scores import name
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.measurement import describe_difference, metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.nested_parameters import flatten_params
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.metric import ordered, usual_metric

_MAX_CHOICES = 12
_ABSENT = object()


def hyperparameter_against_metric(
    items: Sequence[ModelMetadata],
    *,
    hyperparameter: str | None = None,
    metric: str | None = None,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot a metric against a hyperparameter, one point for each version.

    Parameters
    ----------
    hyperparameter : str, optional
        The default is the hyperparameter with most values.
    metric : str, optional
        The default is the usual metric of the versions.

    Raises
    ------
    RegistryError
        If no version has both, or if all hyperparameters are equal.
    """
    items = _flat(items)
    counts = Counter(key for item in items for key in item.metrics)
    metric = metric or usual_metric(counts) or ""
    measured = [item for item in items if is_number(item.metrics.get(metric))]
    if not measured:
        known = ordered(counts)
        raise no_version_has("metric", metric, known)
    all_notes = list(notes)
    if hyperparameter is None:
        hyperparameter, *others = varied(measured)
        if others:
            all_notes.append(
                f"Other differing hyperparameters: {name_list(label(one) for one in others)}."
            )
    having = [item for item in measured if hyperparameter in item.hyperparameters]
    if not having:
        known = sorted({key for item in measured for key in item.hyperparameters})
        raise no_version_has("hyperparameter", hyperparameter, known)
    if missing := len(items) - len(having):
        all_notes.append(f"Omitted: {count(missing, 'version')} without one of the two.")
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    having, more = _draw(axes, having, hyperparameter, metric)
    all_notes += more
    scorings = Counter(item.scoring for item in having if item.scoring)
    if unlike := describe_difference(metric, scorings):
        all_notes.append(unlike)
    axes.set(xlabel=label(hyperparameter), ylabel=described(metric, metric_title(metric, having)))
    title = f"{label(metric)} by {label(hyperparameter)}"
    finish(figure, title, all_notes)
    rows = [[name(i), i.metrics[metric], cell(i.hyperparameters[hyperparameter])] for i in having]
    return Plot(
        "hyperparameter", title, figure, ("model", metric, hyperparameter), rows, tuple(all_notes)
    )


def varied(items: Sequence[ModelMetadata]) -> list[str]:
    """Return the hyperparameters that differ between versions, most values first.

    Raises
    ------
    RegistryError
        If all hyperparameters are equal.
    """
    items = _flat(items)
    values: dict[str, set[str]] = {}
    names = ordered({key for item in items for key in item.hyperparameters})
    for key in names:
        values[key] = {repr(item.hyperparameters.get(key, _ABSENT)) for item in items}
    found = sorted((key for key in names if len(values[key]) > 1), key=lambda k: -len(values[k]))
    if not found:
        raise RegistryError(
            "Cannot plot: all hyperparameters of these versions are equal. Choose other versions, "
            "such as all versions of one model with model_name=."
        )
    return found


def _flat(items: Sequence[ModelMetadata]) -> list[ModelMetadata]:
    """Return versions with the hyperparameters of nested estimators beside the others."""
    return [
        dataclasses.replace(item, hyperparameters=flatten_params(item.hyperparameters))
        if any(isinstance(value, dict) for value in item.hyperparameters.values())
        else item
        for item in items
    ]


def _draw(
    axes: Axes, items: Sequence[ModelMetadata], key: str, metric: str
) -> tuple[list[ModelMetadata], list[str]]:
    """Draw numbers along an axis, and other or few values as categories."""
    values = [item.hyperparameters[key] for item in items]
    numeric = [is_number(value) for value in values]
    choices = Counter(map(as_text, values))
    if all(numeric) or (any(numeric) and len(choices) > _MAX_CHOICES):
        shown = [item for item, fits in zip(items, numeric, strict=True) if fits]
        numbers = [float(item.hyperparameters[key]) for item in shown]
        _points(axes, numbers, [item.metrics[metric] for item in shown])
        if spans_decades(numbers):
            axes.set_xscale("log")
            plain_numbers(axes.xaxis)
        left = len(items) - len(shown)
        return shown, [
            f"Omitted: {count(left, 'version')} with other values than numbers."
        ] if left else []
    kept = in_order(text for text, _ in choices.most_common(_MAX_CHOICES))
    shown = [item for item in items if as_text(item.hyperparameters[key]) in kept]
    places = {text: place for place, text in enumerate(kept)}
    at = [places[as_text(item.hyperparameters[key])] for item in shown]
    _points(axes, _spread_apart(at), [item.metrics[metric] for item in shown])
    axes.set_xticks(range(len(kept)), list(map(label, kept)))
    axes.set_xlim(-0.5, len(kept) - 0.5)
    if sum(map(len, kept)) > 50:
        axes.tick_params(axis="x", rotation=45)
    left = len(items) - len(shown)
    return shown, [f"Omitted: {count(left, 'version')} with less frequent values."] if left else []


def _points(axes: Axes, x: Sequence[float], y: Sequence[float]) -> None:
    style = styles(1)[0]
    axes.plot(
        x,
        y,
        linestyle="none",
        marker="o",
        markersize=6 if len(x) < 200 else 3,
        alpha=0.75 if len(x) < 200 else 0.4,
        color=style.get("color"),
    )


def _spread_apart(places: Sequence[int]) -> list[float]:
    """Return positions with deterministic jitter within each category."""
    # Source: multiples of the golden ratio leave the most even gaps (Weyl sequence).
    seen: Counter[int] = Counter()
    moved = []
    for place in places:
        shift = (seen[place] * 0.6180339887) % 1 - 0.5 if seen[place] else 0.0
        moved.append(place + 0.5 * shift)
        seen[place] += 1
    return moved
