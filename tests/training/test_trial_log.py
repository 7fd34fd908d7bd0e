"""Progress of trials from the scores of their folds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.panels.progress import Progress
from exo_nbregistry.training.trial_log import TrialWatch
from exo_nbregistry.training.trials import Trial

CHOICES: list[dict[str, Any]] = [{"C": 1.0}, {"C": 2.0}, {"C": 3.0}]


@pytest.fixture
def progress() -> Progress:
    """Return an empty record of progress."""
    return Progress(6)


def trial(value: float, *scores: float, error: str = "") -> Trial:
    """Return a finished trial."""
    return Trial({"C": float(value)}, float(np.mean(scores)), 0.0, scores, 10, error)


def test_a_trial_ends_with_its_last_fold(progress: Progress) -> None:
    """Every score is a step, and the last one of a trial starts the next trial."""
    watch = TrialWatch(progress, 2, CHOICES, in_order=True)
    assert progress.snapshot().items[0].state == "running"
    watch.record_score({"C": np.float64(1.0)}, 0.5)
    assert progress.snapshot().scored == ()
    watch.record_score({"C": np.float64(1.0)}, 0.7)
    first, second = progress.snapshot().items
    assert (first.name, first.state, first.score) == ("trial 1: C=1", "done", 0.6)
    assert (second.name, second.state) == ("trial 2: C=2", "running")
    assert progress.snapshot().done == 2


def test_a_later_trial_shows_failures(progress: Progress) -> None:
    """In order, a trial that lacks scores has failed if a later one has scores."""
    watch = TrialWatch(progress, 2, CHOICES, in_order=True)
    watch.record_score({"C": 1.0}, 0.5)
    watch.record_score({"C": 3.0}, 0.5)
    failed = progress.snapshot().of_state("failed")
    assert [item.name for item in failed] == ["trial 1: C=1", "trial 2: C=2"]
    assert failed[0].error.startswith("in 1 of 2 folds")
    assert failed[1].error.startswith("in 2 of 2 folds")
    assert progress.snapshot().done == 5
    nan = math.nan
    watch.end([trial(1, 0.5, nan, error="why"), trial(2, nan, nan, error="so"), trial(3, 0.5, 0.7)])
    assert [item.error for item in progress.snapshot().items] == ["why", "so", ""]
    assert progress.snapshot().done == 6


def test_parallel_trials_are_not_guessed_to_fail(progress: Progress) -> None:
    """Parallel trials may lack scores without a failure."""
    watch = TrialWatch(progress, 2, CHOICES)
    watch.record_score({"C": 3.0}, 0.5)
    watch.record_score({"C": 1.0}, 0.5)
    assert progress.snapshot().of_state("failed") == ()
    assert progress.snapshot().done == 2


def test_missing_scores_are_reported_at_the_end(progress: Progress) -> None:
    """Scores of other processes are counted once, with the finished trials."""
    watch = TrialWatch(progress, 2, CHOICES)
    watch.end([trial(1, 0.5, 0.7), trial(2, 0.1, 0.1), trial(3, 0.2, 0.2)])
    assert progress.snapshot().done == 6
    assert [item.score for item in progress.snapshot().items] == [0.6, 0.1, 0.2]


def test_rounds_of_one_choice_are_separate_trials(progress: Progress) -> None:
    """With halving, the same choice on more rows is another trial."""
    watch = TrialWatch(progress, 2)
    for score in (0.5, 0.5, 0.7, 0.7):
        watch.record_score({"C": 1.0}, score)
    watch.end([trial(1, 0.5, 0.5), trial(1, 0.7, 0.7)])
    shown = [(item.name, item.score) for item in progress.snapshot().items]
    assert shown == [("trial 1: C=1", 0.5), ("trial 2: C=1", 0.7)]
    assert progress.snapshot().done == 4
