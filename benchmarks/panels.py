"""The panel of a registry in Chromium, against the one of an earlier revision and by size."""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest import mock

from playwright.sync_api import Browser

from benchmarks.panel_pages import NEW, OLD, PanelPage
from benchmarks.populate import populate
from benchmarks.row import Row, Settings
from tests.browser.chromium import Window, chromium
from tests.browser.server import EXTENSION, Server

# The last revision with the panel of ipywidgets' controls.
OLD_REVISION = "6652784"
SMALL, LARGE = 100, 100_000
RUNS = 11
_ROOT = Path(__file__).resolve().parents[1]
_MAX_MODELS, _MAX_PAGE_BYTES, _MAX_TURN_BYTES = 3, 60_000, 15_000
_VISIBLE, _TURN, _BY_SIZE = 0.5, 1.0, 1.5
_Taken = dict[tuple[str, str], list[float]]


def measure(settings: Settings) -> Iterator[Row]:
    """Show the old and the new panel in turn, and a large and a small registry in turn."""
    large = 5 * SMALL if settings.quick else LARGE
    runs = 1 if settings.quick else RUNS
    old = _worktree(settings)
    try:
        with (
            chromium() as browser,
            _server(settings, "jupyter", (SMALL, large)) as server,
            _server(settings, "old-jupyter", (SMALL,), old) as old_server,
        ):
            yield from _against_old(browser, server, old_server, old, runs)
            yield from _by_size(browser, server, large, runs)
    finally:
        _git("worktree", "remove", "--force", str(old))


@contextmanager
def _server(
    settings: Settings, name: str, sizes: Sequence[int], revision: Path | None = None
) -> Iterator[Server]:
    """Return a server with registries, and with the extension of the tree or another revision."""
    extension = EXTENSION if revision is None else revision / "exo_nbregistry" / "labextension"
    server = Server(settings.folder / name, extension)
    try:
        with mock.patch.dict(os.environ, server.environment):
            for size in sizes:
                settings.echo(f"populating {size:,} versions")
                populate(server.root / f"{size}", versions=size)
        yield server
    finally:
        server.close()


def _worktree(settings: Settings) -> Path:
    folder = settings.folder / "old"
    _git("worktree", "add", "--detach", str(folder), settings.old or OLD_REVISION)
    return folder


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=_ROOT, check=True, capture_output=True)


def _against_old(
    browser: Browser, server: Server, old_server: Server, old: Path, runs: int
) -> Iterator[Row]:
    windows = [Window(browser), Window(browser)]
    pages = {
        "old": PanelPage(windows[0], old_server, "old.ipynb", [SMALL], OLD, package=old),
        "new": PanelPage(windows[1], server, "new.ipynb", [SMALL], NEW),
    }
    taken = _in_turn([(name, page, SMALL) for name, page in pages.items()], runs)
    scripts = pages["new"].scripts_of_second_panel(SMALL)
    for window in windows:
        window.close()
    yield from _compared({key: median(values) for key, values in taken.items()})
    yield Row("scripts that a second panel requests", scripts, unit="ops", holds=scripts == 0)


def _compared(middle: dict[tuple[str, str], float]) -> Iterator[Row]:
    """Return the rows of the new panel against the old one."""
    limits = {
        "models": ("widget models of a panel", "ops", None, _MAX_MODELS),
        "bytes": ("bytes of the first page", "B", None, _MAX_PAGE_BYTES),
        "visible": ("first row visible", "s", _VISIBLE, None),
        "turn": ("page turned", "s", _TURN, None),
        "turn bytes": ("bytes of a page turn", "B", None, _MAX_TURN_BYTES),
    }
    for name, (title, unit, target, maximum) in limits.items():
        ours, floor = middle["new", name], middle["old", name]
        holds = None if maximum is None else ours <= maximum
        yield Row(f"{title}, against the old panel", ours, floor, target, unit=unit, holds=holds)


def _by_size(browser: Browser, server: Server, large: int, runs: int) -> Iterator[Row]:
    window = Window(browser)
    page = PanelPage(window, server, "sizes.ipynb", [SMALL, large], NEW)
    taken = _in_turn([("small", page, SMALL), ("large", page, large)], runs)
    window.close()
    titles = {
        "visible": ("first row visible", "s"),
        "bytes": ("bytes of the first page", "B"),
        "turn": ("page turned", "s"),
        "turn bytes": ("bytes of a page turn", "B"),
    }
    for name, (title, unit) in titles.items():
        ours, floor = (median(taken[size, name]) for size in ("large", "small"))
        what = f"{title}, {large:,} versions, against {SMALL}"
        yield Row(what, ours, floor, _BY_SIZE, unit=unit)


def _in_turn(shown: list[tuple[str, PanelPage, int]], runs: int) -> _Taken:
    """Return the measurements of each panel; they alternate, and so does the one that begins."""
    taken: _Taken = defaultdict(list)
    for run in range(runs + 1):
        for name, page, size in shown if run % 2 else shown[::-1]:
            for what, value in page.measure(size).items():
                if run:  # the first run is not counted
                    taken[name, what].append(value)
    return taken
