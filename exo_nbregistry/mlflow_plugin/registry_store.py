"""The model registry store that MLflow's client uses for URIs of the scheme exo-nbregistry."""

from __future__ import annotations

from typing import Any

from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.utils.validation import (
    _validate_model_alias_name,
    _validate_model_alias_name_reserved,
    _validate_tag_name,
)

from exo_nbregistry.mlflow_plugin.errors import with_mlflow_errors
from exo_nbregistry.mlflow_plugin.model_calls import ModelCalls
from exo_nbregistry.mlflow_plugin.store_base import as_dict, check_not_own, check_version_tag
from exo_nbregistry.mlflow_plugin.version_calls import VersionCalls

_LATEST = "latest"


class NbregistryStore(ModelCalls, VersionCalls):
    """A registry as the model registry of MLflow.

    MLflow creates it for ``mlflow.set_registry_uri("exo-nbregistry:///abs/path")``. The registry is
    opened at the first call and created at the first change.

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

    Examples
    --------
    >>> store = NbregistryStore("exo-nbregistry:registry")
    >>> [model.name for model in store.search_registered_models(max_results=10)]
    ['kepler_rf']
    """

    @with_mlflow_errors
    def set_model_version_tag(self, name: str, version: Any, tag: Any) -> None:
        """Set a tag of a version.

        Parameters
        ----------
        name : str
            Name of the model.
        version : int or str
            The version.
        tag : ModelVersionTag
            The tag.

        Raises
        ------
        MlflowException
            If the version does not exist or the tag is invalid.
        """
        check_version_tag(tag)
        facts, number = self._active(name, version)
        self._registry.tag_model(f"{facts.key}:{number}", **as_dict([tag]))

    @with_mlflow_errors
    def delete_model_version_tag(self, name: str, version: Any, key: str) -> None:
        """Remove a tag of a version; a missing tag is ignored.

        Parameters
        ----------
        name : str
            Name of the model.
        version : int or str
            The version.
        key : str
            Name of the tag.

        Raises
        ------
        MlflowException
            If the version does not exist.
        """
        _validate_tag_name(key)
        check_not_own(key)
        facts, number = self._active(name, version)
        self._registry.untag_model(f"{facts.key}:{number}", key)

    @with_mlflow_errors
    def set_registered_model_alias(self, name: str, alias: str, version: Any) -> None:
        """Point an alias to a version.

        Parameters
        ----------
        name : str
            Name of the model.
        alias : str
            The alias.
        version : int or str
            The version.

        Raises
        ------
        MlflowException
            If the version does not exist, the alias is invalid, or it is protected and points to
            another version.
        """
        _validate_model_alias_name(alias)
        _validate_model_alias_name_reserved(alias)
        facts, number = self._active(name, version)
        self._registry.set_alias(facts.key, alias, number)

    @with_mlflow_errors
    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove an alias; a missing alias is ignored.

        Parameters
        ----------
        name : str
            Name of the model.
        alias : str
            The alias.

        Raises
        ------
        MlflowException
            If the model does not exist, or the alias is protected.
        """
        _validate_model_alias_name(alias)
        facts = self._facts(name)
        if alias in self._registry.aliases(facts.key):
            self._registry.remove_alias(facts.key, alias)

    @with_mlflow_errors
    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Return the version that an alias points to.

        Parameters
        ----------
        name : str
            Name of the model.
        alias : str
            The alias; ``latest`` is the latest version.

        Returns
        -------
        ModelVersion
            The version.

        Raises
        ------
        MlflowException
            If the model or the alias does not exist, or the alias was set on a record that has
            changed.
        """
        facts = self._facts(name)
        if alias.lower() == _LATEST and facts.active:
            return self.get_model_version(facts.key, facts.active[-1])
        move = self._registry.aliases(facts.key).get(alias) if facts.versions else None
        if move is None:
            # The code of MLflow's own stores.
            raise MlflowException.invalid_parameter_value(
                f"Registered model alias {alias} not found. Set it with "
                "client.set_registered_model_alias(name, alias, version)."
            )
        version = self._registry.get_metadata(f"{facts.key}@{alias}").version
        return self.get_model_version(facts.key, version)
