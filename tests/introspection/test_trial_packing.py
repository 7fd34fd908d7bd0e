"""Trials that do not all fit in an attachment."""

from __future__ import annotations

import logging
import time

import numpy as np
import pytest

from exo_nbregistry.introspection.trial_packing import pack_trials
from exo_nbregistry.introspection.trials import read_trials


def test_many_trials_are_read_fast_and_cut(caplog: pytest.LogCaptureFixture) -> None:
    """The worst of 10,000 trials are omitted, within a few seconds."""
    caplog.set_level(logging.WARNING, "exo_nbregistry")
    scores = np.arange(10_000.0)
    table = {
        "params": [{"C": i, "kind": "x" * 40} for i in range(10_000)],
        "mean_test_score": scores,
    }
    started = time.perf_counter()
    packed = pack_trials(read_trials(table | {"split0_test_score": scores}))
    assert time.perf_counter() - started < 15
    assert packed.artifact.size_bytes < 1 << 20
    assert b"9999.0" in packed.data
    assert "Only the best" in caplog.text


def test_long_scores_of_folds_are_omitted_first(caplog: pytest.LogCaptureFixture) -> None:
    """If only the scores of folds do not fit, all trials are stored without a message."""
    scores = np.arange(100.0)
    folds = {f"split{i}_test_score": scores for i in range(1000)}
    table = {"params": [{"C": i} for i in range(100)], "mean_test_score": scores}
    packed = pack_trials(read_trials(table | folds))
    assert b'"scores"' not in packed.data
    assert packed.data.count(b'"params"') == 100
    assert caplog.text == ""
