"""Create pictures of each view, light and dark, narrow and wide.

Usage: python -m scripts.take_screenshots [FOLDER] [--theme THEME] [--only PLACE] [--no-docs]

All pictures are written to FOLDER (build/screenshots), and those of the documentation also to
docs/img.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from scripts.pictures.lab_pictures import lab_pictures
from scripts.pictures.notebook_pictures import output_pictures, work_picture
from scripts.pictures.palette import small
from scripts.pictures.sample_server import sample_server
from scripts.pictures.view_tour import Picture
from tests.browser.chromium import Window, chromium
from tests.browser.server import Server

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "img"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
SCALE = 1.5  # device pixels per CSS pixel, for sharp pictures in the README
PLACES = ("output", "work", "lab")
# Pictures of the documentation, by their names in docs/img.
DOCUMENTED = {
    "action": "output-wide/action",
    "browser": "output-wide/detail",
    "candidates": "output-wide/candidate",
    "comparison": "output-medium/comparison",
    "lab": "lab/window",
    "plot": "output-wide/plot",
    "sidebar": "lab/sidebar",
    "work": "work/search",
}


def take(folder: Path, themes: Sequence[str], places: Sequence[str], *, docs: bool) -> None:
    """Create the pictures.

    Parameters
    ----------
    folder : Path
        Gets all pictures, in one folder for each place.
    themes : sequence of str
        Keys of `THEMES`.
    places : sequence of str
        Which of `PLACES` to show.
    docs : bool
        Whether to replace the pictures of the documentation.
    """
    names = {picture: name for name, picture in DOCUMENTED.items()}
    with TemporaryDirectory() as home, chromium() as browser, sample_server(Path(home)) as server:
        for theme in themes:
            for name, picture in _pictures(browser, server, THEMES[theme], places):
                path = folder / f"{name}-{theme}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                data = small(picture)
                path.write_bytes(data)
                print(f"{name}-{theme}: {len(data) / 1000:.0f} kB", flush=True)
                if docs and name in names:
                    (PICTURES / f"{names[name]}-{theme}.png").write_bytes(data)


def _pictures(
    browser: Browser, server: Server, theme: str, places: Sequence[str]
) -> Iterator[Picture]:
    window = Window(browser, scale=SCALE)
    if "output" in places:
        yield from output_pictures(window, server, theme)
    if "work" in places:
        yield "work/search", work_picture(window, server, theme)
    if "lab" in places:
        yield from lab_pictures(window, server, theme)
    window.close()


def main(arguments: Sequence[str]) -> None:
    """Create the pictures that the arguments name; by default all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    folder = ROOT / "build" / "screenshots"
    parser.add_argument("folder", nargs="?", type=Path, default=folder, metavar="FOLDER")
    parser.add_argument("--theme", action="append", choices=THEMES, help="by default both")
    parser.add_argument("--only", action="append", choices=PLACES, help="by default all places")
    parser.add_argument("--no-docs", action="store_true", help="do not change docs/img")
    options = parser.parse_args(arguments)
    themes, places = options.theme or tuple(THEMES), options.only or PLACES
    take(options.folder, themes, places, docs=not options.no_docs)


if __name__ == "__main__":
    main(sys.argv[1:])
