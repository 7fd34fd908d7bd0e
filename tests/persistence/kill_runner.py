"""Run `kill_program.py`, which kills itself, from a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the killer forks")


def states_after_kills(how: str, folder: Path) -> list[str]:
    """Kill a call at each of its changes to the disk; return what loads after each kill."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("kill_program.py")), how, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    states: list[str] = json.loads(done.stdout)
    return states
