"""Run exported programs as on a machine that does not have this package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# The packages of requirements.txt are there, and this one is not.
ELSEWHERE = "import sys; sys.modules['exo_nbregistry'] = None\n"


def run_elsewhere(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code in a folder, where this package cannot be imported."""
    command = [sys.executable, "-c", ELSEWHERE + code]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env)


def predict_elsewhere(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``python predict.py`` in a folder, where this package cannot be imported."""
    code = f"import runpy; sys.argv = {['predict.py', *arguments]}\n"
    return run_elsewhere(f"{code}runpy.run_path('predict.py', run_name='__main__')", folder)
