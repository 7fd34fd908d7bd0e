"""A run that is killed continues to the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from tests.scoring.tables import contents, table

ROOT = Path(__file__).resolve().parents[2]
PIECES, KILLS = 40, 3


def start(registry: ModelRegistry, source: Path, target: Path) -> subprocess.Popen[bytes]:
    """Start the command with two processes, in a process group of its own."""
    arguments = ["score", "kepler", source, target, "--jobs", 2, "--registry", registry.location]
    return subprocess.Popen(
        [sys.executable, "-m", "exo_nbregistry", *map(str, arguments), "--id-column", "kepid"],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def finished(target: Path) -> int:
    """Return the number of finished pieces."""
    return len(list(target.glob("*.parquet")))


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="kills a process group")
def test_a_run_killed_three_times_ends_with_the_same_bytes(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """Each kill keeps the finished pieces, and no piece is ever seen in part."""
    source, target = tmp_path / "table.parquet", tmp_path / "killed"
    table(PIECES * 2000).to_parquet(source, row_group_size=2000, index=False)
    registry.score("kepler", source, tmp_path / "whole", id_columns=["kepid"], progress=False)
    whole = contents(tmp_path / "whole")
    chance = random.Random(14)
    kills = 0
    for _ in range(KILLS):
        before = finished(target)
        with start(registry, source, target) as process:
            while finished(target) < before + chance.randint(1, 4) and process.poll() is None:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.02))
            kills += process.poll() is None
            os.killpg(process.pid, signal.SIGKILL)
        part = {name: data for name, data in contents(target).items() if name[0] != "."}
        assert part.items() <= whole.items()
    assert kills == KILLS
    assert 0 < finished(target) < PIECES
    summary = registry.score("kepler", source, target, id_columns=["kepid"], progress=False)
    assert summary.resumed > 0
    assert summary.rows == PIECES * 2000
    assert contents(target) == whole
