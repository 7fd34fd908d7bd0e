"""A search for hyperparameters: every trial as a line through its choices, to its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from exo_nbregistry.markup import count
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.plot.canvas import (
    dress,
    finish,
    first_colour,
    label,
    new_figure,
    spans_decades,
)
from exo_nbregistry.plot.metric import is_number
from exo_nbregistry.plot.score import Unfit, readable
from exo_nbregistry.plot.view import Plot

_MOST_AXES = 10
_MOST_CHOICES = 8
_NONE = "-"


@dataclass(frozen=True, eq=False)
class Search:
    """What a search tried.

    Attributes
    ----------
    metric : str
        By what it judged; a higher score is better.
    params : list of dict
        The choices of each trial that was scored, the best trial first.
    scores : list of float
        Their scores.
    left : list of str
        What else there is to say.
    """

    metric: str
    params: list[dict[str, Any]]
    scores: list[float]
    left: list[str]

    @classmethod
    def of(cls, attachment: Mapping[str, Any]) -> Search:
        """Read the attachment ``trials``.

        Raises
        ------
        Unfit
            If no trial in it has a score.
        """
        trials = attachment.get("trials")
        told = (
            [t for t in trials if isinstance(t, dict)] if isinstance(trials, list | tuple) else []
        )
        scored = [t for t in told if is_number(t.get("mean")) and isinstance(t.get("params"), dict)]
        if not scored:
            raise Unfit("has no trial with a score")
        # A search by halving judges most trials on few rows, which does not compare.
        most = max(_rows(trial) for trial in scored)
        final = sorted((t for t in scored if _rows(t) == most), key=lambda t: -t["mean"])
        left = []
        if failed := len(told) - len(scored):
            left.append(f"Left out: {count(failed, 'trial')} that failed.")
        if early := len(scored) - len(final):
            left.append(f"Left out: {count(early, 'trial')} judged on fewer rows.")
        params = [{str(k): v for k, v in t["params"].items()} for t in final]
        metric = str(attachment.get("metric") or "score")
        return cls(metric, params, [float(t["mean"]) for t in final], left)


@dataclass(frozen=True, eq=False)
class Scale:
    """One of the parallel axes.

    Attributes
    ----------
    places : list of float
        Height of each trial, from 0 to 1; NaN where it has none.
    ticks : list of tuple
        Height and text.
    """

    places: list[float]
    ticks: list[tuple[float, str]]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Scale:
        """Put numbers along a line, by their logarithms if they span decades; else categories."""
        choices = sorted({_text(value) for value in values})
        if all(map(is_number, values)) and len(choices) > 1:
            return cls._of_numbers([float(value) for value in values])
        if len(choices) > _MOST_CHOICES and all(is_number(v) for v in values if v is not None):
            known = [float(v) if v is not None else np.nan for v in values]
            return cls._of_numbers(known)
        height = {text: (i + 0.5) / len(choices) for i, text in enumerate(choices)}
        shown = choices if len(choices) <= 3 * _MOST_CHOICES else [choices[0], choices[-1]]
        return cls([height[_text(v)] for v in values], [(height[text], text) for text in shown])

    @classmethod
    def _of_numbers(cls, values: Sequence[float]) -> Scale:
        known = [value for value in values if not np.isnan(value)]
        turn = np.log10 if spans_decades(known) else np.asarray
        low, high = float(turn(min(known))), float(turn(max(known)))
        places = ((turn(values) - low) / (high - low)).tolist()
        middle = 10 ** ((low + high) / 2) if turn is np.log10 else (low + high) / 2
        return cls(
            places, [(0, f"{min(known):.3g}"), (0.5, f"{middle:.3g}"), (1, f"{max(known):.3g}")]
        )


def parallel_coordinates(
    items: Sequence[ModelMetadata],
    data: Sequence[Mapping[str, Any]],
    *,
    figsize: tuple[float, float] | None = None,
    notes: Sequence[str] = (),
) -> Plot:
    """Draw each trial of a search as a line through its hyperparameters, to its score.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The version that came of the search.
    data : sequence of mapping
        Its attachment ``trials``.
    figsize : tuple of float, optional
        In inches.
    notes : sequence of str
        Sentences for the caption.

    Returns
    -------
    Plot
        A row for each trial, the best first.
    """
    ((who, search),), _ = readable(items, data, Search.of)
    names = list(dict.fromkeys(key for params in search.params for key in params))
    varying = [
        key for key in names if len({_text(params.get(key, _NONE)) for params in search.params}) > 1
    ]
    shown = (varying or names)[: _MOST_AXES - 1]
    told = [*notes, *search.left]
    if same := [key for key in names if key not in varying and varying]:
        told.append(f"The same in all: {', '.join(label(key) for key in same[:8])}.")
    if len(varying) > len(shown):
        told.append(f"Left out: {count(len(varying) - len(shown), 'hyperparameter')}.")
    columns = [[params.get(key, _NONE) for params in search.params] for key in shown]
    figure = new_figure(figsize, widths=max(1, 0.22 * (len(shown) + 1)))
    axes = figure.add_subplot()
    _draw(axes, [Scale.of(column) for column in (*columns, search.scores)])
    score = f"{label(search.metric)} (mean)"
    _name(axes, [*(label(key, 24) for key in shown), score])
    title = f"{count(len(search.scores), 'trial')} of {who}"
    finish(figure, title, told)
    rows = [
        [i + 1, value, *(_cell(params.get(key, _NONE)) for key in names)]
        for i, (params, value) in enumerate(zip(search.params, search.scores, strict=True))
    ]
    headers = ("rank", score, *names)
    return Plot("trials", title, figure, headers, rows, tuple(told))


def _draw(axes: Axes, scales: Sequence[Scale]) -> None:
    """Draw the lines, the best one last, thick and marked, and an axis for each scale."""
    lines = np.array([scale.places for scale in scales]).T
    ink = axes.xaxis.label.get_color()
    at = range(len(scales))
    good = max(1, len(lines) // 10)
    for place, line in reversed(list(enumerate(lines))):
        if place == 0:
            look = {"color": first_colour(), "linewidth": 3, "marker": "o", "label": "the best"}
        elif place < good:
            look = {"color": first_colour(), "linewidth": 1.2, "linestyle": "--"}
        else:
            look = {"color": ink, "linewidth": 0.8, "alpha": max(0.08, min(0.45, 15 / len(lines)))}
        axes.plot(at, line, **look)
    for place, scale in enumerate(scales):
        axes.axvline(place, color=ink, linewidth=0.8, zorder=1)
        for height, text in scale.ticks:
            axes.text(
                place,
                height,
                f" {text} ",
                ha="right" if place == len(scales) - 1 else "left",
                va="center",
                fontsize="small",
                bbox={"facecolor": axes.get_facecolor(), "alpha": 0.75, "pad": 1, "linewidth": 0},
            )


def _name(axes: Axes, names: Sequence[str]) -> None:
    dress(axes, grid=False)
    wide = max(map(len, names)) * len(names) > 70
    axes.set_xticks(range(len(names)), names, rotation=20 if wide else 0)
    axes.set_yticks([])
    axes.set_ylim(-0.06, 1.06)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)


def _rows(trial: Mapping[str, Any]) -> float:
    rows: Any = trial.get("rows")
    return float(rows) if is_number(rows) else 0.0


def _cell(value: Any) -> Any:
    return value if is_number(value) else _text(value)


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else label(value, 18)
