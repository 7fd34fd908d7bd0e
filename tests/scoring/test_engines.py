"""Engines keep finished pieces when processes end, and explain what to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.scoring import engines


def test_a_process_that_ends_is_explained(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the system ends a process, the error explains how to continue."""
    monkeypatch.setattr(engines, "score_piece", lambda *args: os._exit(9))
    with pytest.raises(RegistryError, match=r"A process ended .* run it again"):
        registry.score("kepler", parquet, tmp_path / "scores", n_jobs=2, progress=False)


def test_one_piece_is_scored_in_this_process(
    registry: ModelRegistry, parquet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process is started for one piece, or with n_jobs=1."""
    processes: list[int] = []
    score = engines.score_piece

    def recorded(*args: Any) -> Any:
        processes.append(os.getpid())
        return score(*args)

    monkeypatch.setattr(engines, "score_piece", recorded)
    registry.score("kepler", parquet, tmp_path / "one", n_jobs=1, progress=False)
    next(iter((tmp_path / "one").iterdir())).unlink()
    registry.score("kepler", parquet, tmp_path / "one", n_jobs=2, progress=False)
    assert processes == [os.getpid()] * 8
