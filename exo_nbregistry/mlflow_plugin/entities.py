"""Versions and models of the registry as entities of MLflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mlflow.entities import Metric
from mlflow.entities.logged_model_parameter import LoggedModelParameter
from mlflow.entities.model_registry import (
    ModelVersion,
    ModelVersionTag,
    RegisteredModel,
    RegisteredModelAlias,
    RegisteredModelTag,
)

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.model_facts import ModelFacts

# Tags of a version that MLflow shows as fields of their own.
SOURCE, RUN_ID, RUN_LINK = "mlflow.source", "mlflow.run_id", "mlflow.run_link"
MODEL_ID, DESCRIPTION = "mlflow.model_id", "mlflow.description"
# The flavors of a model whose files are kept unopened.
FLAVORS = "mlflow.flavors"
_ORIGIN = (SOURCE, RUN_ID, RUN_LINK, MODEL_ID)
OWN_TAGS = (SOURCE, RUN_ID, RUN_LINK, MODEL_ID, DESCRIPTION, FLAVORS)
_NO_STAGE = "None"


def to_model_version(metadata: ModelMetadata, facts: ModelFacts, uri: str) -> ModelVersion:
    """Return a version as an entity of MLflow.

    Parameters
    ----------
    metadata : ModelMetadata
        The version.
    facts : ModelFacts
        The facts of its model.
    uri : str
        URI of its files, which is its source if it was not registered through MLflow.

    Returns
    -------
    ModelVersion
        The entity, with the metrics and hyperparameters of the registry.

    Examples
    --------
    >>> from exo_nbregistry.registry.model_facts import read_model_facts
    >>> facts = read_model_facts(registry, "kepler_rf")
    >>> to_model_version(registry["kepler_rf"], facts, "exo-nbregistry:///r/-/kepler_rf/1").version
    1
    """
    created = to_millis(metadata.created_at)
    # MLflow looks up metrics by these fields, so that an unknown signer must not set them.
    foreign = {name for name in _ORIGIN if _is_foreign(name, metadata)}
    tags = {name: value for name, value in metadata.tags.items() if name not in foreign}
    changed = facts.changed_at.get(metadata.version)
    # An empty description that was set later hides the one of the registration.
    description = tags.get(DESCRIPTION, metadata.description or None)
    return ModelVersion(
        name=facts.name,
        # A number, as in MLflow's database store.
        version=metadata.version,  # type: ignore[arg-type]
        creation_timestamp=created,
        last_updated_timestamp=max(created, to_millis(changed)) if changed else created,
        description=description,
        user_id=metadata.provenance.user,
        current_stage=_NO_STAGE,
        source=tags.get(SOURCE, uri),
        run_id=tags.get(RUN_ID),
        run_link=tags.get(RUN_LINK),
        model_id=tags.get(MODEL_ID),
        tags=[
            ModelVersionTag(name, to_text(value))
            for name, value in tags.items()
            if name not in OWN_TAGS
        ],
        aliases=list(metadata.aliases),
        metrics=[Metric(name, value, created, 0) for name, value in metadata.metrics.items()],
        params=[
            LoggedModelParameter(name, to_text(value))
            for name, value in metadata.hyperparameters.items()
        ],
    )


def _is_foreign(tag: str, metadata: ModelMetadata) -> bool:
    """Return whether an unknown signer changed a tag."""
    return any(change.startswith(f"tag {tag}: ") for change in metadata.unknown_signers)


def to_registered_model(
    facts: ModelFacts,
    latest: ModelVersion | None,
    aliases: Mapping[str, int],
    first_created_at: datetime | None,
) -> RegisteredModel:
    """Return a model as an entity of MLflow.

    Parameters
    ----------
    facts : ModelFacts
        The facts of the model.
    latest : ModelVersion or None
        Its latest version.
    aliases : mapping of str to int
        The version of each alias.
    first_created_at : datetime or None
        Time of its first version, in UTC, for a model that was registered without MLflow.

    Returns
    -------
    RegisteredModel
        The entity.

    Examples
    --------
    >>> from exo_nbregistry.registry.model_facts import read_model_facts
    >>> facts = read_model_facts(registry, "kepler_rf")
    >>> to_registered_model(facts, None, {"champion": 1}, None).aliases
    {'champion': 1}
    """
    created = facts.created_at or first_created_at
    times = [to_millis(time) for time in (created, facts.updated_at) if time is not None]
    if latest is not None and latest.last_updated_timestamp is not None:
        times.append(latest.last_updated_timestamp)
    return RegisteredModel(
        name=facts.name,
        creation_timestamp=None if created is None else to_millis(created),
        last_updated_timestamp=max(times, default=None),
        description=facts.description,
        latest_versions=[] if latest is None else [latest],
        tags=[RegisteredModelTag(name, to_text(value)) for name, value in facts.tags.items()],
        aliases=[RegisteredModelAlias(alias, version) for alias, version in aliases.items()],
    )


def to_millis(at: datetime) -> int:
    """Return a time as MLflow stores it: whole milliseconds since 1970.

    Examples
    --------
    >>> from datetime import UTC
    >>> to_millis(datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC))
    2000
    """
    return round(at.timestamp() * 1000)


def to_text(value: Any) -> str:
    """Return a value of a tag or parameter as the text that MLflow shows.

    Examples
    --------
    >>> to_text("vetting"), to_text(True), to_text(0.5)
    ('vetting', 'true', '0.5')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return json.dumps(value, default=str)
    return str(value)
