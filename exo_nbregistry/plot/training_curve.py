"""Curves of a training: a metric after each iteration or epoch, of several versions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.axis_values import is_number
from exo_nbregistry.plot.canvas import (
    LONGEST,
    FigureSize,
    finish,
    label,
    legend,
    new_figure,
    style_axes,
    styles,
)
from exo_nbregistry.plot.test_scores import NotPlottable, readable
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.metric import higher_is_better, most_frequent, ordered

_MAX_CURVES = 8  # of one version
_MAX_POINTS = 1000  # of one curve in the table of all points
_VALID = "-"
_TRAIN = "--"
_OTHERS = ("-.", ":")
_TRAIN_WORDS = re.compile(r"(train|learn|fit)(ing|_.*)?")
_PARTS = re.compile(r"(train|learn|valid|val|eval|test|dev|holdout|oof|fit|cv).*")
# Losses by the names of XGBoost and LightGBM.
_LOSSES = re.compile(
    r".*(loss|error|nloglik|nll|deviance|entropy|l1|l2|rmse|mae|mape|mphe|poisson|gamma|tweedie"
    r"|huber|fair|quantile|kullback_leibler|kldiv).*"
)


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve of a version.

    Attributes
    ----------
    name : str
        Name as stored.
    part : str
        Part of the data, such as ``valid``; empty if it is unknown.
    metric : str
        The metric.
    x, values : ndarray of shape (n_points,)
        Iterations from 1, and the metric after each of them.
    """

    name: str
    part: str
    metric: str
    x: NDArray[np.float64]
    values: NDArray[np.float64]

    @property
    def is_train(self) -> bool:
        """Whether the metric is of training rows."""
        return bool(_TRAIN_WORDS.fullmatch(self.part))


@dataclass(frozen=True, eq=False)
class Curves:
    """All curves of a version, and what they are plotted against."""

    listed: tuple[Curve, ...]
    x: str

    @classmethod
    def of(cls, attachment: Mapping[str, Any]) -> Curves:
        """Return the curves of the attachment ``curves``.

        Raises
        ------
        NotPlottable
            If no version has a curve of numbers.
        """
        stored, every = attachment.get("curves"), attachment.get("every")
        step = every if type(every) is int and every > 0 else 1
        known: Mapping[Any, Any] = stored if isinstance(stored, Mapping) else {}
        listed = []
        for name, values in known.items():
            if not isinstance(values, list | tuple) or not any(map(is_number, values)):
                continue
            part, metric = split_name(str(name), known)
            numbers = [float(v) if is_number(v) else math.nan for v in values]
            x = np.arange(1.0, len(numbers) + 1) * step
            listed.append(Curve(str(name), part, metric, x, np.array(numbers)))
        if not listed:
            raise NotPlottable("has no curve of numbers")
        return cls(tuple(listed), "epoch" if attachment.get("x") == "epoch" else "iteration")


def split_name(name: str, known: Mapping[Any, Any]) -> tuple[str, str]:
    """Return the part of the data and the metric in the name of a curve.

    Examples
    --------
    >>> split_name("valid auc", {}), split_name("validation_0 logloss", {})
    (('valid', 'auc'), ('validation_0', 'logloss'))
    >>> split_name("val_loss", {}), split_name("loss", {"val_loss": []}), split_name("auc", {})
    (('val', 'loss'), ('train', 'loss'), ('', 'auc'))
    """
    first, _, rest = name.partition(" ")
    if rest and _PARTS.fullmatch(first.lower()):
        return first.lower(), rest
    for prefix in ("val", "train", "test"):
        if name.startswith(f"{prefix}_"):
            return prefix, name.removeprefix(f"{prefix}_")
    return ("train" if f"val_{name}" in known else "", name)


def is_better_higher(metric: str) -> bool | None:
    """Return the direction of a metric, also by its name in XGBoost and LightGBM.

    Examples
    --------
    >>> is_better_higher("binary_logloss"), is_better_higher("auc"), is_better_higher("sharpness")
    (False, True, None)
    """
    known = higher_is_better(metric.partition("@")[0])
    return False if known is None and _LOSSES.fullmatch(metric.lower()) else known


