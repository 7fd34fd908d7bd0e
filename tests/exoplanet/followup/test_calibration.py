"""Calibration of candidates on the predictions that are stored with a version."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.utils import Bunch

from exo_nbregistry.evaluation import Predictions, fit_platt_scaling
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import split_by_star
from exo_nbregistry.exoplanet.followup.calibration import known_rows, read_known_predictions
from exo_nbregistry.exoplanet.followup.flag import flag_candidates
from exo_nbregistry.exoplanet.models.trainer import ModelTrainer
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.training import TrainingRun

SMALL: dict[str, Any] = {
    "HistGradientBoosting": {"max_iter": 20},
    "RandomForest": {"n_estimators": 3, "max_depth": 2},
}


@pytest.fixture(scope="module")
def koi() -> Bunch:
    """Load the table once."""
    return load_koi("core12")


@pytest.fixture(scope="module")
def run(koi: Bunch) -> TrainingRun:
    """Train a small model on every fourth row."""
    split = split_by_star(koi.data[::4], koi.target[::4], koi.groups[::4])
    return ModelTrainer(progress=False).train_and_evaluate(*split, model_configs=SMALL)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, run: TrainingRun) -> ModelRegistry:
    """Register the run as kepler:1 and kepler:2."""
    home = tmp_path_factory.mktemp("calibration")
    registry = ModelRegistry(home / "registry", durable=False, keyring=Keyring(home / "key"))
    ModelTrainer().register(registry, run, "kepler")
    return registry


def test_a_version_is_calibrated_on_its_out_of_fold_predictions(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """The default calibration is fitted on the training rows, and on nothing else."""
    found = flag_candidates("kepler:1", koi, 0.0, registry=registry)
    scale = fit_platt_scaling(Predictions.of_arrays(run.out_of_fold["HistGradientBoosting"]))
    expected = scale(found["probability"].to_numpy())
    assert found["calibrated_probability"].to_numpy() == pytest.approx(expected)
    tested = fit_platt_scaling(Predictions.of_arrays(registry.load_evaluation("kepler:1")))
    assert not np.allclose(expected, tested(found["probability"].to_numpy()), atol=1e-3)


def test_every_training_row_calibrates_and_stars_share_a_fold(run: TrainingRun) -> None:
    """The predictions cover the training set and are worse than those of the fitted model."""
    stored = Predictions.of_arrays(run.out_of_fold["HistGradientBoosting"])
    assert stored.truth.tolist() == (run.split.y_train == 1).tolist()
    fitted = run.models["HistGradientBoosting"].predict_proba(run.split.X_train)[:, 1]
    error = np.mean((stored.probability - stored.truth) ** 2)
    assert error > 1.2 * np.mean((fitted - stored.truth) ** 2)


def test_precision_is_measured_on_rows_that_did_not_calibrate(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """The known rows of a list are the test set, with calibrated probabilities."""
    listed = flag_candidates("kepler:1", koi, registry=registry)
    assert listed._scored is not None
    known = listed._scored.known
    assert not isinstance(known, str)
    assert known.where == "the test set stored with kepler:1"
    assert known.truth.tolist() == (run.split.y_test == 1).tolist()
    scale = fit_platt_scaling(Predictions.of_arrays(run.out_of_fold["HistGradientBoosting"]))
    plain = Predictions.of_arrays(registry.load_evaluation("kepler:1")).probability
    assert known.probability == pytest.approx(scale(plain))


def test_rows_that_are_passed_take_precedence(
    registry: ModelRegistry, run: TrainingRun, koi: Bunch
) -> None:
    """With calibration=, the stored predictions are not used."""
    rows = (run.split.X_val, run.split.y_val)
    listed = flag_candidates("kepler:1", koi, registry=registry, calibration=rows)
    assert listed._scored is not None
    known = listed._scored.known
    assert not isinstance(known, str)
    assert known.where == "the rows passed as calibration"
    assert len(known.truth) == len(run.split.y_val)


def test_stored_predictions_are_read_in_order(registry: ModelRegistry) -> None:
    """Out-of-fold predictions come before the test set; a bare version has none."""
    assert list(read_known_predictions(registry, "kepler:1")) == [
        "the out-of-fold predictions stored with kepler:1",
        "the test set stored with kepler:1",
    ]
    bare = registry.register_model({"no": "predictions"}, "bare")
    assert read_known_predictions(registry, bare) == {}


def test_equal_probabilities_are_sorted_by_name(registry: ModelRegistry, koi: Bunch) -> None:
    """Calibration keeps the order of the model's probabilities, and ties are sorted by name."""
    found = flag_candidates("kepler:2", koi, 0.0, registry=registry)
    assert found["probability"].is_monotonic_decreasing
    assert found["calibrated_probability"].is_monotonic_decreasing
    tied = found[found["probability"] == found["probability"].mode()[0]]
    assert len(tied) > 5
    assert list(tied.index) == sorted(tied.index)


def test_rows_with_text_labels_are_known() -> None:
    """The stored test set of a classifier with text labels is counted for its second class."""
    labels = np.array(["other", "planet"])
    arrays = {
        "y_true": labels[[0, 1, 1]],
        "y_pred": labels[[0, 1, 0]],
        "classes": labels,
        "probabilities": np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]),
    }
    found = known_rows("m:1", {"the test set": arrays})
    assert not isinstance(found, str)
    assert found.truth.tolist() == [False, True, True]
    assert found.probability.tolist() == [0.1, 0.8, 0.4]
