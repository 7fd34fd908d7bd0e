"""Create the screenshots of the panels for the README and the docs, light and dark.

Usage: python -m scripts.take_screenshots [FOLDER]
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Locator, expect
from tests.browser.browser_panel import BrowserPanel

from tests.browser.chromium import Window, chromium
from tests.browser.lab import Notebook, write_notebook
from tests.browser.server import Server
from tests.browser.sidebar import Sidebar

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "img"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
WIDTH, HEIGHT, TALL = 1280, 800, 4000
SCALE = 1.5  # device pixels per CSS pixel, for sharp images in the README
FREQUENT, RARE = 48, 80  # colors of a palette: exact ones, and approximations of the rest
_MARGIN = 8

_BEGIN = datetime(2026, 9, 1, 8, tzinfo=UTC)
_FORESTS = (5, 10, 20, 40, 80, 160)
_SETUP = """\
from exo_nbregistry import ModelRegistry

registry = ModelRegistry("models/registry")"""
# Startup file of each kernel. A fixed clock keeps relative times constant.
_STARTUP = """\
from datetime import UTC, datetime
from functools import partialmethod
from exo_nbregistry import ModelRegistry
ModelRegistry.__init__ = partialmethod(
    ModelRegistry.__init__, now=lambda: datetime(2026, 9, 4, tzinfo=UTC)
)
"""
_IMPORTS = "from exo_nbregistry.exoplanet import flag_candidates, load_koi"
# A search, captured while it runs.
_WORK = """\
from exo_nbregistry.exoplanet import load_koi, tune

koi = load_koi()
rows = slice(None, None, 3)
found = tune("SVM", koi.data[rows], koi.target[rows], koi.groups[rows], n_trials=30, folds=3)"""
_CAUGHT = re.compile("(5[5-9]|6[0-9]) of 90 fits")
_RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); return null; }"
# Code of each cell, by the name of its screenshot.
_CELLS = {
    "browser": "registry.browse()",
    "comparison": "registry.compare_models(['kepler_rf:4', 'kepler_rf@champion', 'kepler_svm'])",
    "plot": "registry.plot('roc', ['kepler_rf:1', 'kepler_rf@champion', 'kepler_svm'])",
    "candidates": "flag_candidates('kepler_rf@champion', load_koi(), 0.95, registry=registry)",
}


def furnish(folder: Path) -> None:
    """Register reproducible forests and support vector machines of the Kepler table.

    Parameters
    ----------
    folder : Path
        Where the registry is made.
    """
    from exo_nbregistry.exoplanet import (
        RandomForestClassifier,
        SVMClassifier,
        load_koi,
        split_by_star,
    )
    from exo_nbregistry.registry.facade import ModelRegistry

    hours = count(step=5)
    registry = ModelRegistry(folder, now=lambda: _BEGIN + timedelta(hours=next(hours)))
    koi = load_koi()
    split = split_by_star(koi.data, koi.target, koi.groups, random_state=42)
    models = [
        ("kepler_rf", RandomForestClassifier(n_estimators=n, random_state=0)) for n in _FORESTS
    ]
    models.insert(3, ("kepler_svm", SVMClassifier(random_state=0)))
    for name, model in models:
        registry.register_model(
            model.fit(split.X_train, split.y_train),
            name,
            X=split.X_train,
            y=split.y_train,
            X_test=split.X_test,
            y_test=split.y_test,
            training_info={"dataset": koi.name},
        )
    registry.set_alias("kepler_rf", "champion", 5)
    registry.set_alias("kepler_rf", "challenger", 6)
    registry.set_alias("kepler_svm", "baseline", 1)
    registry.tag_model("kepler_rf:5", "reviewed", team="vetting")
    registry.annotate("kepler_rf:5", "Checked against the confirmed planets of 2026.")


def take(folder: Path) -> None:
    """Create all screenshots in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as home, chromium() as browser:
        server = Server(Path(home))
        try:
            with mock.patch.dict(os.environ, server.environment):
                furnish(server.root / "models" / "registry")
            startup = Path(server.environment["IPYTHONDIR"], "profile_default", "startup")
            startup.mkdir(parents=True)
            (startup / "clock.py").write_text(_STARTUP)
            write_notebook(server.root / "panels.ipynb", [_SETUP, _IMPORTS, *_CELLS.values()])
            write_notebook(server.root / "demo.ipynb", [_SETUP, "registry"])
            write_notebook(server.root / "work.ipynb", [_WORK])
            for theme in THEMES:
                for name, picture in _pictures(browser, server, theme):
                    path = folder / f"{name}-{theme}.png"
                    path.write_bytes(small(picture))
                    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
        finally:
            server.close()


