"""Columns of a table that is too wide for a record."""

from __future__ import annotations

import dataclasses
import math

from exo_nbregistry.payloads.attachment import Attachment, pack_arrays
from exo_nbregistry.records.metadata import Column, ModelMetadata

ATTACHMENT = "columns"


def separate_columns(metadata: ModelMetadata) -> tuple[ModelMetadata, Attachment | None]:
    """Move the columns of a model from its metadata to an attachment.

    Parameters
    ----------
    metadata : ModelMetadata
        Metadata that are too large for a record.

    Returns
    -------
    metadata : ModelMetadata
        Metadata without feature columns, and without columns in the signature.
    attachment : Attachment or None
        Arrays ``name``, ``dtype``, ``minimum``, ``maximum`` and ``missing``, with an item for each
        column; only ``name`` if the signature has no columns. None if no column is known.
    """
    columns = metadata.signature.columns if metadata.signature else ()
    if not columns and not metadata.feature_columns:
        return metadata, None
    signature = metadata.signature and dataclasses.replace(metadata.signature, columns=())
    small = dataclasses.replace(metadata, feature_columns=(), signature=signature)
    return small, _pack(columns, metadata.feature_columns)


def _pack(columns: tuple[Column, ...], names: tuple[str, ...]) -> Attachment:
    import numpy as np

    if not columns:
        return pack_arrays({"name": np.array(names)})
    limits = {
        key: np.array([math.nan if getattr(c, key) is None else getattr(c, key) for c in columns])
        for key in ("minimum", "maximum")
    }
    return pack_arrays(
        {
            "name": np.array([column.name for column in columns]),
            "dtype": np.array([column.dtype for column in columns]),
            **limits,
            "missing": np.array([column.missing for column in columns]),
        }
    )
