"""Calls of MLflow's model registry that have no meaning in this registry."""

from __future__ import annotations

from typing import Any

from mlflow.store.model_registry.abstract_store import AbstractStore

from exo_nbregistry.mlflow_plugin.errors import not_supported

_STAGES = "set an alias, such as client.set_registered_model_alias(name, 'champion', version)"
_RENAME = (
    "the name is signed with each version. Copy the versions to the new name with "
    "client.copy_model_version(src_model_uri, dst_name)"
)
_WEBHOOKS = "ask registry.revision() for changes, or use an MLflow server"
PROMPTS = "set another registry for them, such as mlflow.set_registry_uri('sqlite:///mlflow.db')"


class RefusedCalls(AbstractStore):
    """Model registry store that refuses stages, other names and webhooks, with advice."""

    def rename_registered_model(self, name: str, new_name: str) -> Any:
        """Raise MlflowException: a model keeps its name.

        Parameters
        ----------
        name, new_name : str
            Names of the model.

        Raises
        ------
        MlflowException
            With the code NOT_IMPLEMENTED.
        """
        raise not_supported(f"Other names, such as {new_name!r:.60} for {name!r:.60},", _RENAME)

    def transition_model_version_stage(
        self, name: str, version: Any, stage: str, archive_existing_versions: bool
    ) -> Any:
        """Raise MlflowException: MLflow deprecates stages, and aliases replace them.

        Parameters
        ----------
        name : str
            Name of the model.
        version : int or str
            The version.
        stage : str
            The stage.
        archive_existing_versions : bool
            Whether other versions leave the stage.

        Raises
        ------
        MlflowException
            With the code NOT_IMPLEMENTED.
        """
        raise not_supported(f"Stages, such as {stage!r:.60},", _STAGES)

    def create_webhook(self, *args: Any, **kwargs: Any) -> Any:
        """Raise MlflowException: a folder sends no requests."""
        raise not_supported("Webhooks", _WEBHOOKS)

    get_webhook = list_webhooks = list_webhooks_by_event = create_webhook
    update_webhook = delete_webhook = test_webhook = create_webhook
