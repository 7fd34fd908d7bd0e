"""Changes of facts between two versions."""

from __future__ import annotations

import math
from typing import Any

import pytest

from exo_nbregistry.views.delta import COLOURS, Change, format_change, metric_cells
from exo_nbregistry.views.facts import ABSENT
from tests.html_page import Page

DIRECTIONS = {"f1_score": True, "log_loss": False}.get


@pytest.mark.parametrize(
    ("name", "first", "value", "formatted"),
    [
        ("f1_score", 0.8, 0.9, "0.9000 +0.1000 better"),
        ("f1_score", 0.9, 0.8, "0.8000 -0.1000 worse"),
        ("log_loss", 0.3, 0.2, "0.2000 -0.1000 better"),
        ("log_loss", 0.2, 0.3, "0.3000 +0.1000 worse"),
        ("sharpness", 0.2, 0.3, "0.3000 +0.1000"),
        ("f1_score", 0.5, 0.5, "0.5000 same"),
        ("f1_score", 0.5, 0.5 + 1e-9, "0.5000 +<0.0001 better"),
        ("f1_score", math.nan, 0.3, "0.3000"),
        ("f1_score", 0.3, math.nan, "NaN"),
        ("log_loss", math.inf, math.inf, "inf"),
        ("f1_score", ABSENT, 0.3, "0.3000"),
        ("f1_score", 0.3, ABSENT, "-"),
    ],
)
def test_a_metric_has_its_change(name: str, first: Any, value: Any, formatted: str) -> None:
    """A change of numbers has a sign, and a verdict if the direction is known."""
    cells = metric_cells([first, value], DIRECTIONS(name), [True, True])
    assert str(cells[1]) == formatted


def test_a_metric_that_was_measured_differently_has_no_change() -> None:
    """Values that cannot be compared have neither a difference nor a verdict."""
    assert metric_cells([0.5, 0.6, 0.7], True, [True, False, True]) == [
        "0.5000",
        "0.6000",
        Change("0.7000", "+0.2000", "better"),
    ]


def test_values_and_changes_of_a_metric_have_equal_decimals() -> None:
    """The largest value of a row decides the decimals of all its values and changes."""
    cells = metric_cells([1174.0, 1173.9988, 11.72], False, [True] * 3)
    assert list(map(str, cells)) == ["1174.0", "1174.0 -<0.1 better", "11.7 -1162.3 better"]


@pytest.mark.parametrize(
    ("first", "value", "formatted"),
    [
        ("float64", "float64", "float64"),
        ("float64", "float32", "float32 retyped"),
        (ABSENT, "float64", "float64 added"),
        ("float64", ABSENT, "removed"),
        (ABSENT, ABSENT, "-"),
    ],
)
def test_a_column_has_its_change(first: Any, value: Any, formatted: str) -> None:
    """A column is added, removed, retyped or unchanged."""
    assert format_change("schema", "koi_depth", first, value) == formatted


def test_a_hyperparameter_has_no_better_value() -> None:
    """Facts other than metrics have no verdict, also with the name of a metric."""
    assert format_change("hyperparameters", "f1_score", 0.1, 0.2) == "0.2"


@pytest.mark.parametrize("verdict", ["better", "worse"])
def test_the_verdict_has_color_and_text(verdict: str) -> None:
    """The HTML has the words of the text, and the color of the verdict."""
    change = Change("0.9000", "+0.1000", verdict)
    page = Page(change.to_html())
    assert "".join(page.text) == str(change)
    assert page.attributes == [("style", f"background:{COLOURS[verdict]}")]


def test_without_a_verdict_there_is_no_colour() -> None:
    """Without a verdict, the change has no color."""
    assert Change("<b>", "+0.1000").to_html() == "&lt;b&gt; +0.1000"


@pytest.mark.parametrize(("page", "text"), [(255, 33), (17, 222)], ids=["light", "dark"])
@pytest.mark.parametrize("colour", sorted(set(COLOURS.values())))
def test_text_on_colours_can_be_read(colour: str, page: int, text: int) -> None:
    """Text keeps a contrast of 7:1 on each colour, on JupyterLab's light and on its dark page."""
    *parts, share = map(float, colour.removeprefix("rgba(").removesuffix(")").split(","))
    behind = luminance(*(share * part + (1 - share) * page for part in parts))
    dark, light = sorted((behind, luminance(text, text, text)))
    assert (light + 0.05) / (dark + 0.05) > 7


def luminance(*colour: float) -> float:
    """Return the relative luminance, as WCAG 2.2 defines it."""
    parts = [value / 255 for value in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
