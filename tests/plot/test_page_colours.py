"""Colors of figures for pages with any background."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.confusion import confusion_matrix
from exo_nbregistry.plot.metric import metric_over_versions
from exo_nbregistry.plot.page_colours import INK, INKS, for_any_background
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metric_series import measurements_of
from tests.plot.builders import version

WHITE, DARK = (1.0, 1.0, 1.0), (0x21 / 255,) * 3


def luminance(colour: Any) -> float:
    """Return the relative luminance of WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def pixels(plot: Plot) -> Any:
    """Return the RGBA pixels of the picture for a page, from 0 to 255."""
    with Image.open(io.BytesIO(plot.to_page_image().data)) as image:
        return np.asarray(image.convert("RGBA"))


def over_versions() -> Plot:
    """Return a plot of a metric with an alias."""
    items = [version(n, metrics={"f1_score": 0.8 + n / 100}) for n in (1, 2, 3)]
    items[1] = version(2, metrics={"f1_score": 0.95}, aliases=("champion",))
    return metric_over_versions(measurements_of(items))


@pytest.mark.parametrize("background", [WHITE, DARK])
def test_text_is_readable_on_light_and_dark_pages(background: Any) -> None:
    """The contrast of the ink is at least 3.7, which large text and lines require 3 of."""
    lighter, darker = sorted([luminance(to_rgb(INK)), luminance(background)], reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) > 3.7


@pytest.mark.parametrize(("theme", "background"), [("light", WHITE), ("dark", DARK)])
def test_text_of_a_theme_is_readable_on_its_pages(theme: str, background: Any) -> None:
    """The contrast of the ink of a theme is at least 7."""
    ink = luminance(to_rgb(INKS[theme]))
    lighter, darker = sorted([ink, luminance(background)], reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) > 7


def test_a_figure_has_the_ink_of_the_theme() -> None:
    """Titles and axes have the text color of the page."""
    figure = over_versions().figure
    with for_any_background(figure, INKS["dark"]):
        assert figure.axes[0].xaxis.label.get_color() == INKS["dark"]


def test_an_unknown_theme_is_rejected() -> None:
    """The error names the themes."""
    with pytest.raises(RegistryError, match="Unknown theme 'solarized'; choose 'light' or 'dark'"):
        over_versions().to_page_image("solarized")


def test_the_background_is_transparent() -> None:
    """Neither the figure, nor the legend, nor the box of an alias is opaque white."""
    shown = pixels(over_versions())
    assert shown[0, 0, 3] == 0
    white = (shown[..., :3] > 250).all(axis=-1) & (shown[..., 3] > 250)
    assert not white.any()


def test_no_line_or_text_is_black() -> None:
    """Text, ticks, axes and arrows have the ink."""
    shown = pixels(over_versions())
    black = (shown[..., :3] < 40).all(axis=-1) & (shown[..., 3] > 250)
    assert not black.any()


def test_the_figure_gets_its_colours_back() -> None:
    """The file of the figure is the same before and after."""
    plot = over_versions()
    before = plot.to_png()
    plot.to_page_image()
    assert plot.to_png() == before


def test_the_numbers_in_a_matrix_keep_their_contrast() -> None:
    """They are on the colors of the cells, not on the page."""
    measured = {"confusion_matrix": [[30, 10], [0, 60]], "classes": ["no", "yes"]}
    figure = confusion_matrix([version(additional_metrics=measured)]).figure
    numbers = [text for axes in figure.axes for text in axes.texts]
    with for_any_background(figure):
        assert {text.get_color() for text in numbers} <= {"#000000", "#ffffff"}
        assert figure.axes[0].xaxis.label.get_color() == INK


def test_a_style_of_the_user_is_kept() -> None:
    """A dark figure stays dark and opaque."""
    with mpl.rc_context({"figure.facecolor": "black", "text.color": "white"}):
        plot = over_versions()
    assert tuple(pixels(plot)[0, 0]) == (0, 0, 0, 255)
