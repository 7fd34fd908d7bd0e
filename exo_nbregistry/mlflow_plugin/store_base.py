"""The part that all calls of the model registry store share: the registry and its entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
from mlflow.utils.validation import (
    _validate_model_name,
    _validate_model_version,
    _validate_model_version_tag,
)

from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.mlflow_plugin.entities import OWN_TAGS, to_model_version, to_registered_model
from exo_nbregistry.mlflow_plugin.refused_calls import RefusedCalls
from exo_nbregistry.mlflow_plugin.registry_uri import format_version_uri, parse_registry_uri

if TYPE_CHECKING:
    from exo_nbregistry.records.metadata import ModelMetadata
    from exo_nbregistry.registry.facade import ModelRegistry
    from exo_nbregistry.registry.model_facts import ModelFacts


class StoreBase(RefusedCalls):
    """A registry, its models and versions as entities of MLflow.

    Parameters
    ----------
    store_uri : str
        URI of the registry.
    tracking_uri : str, optional
        The tracking store, which has the metrics and parameters of logged models.

    Raises
    ------
    MlflowException
        If the URI does not name a registry.
    """

    def __init__(self, store_uri: str, tracking_uri: str | None = None) -> None:
        super().__init__(store_uri, tracking_uri)
        self._path = parse_registry_uri(store_uri)
        self._tracking_uri = tracking_uri

    @cached_property
    def _registry(self) -> ModelRegistry:
        from exo_nbregistry.registry.facade import ModelRegistry

        return ModelRegistry(self._path)

    def _facts(self, name: str) -> ModelFacts:
        """Return the facts of a model that exists."""
        from exo_nbregistry.registry.model_facts import read_model_facts

        _validate_model_name(name)
        try:
            facts = read_model_facts(self._registry, name)
        except InvalidReferenceError as error:
            # Such a name cannot be registered, so a look-up has the usual answer.
            raise _no_model(name, f" {error}") from error
        if not facts.exists:
            raise _no_model(name, self._why_empty())
        return facts

    def _why_empty(self) -> str:
        """Return a sentence if the registry does not exist, which the URI can be the reason of."""
        if self._registry._workspace.descriptor.exists:
            return ""
        return f" {self._registry.location} is not a registry yet; check the registry URI."

    def _change(self, name: str, change: Mapping[str, Any]) -> RegisteredModel:
        """Change the facts of a model that exists."""
        from exo_nbregistry.registry.model_facts import write_model_facts

        def decide(facts: ModelFacts) -> Mapping[str, Any]:
            if not facts.exists:
                raise _no_model(name)
            return change

        self._facts(name)
        return self._model(write_model_facts(self._registry, name, decide))

    def _model(self, facts: ModelFacts) -> RegisteredModel:
        latest = self._version(facts, facts.active[-1]) if facts.active else None
        first = None
        if facts.created_at is None and facts.versions:
            first = self._registry.get_metadata(facts.key, facts.versions[0]).created_at
        found = {}
        if facts.versions:
            moves = self._registry.aliases(facts.key)
            found = {alias: move.version for alias, move in moves.items() if move.version}
        aliases = {alias: number for alias, number in found.items() if number in facts.active}
        return to_registered_model(facts, latest, aliases, first)

    def _version(self, facts: ModelFacts, number: int) -> ModelVersion:
        return self._entity(facts, self._registry.get_metadata(facts.key, number))

    def _entity(self, facts: ModelFacts, metadata: ModelMetadata) -> ModelVersion:
        uri = format_version_uri(self._registry.location, facts.key, metadata.version)
        return to_model_version(metadata, facts, uri)

    def _active(self, name: str, version: Any) -> tuple[ModelFacts, int]:
        """Return the facts of a model and the number of a version that is not deleted."""
        _validate_model_name(name)
        number = _validate_model_version(version)
        try:
            facts = self._facts(name)
        except MlflowException as error:
            raise _no_version(name, version) from error
        if number not in facts.active:
            raise _no_version(name, version)
        return facts, number


def as_dict(tags: Sequence[Any] | None) -> dict[str, str]:
    """Return tags of MLflow as a dict.

    Examples
    --------
    >>> from mlflow.entities.model_registry import ModelVersionTag
    >>> as_dict([ModelVersionTag("team", "vetting")])
    {'team': 'vetting'}
    """
    return {tag.key: "" if tag.value is None else str(tag.value) for tag in tags or ()}


def check_version_tag(tag: Any) -> None:
    """Raise MlflowException if a tag of a version is invalid or reserved.

    Examples
    --------
    >>> from mlflow.entities.model_registry import ModelVersionTag
    >>> check_version_tag(ModelVersionTag("mlflow.run_id", "r1"))
    Traceback (most recent call last):
    ...
    mlflow.exceptions.MlflowException: The tag mlflow.run_id is reserved...
    """
    _validate_model_version_tag(tag.key, tag.value)
    check_not_own(tag.key)


def check_not_own(key: str) -> None:
    """Raise MlflowException if a tag is a field of the version in MLflow.

    Examples
    --------
    >>> check_not_own("team")
    """
    if key in OWN_TAGS:
        raise MlflowException.invalid_parameter_value(
            f"The tag {key} is reserved for a field of the version; choose another name."
        )


def _no_model(name: str, why: str = "") -> MlflowException:
    return MlflowException(
        f"Registered Model with name={name} not found.{why}", RESOURCE_DOES_NOT_EXIST
    )


def _no_version(name: str, version: Any) -> MlflowException:
    return MlflowException(
        f"Model Version (name={name}, version={version}) not found. Search for the versions that "
        "exist with search_model_versions, or restore it with registry.restore_model if it was "
        "deleted.",
        RESOURCE_DOES_NOT_EXIST,
    )
