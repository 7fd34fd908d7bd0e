"""Training, tuning and retraining of any scikit-learn estimator."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "BaseClassifier",
    "DataSplit",
    "EnsembleClassifier",
    "Fitted",
    "LeakageError",
    "LeakageReport",
    "ModelTrainer",
    "RetrainingResult",
    "TrainingError",
    "TrainingRows",
    "TrainingRun",
    "Trial",
    "TuningResult",
    "as_names",
    "check_leakage",
    "fit_models",
    "fit_with_early_stopping",
    "name_columns",
    "predict_out_of_fold",
    "read_out_of_fold",
    "read_training_rows",
    "reject_leaks",
    "retrain",
    "select_columns",
    "split_by_group",
    "split_validation_tenth",
    "suspicious_columns",
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
    from exo_nbregistry.training.leakage import LeakageError, as_names, reject_leaks
    from exo_nbregistry.training.leakage_check import (
        LeakageReport,
        check_leakage,
        suspicious_columns,
    )
    from exo_nbregistry.training.out_of_fold import predict_out_of_fold, read_out_of_fold
    from exo_nbregistry.training.retraining import retrain
    from exo_nbregistry.training.retraining_result import RetrainingResult
    from exo_nbregistry.training.trainer import ModelTrainer
    from exo_nbregistry.training.training_rows import TrainingRows, read_training_rows
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
            "LeakageError": "leakage",
            "LeakageReport": "leakage_check",
            "ModelTrainer": "trainer",
            "RetrainingResult": "retraining_result",
            "TrainingError": "fitting",
            "TrainingRun": "training_run",
            "Trial": "trials",
            "TuningResult": "trials",
            "check_leakage": "leakage_check",
            "fit_models": "fitting",
            "fit_with_early_stopping": "early_stopping",
            "name_columns": "columns",
            "predict_out_of_fold": "out_of_fold",
            "read_out_of_fold": "out_of_fold",
            "retrain": "retraining",
            "select_columns": "columns",
            "split_by_group": "data_split",
            "split_validation_tenth": "early_stopping",
            "TrainingRows": "training_rows",
            "as_names": "leakage",
            "read_training_rows": "training_rows",
            "reject_leaks": "leakage",
            "suspicious_columns": "leakage_check",
            "tune": "tuning",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(f"exo_nbregistry.training.{homes[name]}")
        value = globals()[name] = getattr(home, name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
