"""The function that draws each kind; importing it loads matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from exo_nbregistry.plot.calibration import calibration, probabilities
from exo_nbregistry.plot.confusion import confusion_matrix
from exo_nbregistry.plot.curve import precision_recall, roc
from exo_nbregistry.plot.hyperparameter import hyperparameter_against_metric
from exo_nbregistry.plot.importance import importances
from exo_nbregistry.plot.metric import metric_over_versions
from exo_nbregistry.plot.trials import parallel_coordinates
from exo_nbregistry.plot.view import Plot

RENDERERS: Mapping[str, Callable[..., Plot]] = MappingProxyType(
    {
        "metric": metric_over_versions,
        "roc": roc,
        "precision_recall": precision_recall,
        "confusion_matrix": confusion_matrix,
        "calibration": calibration,
        "probabilities": probabilities,
        "hyperparameter": hyperparameter_against_metric,
        "trials": parallel_coordinates,
        "importances": importances,
    }
)
