"""The report's pictures, drawn for a light page and for a dark one."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Evaluation = Mapping[str, Any]


@dataclass(frozen=True)
class Theme:
    """The colours of one kind of page.

    Attributes
    ----------
    ink, faint : str
        Colour of text and lines, and of what only guides the eye.
    lines : tuple of str
        Colours of the curves, told apart by colour-blind eyes too.
    cells : tuple of str
        Colours of a cell that holds none and all of its row.
    """

    ink: str
    faint: str
    lines: tuple[str, ...]
    cells: tuple[str, str]


# Source: Okabe & Ito 2008, Color Universal Design, jfly.uni-koeln.de/color
LIGHT = Theme(
    "#1c2330", "#9aa3b2", ("#0072b2", "#d55e00", "#009e73", "#cc79a7"), ("#f1f5fa", "#0b4f8a")
)
DARK = Theme(
    "#e6e9ef", "#6b7686", ("#56b4e9", "#e69f00", "#2fc79b", "#e39bc5"), ("#1d2530", "#4a9fd8")
)
_CORNER = (0.0, 0.05, 0.1, 0.15, 0.2)
_DASHES = ("-", "--", "-.", ":")


def roc_curves(evaluations: Mapping[str, Evaluation], theme: Theme) -> str:
    """Draw the curve of true against false positives of each model.

    Parameters
    ----------
    evaluations : mapping of str to mapping
        For each model's label the arrays ``y_true``, ``classes`` and ``probabilities``.
    theme : Theme
        The page's colours.

    Returns
    -------
    str
        A PNG as a data URI.
    """
    from matplotlib.figure import Figure
    from sklearn.metrics import auc, roc_curve

    figure = Figure(figsize=(8.4, 4.2), layout="constrained")
    whole, corner = figure.subplots(1, 2)
    for i, (label, arrays) in enumerate(evaluations.items()):
        positive = arrays["classes"][1]
        wrong, right, _ = roc_curve(
            arrays["y_true"], arrays["probabilities"][:, 1], pos_label=positive
        )
        style = {"color": theme.lines[i % 4], "linestyle": _DASHES[i % 4], "linewidth": 1.8}
        for axes in (whole, corner):
            axes.plot(wrong, right, label=f"{label} ({auc(wrong, right):.3f})", **style)
    whole.plot([0, 1], [0, 1], color=theme.faint, linewidth=1, linestyle=":", label="chance (0.5)")
    whole.set_title("ROC curve (area under it)", fontsize=11)
    corner.set_title("Its upper left corner", fontsize=11)
    corner.set(xlim=(0, 0.2), ylim=(0.8, 1.0), xticks=_CORNER, yticks=[1 - x for x in _CORNER])
    for axes in (whole, corner):
        axes.set_xlabel("share of false positives taken for planets")
        axes.grid(color=theme.faint, alpha=0.25, linewidth=0.6)
        _dress(axes, theme)
    whole.set_ylabel("share of planets found")
    whole.legend(loc="lower right", frameon=False, labelcolor=theme.ink)
    return _png(figure)


def confusion_matrices(
    evaluations: Mapping[str, Evaluation], class_names: tuple[str, str], theme: Theme
) -> str:
    """Draw what each model took for what, side by side.

    Parameters
    ----------
    evaluations : mapping of str to mapping
        For each model's label the arrays ``y_true``, ``y_pred`` and ``classes``.
    class_names : tuple of str
        Words for the two classes.
    theme : Theme
        The page's colours.

    Returns
    -------
    str
        A PNG as a data URI.
    """
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from sklearn.metrics import confusion_matrix

    figure = Figure(figsize=(8.4, 3.1), layout="constrained")
    scale = LinearSegmentedColormap.from_list("share", list(theme.cells))
    panels = figure.subplots(1, len(evaluations), squeeze=False)[0]
    for axes, (label, arrays) in zip(panels, evaluations.items(), strict=True):
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
        _dress(axes, theme)
    panels[0].set_ylabel("true")
    return _png(figure)


def _dress(axes: Axes, theme: Theme) -> None:
    axes.patch.set_alpha(0)
    axes.tick_params(colors=theme.ink, length=0, pad=6)
    for spine in axes.spines.values():
        spine.set_color(theme.faint)
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
        text.set_color(theme.ink)


def _png(figure: Figure) -> str:
    data = io.BytesIO()
    # Without the release of matplotlib in it, the same picture is the same bytes.
    figure.savefig(data, format="png", dpi=144, transparent=True, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"
