"""Training, tuning and retraining of any scikit-learn estimator."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "BaseClassifier",
    "DataSplit",
    "EnsembleClassifier",
    "Fitted",
    "ModelTrainer",
    "RetrainingResult",
    "TrainingError",
    "TrainingRun",
    "Trial",
    "TuningResult",
    "fit_models",
    "fit_with_early_stopping",
    "name_columns",
    "predict_out_of_fold",
    "read_out_of_fold",
    "retrain",
    "select_columns",
    "split_by_group",
    "split_validation_tenth",
    "tune",
]

if TYPE_CHECKING:
    from exo_nbregistry.training.base_classifier import BaseClassifier
    from exo_nbregistry.training.columns import name_columns, select_columns
    from exo_nbregistry.training.data_split import DataSplit, split_by_group
    from exo_nbregistry.training.early_stopping import (
        fit_with_early_stopping,
        split_validation_tenth,
    )
    from exo_nbregistry.training.ensemble import EnsembleClassifier
    from exo_nbregistry.training.fitting import Fitted, TrainingError, fit_models
    from exo_nbregistry.training.out_of_fold import predict_out_of_fold, read_out_of_fold
    from exo_nbregistry.training.retraining import retrain
    from exo_nbregistry.training.retraining_result import RetrainingResult
    from exo_nbregistry.training.trainer import ModelTrainer
    from exo_nbregistry.training.training_run import TrainingRun
    from exo_nbregistry.training.trials import Trial, TuningResult
    from exo_nbregistry.training.tuning import tune
else:
    # Hidden from type checkers, which accept any name of a module with __getattr__.
    def __getattr__(name):
        homes = {
            "BaseClassifier": "base_classifier",
            "DataSplit": "data_split",
            "EnsembleClassifier": "ensemble",
            "Fitted": "fitting",
            "ModelTrainer": "trainer",
            "RetrainingResult": "retraining_result",
            "TrainingError": "fitting",
            "TrainingRun": "training_run",
            "Trial": "trials",
            "TuningResult": "trials",
            "fit_models": "fitting",
            "fit_with_early_stopping": "early_stopping",
            "name_columns": "columns",
            "predict_out_of_fold": "out_of_fold",
            "read_out_of_fold": "out_of_fold",
            "retrain": "retraining",
            "select_columns": "columns",
            "split_by_group": "data_split",
            "split_validation_tenth": "early_stopping",
            "tune": "tuning",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(f"exo_nbregistry.training.{homes[name]}")
        value = globals()[name] = getattr(home, name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
