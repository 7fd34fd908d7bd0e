"""The exoplanet wing: the Kepler table, an honest split of it, and a trainer for the registry."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "BaseClassifier",
    "EnsembleClassifier",
    "LeakageError",
    "ModelEvaluator",
    "ModelTrainer",
    "NeuralNetworkClassifier",
    "RandomForestClassifier",
    "SVMClassifier",
    "SnapshotWarning",
    "StarSplit",
    "TrainingRun",
    "compare_versions",
    "export_followup",
    "fetch_koi",
    "flag_candidates",
    "load_koi",
    "read_followup",
    "record_followup",
    "retrain",
    "split_by_star",
    "tune",
]

if TYPE_CHECKING:
    from exo_nbregistry.evaluation.evaluator import ModelEvaluator
    from exo_nbregistry.evaluation.paired_tests import compare_versions
    from exo_nbregistry.exoplanet.data.archive import SnapshotWarning, fetch_koi
    from exo_nbregistry.exoplanet.data.features import LeakageError
    from exo_nbregistry.exoplanet.data.koi import load_koi
    from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
    from exo_nbregistry.exoplanet.followup.flag import (
        export_followup,
        flag_candidates,
        read_followup,
        record_followup,
    )
    from exo_nbregistry.exoplanet.models.base import BaseClassifier
    from exo_nbregistry.exoplanet.models.classifiers import (
        NeuralNetworkClassifier,
        RandomForestClassifier,
        SVMClassifier,
    )
    from exo_nbregistry.training.ensemble import EnsembleClassifier
    from exo_nbregistry.training.retraining import retrain
    from exo_nbregistry.training.trainer import ModelTrainer
    from exo_nbregistry.training.training_run import TrainingRun
    from exo_nbregistry.training.tuning import tune
else:
    # Hidden from type checkers, to whom a module with __getattr__ has every name.
    def __getattr__(name):
        homes = {
            "BaseClassifier": "exoplanet.models.base",
            "EnsembleClassifier": "training.ensemble",
            "LeakageError": "exoplanet.data.features",
            "ModelEvaluator": "evaluation.evaluator",
            "ModelTrainer": "training.trainer",
            "NeuralNetworkClassifier": "exoplanet.models.classifiers",
            "RandomForestClassifier": "exoplanet.models.classifiers",
            "SVMClassifier": "exoplanet.models.classifiers",
            "SnapshotWarning": "exoplanet.data.archive",
            "StarSplit": "exoplanet.data.split",
            "TrainingRun": "training.training_run",
            "compare_versions": "evaluation.paired_tests",
            "export_followup": "exoplanet.followup.flag",
            "fetch_koi": "exoplanet.data.archive",
            "flag_candidates": "exoplanet.followup.flag",
            "load_koi": "exoplanet.data.koi",
            "read_followup": "exoplanet.followup.flag",
            "record_followup": "exoplanet.followup.flag",
            "retrain": "training.retraining",
            "split_by_star": "exoplanet.data.split",
            "tune": "training.tuning",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"exo_nbregistry.{homes[name]}"), name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
