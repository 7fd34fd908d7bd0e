"""A forked process uses a registry that threads of its parent used during the fork."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import joblib
import pytest

from exo_nbregistry.registry.facade import ModelRegistry

ROOT = Path(__file__).parents[1]
_KINDS = (
    *("write_index", "query_index", "sign", "log"),
    *("take_snapshots", "store_by_value", "first_registration"),
)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("kind", _KINDS)
def test_no_child_waits_for_a_thread_of_its_parent(tmp_path: Path, kind: str) -> None:
    """The child lists, registers and verifies within half a minute, in each of these cases."""
    environment = {
        **os.environ,
        "EXO_NBREGISTRY_CONFIG_DIR": str(tmp_path / "config"),
        "EXO_NBREGISTRY_CACHE_DIR": str(tmp_path / "cache"),
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.fork_program", kind, str(tmp_path)]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100
    )
    assert (result.returncode, result.stderr) == (0, "")


def _work(registry: ModelRegistry, n: int) -> tuple[str, int]:
    name = registry.register_model({"worker": n}, "shared", hyperparameters={"n": n})
    registry.tag_model("shared:1", **{f"t{n}": n})
    return name, len(registry.list_models())


@pytest.mark.usefixtures("new_workers")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_workers_share_a_handle(tmp_path: Path, backend: str) -> None:
    """A registry that is passed to joblib workers works there, and all their work is kept."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"worker": -1}, "shared")
    registry.list_models()
    parallel: Any = joblib.Parallel(n_jobs=2, backend=backend)
    results = parallel(joblib.delayed(_work)(registry, n) for n in range(6))
    assert len({name for name, _ in results}) == 6
    assert len(registry.list_models()) == 7
    assert registry.get_metadata("shared:1").tags == {f"t{n}": n for n in range(6)}
    assert registry.verify().faults == ()
