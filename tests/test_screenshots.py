"""The pictures of the panels: all there, in both themes, and light enough for a page."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from scripts.take_screenshots import PICTURES, THEMES, small

NAMES = ["action", "browser", "candidates", "comparison", "lab", "plot", "sidebar", "work"]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", NAMES)
def test_every_panel_has_its_picture(name: str, theme: str) -> None:
    """Each panel is shown in light and in dark, in less than 150 kB."""
    path = PICTURES / f"{name}-{theme}.png"
    assert path.stat().st_size < 150_000
    with Image.open(path) as picture:
        edge = picture.convert("L").getpixel((picture.width - 1, picture.height - 1))
        assert isinstance(edge, int)
        assert name in ("lab", "plot") or (edge > 128) == (theme == "light")


def test_empty_room_is_cut_off() -> None:
    """A picture ends a little right of what it shows, and keeps its height."""
    page = Image.new("RGB", (500, 50), "white")
    page.paste("black", (10, 10, 100, 20))
    buffer = io.BytesIO()
    page.save(buffer, "png")
    with Image.open(io.BytesIO(small(buffer.getvalue()))) as picture:
        assert 100 < picture.width < 120
        assert picture.height == 50
