"""Trials of a hyperparameter search, in parallel coordinates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from exo_nbregistry.plot.axis_values import as_text, cell, in_order, is_number, spans_decades
from exo_nbregistry.plot.canvas import (
    FigureSize,
    finish,
    first_colour,
    label,
    legend,
    new_figure,
    style_axes,
)
from exo_nbregistry.plot.test_scores import NotPlottable, readable
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.trials import StoredSearch
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list

_MAX_AXES = 10
_MAX_CHOICES = 8
_MAX_TICKS = 20
_NONE = "-"
_MAX_LINES = 500  # more are drawn as one collection
_MAX_GOOD = 50


@dataclass(frozen=True, eq=False)
class Search:
    """Scored trials of a search.

    Attributes
    ----------
    metric : str
        Metric of the search.
    notes : tuple of str
        What the score is: ``mean`` of folds, ``lower is better``.
    params : list of dict
        Hyperparameters of each scored trial, best first.
    scores : list of float
        Scores of the trials.
    left : list of str
        Notes on omitted trials.
    """

    metric: str
    notes: tuple[str, ...]
    params: list[dict[str, Any]]
    scores: list[float]
    left: list[str]

    @classmethod
    def of(cls, attachment: Mapping[str, Any]) -> Search:
        """Return the scored trials of the attachment ``trials``.

        Raises
        ------
        NotPlottable
            If no trial has a score.
        """
        found = StoredSearch.of(attachment)
        best = found.best
        if not best:
            raise NotPlottable("has no trial with a score")
        left = [f"Omitted: {count(n, 'trial')} {why}." for why, n in found.omitted.items()]
        params = [trial.params for trial in best]
        is_mean = any(trial.spread is not None for trial in best)
        notes = (*(["mean"] if is_mean else []), *(["lower is better"] if found.minimize else []))
        return cls(found.metric, notes, params, [trial.score for trial in best], left)


@dataclass(frozen=True, eq=False)
class Scale:
    """One of the parallel axes.

    Attributes
    ----------
    places : list of float
        Height of each trial, from 0 to 1; NaN if it has no value.
    ends : tuple of str
        Text below and above an axis of numbers.
    ticks : list of tuple
        Height and text of each category.
    """

    places: list[float]
    ends: tuple[str, str] = ("", "")
    ticks: Sequence[tuple[float, str]] = ()

    @classmethod
    def of(cls, values: Sequence[Any]) -> Scale:
        """Return a linear or logarithmic scale of numbers, or a scale of categories."""
        known = [float(value) for value in values if is_number(value)]
        choices = in_order({as_text(value) for value in values})
        # None among few numbers is a category, such as max_depth=None; among many it is a gap.
        is_line = len(known) == len(values) or len(choices) > _MAX_CHOICES
        if is_line and known and min(known) < max(known):
            return cls._line([float(v) if is_number(v) else np.nan for v in values], known)
        height = {text: (i + 0.5) / len(choices) for i, text in enumerate(choices)}
        shown = choices if len(choices) <= _MAX_TICKS else [choices[0], choices[-1]]
        ticks = [(height[text], text) for text in shown]
        return cls([height[as_text(value)] for value in values], ticks=ticks)

    @classmethod
    def _line(cls, values: Sequence[float], known: Sequence[float]) -> Scale:
        along = np.log10 if spans_decades(known) else np.asarray
        low, high = float(along(min(known))), float(along(max(known)))
        places = ((along(values) - low) / (high - low)).tolist()
        return cls(places, (as_text(min(known)), as_text(max(known))))


def parallel_coordinates(
    items: Sequence[ModelMetadata],
    data: Sequence[Mapping[str, Any]],
    *,
    figsize: FigureSize | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Plot each trial of a search as a line through its hyperparameters to its score."""
    ((who, search),), _ = readable(items, data, Search.of)
    names = list(dict.fromkeys(key for params in search.params for key in params))
    varying = [
        key
        for key in names
        if len({as_text(params.get(key, _NONE)) for params in search.params}) > 1
    ]
    shown = (varying or names)[: _MAX_AXES - 1]
    all_notes = [*notes, *search.left]
    if same := [key for key in names if key not in varying and varying]:
        all_notes.append(f"Equal in all trials: {name_list(label(key) for key in same)}.")
    if len(varying) > len(shown):
        all_notes.append(f"Omitted: {count(len(varying) - len(shown), 'hyperparameter')}.")
    columns = [[params.get(key, _NONE) for params in search.params] for key in shown]
    figure = new_figure(figsize, widths=max(1, 0.22 * (len(shown) + 1)))
    axes = figure.add_subplot()
    style_axes(axes, grid=False)
    _draw(axes, [Scale.of(column) for column in (*columns, search.scores)])
    score = label(search.metric) + (f" ({', '.join(search.notes)})" if search.notes else "")
    _name(axes, [*(label(key, 24) for key in shown), score])
    title = f"{count(len(search.scores), 'trial')} of {who}"
    finish(figure, title, all_notes)
    rows = [
        [i + 1, value, *(cell(params.get(key, _NONE)) for key in names)]
        for i, (params, value) in enumerate(zip(search.params, search.scores, strict=True))
    ]
    headers = ("rank", score, *names)
    return Plot("trials", title, figure, headers, rows, tuple(all_notes))


