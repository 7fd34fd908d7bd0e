"""The calibration that a version carries, for serving and for exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from exo_nbregistry.inference.platt_scaling import ATTACHMENT, calibrates_itself, fit_calibration
from exo_nbregistry.records.attachment_kind import kind_of
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.attribute import read_attribute


def version_calibration(
    metadata: ModelMetadata, model: Any, read_arrays: Callable[[], Mapping[str, Any]]
) -> dict[str, float] | None:
    """Return the coefficients that calibrate the probabilities of a version, or None.

    Parameters
    ----------
    metadata : ModelMetadata
        Metadata of the version.
    model : object
        The loaded model.
    read_arrays : callable
        Returns the arrays of the attachment ``out_of_fold``.

    Returns
    -------
    dict or None
        ``slope`` and ``intercept``, as for `fit_calibration`.
    """
    artifact = metadata.attachments.get(ATTACHMENT)
    if artifact is None or kind_of(artifact) != "arrays" or calibrates_itself(model):
        return None
    # A native model has no classes of its own.
    classes = metadata.signature.classes if metadata.signature else None
    if classes is None:
        classes = read_attribute(model, "classes_")
    if not isinstance(classes, Iterable) or len(listed := list(classes)) != 2:
        return None
    return fit_calibration(read_arrays(), listed)
