"""Labels and probabilities of a served model, at the threshold of its version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.introspection.scoring import apply_threshold

if TYPE_CHECKING:
    import numpy as np

    from exo_nbregistry.records.metadata import ModelMetadata
    from exo_nbregistry.records.scoring import Scoring


def registered_threshold(metadata: ModelMetadata, model: Any) -> Scoring | None:
    """Return the scoring of a version with a threshold, or None without one.

    Raises
    ------
    RegistryError
        If the model has no scores to compare with the threshold.
    """
    scoring = metadata.scoring
    if scoring is None or scoring.threshold is None:
        return None
    if not hasattr(model, "predict_proba") and not hasattr(model, "decision_function"):
        raise RegistryError(
            f"{metadata.model_id} cannot be served: its threshold {scoring.threshold:g} requires "
            f"predict_proba or decision_function, which {type(model).__name__} does not have."
        )
    return scoring


def decide(
    model: Any, data: Any, classes: Sequence[Any], scoring: Scoring | None
) -> tuple[list[Any], np.ndarray[Any, Any] | None]:
    """Return the label of each row, and the probabilities by class if the model has them.

    Parameters
    ----------
    model : estimator
        The model.
    data : array-like of shape (n_samples, n_features)
        Checked rows.
    classes : sequence
        The classes; empty for a regressor.
    scoring : Scoring or None
        Positive class and threshold; None for the predictions of the model.
    """
    import numpy as np

    scored = bool(classes) and hasattr(model, "predict_proba")
    probabilities = model.predict_proba(data) if scored else None
    if scoring is None:
        return model.predict(data).tolist(), probabilities
    score = np.asarray(model.decision_function(data) if probabilities is None else probabilities)
    labels = apply_threshold(score, np.asarray(classes or model.classes_), scoring)
    return labels.tolist(), probabilities
