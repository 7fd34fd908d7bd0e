"""The metadata of a version that is moved in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exo_nbregistry.persistence.foreign_file import ForeignFile
from exo_nbregistry.records.fields import Artifact, Column, Environment, Provenance, Signature
from exo_nbregistry.records.imported import Imported
from exo_nbregistry.records.metadata import Code, ModelMetadata
from exo_nbregistry.sources.found import FoundModel, FoundVersion

MOVED_IN_FROM = "moved_in_from"
_BY_VALUE = "cloudpickle."
_MINOR = re.compile(r"(\d+\.\d+)(\.|$)")


def describe_version(
    found: FoundVersion,
    model: FoundModel,
    *,
    key: str,
    tool: str,
    trusted: bool,
    now: datetime,
    user: str | None,
) -> ModelMetadata:
    """Return the metadata of a version, without its number and its payloads.

    Parameters
    ----------
    found : FoundVersion
        The version in its store.
    model : FoundModel
        Its model.
    key : str
        The model key in this registry.
    tool : str
        The tool, such as ``MLflow``.
    trusted : bool
        Whether the user trusts the files.
    now : datetime
        Time of the move-in.
    user : str or None
        The user who moves the version in.

    Returns
    -------
    ModelMetadata
        Facts of the source; facts that it does not have are unknown.

    Raises
    ------
    RecordError
        If a value of the source cannot be stored.
    """
    return ModelMetadata(
        model_id=f"{key}:0",
        model_name=model.name if model.name.lower() == key else key,
        version=0,
        created_at=now,
        algorithm=found.algorithm,
        training_date=found.created_at,
        description=found.description,
        metrics=dict(found.metrics),
        hyperparameters=dict(found.hyperparameters),
        feature_columns=found.feature_columns,
        signature=_signature(found),
        training_dataset=found.training_dataset,
        training_samples=found.training_samples,
        test_samples=found.test_samples,
        class_distribution=dict(found.class_distribution),
        environment=Environment(python=found.python or "", packages=dict(found.packages)),
        provenance=Provenance(user=user),
        tags=_tags(found, model, key),
        imported=Imported(tool, found.source_id, trusted),
    )


def describe_artifact(file: ForeignFile) -> Artifact:
    """Return the stored model of a file that was inspected; its digest can be empty."""
    return Artifact(file.format, file.sha256, file.size_bytes, file.names)


def describe_code(found: FoundVersion, file: ForeignFile) -> Code | None:
    """Return the code that a model file carries with it, or None.

    Such code was compiled by one minor version of Python. If the source does not name it, it is
    unknown and loading does not compare it.
    """
    minor = _MINOR.match(found.python or "")
    if minor is None or not any(name.startswith(_BY_VALUE) for name in file.names):
        return None
    return Code(python=minor[1], cloudpickle=found.packages.get("cloudpickle", ""))


def _signature(found: FoundVersion) -> Signature | None:
    if not found.feature_columns or not set(found.feature_columns) <= found.column_types.keys():
        return None
    columns = (Column(name, found.column_types[name]) for name in found.feature_columns)
    return Signature(tuple(columns))


def _tags(found: FoundVersion, model: FoundModel, key: str) -> dict[str, Any]:
    """Return the tags of a version and of its model, which has no place of its own here."""
    tags: dict[str, Any] = {f"model.{name}": value for name, value in model.tags.items()}
    if model.description:
        tags["model.description"] = model.description
    if model.name.lower() != key:
        tags["model.name"] = model.name
    return _stored(tags | dict(found.tags)) | {MOVED_IN_FROM: found.source_id}


def _stored(tags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tags without those that a record cannot have: without name or value."""
    return {str(n): value for n, value in tags.items() if str(n).strip() and value is not None}
