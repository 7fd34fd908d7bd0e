"""Run a program that reads hostile input, with little time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_S = 100
# The address space is limited after the imports, so that only the input counts.
_HEAD = """
import resource, sys
from pathlib import Path
from exo_nbregistry import ModelPersistence, ModelRegistry
import numpy, pandas, sklearn.linear_model
from exo_nbregistry.errors import RegistryError
folder = Path(sys.argv[1])
registry = ModelRegistry(folder / "registry", durable=False)
pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc").exists() else 0
limit = pages * resource.getpagesize() + (300 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
"""
_TAIL = """
except RegistryError as error:
    print(type(error).__name__, error)
"""


def run_limited(folder: Path, program: str) -> str:
    """Run statements with `registry` and `folder`; return what they print, or the error.

    A hang, a signal and every error that is not a `RegistryError` fail the test.
    """
    code = _HEAD + "".join(f"    {line}\n" for line in program.strip().splitlines()) + _TAIL
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(folder)],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=MAX_S,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()
