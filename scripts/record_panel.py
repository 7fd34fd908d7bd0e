"""Record the picture at the top of the README: the panel of a registry in JupyterLab, in use.

Usage: python -m scripts.record_panel [FILE]
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, expect

from scripts.pictures.lab_pictures import resize_sidebar
from scripts.pictures.sample_server import sample_server
from scripts.take_screenshots import PICTURES, THEMES
from tests.browser.chromium import Window, chromium
from tests.browser.lab import Notebook
from tests.browser.registry_view import RegistryView
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar

RECORDING = PICTURES / "recording.png"
WIDTH, HEIGHT, SCALE = 1400, 720, 1.0
MAX_BYTES = 1_500_000
SHORT_MS, LONG_MS = 700, 2200
_SIDEBAR = 270
_COLORS = 96
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
    with TemporaryDirectory() as home, chromium() as browser, sample_server(Path(home)) as server:
        data = animation(list(_frames(browser, server)))
    if len(data) > MAX_BYTES:
        raise ValueError(f"The recording has {len(data):,} bytes; the maximum is {MAX_BYTES:,}.")
    path.write_bytes(data)
    print(f"{path.name}: {len(data) / 1000:.0f} kB")


class Recorder:
    """Takes the frames: a search, a version, an alias that is moved, and two that are compared.

    Parameters
    ----------
    window : Window
        Opens the page.
    server : Server
        A server of `sample_server`.
    """

    def __init__(self, window: Window, server: Server) -> None:
        self._notebook = Notebook(window.page(), server, "demo.ipynb")
        self._page = self._notebook.page
        self._page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        self._notebook.theme(THEMES["light"])
        self._notebook.run()
        self._sidebar = Sidebar(self._page, "models/registry")
        resize_sidebar(self._page, _SIDEBAR)
        self._view = RegistryView(self._notebook.output())

    def frames(self) -> Iterator[Frame]:
        """Yield the frames, each with its duration in milliseconds."""
        yield self._frame()
        yield from self._search()
        self._view.open("kepler_rf:6")
        yield self._frame()
        yield from self._move_alias()
        # The sidebar follows the change of the panel.
        expect(self._sidebar.model("kepler_rf")).to_contain_text("@champion → 6")
        self._sidebar.expand("kepler_rf")
        yield self._frame()
        self._view.add("kepler_rf:4")
        self._view.node.locator(".exo-Comparison").get_by_text("worse").first.wait_for()
        yield self._frame()
        self._notebook.end()

    def _frame(self, duration_ms: int = LONG_MS) -> Frame:
        self._page.mouse.move(0, 0)
        self._notebook.settle()
        picture = self._page.screenshot(animations="disabled")
        return Image.open(io.BytesIO(picture)).convert("RGB"), duration_ms

    def _search(self) -> Iterator[Frame]:
        search = self._view.node.get_by_label("Search models and versions")
        for end in (len("metrics"), len("metrics.f1_score"), len(_QUERY)):
            search.fill(_QUERY[:end])
            yield self._frame(SHORT_MS)
        search.press("Enter")
        expect(self._view.row("kepler_rf:1")).to_have_count(0)
        yield self._frame()

    def _move_alias(self) -> Iterator[Frame]:
        self._view.node.locator('[data-action="set_alias"]').click()
        form = self._view.node.locator(".exo-ActionForm")
        form.get_by_label("Alias", exact=True).fill("champion")
        form.get_by_text("@champion points to version 5.").wait_for()
        yield self._frame(SHORT_MS)
        form.get_by_role("button", name="Move here").click()
        form.locator(".exo-ActionForm-code").wait_for()
        yield self._frame()
        question = form.locator(".exo-ActionForm-question")
        question.get_by_role("button", name="Move here").click()
        expect(self._view.row("kepler_rf:6")).to_contain_text("@champion")
        yield self._frame()


def _frames(browser: Browser, server: Server) -> Iterator[Frame]:
    window = Window(browser, scale=SCALE)
    yield from Recorder(window, server).frames()
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
