"""The function that renders each kind of plot; importing this module loads matplotlib.

Each function returns a `Plot` and takes

items : sequence of ModelMetadata
    Versions; ``metric`` takes the `Measurements` of a metric instead.
data : sequence, one for each version
    Arrays of ``load_evaluation`` (curves, calibration, probabilities, residuals, predictions,
    errors), the attachment ``trials`` (trials) or ``curves`` (curve), or the loaded model
    (importances). The other kinds read only metadata.
figsize : tuple of float, optional
    Width and height in inches.
notes : sequence of str
    Sentences for the caption.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from exo_nbregistry.plot.calibration import calibration, probabilities
from exo_nbregistry.plot.confusion import confusion_matrix
from exo_nbregistry.plot.curve import precision_recall, roc
from exo_nbregistry.plot.hyperparameter import hyperparameter_against_metric
from exo_nbregistry.plot.importance import importances
from exo_nbregistry.plot.metric import metric_over_versions
from exo_nbregistry.plot.monitoring import monitoring
from exo_nbregistry.plot.regression import (
    error_distribution,
    predicted_against_true,
    residuals,
)
from exo_nbregistry.plot.training_curve import training_curve
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
        "residuals": residuals,
        "predicted_vs_true": predicted_against_true,
        "error_distribution": error_distribution,
        "hyperparameter": hyperparameter_against_metric,
        "monitoring": monitoring,
        "trials": parallel_coordinates,
        "curve": training_curve,
        "importances": importances,
    }
)
