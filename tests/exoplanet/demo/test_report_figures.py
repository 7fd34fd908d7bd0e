"""The report's figures."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from exo_nbregistry.exoplanet.demo.report_figures import (
    DARK,
    LIGHT,
    Theme,
    confusion_matrices,
    roc_curves,
)

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
PAGES = [(LIGHT, "#ffffff"), (DARK, "#121212")]
PAGE = pytest.mark.parametrize(("theme", "page"), PAGES, ids=["light", "dark"])


def evaluation(seed: int) -> dict[str, Any]:
    """Return the mostly correct predictions of a model for 200 signals."""
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, 2, 200)
    p = np.clip(0.25 + 0.5 * y_true + rng.normal(0, 0.25, 200), 0, 1)
    return {
        "y_true": y_true,
        "y_pred": (p > 0.5).astype(int),
        "classes": np.array([0, 1]),
        "probabilities": np.column_stack([1 - p, p]),
    }


def pixels(uri: str) -> np.ndarray:
    """Return the red, green, blue and alpha of a data URI."""
    head, _, data = uri.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(imread(io.BytesIO(base64.b64decode(data)), format="png"))


def draw(kind: str, theme: Theme, count: int = 3) -> str:
    """Draw one kind of figure of some models."""
    models = {f"model {i}": evaluation(i) for i in range(count)}
    if kind == "roc":
        return roc_curves(models, theme)
    return confusion_matrices(models, ("FALSE POSITIVE", "CONFIRMED"), theme)


def luminance(colour: str) -> float:
    """Return the relative luminance; source: WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors; source: WCAG 2.2."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@PAGE
def test_text_and_curves_have_contrast(theme: Theme, page: str) -> None:
    """The contrast with the page is at least 7 for text and 3 for curves."""
    assert contrast(theme.text, page) >= 7
    assert [line for line in theme.lines if contrast(line, page) < 3] == []


@THEMES
@pytest.mark.parametrize("kind", ["roc", "confusion"])
def test_a_figure_is_reproducible(kind: str, theme: Theme) -> None:
    """The same predictions give the same bytes."""
    assert draw(kind, theme) == draw(kind, theme)


@THEMES
@pytest.mark.parametrize("kind", ["roc", "confusion"])
def test_the_background_is_transparent(kind: str, theme: Theme) -> None:
    """The margin is transparent, and the figure is not empty."""
    image = pixels(draw(kind, theme))
    assert image[0, 0, 3] == 0
    assert 0.01 < (image[..., 3] > 0).mean() < 0.95


@pytest.mark.parametrize("kind", ["roc", "confusion"])
def test_a_theme_has_its_own_colors(kind: str) -> None:
    """The figures for a dark and for a light page differ."""
    assert draw(kind, LIGHT) != draw(kind, DARK)


@THEMES
def test_each_curve_has_its_color(theme: Theme) -> None:
    """The figure has one color of the theme for each model."""
    image = pixels(draw("roc", theme, count=2))[..., :3]
    wanted = [[int(line[i : i + 2], 16) / 255 for i in (1, 3, 5)] for line in theme.lines]
    found = [np.isclose(image, colour, atol=0.01).all(axis=-1).sum() > 50 for colour in wanted]
    assert found == [True, True, False, False]


def test_a_class_may_be_missing_from_the_test_set() -> None:
    """A row of a confusion matrix without signals is drawn as zeros."""
    arrays = evaluation(0) | {"y_true": np.zeros(200, dtype=int)}
    image = pixels(confusion_matrices({"model": arrays}, ("no", "yes"), LIGHT))
    assert np.isfinite(image).all()
