"""Damaged models by unknown signers are rejected before native code follows their arrays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.damaged_models import damage_models
from tests.security.damaged_structures import DAMAGE, DEADLY

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    """Return the outcome of each damaged model, from one process with one thread."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.security.damaged_structures"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        text=True,
        timeout=300,
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_a_damaged_model_is_rejected(name: str, outcomes: dict[str, dict[str, Any]]) -> None:
    """The reason names the part that does not fit the others."""
    assert DAMAGE[name][1] in outcomes["reasons"][name]


@pytest.mark.parametrize("name", DEADLY)
def test_the_damage_is_real(name: str, outcomes: dict[str, dict[str, Any]]) -> None:
    """A damaged model that is not checked ends the process by a signal."""
    assert outcomes["signals"][name] in (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE)


def test_a_small_fuzz_ends_no_process() -> None:
    """Of 100 models with one random damage, each is rejected or can be used."""
    found = damage_models(100, seed=3, timeout_s=300)
    assert found["killed"] == []
    assert found["loaded"] + found["refused"] == 100
    assert found["refused"] >= 10
