"""Plots as figure, text and widget."""

from __future__ import annotations

import base64
import struct
import threading
from pathlib import Path

import pytest
from matplotlib.layout_engine import PlaceHolderLayoutEngine

from exo_nbregistry.config import set_config
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.canvas import finish, new_figure
from exo_nbregistry.plot.curve import roc
from exo_nbregistry.plot.view import Plot
from tests.plot.builders import results, version


@pytest.fixture
def plot() -> Plot:
    """Return a plot of two versions."""
    return roc([version(1), version(2)], [results(), results()])


def size(png: bytes) -> tuple[int, int]:
    """Return the pixels of a PNG."""
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def test_a_png_is_the_same_bytes_twice(plot: Plot) -> None:
    """The PNG has neither a timestamp nor the release of Matplotlib, and drawing has no effect."""
    again = roc([version(1), version(2)], [results(), results()])
    first = plot.to_png()
    plot.to_png(dpi=33)
    assert isinstance(plot.figure.get_layout_engine(), PlaceHolderLayoutEngine)
    assert first == plot.to_png() == again.to_png()
    assert b"Software" not in plot.to_png()
    assert b"matplotlib" not in plot.to_png()


def test_a_png_has_the_dpi_asked_for(plot: Plot) -> None:
    """The default is the resolution of the figure."""
    width, height = plot.figure.get_size_inches()
    assert size(plot.to_png()) == (width * plot.figure.dpi, height * plot.figure.dpi)
    assert size(plot.to_png(dpi=50)) == (width * 50, height * 50)


def test_a_notebook_gets_the_picture_and_the_text(plot: Plot) -> None:
    """The bundle has no HTML; the PNG is high-density, with its size on the page."""
    data, metadata = plot._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == repr(plot)
    width, height = size(base64.b64decode(data["image/png"]))
    assert metadata == {"image/png": {"width": width // 2, "height": height // 2}}
    assert (width // 2, height // 2) == size(plot.to_png())


def test_display_text_omits_the_figure(plot: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    """display="text" omits the figure; "html" keeps it."""
    try:
        set_config(display="text")
        assert plot._repr_mimebundle_() == ({"text/plain": repr(plot)}, {})
        set_config(display="html")
        assert "image/png" in plot._repr_mimebundle_()[0]
    finally:
        set_config(display="panel")


def test_the_text_has_title_numbers_and_notes() -> None:
    """The text has the title, a table of the plotted values and the notes."""
    plot = roc([version(1), version(2)], [results(), {}], notes=["One more thing."])
    title, _, head, _, row, *notes = repr(plot).splitlines()
    assert title == "ROC curve"
    assert head.split()[:3] == ["model", "area", "rows"]
    assert row.split()[0] == "kepler_rf:1"
    assert notes == ["One more thing.", "Omitted: kepler_rf:2 has no scores of classes."]


def test_the_caption_describes_the_figure(plot: Plot) -> None:
    """The caption has the title, the main values and the notes."""
    area = f"{plot.rows[0][1]:.4f}"
    assert plot.caption == f"ROC curve; area: kepler_rf:1 {area}, kepler_rf:2 {area}."


def test_the_widget_has_the_caption_for_screen_readers(plot: Plot) -> None:
    """The escaped caption is below the image, which has no alternative text in ipywidgets."""
    plot = roc([version(1, model="<b>")], [results()])
    image, caption = plot.to_widget().children
    assert image.format == "png"
    assert int(image.width) * 2 == size(bytes(image.value))[0]
    assert "&lt;b&gt;:1" in caption.value
    assert image.tooltip is None


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_plot_is_saved_in_the_format_of_the_name(plot: Plot, tmp_path: Path, ending: str) -> None:
    """The extension sets the format."""
    path = tmp_path / f"curve.{ending}"
    plot.save(path)
    assert path.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml", b"%PDF-")


@pytest.mark.parametrize("name", ["curve", "curve.exe", "curve.txt"])
def test_a_name_without_a_format_is_refused(plot: Plot, tmp_path: Path, name: str) -> None:
    """The error lists formats, and no file is written."""
    with pytest.raises(RegistryError, match=r"Unknown image format .*use .png"):
        plot.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_threads_draw_the_same(plot: Plot) -> None:
    """Eight threads at once, on one plot and on plots of their own, give the same bytes."""
    expected = plot.to_png()
    found: list[bytes] = []

    def draw() -> None:
        mine = roc([version(1), version(2)], [results(), results()])
        found.extend([plot.to_png(), mine.to_png()])

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 16


def test_long_tables_are_cut_and_framed_in_full() -> None:
    """Text shows twenty rows, a frame all of them."""
    figure = new_figure()
    finish(figure, "t")
    plot = Plot("k", "t", figure, ("model", "value"), [[f"m{i}", i] for i in range(25)])
    assert "… and 5 more; to_frame() returns all." in repr(plot)
    assert plot.to_frame()["value"].tolist() == list(range(25))
    assert "and 17 more" in plot.caption
