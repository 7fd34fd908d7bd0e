"""Labels and probabilities of a served model, at the threshold of its version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference.model_input import outputs
from exo_nbregistry.inference.model_output import model_kind
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
    is_native = model_kind(model) != "estimator"
    scored = hasattr(model, "predict_proba") or hasattr(model, "decision_function")
    if not scored and not is_native:
        raise RegistryError(
            f"{metadata.model_id} cannot be served: its threshold {scoring.threshold:g} requires "
            f"predict_proba or decision_function, which {type(model).__name__} does not have."
        )
    return scoring


def decide(
    model: Any,
    data: Any,
    form: Mapping[str, Any],
    classes: Sequence[Any],
    scoring: Scoring | None,
) -> tuple[list[Any], np.ndarray[Any, Any] | None]:
    """Return the label of each row, and the probabilities by class if the model has them.

    Parameters
    ----------
    model : estimator
        The model.
    data : array-like of shape (n_samples, n_features)
        Checked rows.
    form : mapping
        Form of the data, as `read_form` returns it.
    classes : sequence
        The classes; empty for a regressor.
    scoring : Scoring or None
        Positive class and threshold; None for the predictions of the model.
    """
    import numpy as np

    if scoring is None or model_kind(model) != "estimator":
        predicted, probabilities = outputs(model, data, form)
        shares = probabilities if classes else None
    else:
        scored = bool(classes) and hasattr(model, "predict_proba")
        predicted, shares = None, model.predict_proba(data) if scored else None
    if scoring is None:
        return predicted.tolist(), shares
    score = np.asarray(model.decision_function(data) if shares is None else shares)
    labels = apply_threshold(score, np.asarray(classes or model.classes_), scoring)
    return labels.tolist(), shares
