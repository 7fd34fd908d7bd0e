"""Classifiers of Kepler signals: data, models and candidates for follow-up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "FEATURE_SETS",
    "LEAKS",
    "BaseClassifier",
    "DifferentTestSetsError",
    "EnsembleClassifier",
    "HistGradientBoostingClassifier",
    "LeakageError",
    "ModelEvaluator",
    "ModelTrainer",
    "NeuralNetworkClassifier",
    "RandomForestClassifier",
    "SVMClassifier",
    "SnapshotWarning",
    "StarSplit",
    "TableRoles",
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
    from exo_nbregistry.evaluation import DifferentTestSetsError
    from exo_nbregistry.exoplanet.data.archive import SnapshotWarning, fetch_koi
    from exo_nbregistry.exoplanet.data.features import FEATURE_SETS, LEAKS
    from exo_nbregistry.exoplanet.data.koi import load_koi
    from exo_nbregistry.exoplanet.data.split import StarSplit, split_by_star
    from exo_nbregistry.exoplanet.data.table_roles import TableRoles
    from exo_nbregistry.exoplanet.followup.flag import (
        export_followup,
        flag_candidates,
        read_followup,
        record_followup,
    )
    from exo_nbregistry.exoplanet.models.classifiers import (
        NeuralNetworkClassifier,
        RandomForestClassifier,
        SVMClassifier,
    )
    from exo_nbregistry.exoplanet.models.evaluator import ModelEvaluator, compare_versions
    from exo_nbregistry.exoplanet.models.gradient_boosting import HistGradientBoostingClassifier
    from exo_nbregistry.exoplanet.models.retraining import retrain
    from exo_nbregistry.exoplanet.models.trainer import ModelTrainer, TrainingRun
    from exo_nbregistry.exoplanet.models.tuning import tune
    from exo_nbregistry.training import BaseClassifier, EnsembleClassifier, LeakageError
else:
    # Hidden from type checkers, which accept any name of a module with __getattr__.
    def __getattr__(name):
        homes = {
            "BaseClassifier": "training",
            "DifferentTestSetsError": "evaluation",
            "EnsembleClassifier": "training",
            "FEATURE_SETS": "exoplanet.data.features",
            "HistGradientBoostingClassifier": "exoplanet.models.gradient_boosting",
            "LEAKS": "exoplanet.data.features",
            "LeakageError": "training",
            "ModelEvaluator": "exoplanet.models.evaluator",
            "ModelTrainer": "exoplanet.models.trainer",
            "NeuralNetworkClassifier": "exoplanet.models.classifiers",
            "RandomForestClassifier": "exoplanet.models.classifiers",
            "SVMClassifier": "exoplanet.models.classifiers",
            "SnapshotWarning": "exoplanet.data.archive",
            "StarSplit": "exoplanet.data.split",
            "TableRoles": "exoplanet.data.table_roles",
            "TrainingRun": "exoplanet.models.trainer",
            "compare_versions": "exoplanet.models.evaluator",
            "export_followup": "exoplanet.followup.flag",
            "fetch_koi": "exoplanet.data.archive",
            "flag_candidates": "exoplanet.followup.flag",
            "load_koi": "exoplanet.data.koi",
            "read_followup": "exoplanet.followup.flag",
            "record_followup": "exoplanet.followup.flag",
            "retrain": "exoplanet.models.retraining",
            "split_by_star": "exoplanet.data.split",
            "tune": "exoplanet.models.tuning",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(f"exo_nbregistry.{homes[name]}")
        value = globals()[name] = getattr(home, name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
