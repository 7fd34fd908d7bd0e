"""Screenshots of all panels exist in both themes, and are small."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from scripts import record_panel
from scripts.pictures.palette import small
from scripts.take_screenshots import DOCUMENTED, PICTURES, ROOT, THEMES


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", DOCUMENTED)
def test_each_panel_has_screenshots(name: str, theme: str) -> None:
    """Each panel has a light and a dark screenshot of less than 150 kB."""
    path = PICTURES / f"{name}-{theme}.png"
    assert path.stat().st_size < 150_000
    with Image.open(path) as picture:
        edge = picture.convert("L").getpixel((picture.width - 1, picture.height - 1))
        assert isinstance(edge, int)
        assert name in ("lab", "plot") or (edge > 128) == (theme == "light")


def test_each_screenshot_is_used() -> None:
    """The folder has only the screenshots that a command makes and a page shows or links."""
    made = {f"{name}-{theme}.png" for name in DOCUMENTED for theme in THEMES}
    assert {path.name for path in PICTURES.glob("*.png")} == made | {record_panel.RECORDING.name}
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [name for name in DOCUMENTED if f"{name}-light.png" not in text] == []


def test_empty_space_is_cropped() -> None:
    """A screenshot is cropped at the right of its content, and keeps its height."""
    page = Image.new("RGB", (500, 50), "white")
    page.paste("black", (10, 10, 100, 20))
    buffer = io.BytesIO()
    page.save(buffer, "png")
    with Image.open(io.BytesIO(small(buffer.getvalue()))) as picture:
        assert 100 < picture.width < 120
        assert picture.height == 50


def test_the_recording_of_the_readme_is_animated_and_small() -> None:
    """The recording has several frames, and can be loaded with the README."""
    assert record_panel.RECORDING.stat().st_size <= record_panel.MAX_BYTES
    with Image.open(record_panel.RECORDING) as picture:
        assert picture.n_frames >= 6
        assert picture.size == (record_panel.WIDTH, record_panel.HEIGHT)
        assert picture.info["loop"] == 0


def test_an_animation_keeps_its_frames_and_durations() -> None:
    """Each frame is shown for its time, with its own colors."""
    size = (record_panel.WIDTH, record_panel.HEIGHT)
    frames = [(Image.new("RGB", size, color), ms) for color, ms in (("red", 100), ("blue", 300))]
    with Image.open(io.BytesIO(record_panel.animation(frames))) as picture:
        assert picture.n_frames == 2
        found = []
        for number in range(2):
            picture.seek(number)
            found.append((picture.convert("RGB").getpixel((5, 5)), picture.info["duration"]))
    assert found == [((255, 0, 0), 100), ((0, 0, 255), 300)]
