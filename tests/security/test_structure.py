"""Damaged models by unknown signers are rejected before native code follows their arrays."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.damaged_models import damage_models
from tests.security.damaged_structures import DAMAGE

ROOT = Path(__file__).resolve().parents[2]
# These end the process when they are used without the check; the others can, or read memory.
DEADLY = [
    "boosting_outputs",
    "boosting_tree",
    "hashing_size",
    "histogram_feature",
    "search_index",
    "sparse_index",
    "tree_depth",
    "tree_more_features",
]


def run(*arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run the damaged models in a child process."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.security.damaged_structures"]
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=timeout, cwd=ROOT
    )


@pytest.fixture(scope="module")
def reasons() -> dict[str, str]:
    """Return the reason for which each damaged model is rejected, from one child process."""
    done = run(timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_a_damaged_model_is_rejected(name: str, reasons: dict[str, str]) -> None:
    """The reason names the part that does not fit the others."""
    assert DAMAGE[name][1] in reasons[name]


@pytest.mark.parametrize("name", DEADLY)
def test_the_damage_is_real(name: str) -> None:
    """A damaged model that is not checked ends the process by a signal."""
    assert run(name, timeout=120).returncode < 0


def test_a_small_fuzz_ends_no_process() -> None:
    """Of 100 models with one random damage, each is rejected or can be used."""
    found = damage_models(100, seed=3, timeout_s=300)
    assert found["killed"] == []
    assert found["loaded"] + found["refused"] == 100
    assert found["refused"] >= 10
