"""The report's pictures."""

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
    """Return what a model said of 200 signals, mostly rightly."""
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
    """Draw one kind of picture of some models."""
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
    """Return the contrast ratio of two colours; source: WCAG 2.2."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@PAGE
def test_text_and_curves_stand_out_from_the_page(theme: Theme, page: str) -> None:
    """Text has a contrast of 7 and each curve of 3 with the page it is drawn for."""
    assert contrast(theme.text, page) >= 7
    assert [line for line in theme.lines if contrast(line, page) < 3] == []


@THEMES
@pytest.mark.parametrize("kind", ["roc", "confusion"])
def test_the_same_picture_is_the_same_bytes(kind: str, theme: Theme) -> None:
    """A report of the same versions does not change when it is written again."""
    assert draw(kind, theme) == draw(kind, theme)


@THEMES
@pytest.mark.parametrize("kind", ["roc", "confusion"])
def test_a_picture_lets_the_page_through(kind: str, theme: Theme) -> None:
    """The margin is transparent, and something is drawn."""
    image = pixels(draw(kind, theme))
    assert image[0, 0, 3] == 0
    assert 0.01 < (image[..., 3] > 0).mean() < 0.95


@pytest.mark.parametrize("kind", ["roc", "confusion"])
def test_a_theme_has_its_own_colours(kind: str) -> None:
    """The picture for a dark page is another one than that for a light page."""
    assert draw(kind, LIGHT) != draw(kind, DARK)


@THEMES
def test_each_curve_has_its_colour(theme: Theme) -> None:
    """As many of the theme's colours are in the picture as there are models."""
    image = pixels(draw("roc", theme, count=2))[..., :3]
    wanted = [[int(line[i : i + 2], 16) / 255 for i in (1, 3, 5)] for line in theme.lines]
    found = [np.isclose(image, colour, atol=0.01).all(axis=-1).sum() > 50 for colour in wanted]
    assert found == [True, True, False, False]


def test_a_class_that_is_not_in_the_test_part_does_no_harm() -> None:
    """A row of a confusion matrix without any signal is drawn as zeros."""
    arrays = evaluation(0) | {"y_true": np.zeros(200, dtype=int)}
    image = pixels(confusion_matrices({"model": arrays}, ("no", "yes"), LIGHT))
    assert np.isfinite(image).all()
