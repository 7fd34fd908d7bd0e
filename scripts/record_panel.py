"""Record the picture at the top of the README: the panel of a registry in JupyterLab, in use.

Usage: python -m scripts.record_panel [FILE]
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from PIL import Image
from playwright.sync_api import Browser
from tests.browser.browser_panel import BrowserPanel

from scripts.take_screenshots import PICTURES, THEMES, furnish
from tests.browser.chromium import Window, chromium
from tests.browser.lab import Notebook, write_notebook
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar

RECORDING = PICTURES / "recording.png"
WIDTH, HEIGHT, SCALE = 1200, 720, 1.0
MAX_BYTES = 1_500_000
SHORT_MS, LONG_MS = 700, 2200
_COLORS = 96
_CELLS = [
    'from exo_nbregistry import ModelRegistry\n\nregistry = ModelRegistry("models/registry")',
    "registry",
]
_QUERY = "metrics.f1_score > 0.9"
Frame = tuple[Image.Image, int]


def record(path: Path) -> None:
    """Record the panel and write an animated PNG.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    ValueError
        If the file would be too large for a README.
    """
    with TemporaryDirectory() as home, chromium() as browser:
        server = Server(Path(home))
        try:
            with mock.patch.dict(os.environ, server.environment):
                furnish(server.root / "models" / "registry")
            write_notebook(server.root / "demo.ipynb", _CELLS)
            data = animation(list(_frames(browser, server)))
        finally:
            server.close()
    if len(data) > MAX_BYTES:
        raise ValueError(f"The recording has {len(data):,} bytes; the maximum is {MAX_BYTES:,}.")
    path.write_bytes(data)
    print(f"{path.name}: {len(data) / 1000:.0f} kB")


def _frames(browser: Browser, server: Server) -> Iterator[Frame]:
    """Yield the frames, each with its duration in milliseconds."""
    window = Window(browser, scale=SCALE)
    notebook = Notebook(window.page(), server, "demo.ipynb")
    page = notebook.page
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    notebook.theme(THEMES["light"])

    def frame(duration_ms: int = LONG_MS) -> Frame:
        notebook.settle()
        return Image.open(io.BytesIO(page.screenshot())).convert("RGB"), duration_ms

    notebook.run()
    sidebar = Sidebar(page, "models/registry")
    panel = BrowserPanel(notebook.output())
    yield frame()
    for end in (len("metrics"), len("metrics.f1_score"), len(_QUERY)):
        panel.search.fill(_QUERY[:end])
        yield frame(SHORT_MS)
    panel.search.press("Enter")
    yield frame()
    panel.select("kepler_rf:6")
    yield frame()
    panel.shown.get_by_role("combobox", name="Alias").fill("champion")
    panel.press("Set alias")
    panel.shows("Move kepler_rf@champion from 5 to 6?")
    yield frame()
    panel.confirm("Move kepler_rf@champion from 5 to 6?", "Moved")
    yield frame()
    sidebar.expand("kepler_rf")
    sidebar.open("kepler_rf:6")
    yield frame()
    notebook.end()
    window.close()


def animation(frames: Sequence[Frame]) -> bytes:
    """Return frames as an animated PNG that repeats, with few colors.

    Parameters
    ----------
    frames : sequence of (Image, int)
        Images of one size, and their durations in milliseconds.
    """
    # One palette, so that colors do not flicker.
    strip = Image.new("RGB", (WIDTH, HEIGHT * len(frames)))
    for number, (image, _) in enumerate(frames):
        strip.paste(image.resize((WIDTH, HEIGHT)), (0, HEIGHT * number))
    palette = strip.quantize(_COLORS, Image.Quantize.MAXCOVERAGE)
    images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image, _ in frames]
    buffer = io.BytesIO()
    images[0].save(
        buffer,
        "png",
        save_all=True,
        append_images=images[1:],
        duration=[duration for _, duration in frames],
        loop=0,
        optimize=True,
    )
    return buffer.getvalue()


def main(arguments: Sequence[str]) -> None:
    """Record to the given file, or to docs/img/recording.png."""
    record(Path(arguments[0]) if arguments else RECORDING)


if __name__ == "__main__":
    main(sys.argv[1:])
