"""The calibration of an exported version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exo_nbregistry.inference.platt_scaling import ATTACHMENT, calibrates_itself, fit_calibration
from exo_nbregistry.payloads.attachment import read_arrays
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.attribute import read_attribute


def exported_calibration(
    store: Store, key: str, metadata: ModelMetadata, model: Any
) -> dict[str, float] | None:
    """Return the coefficients that calibrate the probabilities of a version, or None.

    Parameters
    ----------
    store : Store
        The store of the registry.
    key : str
        Key of the model.
    metadata : ModelMetadata
        Metadata of the version.
    model : object
        The loaded model.

    Returns
    -------
    dict or None
        ``slope`` and ``intercept``, as for `fit_calibration`.
    """
    artifact = metadata.attachments.get(ATTACHMENT)
    classes = read_attribute(model, "classes_")
    if artifact is None or artifact.format != "npz" or not isinstance(classes, Iterable):
        return None
    if calibrates_itself(model):
        return None
    return fit_calibration(read_arrays(store, key, artifact), list(classes))
