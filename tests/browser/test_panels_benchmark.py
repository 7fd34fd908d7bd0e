"""The benchmark of panels runs; its times are not checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]


def test_the_browser_panel_is_measured(browser: Browser) -> None:
    """Each limit has a line, and the bytes of the first page are within their limit."""
    # A separate process, because the browser of this process is in use.
    command = [sys.executable, "-m", "benchmarks", "panels", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()[2:]
    assert [line.split(",")[0] for line in lines] == [
        "first page visible",
        "bytes of the first page",
        "page turned",
    ]
    assert lines[1].endswith("ok")
