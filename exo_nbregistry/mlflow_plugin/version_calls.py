"""Calls of MLflow's model registry store for versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mlflow.entities.model_registry import ModelVersion
from mlflow.prompt.registry_utils import has_prompt_tag
from mlflow.store.entities.paged_list import PagedList

from exo_nbregistry.mlflow_plugin.entities import DESCRIPTION
from exo_nbregistry.mlflow_plugin.errors import not_supported, with_mlflow_errors
from exo_nbregistry.mlflow_plugin.logged_facts import read_logged_facts
from exo_nbregistry.mlflow_plugin.refused_calls import PROMPTS
from exo_nbregistry.mlflow_plugin.registry_uri import format_version_uri
from exo_nbregistry.mlflow_plugin.searching import names_in, search_versions
from exo_nbregistry.mlflow_plugin.store_base import StoreBase, as_dict, check_version_tag
from exo_nbregistry.mlflow_plugin.version_creation import Creation, create_version


class VersionCalls(StoreBase):
    """Model registry store: create, change, delete and search versions."""

    @with_mlflow_errors
    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Sequence[Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        local_model_path: str | None = None,
        model_id: str | None = None,
    ) -> ModelVersion:
        """Register a logged model as a version; its files are copied into the registry.

        Parameters
        ----------
        name : str
            Name of a model that exists.
        source : str
            URI of the logged model, or ``models:/NAME/VERSION`` for a copy of a version.
        run_id, run_link, model_id : str, optional
            The run and the logged model.
        tags : sequence of ModelVersionTag, optional
            Tags of the version.
        description : str, optional
            Free text.
        local_model_path : str, optional
            Folder of the model, if this process has just logged it.

        Returns
        -------
        ModelVersion
            The version.

        Raises
        ------
        MlflowException
            If the model does not exist, or its files cannot be read, or could run code and were not
            logged by this process.
        """
        for tag in tags or ():
            check_version_tag(tag)
        if has_prompt_tag(list(tags or ())):
            raise not_supported("Prompts", PROMPTS)
        creation = Creation(
            name=self._facts(name).name,
            source=source,
            run_id=run_id,
            run_link=run_link,
            model_id=model_id,
            description=description or "",
            tags=as_dict(tags),
            local_path=local_model_path,
        )
        metadata = create_version(self._registry, creation, self._tracking_uri)
        return self._measured(self._version(self._facts(name), metadata.version))

    @with_mlflow_errors
    def update_model_version(
        self, name: str, version: Any, description: str | None
    ) -> ModelVersion:
        """Set the description of a version.

        The record of the version does not change: the new text is an event, which hides the old.

        Parameters
        ----------
        name : str
            Name of the model.
        version : int or str
            The version.
        description : str or None
            Free text.

        Returns
        -------
        ModelVersion
            The version.

        Raises
        ------
        MlflowException
            If the version does not exist.
        """
        facts, number = self._active(name, version)
        self._registry.tag_model(f"{facts.key}:{number}", **{DESCRIPTION: description or ""})
        return self.get_model_version(name, number)

    @with_mlflow_errors
    def delete_model_version(self, name: str, version: Any) -> None:
        """Delete a version and its aliases; ``registry.restore_model`` restores it.

        Parameters
        ----------
        name : str
            Name of the model.
        version : int or str
            The version.

        Raises
        ------
        MlflowException
            If the version does not exist, or a protected alias points to it.
        """
        facts, number = self._active(name, version)
        moves = self._registry.aliases(facts.key)
        here = {alias: move for alias, move in moves.items() if move.version == number}
        # A protected alias is refused here, before another alias is removed.
        for alias in sorted(here, key=lambda alias: not here[alias].protected):
            self._registry.remove_alias(facts.key, alias, expected=number)
        self._registry.delete_model(f"{facts.key}:{number}")

    @with_mlflow_errors
    def get_model_version(self, name: str, version: Any) -> ModelVersion:
        """Return a version, with the metrics and parameters that were logged until now.

        Parameters
        ----------
        name : str
            Name of the model.
        version : int or str
            The version.

        Returns
        -------
        ModelVersion
            The version.

        Raises
        ------
        MlflowException
            If the version does not exist.
        """
        return self._measured(self._version(*self._active(name, version)))

    @with_mlflow_errors
    def get_model_version_download_uri(self, name: str, version: Any) -> str:
        """Return the URI of the files of a version in this registry.

        Parameters
        ----------
        name : str
            Name of the model.
        version : int or str
            The version.

        Returns
        -------
        str
            URI for `NbregistryArtifactRepository`, which checks the version.

        Raises
        ------
        MlflowException
            If the version does not exist.
        """
        facts, number = self._active(name, version)
        return format_version_uri(self._registry.location, facts.key, number)

    @with_mlflow_errors
    def search_model_versions(
        self,
        filter_string: str | None = None,
        max_results: int | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[ModelVersion]:
        """Return a page of versions.

        Parameters
        ----------
        filter_string : str, optional
            Filter in MLflow's language, such as ``name = 'kepler_rf' AND tags.team = 'vetting'``.
        max_results : int, optional
            Size of the page.
        order_by : sequence of str, optional
            Fields with ``ASC`` or ``DESC``; by default newest first.
        page_token : str, optional
            Token of the page before this one.

        Returns
        -------
        PagedList of ModelVersion
            The page.

        Raises
        ------
        MlflowException
            If an argument is invalid.
        """
        with self._registry.consistent_reads():
            versions = list(self._versions(names_in(filter_string)))
        return search_versions(versions, filter_string, max_results, order_by, page_token)

    def _versions(self, names: Sequence[str] | None) -> Iterator[ModelVersion]:
        """Yield the versions of some models, or of all."""
        from exo_nbregistry.registry.model_facts import list_model_facts, read_model_facts

        if names is None:
            found = list_model_facts(self._registry)
        else:
            keys = sorted({name for name in names if _is_name(name)})
            found = [read_model_facts(self._registry, key) for key in keys]
        for facts in found:
            if facts.active:
                for metadata in self._registry.list_models(facts.key):
                    yield self._entity(facts, metadata)

    def _measured(self, version: ModelVersion) -> ModelVersion:
        """Return a version with the metrics and parameters of its logged model."""
        logged = read_logged_facts(self._tracking_uri, None, version.model_id)
        if logged.model_metrics:
            version._metrics = logged.model_metrics
        if logged.model_params:
            version._params = logged.model_params  # type: ignore[assignment]  # as its stores do
        return version


def _is_name(name: str) -> bool:
    from exo_nbregistry.errors import InvalidReferenceError
    from exo_nbregistry.values.reference import model_key

    try:
        return bool(model_key(name))
    except InvalidReferenceError:
        return False
