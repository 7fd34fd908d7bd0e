"""The report's figures, for a light and for a dark page."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Evaluation = Mapping[str, Any]


@dataclass(frozen=True)
class Theme:
    """The colors of a light or a dark page.

    Attributes
    ----------
    text, guide : str
        Color of text, and of grid and guide lines.
    lines : tuple of str
        Colors of the curves, which color-blind readers can distinguish.
    cells : tuple of str
        Colors of a cell with 0 % and with 100 % of its row.
    """

    text: str
    guide: str
    lines: tuple[str, ...]
    cells: tuple[str, str]


# Source: Okabe & Ito 2008, Color Universal Design, jfly.uni-koeln.de/color
LIGHT = Theme(
    "#1c2330",
    "#9aa3b2",
    ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#1c2330"),
    ("#f1f5fa", "#0b4f8a"),
)
DARK = Theme(
    "#e6e9ef",
    "#6b7686",
    ("#56b4e9", "#e69f00", "#2fc79b", "#e39bc5", "#e6e9ef"),
    ("#1d2530", "#4a9fd8"),
)
_CORNER = (0.0, 0.05, 0.1, 0.15, 0.2)
_DASHES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
_COLUMNS = 3


def roc_curves(evaluations: Mapping[str, Evaluation], theme: Theme) -> str:
    """Draw the ROC curves of the models.

    Parameters
    ----------
    evaluations : mapping of str to mapping
        Arrays ``y_true``, ``classes`` and ``probabilities`` for each model's label.
    theme : Theme
        Colors of the page.

    Returns
    -------
    str
        A PNG as a data URI.
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import auc, roc_curve

    figure = Figure(figsize=(8.4, 4.2), layout="constrained")
    whole, corner = figure.subplots(1, 2)
    looks = cycle(zip(theme.lines, _DASHES, strict=True))
    for (label, arrays), (colour, dashes) in zip(evaluations.items(), looks, strict=False):
        positive = arrays["classes"][1]
        false_rate, true_rate, _ = roc_curve(
            arrays["y_true"], arrays["probabilities"][:, 1], pos_label=positive
        )
        area = auc(false_rate, true_rate)
        named = f"{label} ({area:.3f})"
        for axes in (whole, corner):
            axes.plot(
                false_rate, true_rate, label=named, color=colour, linestyle=dashes, linewidth=1.8
            )
    whole.plot([0, 1], [0, 1], color=theme.guide, linewidth=1, linestyle=":", label="chance (0.5)")
    whole.set_title("ROC curve (area under the curve)", fontsize=11)
    corner.set_title("Upper left corner", fontsize=11)
    corner.set(xlim=(0, 0.2), ylim=(0.8, 1.0), xticks=_CORNER, yticks=[1 - x for x in _CORNER])
    for axes in (whole, corner):
        axes.set_xlabel("false positive rate")
        axes.grid(color=theme.guide, alpha=0.25, linewidth=0.6)
        _style_axes(axes, theme)
    whole.set_ylabel("true positive rate")
    whole.legend(loc="lower right", frameon=False, labelcolor=theme.text)
    return _png(figure)


def confusion_matrices(
    evaluations: Mapping[str, Evaluation], class_names: tuple[str, str], theme: Theme
) -> str:
    """Draw the confusion matrices of the models, three in a row.

    Parameters
    ----------
    evaluations : mapping of str to mapping
        Arrays ``y_true``, ``y_pred`` and ``classes`` for each model's label.
    class_names : tuple of str
        Names of the two classes.
    theme : Theme
        Colors of the page.

    Returns
    -------
    str
        A PNG as a data URI.
    """
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from sklearn.metrics import confusion_matrix

    rows = math.ceil(len(evaluations) / _COLUMNS)
    figure = Figure(figsize=(8.4, 3.1 * rows), layout="constrained")
    scale = LinearSegmentedColormap.from_list("share", list(theme.cells))
    grid = figure.subplots(rows, min(len(evaluations), _COLUMNS), squeeze=False)
    panels = grid.ravel()
    for axes in panels[len(evaluations) :]:
        axes.remove()
    for axes, (label, arrays) in zip(panels, evaluations.items(), strict=False):
        counts = confusion_matrix(arrays["y_true"], arrays["y_pred"], labels=arrays["classes"])
        shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
        axes.imshow(shares, cmap=scale, vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(counts):
            red, green, blue, _ = scale(shares[row, column])
            bright = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
            axes.text(
                column,
                row,
                f"{count}\n{shares[row, column]:.1%}",
                ha="center",
                va="center",
                color="#101418" if bright else "#ffffff",
            )
        axes.set_title(label, fontsize=11)
        axes.set_xticks(range(2), class_names, fontsize=8)
        axes.set_yticks(range(2), class_names, fontsize=8, rotation=90, va="center")
        axes.set_xlabel("predicted")
        _style_axes(axes, theme)
    for axes in grid[:, 0]:
        axes.set_ylabel("true")
    return _png(figure)


def _style_axes(axes: Axes, theme: Theme) -> None:
    axes.patch.set_alpha(0)
    axes.tick_params(colors=theme.text, length=0, pad=6)
    for spine in axes.spines.values():
        spine.set_color(theme.guide)
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
        text.set_color(theme.text)


def _png(figure: Figure) -> str:
    data = io.BytesIO()
    # Without the release of matplotlib, equal figures have equal bytes.
    figure.savefig(data, format="png", dpi=144, transparent=True, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"
