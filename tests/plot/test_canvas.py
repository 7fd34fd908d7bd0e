"""Figures use the current style, do not parse untrusted text, and change no global state."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import matplotlib.style
import pytest
from cycler import cycler
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from exo_nbregistry.plot.canvas import (
    contrasting_colour,
    finish,
    grid_of,
    label,
    mix,
    new_figure,
    shades,
    styles,
)
from exo_nbregistry.plot.curve import roc
from exo_nbregistry.plot.metric import metric_over_versions
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metric_series import measurements_of
from exo_nbregistry.text.terminal import visible
from tests.plot.builders import NAMES, results, texts, version

ROOT = Path(__file__).resolve().parents[2]


def curves(name: str = "kepler_rf") -> Plot:
    """Return a plot of two curves of a model with this name."""
    return roc([version(1, name), version(2, name, aliases=(name,))], [results(), results()])


def line_of(name: str = "kepler_rf") -> Plot:
    """Return a plot of a metric, a model and an alias with this name."""
    items = [version(i, name, metrics={name: i / 10}, aliases=(name,)) for i in (1, 2)]
    return metric_over_versions(measurements_of(items))


@pytest.mark.parametrize(
    ("width", "size"), [(6.4, (6.4, 4.8)), (3.2, (3.2, 2.88)), (20.0, (6.4, 4.8))]
)
def test_a_figure_fits_its_width(width: float, size: tuple[float, float]) -> None:
    """If only the width is given, a narrow figure is lower, and none is wider than the default."""
    assert tuple(new_figure((width, None)).get_size_inches()) == pytest.approx(size)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("f1_score (of 1) (higher is better)", "f1_score (of 1)\n(higher is better)"),
        ("one two three four five six seven", "one two three\nfour five six seven"),
    ],
)
def test_a_long_label_of_a_low_figure_has_two_lines(text: str, shown: str) -> None:
    """A vertical label is broken if it would be cut at the edges of the figure."""
    figure = new_figure((3.2, 1.8))
    axes = figure.add_subplot()
    axes.set_ylabel(text)
    finish(figure, "title", ["a note"])
    label = axes.yaxis.label
    extent = label.get_window_extent()
    assert label.get_text() == shown
    assert 0 <= extent.y0 < extent.y1 <= figure.bbox.height


def test_panels_of_a_narrow_figure_are_below_each_other() -> None:
    """A row has as many panels as fit, at least one."""
    grids = [grid_of(3, (width, None)) for width in (3.2, 5.0, 9.0)]
    assert grids == [(1, 3), (2, 2), (3, 1)]
    assert grid_of(3, (3.2, 4.0)) == (3, 1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("draw", [curves, line_of])
def test_untrusted_text_is_shown_unchanged(draw: Callable[[str], Plot], name: str) -> None:
    """Formulas, TeX and control characters in names are not interpreted."""
    plot = draw(name)
    assert plot.to_png().startswith(b"\x89PNG")
    found = plot.figure.findobj(Text)
    assert any(label(name)[:8] in text.get_text() for text in found)
    for text in found:
        assert not text.get_usetex()
        assert not text.get_parse_math()
        lines = text.get_text().split("\n")
        assert all(visible(part) == part for part in lines)
        assert max(map(len, lines)) < 120


def test_tex_is_disabled() -> None:
    """TeX is disabled, because it could read files, even if text.usetex is set."""
    with mpl.rc_context({"text.usetex": True}):
        plot = curves(r"\input{/etc/passwd}")
    assert not any(text.get_usetex() for text in plot.figure.findobj(Text))
    assert plot.to_png().startswith(b"\x89PNG")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
@example("\U00010000" * 60)
def test_any_text_can_be_drawn(text: str) -> None:
    """Any name is one visible line and is drawn without a warning."""
    shown = label(text)
    assert visible(shown) == shown
    assert len(shown) <= 40 * len("\\U0001f600")
    assert not shown.startswith("_")
    figure = new_figure()
    figure.add_subplot().set_title(shown)
    finish(figure, text)
    with io.BytesIO() as target:
        figure.savefig(target, format="png")
        assert target.getvalue().startswith(b"\x89PNG")


def test_what_no_font_has_can_still_be_read() -> None:
    """A letter without a glyph is escaped; a letter with a glyph is kept."""
    assert label("é") == "é"
    assert label("\uf8fe") == "\\uf8fe"


def test_the_style_that_is_set_is_followed() -> None:
    """The figure has the background and the color cycle of the current style."""
    with mpl.style.context("dark_background"):
        plot = curves()
        ticks = mpl.rcParams["xtick.color"]
        colours = [entry["color"] for entry in mpl.rcParams["axes.prop_cycle"]]
    assert plot.figure.get_facecolor() == to_rgba("black")
    axes = plot.figure.axes[0]
    assert [one.get_color() for one in axes.lines[:2]] == colours[:2]
    plot.to_png()
    for tick in axes.get_xticklabels():
        assert tick.get_color() == ticks
    assert plot.figure.get_suptitle() == "ROC curve"


def test_settings_are_followed() -> None:
    """figure.figsize, figure.dpi, font sizes and the cycle of the user are applied."""
    cycle = cycler(color=["#123456", "#654321"], linestyle=[":", "-"])
    chosen = {"figure.figsize": (5, 3), "figure.dpi": 77, "axes.prop_cycle": cycle}
    with mpl.rc_context({**chosen, "xtick.labelsize": 5}):
        plot = curves()
    figure = plot.figure
    assert (tuple(figure.get_size_inches()), figure.dpi) == ((5, 3), 77)
    first, second = figure.axes[0].lines[:2]
    assert (first.get_color(), first.get_linestyle()) == ("#123456", ":")
    assert (second.get_color(), second.get_linestyle()) == ("#654321", "-")
    assert {tick.get_fontsize() for tick in figure.axes[0].get_xticklabels()} == {5}


def test_drawing_changes_no_setting() -> None:
    """Plotting does not change rcParams."""
    before = dict(mpl.rcParams)
    curves().to_png()
    assert dict(mpl.rcParams) == before


def test_the_default_cycle_is_one_for_colour_blind_eyes() -> None:
    """Eight lines differ in dashes or markers, regardless of color."""
    found = styles(8)
    assert found[0]["color"] == "#0072b2"
    assert len({(one["linestyle"], one["marker"]) for one in found}) == 8


@pytest.mark.parametrize("style", ["default", "dark_background", "ggplot", "Solarize_Light2"])
def test_ink_reads_on_every_shade(style: str) -> None:
    """In each style the text of a cell has a contrast of at least 4.5 to its cell."""
    with mpl.style.context(style):
        colours = shades()
    for share in range(101):
        ground = colours(share / 100)
        light, dark = sorted([_luminance(ground), _luminance(to_rgba(contrasting_colour(ground)))])[
            ::-1
        ]
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: tuple[float, ...]) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_a_mix_lies_between() -> None:
    """Half of black and white is grey."""
    assert mix("black", "white", 0.5) == (0.5, 0.5, 0.5)


def test_notes_are_wrapped_into_the_picture() -> None:
    """A long title and a long note stay inside the figure."""
    figure = new_figure()
    figure.add_subplot()
    finish(figure, "title " * 30, ["word " * 70])
    width, height = figure.get_size_inches() * figure.dpi
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height
    assert any("word word" in text for text in texts(figure))


def test_pyplot_is_not_touched() -> None:
    """Drawing each kind of plot does not import pyplot."""
    code = (
        "import sys\n"
        "from exo_nbregistry.plot.renderers import RENDERERS\n"
        "from tests.plot.builders import results, version\n"
        "RENDERERS['roc']([version()], [results()]).to_png()\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"


def test_no_figure_is_left_open() -> None:
    """Figures are not registered with an imported pyplot."""
    import matplotlib.pyplot as plt

    curves()
    line_of()
    assert plt.get_fignums() == []
