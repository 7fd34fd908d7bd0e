"""The figures of the demo's report."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from exo_nbregistry.exoplanet.data.koi import TARGET_NAMES
from exo_nbregistry.exoplanet.demo import report_figures
from exo_nbregistry.exoplanet.demo.report_figures import LIGHT, confusion_matrices, roc_curves

ALGORITHMS = ["RandomForest", "NeuralNetwork", "SVM", "HistGradientBoosting", "Ensemble"]


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """Return the evaluations of the demo's five models; the functions return the figure."""
    monkeypatch.setattr(report_figures, "_png", lambda figure: figure)
    y_true, scores = np.array([0, 1] * 20), np.linspace(0.01, 0.99, 40)
    arrays = {
        "y_true": y_true,
        "y_pred": (scores > 0.5).astype(int),
        "classes": np.array([0, 1]),
        "probabilities": np.column_stack([1 - scores, scores]),
    }
    return dict.fromkeys(ALGORITHMS, arrays)


def test_each_model_has_its_line(evaluations: Mapping[str, Any]) -> None:
    """No two models have the same color or the same dashes."""
    figure: Any = roc_curves(evaluations, LIGHT)
    lines = figure.axes[0].get_lines()[: len(ALGORITHMS)]
    assert len({line.get_color() for line in lines}) == len(ALGORITHMS)
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == len(ALGORITHMS)


def test_texts_of_confusion_matrices_do_not_overlap(evaluations: Mapping[str, Any]) -> None:
    """Titles and labels of the five matrices do not overlap."""
    figure: Any = confusion_matrices(evaluations, TARGET_NAMES, LIGHT)
    FigureCanvasAgg(figure).draw()
    shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    boxes = {text: text.get_window_extent() for text in shown}
    assert {text.get_text() for text in shown} >= {*ALGORITHMS, *TARGET_NAMES}
    assert not [
        (one.get_text(), other.get_text())
        for one, other in combinations(shown, 2)
        if boxes[one].overlaps(boxes[other])
    ]
