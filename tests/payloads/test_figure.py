"""Figures as PNG and SVG."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from exo_nbregistry.errors import RecordError
from exo_nbregistry.payloads.archive import pack_archive
from exo_nbregistry.payloads.figure import PNG, SVG, figure_of, pack_figure, unpack_figure

PROGRAM = """
import hashlib
from matplotlib.figure import Figure
from exo_nbregistry.payloads.figure import pack_figure
figure = Figure()
axes = figure.subplots()
axes.plot([1, 3], label="a")
axes.legend()
axes.set_title("x < 1")
print(hashlib.sha256(pack_figure(figure)).hexdigest())
"""


def make() -> Figure:
    """Return a figure."""
    figure = Figure()
    figure.subplots().plot([1, 3])
    return figure


def test_equal_figures_have_equal_bytes_in_each_process() -> None:
    """No date, random id or release is in the bytes."""
    runs = [
        subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout != ""


def test_a_figure_does_not_need_pyplot() -> None:
    """Packing does not import pyplot, which would choose a backend."""
    code = f"{PROGRAM}\nimport sys\nassert 'matplotlib.pyplot' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_the_figure_of_axes_is_found() -> None:
    """Axes, subfigures and displays belong to a figure; other objects and classes do not."""
    figure = make()

    class Display:
        figure_ = figure

    class Odd:
        @property
        def figure(self) -> Any:
            raise RuntimeError

    assert figure_of(figure) is figure_of(figure.axes[0]) is figure_of(Display()) is figure
    parent = Figure()
    assert figure_of(parent.subfigures(1, 2)[0]) is parent
    assert figure_of(Odd()) is figure_of(Figure) is figure_of("x") is None


def test_a_stored_figure_is_shown_and_saved(tmp_path: Path) -> None:
    """A notebook shows the PNG, and both formats can be saved."""
    stored = unpack_figure(pack_figure(make()), "roc", "key")
    assert stored._repr_png_() == stored.png
    assert repr(stored).startswith("<StoredFigure 'roc' | PNG ")
    assert stored.save(tmp_path / "a.PNG").read_bytes() == stored.png
    assert stored.save(str(tmp_path / "a.svg")).read_bytes() == stored.svg
    with pytest.raises(RecordError, match=r"a\.pdf must end with \.png or \.svg"):
        stored.save(tmp_path / "a.pdf")


@pytest.mark.parametrize("files", [{}, {PNG: b"\x89PNG\r\n\x1a\n"}, {PNG: b"GIF", SVG: b""}])
def test_other_archives_are_not_figures(files: dict[str, bytes]) -> None:
    """An archive of an unknown signer without a PNG is an error."""
    with pytest.raises(RecordError, match="key is not a stored figure"):
        unpack_figure(pack_archive(files), "roc", "key")
