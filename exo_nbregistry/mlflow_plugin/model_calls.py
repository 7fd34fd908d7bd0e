"""Calls of MLflow's model registry store for models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.prompt.registry_utils import has_prompt_tag
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS
from mlflow.store.entities.paged_list import PagedList
from mlflow.utils.validation import (
    _validate_model_name,
    _validate_registered_model_tag,
    _validate_tag_name,
)

from exo_nbregistry.mlflow_plugin.errors import not_supported, with_mlflow_errors
from exo_nbregistry.mlflow_plugin.refused_calls import PROMPTS
from exo_nbregistry.mlflow_plugin.searching import search_models
from exo_nbregistry.mlflow_plugin.store_base import StoreBase, as_dict

if TYPE_CHECKING:
    from exo_nbregistry.registry.model_facts import ModelFacts

_NO_STAGE = "none"


class ModelCalls(StoreBase):
    """Model registry store: create, change, delete and search models."""

    @with_mlflow_errors
    def create_registered_model(
        self,
        name: str,
        tags: Sequence[Any] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Create a model without a version; an event of the model keeps it.

        Parameters
        ----------
        name : str
            Name of the model.
        tags : sequence of RegisteredModelTag, optional
            Its tags.
        description : str, optional
            Free text.
        deployment_job_id : str, optional
            Ignored.

        Returns
        -------
        RegisteredModel
            The model.

        Raises
        ------
        MlflowException
            If the name is invalid or taken, or a tag is invalid.
        """
        from exo_nbregistry.registry.model_facts import write_model_facts

        _validate_model_name(name)
        for tag in tags or ():
            _validate_registered_model_tag(tag.key, tag.value)
        if has_prompt_tag(list(tags or ())):
            raise not_supported("Prompts", PROMPTS)

        def create(facts: ModelFacts) -> dict[str, Any]:
            if facts.exists:
                raise MlflowException(
                    f"Registered Model (name={name}) already exists.", RESOURCE_ALREADY_EXISTS
                )
            return {"action": "model created", "tags": as_dict(tags), "description": description}

        return self._model(write_model_facts(self._registry, name, create))

    @with_mlflow_errors
    def update_registered_model(
        self,
        name: str,
        description: str | None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Set the description of a model.

        Parameters
        ----------
        name : str
            Name of the model.
        description : str or None
            Free text.
        deployment_job_id : str, optional
            Ignored.

        Returns
        -------
        RegisteredModel
            The model.

        Raises
        ------
        MlflowException
            If the model does not exist.
        """
        return self._change(name, {"description": description})

    @with_mlflow_errors
    def delete_registered_model(self, name: str) -> None:
        """Delete a model: its versions, which can be restored, its aliases and its tags.

        Parameters
        ----------
        name : str
            Name of the model.

        Raises
        ------
        MlflowException
            If the model does not exist, or an alias is protected; then nothing is deleted.
        """
        facts = self._facts(name)
        aliases = self._registry.aliases(facts.key)
        for move in aliases.values():
            if move.protected:
                self._registry.delete_model(f"{facts.key}:{move.version}")
        for alias in aliases:
            self._registry.remove_alias(facts.key, alias)
        for version in facts.active:
            self._registry.delete_model(f"{facts.key}:{version}")
        self._change(name, {"action": "model removed"})

    @with_mlflow_errors
    def search_registered_models(
        self,
        filter_string: str | None = None,
        max_results: int | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[RegisteredModel]:
        """Return a page of models.

        Parameters
        ----------
        filter_string : str, optional
            Filter in MLflow's language, such as ``name LIKE 'kepler%'``.
        max_results : int, optional
            Size of the page.
        order_by : sequence of str, optional
            Fields with ``ASC`` or ``DESC``.
        page_token : str, optional
            Token of the page before this one.

        Returns
        -------
        PagedList of RegisteredModel
            The page.

        Raises
        ------
        MlflowException
            If an argument is invalid.
        """
        from exo_nbregistry.registry.model_facts import list_model_facts

        with self._registry.consistent_reads():
            models = [self._model(facts) for facts in list_model_facts(self._registry)]
        return search_models(models, filter_string, max_results, order_by, page_token)

    @with_mlflow_errors
    def get_registered_model(self, name: str) -> RegisteredModel:
        """Return a model.

        Parameters
        ----------
        name : str
            Name of the model.

        Returns
        -------
        RegisteredModel
            The model, with its latest version.

        Raises
        ------
        MlflowException
            If the model does not exist.
        """
        return self._model(self._facts(name))

    @with_mlflow_errors
    def get_latest_versions(
        self, name: str, stages: Sequence[str] | None = None
    ) -> list[ModelVersion]:
        """Return the latest version of a model as a list.

        Parameters
        ----------
        name : str
            Name of the model.
        stages : sequence of str, optional
            Stages. Each version has the stage ``None``, so no version has another one.

        Returns
        -------
        list of ModelVersion
            One version, or none.

        Raises
        ------
        MlflowException
            If the model does not exist.
        """
        facts = self._facts(name)
        asked = {str(stage).lower() for stage in stages or [_NO_STAGE]}
        numbers = facts.active[-1:] if _NO_STAGE in asked else []
        return [self._version(facts, number) for number in numbers]

    @with_mlflow_errors
    def set_registered_model_tag(self, name: str, tag: Any) -> None:
        """Set a tag of a model.

        Parameters
        ----------
        name : str
            Name of the model.
        tag : RegisteredModelTag
            The tag.

        Raises
        ------
        MlflowException
            If the model does not exist or the tag is invalid.
        """
        _validate_registered_model_tag(tag.key, tag.value)
        self._change(name, {"tags": as_dict([tag])})

    @with_mlflow_errors
    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a tag of a model; a missing tag is ignored.

        Parameters
        ----------
        name : str
            Name of the model.
        key : str
            Name of the tag.

        Raises
        ------
        MlflowException
            If the model does not exist.
        """
        _validate_tag_name(key)
        self._change(name, {"untag": [key]})