def _pictures(browser: Browser, server: Server, theme: str) -> Iterator[tuple[str, bytes]]:
    window = Window(browser, scale=SCALE)
    notebook = Notebook(window.page(), server, "panels.ipynb")
    # High enough for all panels.
    notebook.page.set_viewport_size({"width": WIDTH, "height": TALL})
    notebook.theme(THEMES[theme])
    notebook.command("application:toggle-left-area")
    notebook.run()
    for cell, name in enumerate(_CELLS, 2):
        output = notebook.output(cell)
        if name == "browser":
            yield from _of_browser(BrowserPanel(output))
        else:
            yield name, output.screenshot()
    notebook.end()
    yield "work", _of_work(window, server)
    yield from _of_lab(window, server)
    window.close()


def _of_browser(panel: BrowserPanel) -> Iterator[tuple[str, bytes]]:
    panel.select("kepler_rf:5")
    yield "browser", panel.shown.screenshot()
    panel.select("kepler_rf:6")
    panel.shown.get_by_role("combobox", name="Alias").fill("champion")
    panel.press("Set alias")
    panel.shows("Move kepler_rf@champion from 5 to 6?")
    expect(panel.shown.get_by_role("button", name="Confirm")).to_be_focused()
    yield "action", _from(panel.shown, panel.shown.get_by_role("button", name="Alias", exact=True))
    panel.press("Cancel")


def _from(part: Locator, top: Locator) -> bytes:
    """Return a screenshot of a part, cropped above one of its elements."""
    whole, first = part.bounding_box(), top.bounding_box()
    assert whole is not None
    assert first is not None
    above = first["y"] - whole["y"] - _MARGIN
    clip = whole | {"y": whole["y"] + above, "height": whole["height"] - above}
    return part.page.screenshot(clip=clip)


def _of_work(window: Window, server: Server) -> bytes:
    """Return a screenshot of a hyperparameter search while it runs."""
    notebook = Notebook(window.page(), server, "work.ipynb")
    notebook.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    notebook.command("application:toggle-left-area")
    notebook.page.evaluate(_RUN)
    output = notebook.page.locator(".jp-Cell-outputArea .jp-OutputArea-output").last
    expect(output).to_contain_text(_CAUGHT, timeout=180_000)
    picture = output.screenshot()
    notebook.end()
    return picture


def _of_lab(window: Window, server: Server) -> Iterator[tuple[str, bytes]]:
    """Yield screenshots of the sidebar and the panel side by side."""
    notebook = Notebook(window.page(), server, "demo.ipynb")
    notebook.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    notebook.run()
    sidebar = Sidebar(notebook.page, "models/registry")
    sidebar.expand("kepler_rf")
    BrowserPanel(notebook.output()).select("kepler_rf:5")
    notebook.settle()
    yield "lab", notebook.page.screenshot()
    sidebar.open("kepler_rf:5")
    yield "sidebar", sidebar.view.screenshot()
    notebook.end()


def small(picture: bytes) -> bytes:
    """Return an image without the empty space at its right, and with few colors."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    width, height = image.size
    empty = Image.new("RGB", image.size, image.getpixel((width - 1, height - 1)))
    drawn = ImageChops.difference(image, empty).getbbox() or (0, 0, width, height)
    image = image.crop((0, 0, min(width, drawn[2] + round(SCALE * _MARGIN)), height))
    buffer = io.BytesIO()
    _few_coloured(image).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def _few_coloured(image: Image.Image) -> Image.Image:
    counted = sorted(image.getcolors(image.width * image.height), reverse=True)
    frequent = [part for _, colour in counted[:FREQUENT] for part in colour]
    rare = image.quantize(RARE, Image.Quantize.MAXCOVERAGE).getpalette()[: 3 * RARE]
    palette = Image.new("P", (1, 1))
    palette.putpalette(frequent + rare)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def main(arguments: Sequence[str]) -> None:
    """Create the screenshots in the given folder, or in docs/img."""
    take(Path(arguments[0]) if arguments else PICTURES)


if __name__ == "__main__":
    main(sys.argv[1:])
