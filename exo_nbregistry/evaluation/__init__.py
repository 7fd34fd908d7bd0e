"""Metrics with intervals, paired tests, calibration and thresholds for any estimator."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "Calibration",
    "DifferentTestSetsError",
    "EvaluationReport",
    "Grouping",
    "Holdout",
    "Interval",
    "Intervals",
    "KnownRows",
    "ModelEvaluator",
    "PairedComparison",
    "Predictions",
    "ThresholdResult",
    "bootstrap",
    "choose_metric",
    "compare_versions",
    "describe_test_set",
    "fit_platt_scaling",
    "percentile_interval",
    "read_test_set",
    "reliability_curve",
    "row_names",
    "wilson_interval",
]

if TYPE_CHECKING:
    from exo_nbregistry.evaluation.bootstrap import bootstrap, percentile_interval
    from exo_nbregistry.evaluation.calibration import fit_platt_scaling
    from exo_nbregistry.evaluation.evaluator import ModelEvaluator
    from exo_nbregistry.evaluation.grouping import Grouping
    from exo_nbregistry.evaluation.metric_choice import choose_metric
    from exo_nbregistry.evaluation.paired_comparison import PairedComparison
    from exo_nbregistry.evaluation.paired_tests import compare_versions
    from exo_nbregistry.evaluation.results import (
        Calibration,
        EvaluationReport,
        Interval,
        Intervals,
        ThresholdResult,
        reliability_curve,
    )
    from exo_nbregistry.evaluation.test_set import (
        DifferentTestSetsError,
        Holdout,
        describe_test_set,
        read_test_set,
        row_names,
    )
    from exo_nbregistry.evaluation.threshold import KnownRows, wilson_interval
    from exo_nbregistry.evaluation.weighted_metrics import Predictions
else:
    # Hidden from type checkers, which accept any name of a module with __getattr__.
    def __getattr__(name):
        homes = {
            "Calibration": "results",
            "DifferentTestSetsError": "test_set",
            "EvaluationReport": "results",
            "Grouping": "grouping",
            "Holdout": "test_set",
            "Interval": "results",
            "Intervals": "results",
            "KnownRows": "threshold",
            "ModelEvaluator": "evaluator",
            "PairedComparison": "paired_comparison",
            "Predictions": "weighted_metrics",
            "ThresholdResult": "results",
            "bootstrap": "bootstrap",
            "choose_metric": "metric_choice",
            "compare_versions": "paired_tests",
            "describe_test_set": "test_set",
            "fit_platt_scaling": "calibration",
            "percentile_interval": "bootstrap",
            "read_test_set": "test_set",
            "row_names": "test_set",
            "reliability_curve": "results",
            "wilson_interval": "threshold",
        }
        if name not in homes:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = import_module(f"exo_nbregistry.evaluation.{homes[name]}")
        value = globals()[name] = getattr(home, name)
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
