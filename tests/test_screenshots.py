"""Screenshots of all panels exist in both themes, and are small."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from scripts.take_screenshots import PICTURES, THEMES, small

NAMES = ["action", "browser", "candidates", "comparison", "lab", "plot", "sidebar", "work"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", NAMES)
def test_each_panel_has_screenshots(name: str, theme: str) -> None:
    """Each panel has a light and a dark screenshot of less than 150 kB."""
    path = PICTURES / f"{name}-{theme}.png"
    assert path.stat().st_size < 150_000
    with Image.open(path) as picture:
        edge = picture.convert("L").getpixel((picture.width - 1, picture.height - 1))
        assert isinstance(edge, int)
        assert name in ("lab", "plot") or (edge > 128) == (theme == "light")


def test_empty_space_is_cropped() -> None:
    """A screenshot is cropped at the right of its content, and keeps its height."""
    page = Image.new("RGB", (500, 50), "white")
    page.paste("black", (10, 10, 100, 20))
    buffer = io.BytesIO()
    page.save(buffer, "png")
    with Image.open(io.BytesIO(small(buffer.getvalue()))) as picture:
        assert 100 < picture.width < 120
        assert picture.height == 50
