"""Calibration of probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from exo_nbregistry.evaluation.calibration import fit_platt_scaling
from exo_nbregistry.evaluation.results import reliability_curve
from exo_nbregistry.evaluation.weighted_metrics import Predictions


@pytest.mark.parametrize("power", [0.4, 2.5])
def test_extreme_and_timid_probabilities_are_corrected(power: float) -> None:
    """Log-odds that are too small or too large by a factor are corrected."""
    rng = np.random.default_rng(0)
    right = rng.random(4000)
    truth = rng.random(4000) < right
    odds = (right / (1 - right)) ** power
    stated = odds / (1 + odds)
    before = reliability_curve(Predictions(truth, truth, stated), 10).expected_error
    found = fit_platt_scaling(Predictions(truth[:2000], truth[:2000], stated[:2000]))(stated)
    after = reliability_curve(Predictions(truth, truth, found), 10).expected_error
    assert after < 0.03 < before
    assert (np.diff(found[np.argsort(stated)]) >= 0).all()


def test_certain_probabilities_stay_finite() -> None:
    """Probabilities of exactly 0 and 1 are calibrated without a warning."""
    truth = np.array([False, True, False, True])
    found = fit_platt_scaling(Predictions(truth, truth, truth.astype(float)))(
        np.array([0.0, 0.5, 1.0])
    )
    assert 0 < found[0] < found[1] < found[2] < 1
