"""Creation of a version from the URI that MLflow passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from mlflow.store.artifact.utils.models import _parse_model_uri

from exo_nbregistry.mlflow_plugin.entities import MODEL_ID, RUN_ID, RUN_LINK, SOURCE
from exo_nbregistry.mlflow_plugin.logged_facts import read_logged_facts

if TYPE_CHECKING:
    from exo_nbregistry.records.metadata import ModelMetadata
    from exo_nbregistry.registry.facade import ModelRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """The request to create a version, as MLflow passes it.

    Attributes
    ----------
    name : str
        Name of the model.
    source : str
        URI of the logged model, or of the version that is copied.
    run_id, run_link, model_id : str or None
        The run and the logged model.
    description : str
        Free text.
    tags : mapping of str to str
        Tags of the version.
    local_path : str or None
        Folder of the model, if this process has just logged it.
    """

    name: str
    source: str
    run_id: str | None = None
    run_link: str | None = None
    model_id: str | None = None
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    local_path: str | None = None


def create_version(
    registry: ModelRegistry, creation: Creation, tracking_uri: str | None
) -> ModelMetadata:
    """Register a version.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    creation : Creation
        The request of MLflow.
    tracking_uri : str or None
        The tracking store.

    Returns
    -------
    ModelMetadata
        The version.

    Raises
    ------
    MlflowException
        If the files of the model cannot be read.
    RegistryError
        If the model cannot be registered.
    """
    from exo_nbregistry.mlflow_plugin.registering import Registered, downloaded, register_folder

    copied = _copied_version(registry, creation.source)
    logged = read_logged_facts(tracking_uri, creation.run_id, creation.model_id)
    metrics: Mapping[str, float] = copied.metrics if copied else logged.metrics
    params: Mapping[str, Any] = copied.hyperparameters if copied else logged.params
    given = Registered(
        name=creation.name,
        description=creation.description,
        tags={**creation.tags, **_own_tags(creation, logged.run_id)},
        metrics=metrics,
        params=params,
        parent=copied.model_id if copied else None,
    )
    if copied:
        from exo_nbregistry.mlflow_plugin.rendered_folder import render_version

        with TemporaryDirectory(prefix="exo-nbregistry-") as name:
            folder = Path(name) / "model"
            # It raises an error if the version is damaged or its signer is not trusted.
            render_version(registry, copied.model_id, folder)
            return registry[register_folder(registry, folder, given, is_own=True)]
    with downloaded(creation.source, creation.local_path, tracking_uri) as (folder, is_own):
        return registry[register_folder(registry, folder, given, is_own=is_own)]


def _copied_version(registry: ModelRegistry, source: str) -> ModelMetadata | None:
    """Return the version of this registry that a source names, or None for a logged model."""
    if not source.startswith("models:/"):
        return None
    uri = _parse_model_uri(source)
    if uri.name is None:
        return None
    if uri.alias is not None:
        return registry[f"{uri.name}@{uri.alias}"]
    return registry.get_metadata(uri.name, int(uri.version)) if uri.version else registry[uri.name]


def _own_tags(creation: Creation, run_id: str | None) -> dict[str, str]:
    found = {
        SOURCE: creation.source,
        RUN_ID: creation.run_id or run_id,
        RUN_LINK: creation.run_link,
        MODEL_ID: creation.model_id,
    }
    return {name: value for name, value in found.items() if value}
