"""Versions and test results for plots, and the texts of a figure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text

from exo_nbregistry.records.metadata import ModelMetadata

AT = datetime(2026, 1, 1, tzinfo=UTC)
# Names with formulas, TeX commands, control characters or no visible characters.
NAMES = [
    r"$\frac{1}{$",
    "$x^2$ and $y_1$",
    r"\input{/etc/passwd}%&#_^~",
    "<img src=x onerror=alert(1)>",
    "red\x1b[31m\n\x00",
    "‮gnp.exe⁦​",
    "_hidden",
    "星表 🪐 عربي",
    "n" * 500,
]


def version(number: int = 1, model: str = "kepler_rf", **fields: Any) -> ModelMetadata:
    """Return the metadata of a version."""
    return ModelMetadata(
        **{
            "model_id": f"{model}:{number}",
            "model_name": model,
            "version": number,
            "created_at": AT + timedelta(days=number),
            **fields,
        }
    )


def results(rows: int = 200, classes: int = 2, seed: int = 0) -> dict[str, Any]:
    """Return evaluation arrays of a classifier that is better than chance."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(classes, size=rows)
    truth[:classes] = range(classes)
    raw = chance.random((rows, classes)) + 0.5 * np.eye(classes)[truth]
    given = raw / raw.sum(axis=1, keepdims=True)
    labels = np.array([f"class {i}" for i in range(classes)])
    return {
        "y_true": labels[truth],
        "y_pred": labels[given.argmax(axis=1)],
        "classes": labels,
        "probabilities": given,
    }


def texts(figure: Figure) -> list[str]:
    """Return all texts of a figure."""
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def legend(figure: Figure) -> list[str]:
    """Return the texts of the first axes' legend."""
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def line(figure: Figure, beginning: str) -> Any:
    """Return the line of the first axes whose label has this prefix."""
    (found,) = (one for one in figure.axes[0].lines if str(one.get_label()).startswith(beginning))
    return found
