"""The benchmark of panels runs; its times are not checked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]


def test_the_panels_are_measured(browser: Browser) -> None:
    """Each limit has a line; the bytes and the number of models are within their limits."""
    # A separate process, because the browser of this process is in use.
    command = [sys.executable, "-m", "benchmarks", "panels", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()[2:]
    titles = [line.partition(",")[0].partition("  ")[0].strip() for line in lines]
    compared = ["first row visible", "bytes of the first page", "page turned"]
    assert titles == [
        "widget models of a panel",
        "bytes of the first page",
        "first row visible",
        "page turned",
        "bytes of a page turn",
        "scripts that a second panel requests",
        *compared,
        "bytes of a page turn",
    ]
    limits = [line for line in lines if "models" in line or "bytes" in line or "scripts" in line]
    assert all(line.endswith("ok") for line in limits)