def training_curve(
    items: Sequence[ModelMetadata],
    data: Sequence[Mapping[str, Any]],
    *,
    metric: str | None = None,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot the curves of a metric, with a color for each version and the best iteration."""
    drawn, left = readable(items, data, Curves.of)
    metric = _chosen(metric, drawn)
    shown = [
        (who, found.x, [c for c in found.listed if c.metric == metric]) for who, found in drawn
    ]
    lacking = [who for who, _, curves in shown if not curves]
    shown = [entry for entry in shown if entry[2]]
    all_notes = [*notes, *left]
    if lacking:
        all_notes.append(f"Omitted, without curves of {label(metric)}: {name_list(lacking)}.")
    figure = new_figure(figsize)
    axes = figure.add_subplot()
    style_axes(axes)
    rows: list[list[Any]] = []
    points: dict[str, list[Any]] = {"model": [], "curve": [], "x": [], "value": []}
    for (who, _, curves), style in zip(shown, styles(len(shown)), strict=True):
        if len(curves) > _MAX_CURVES:
            rest = count(len(curves) - _MAX_CURVES, "more curve")
            all_notes.append(f"Omitted: {rest} of {who}.")
        _draw(axes, who, curves[:_MAX_CURVES], metric, style)
        for curve in sorted(curves, key=lambda curve: curve.is_train):
            rows.append([f"{who}, {label(curve.name)}", *_best_and_last(curve, metric)])
            _add_points(points, who, curve)
    (x,) = {x for _, x, _ in shown} if len({x for _, x, _ in shown}) == 1 else {"iteration"}
    better = {True: " (higher is better)", False: " (lower is better)", None: ""}
    title = label(metric, LONGEST) + better[is_better_higher(metric)]
    axes.set(xlabel=x, ylabel=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    legend(axes, loc="best")
    what = shown[0][0] if len(shown) == 1 else count(len(shown), "version")
    heading = f"{label(metric)} by {x} of {what}"
    finish(figure, heading, all_notes)
    headers = ("curve", f"best {label(metric)}", f"at {x}", "last", f"{x}s")
    points[x] = points.pop("x")
    return Plot("curve", heading, figure, headers, rows, tuple(all_notes), points)


def _chosen(metric: str | None, drawn: Sequence[tuple[str, Curves]]) -> str:
    """Return the metric to plot: by default the one of most versions, of held-out rows first."""
    counts: dict[str, int] = {}
    held_out = set()
    for _, found in drawn:
        for name in dict.fromkeys(curve.metric for curve in found.listed):
            counts[name] = counts.get(name, 0) + 1
        held_out |= {curve.metric for curve in found.listed if not curve.is_train}
    if metric is None:
        likely = {name: n for name, n in counts.items() if name in held_out}
        return most_frequent(likely or counts) or ""
    if metric in counts:
        return metric
    # A whole name of a curve, such as "valid auc", names its metric.
    named = (c.metric for _, found in drawn for c in found.listed if c.name == metric)
    if found_metric := next(named, None):
        return found_metric
    raise RegistryError(
        f"Cannot plot {metric!r:.60}: no version has curves of this metric. Available metrics: "
        f"{name_list(ordered(counts))}."
    )


def _draw(
    axes: Axes, who: str, curves: Sequence[Curve], metric: str, style: Mapping[str, Any]
) -> None:
    plain = {key: value for key, value in style.items() if key not in ("marker", "linestyle")}
    held_out = [curve for curve in curves if not curve.is_train]
    # Boosters stop early by the last of several sets, so the first one is often the training set.
    kinds = (_VALID, *_OTHERS)
    dashes = {id(c): kinds[min(i, 2)] for i, c in enumerate(reversed(held_out))}
    for curve in curves:
        axes.plot(
            curve.x,
            curve.values,
            linestyle=dashes.get(id(curve), _TRAIN),
            linewidth=1.2 if curve.is_train else 1.8,
            # A curve of one point has no line.
            marker="." if len(curve.x) == 1 else None,
            label=f"{who}, {label(curve.name)}",
            **plain,
        )
    marked = held_out[-1] if held_out else curves[0]
    place = _best_place(marked, metric)
    if place is not None and len(marked.x) > 1:
        axes.plot(
            marked.x[place],
            marked.values[place],
            linestyle="none",
            marker=style.get("marker", "o"),
            markersize=8,
            label=f"{who}, best at {marked.x[place]:.0f}",
            **plain,
        )


def _best_place(curve: Curve, metric: str) -> int | None:
    better = is_better_higher(metric)
    if better is None:
        return None
    return int(np.nanargmax(curve.values) if better else np.nanargmin(curve.values))


def _best_and_last(curve: Curve, metric: str) -> list[Any]:
    place = _best_place(curve, metric)
    known = curve.values[~np.isnan(curve.values)]
    last = float(known[-1])
    best = [None, None] if place is None else [float(curve.values[place]), int(curve.x[place])]
    return [*best, last, int(curve.x[-1])]


def _add_points(points: dict[str, list[Any]], who: str, curve: Curve) -> None:
    """Add the points of a curve; of a long one, evenly chosen points with both ends."""
    n = len(curve.x)
    chosen = np.unique(np.linspace(0, n - 1, min(n, _MAX_POINTS)).round().astype(int))
    points["model"] += [who] * len(chosen)
    points["curve"] += [curve.name] * len(chosen)
    points["x"] += curve.x[chosen].astype(int).tolist()
    points["value"] += curve.values[chosen].tolist()
