"""Registration of a model that MLflow logged, as a version of the registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow.exceptions import MlflowException

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.mlflow_plugin.entities import FLAVORS
from exo_nbregistry.mlflow_plugin.logged_folder import (
    ATTACHMENT,
    describe_flavors,
    kept_files,
    load_sklearn,
    read_logged_folder,
)
from exo_nbregistry.registry.facade import ModelRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A model and its facts, as MLflow passes them.

    Attributes
    ----------
    name : str
        Name of the model.
    description : str
        Free text.
    tags : mapping of str to Any
        Tags of the version.
    metrics : mapping of str to float
        Metrics of the model and its run.
    params : mapping of str to Any
        Parameters of the model and its run.
    parent : str or None
        model_id of the version that this one is a copy of.
    """

    name: str
    description: str = ""
    tags: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    parent: str | None = None


def register_folder(registry: ModelRegistry, path: Path, given: Registered, *, is_own: bool) -> str:
    """Register the model of a folder that MLflow wrote.

    A scikit-learn model is stored as by `ModelRegistry.register_model`, and the other files of the
    folder are an attachment. For other flavors, all files are the attachment, and the model of the
    version is a dict with their facts.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    path : Path
        The folder with the file MLmodel.
    given : Registered
        The facts that MLflow passes with the model.
    is_own : bool
        Whether this process has just logged the model.

    Returns
    -------
    str
        model_id of the version. An equal version that exists already is returned again.

    Raises
    ------
    MlflowException
        If the folder is not a model of MLflow.
    UntrustedModelError
        If a scikit-learn model that this process did not log could run code.
    RecordError
        If a value cannot be stored.
    """
    folder = read_logged_folder(path)
    facts: dict[str, Any] = {"tags": dict(given.tags)}
    if folder.sklearn_file:
        model = load_sklearn(folder, is_own=is_own)
        parameters = _with_params(model, given.params)
        facts |= {"hyperparameters": parameters} if parameters else {}
    else:
        model = describe_flavors(folder)
        facts |= {"algorithm": folder.other_flavor, "hyperparameters": dict(given.params)}
        facts["tags"] |= {FLAVORS: ", ".join(folder.flavors)}
    with kept_files(folder) as files:
        return registry.register_model(
            model,
            given.name,
            evaluation_results=dict(given.metrics),
            feature_columns=folder.columns,
            description=given.description,
            parent=given.parent,
            attachments={ATTACHMENT: files},
            **facts,
        )


@contextmanager
def downloaded(
    source: str, local_path: str | None, tracking_uri: str | None
) -> Iterator[tuple[Path, bool]]:
    """Return the folder of a logged model, for a ``with`` block.

    Parameters
    ----------
    source : str
        URI of the model in MLflow.
    local_path : str or None
        Folder of the model, if MLflow has just logged it in this process.
    tracking_uri : str or None
        The tracking store of the model.

    Yields
    ------
    folder : Path
        The folder.
    is_own : bool
        Whether this process has just logged the model.

    Raises
    ------
    MlflowException
        If the model cannot be downloaded.
    """
    if local_path:
        yield Path(local_path), True
        return
    import mlflow.artifacts

    with TemporaryDirectory(prefix="exo-nbregistry-") as name:
        try:
            path = mlflow.artifacts.download_artifacts(
                artifact_uri=source, dst_path=name, tracking_uri=tracking_uri
            )
        except (MlflowException, OSError) as error:
            if isinstance(error.__cause__, RegistryError):
                # A version of another registry that is damaged or not trusted keeps its code.
                raise
            raise MlflowException.invalid_parameter_value(
                f"The model at {source} cannot be read ({error}); pass the URI of a model that "
                "MLflow logged, such as models:/m-1234 or runs:/RUN_ID/model."
            ) from error
        yield Path(path), False


def _with_params(model: Any, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of an estimator and of its run; empty for those of the estimator."""
    own = model.get_params() if hasattr(model, "get_params") else {}
    others = {name: value for name, value in params.items() if name not in own}
    return {**own, **others} if others else {}
