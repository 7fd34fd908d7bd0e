"""How a version predicts: its threshold and its calibration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference.class_names import threshold_decision
from exo_nbregistry.inference.model_output import model_kind
from exo_nbregistry.inference.platt_scaling import ATTACHMENT, calibrates_itself
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.calibration import version_calibration


def registered_threshold(
    metadata: ModelMetadata, model: Any, classes: Sequence[Any]
) -> dict[str, Any] | None:
    """Return the threshold of a version and the place of its positive class, or None.

    Parameters
    ----------
    metadata : ModelMetadata
        Metadata of the version.
    model : object
        The loaded model.
    classes : sequence
        Class labels, in the order of the probabilities.

    Returns
    -------
    dict or None
        As `threshold_decision`.

    Raises
    ------
    RegistryError
        If the model has no scores to compare with the threshold.
    """
    scoring = metadata.scoring
    if scoring is None or scoring.threshold is None:
        return None
    scored = any(hasattr(model, name) for name in ("predict_proba", "decision_function"))
    if not scored and model_kind(model) == "estimator":
        raise RegistryError(
            f"{metadata.model_id} cannot predict tables: its threshold {scoring.threshold:g} "
            f"requires predict_proba or decision_function, which {type(model).__name__} does not "
            "have."
        )
    return threshold_decision(scoring.threshold, scoring.pos_label, classes)


class Calibration(NamedTuple):
    """How the probabilities of a version are calibrated.

    Attributes
    ----------
    coefficients : dict or None
        Slope and intercept of Platt scaling.
    description : str or None
        What calibrates the probabilities; None if nothing does.
    """

    coefficients: dict[str, float] | None = None
    description: str | None = None


def read_calibration(
    load_attachment: Callable[[str, str], Any], metadata: ModelMetadata, model: Any
) -> Calibration:
    """Return the calibration that a version carries.

    Parameters
    ----------
    load_attachment : callable
        Method of that name of `ModelRegistry`.
    metadata : ModelMetadata
        Metadata of the version.
    model : object
        The loaded model.

    Returns
    -------
    Calibration
        The calibration, which is empty without one.
    """
    if calibrates_itself(model):
        return Calibration(None, "CalibratedClassifierCV, a part of the model")
    found = version_calibration(
        metadata, model, lambda: load_attachment(metadata.model_id, ATTACHMENT)
    )
    if found is None:
        return Calibration()
    return Calibration(found, "Platt scaling, fitted on the out-of-fold predictions of the version")