def _draw(axes: Axes, scales: Sequence[Scale]) -> None:
    """Draw an axis for each scale and the lines, the best trial last."""
    lines = np.array([scale.places for scale in scales]).T
    ink = axes.xaxis.label.get_color()
    at = range(len(scales))
    good = max(1, min(_MAX_GOOD, len(lines) // 10))
    plain: dict[str, Any] = {
        "color": ink,
        "linewidth": 0.8,
        "alpha": max(0.02, min(0.45, 15 / len(lines))),
    }
    if len(lines) > _MAX_LINES:
        # Thousands of single lines would take a minute.
        axes.add_collection(
            LineCollection([np.column_stack([at, line]) for line in lines[:0:-1]], **plain)
        )
    else:
        for line in lines[:0:-1]:
            axes.plot(at, line, **plain)
    for line in lines[good - 1 : 0 : -1]:
        axes.plot(at, line, color=first_colour(), linewidth=1.2, linestyle="--")
    axes.plot(at, lines[0], color=first_colour(), linewidth=3, marker="o", label="best trial")
    if good > 1:
        best = f"{good - 1} next best"
        axes.plot([], [], color=first_colour(), linewidth=1.2, linestyle="--", label=best)
    for place, scale in enumerate(scales):
        axes.vlines(place, 0, 1, color=ink, linewidth=0.8, zorder=1)
        _write(axes, place, scale)


def _write(axes: Axes, place: int, scale: Scale) -> None:
    middle: dict[str, Any] = {"ha": "center", "fontsize": "small"}
    low, high = scale.ends
    axes.text(place, -0.025, low, va="top", **middle)
    axes.text(place, 1.025, high, va="bottom", **middle)
    # Behind the lines, on a background that separates text and lines.
    ground = {"facecolor": axes.get_facecolor(), "alpha": 0.8, "pad": 1, "linewidth": 0}
    words: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": "small", "zorder": 1.5}
    for height, text in scale.ticks:
        axes.text(place - 0.04, height, text, bbox=ground, **words)


def _name(axes: Axes, names: Sequence[str]) -> None:
    wide = max(map(len, names)) * len(names) > 70
    axes.set_xticks(range(len(names)), names)
    if wide:
        axes.tick_params(axis="x", rotation=20)
    axes.set_yticks([])
    axes.set_ylim(-0.1, 1.1)
    axes.set_xlim(-0.4, len(names) - 0.7)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    legend(axes, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
