"""Small pictures for pages."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from exo_nbregistry.plot.page_image import MAX_BYTES, page_image


def drawing(points: int) -> Any:
    """Return a function that draws a cloud of points with many colors."""
    chance = np.random.default_rng(0)
    figure = Figure(figsize=(6.4, 4.8))
    x, y, c = chance.random((3, points))
    figure.add_subplot().scatter(x, y, c=c, s=9)

    def draw(dpi: float) -> bytes:
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
        return file.getvalue()

    return draw


@pytest.mark.parametrize("points", [3, 300, 3_000, 30_000])
def test_a_picture_has_at_most_30_kb(points: int) -> None:
    """Also of a figure with many points; on the page it is as large as the figure."""
    image = page_image(drawing(points), 100)
    assert len(image.data) <= MAX_BYTES == 30_000
    assert (image.width, image.height) == (640, 480)


def test_a_simple_figure_has_double_resolution() -> None:
    """Its pixels are twice those of the page."""
    image = page_image(drawing(3), 100)
    assert struct.unpack(">II", image.data[16:24]) == (1280, 960)


def test_a_picture_is_the_same_bytes_twice() -> None:
    """Stored notebooks do not change when they are run again."""
    assert page_image(drawing(300), 100) == page_image(drawing(300), 100)


def test_the_smallest_picture_is_returned_if_none_fits() -> None:
    """A limit that cannot be met gives a readable picture anyway."""
    image = page_image(drawing(3), 100, max_bytes=1)
    with Image.open(io.BytesIO(image.data)) as shown:
        assert shown.size == (320, 240)
