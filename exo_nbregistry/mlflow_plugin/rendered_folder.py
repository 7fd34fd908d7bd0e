"""A verified version as a folder that MLflow loads."""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_STATE

from exo_nbregistry.errors import RecordError, UntrustedModelError
from exo_nbregistry.mlflow_plugin.logged_folder import (
    ATTACHMENT,
    MLMODEL,
    described_flavors,
    read_logged_folder,
)
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry

# The attachment with the files of a version that was moved in.
MOVED_IN = "files"


def render_version(registry: ModelRegistry, ref: str, folder: Path) -> None:
    """Write a version as a folder with a file MLmodel.

    The model is loaded as `ModelRegistry.load_model` does, so a changed file and an unknown signer
    are refused before MLflow gets any byte. Files that MLflow wrote are used again only if their
    signer is trusted, because MLflow runs code that they name.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    ref : str
        Reference to the version.
    folder : Path
        The folder, which must be empty or missing.

    Raises
    ------
    NotFoundError
        If the version does not exist.
    IntegrityError
        If the model or a file was changed after registration.
    UntrustedModelError
        If the signer is not trusted and the model could run code.
    VersionMismatchError
        If the model was registered with another minor version of scikit-learn.
    MlflowException
        If the version was moved in without a model and without files that MLflow loads.

    Examples
    --------
    >>> render_version(registry, "kepler_rf:1", Path("rendered"))
    >>> (Path("rendered") / "MLmodel").exists()
    True
    """
    try:
        model, metadata = registry.load_model(ref)
    except RecordError:
        metadata = registry[ref]
        if metadata.artifact is not None:
            raise
        _copy_moved_in(registry, metadata, folder)
        return
    is_trusted = registry.signer_status(metadata.model_id).trusted
    # Both signers count: an event can attach files to a version of another signer.
    has_files = is_trusted and _has_trusted_files(registry, metadata, ATTACHMENT)
    # A tag could be removed, or be an event of another signer.
    if flavors := described_flavors(model):
        if not has_files:
            raise UntrustedModelError(
                f"{metadata.model_id} is a model of MLflow's flavors {', '.join(flavors)}, "
                "whose files run code when they are loaded, and their signer is not trusted. If "
                f"you know the signer: registry.trust_signer({metadata.signer!r}).",
                signer=metadata.signer,
                types=(),
            )
        _copy_files(registry, metadata, ATTACHMENT, folder)
        return
    if is_trusted and not has_files and metadata.signature and hasattr(model, "predict"):
        # It was registered without MLflow. The export also has its threshold and its calibration.
        registry.export_model(metadata.model_id, folder, format="mlflow")
        return
    with TemporaryDirectory(prefix="exo-nbregistry-") as name:
        kept = Path(name) / ATTACHMENT
        if has_files:
            _copy_files(registry, metadata, ATTACHMENT, kept)
        _save_sklearn(model, metadata, folder, kept if has_files else None)


def _has_trusted_files(registry: ModelRegistry, metadata: ModelMetadata, name: str) -> bool:
    """Return whether an attachment of the version exists and its own signer is trusted."""
    if name not in metadata.attachments:
        return False
    found = registry.attachments(metadata.model_id)
    return any(item.name == name and item.trusted for item in found)


def _copy_files(registry: ModelRegistry, metadata: ModelMetadata, name: str, folder: Path) -> None:
    with TemporaryDirectory(prefix="exo-nbregistry-") as temporary:
        path = registry.load_attachment(metadata.model_id, name, directory=temporary)
        shutil.copytree(path, folder, dirs_exist_ok=True)


def _copy_moved_in(registry: ModelRegistry, metadata: ModelMetadata, folder: Path) -> None:
    """Write the files of a version that was moved in from MLflow without its model.

    A model of other flavors than scikit-learn is moved in as its files.
    """
    name = metadata.model_id
    if MOVED_IN not in metadata.attachments:
        raise _not_loadable(f"{name} has no stored model, so that MLflow cannot load it")
    if not registry.signer_status(name).trusted:
        raise UntrustedModelError(
            f"{name} was moved in from another tool without trust in its files, which run code "
            "when MLflow loads them. If you trust where they are from, move the store into a new "
            "registry with plan.execute(trust=True).",
            signer=metadata.signer,
            types=(),
        )
    if _has_trusted_files(registry, metadata, MOVED_IN):
        _copy_files(registry, metadata, MOVED_IN, folder)
    if not (folder / MLMODEL).is_file():
        raise _not_loadable(f"{name} has files without an {MLMODEL}, which MLflow cannot load")


def _not_loadable(reason: str) -> MlflowException:
    return MlflowException(
        f"{reason}; registry.attachments and registry.load_attachment have its files.",
        INVALID_STATE,
    )


def _save_sklearn(model: Any, metadata: ModelMetadata, folder: Path, kept: Path | None) -> None:
    """Write a scikit-learn model, with the files that MLflow wrote when it was logged."""
    import mlflow.sklearn

    logged = read_logged_folder(kept) if kept else None
    with _without_advice():
        mlflow.sklearn.save_model(
            model,
            str(folder),
            serialization_format="pickle" if _is_pickle(logged) else "cloudpickle",
            pip_requirements=_requirements(metadata),
        )
    if kept and logged and logged.sklearn_file:
        written = read_logged_folder(folder)
        if logged.sklearn_format in ("pickle", "cloudpickle"):
            target = folder / logged.sklearn_file
            target.parent.mkdir(parents=True, exist_ok=True)
            (folder / str(written.sklearn_file)).replace(target)
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        else:
            _merge(folder, kept, logged.content)


@contextmanager
def _without_advice() -> Iterator[None]:
    """Omit MLflow's advice on integer columns and on pickles, which this registry has checked."""

    def omit(record: logging.LogRecord) -> bool:
        return record.levelno > logging.WARNING

    logger = logging.getLogger("mlflow.sklearn")
    logger.addFilter(omit)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.removeFilter(omit)


def _is_pickle(logged: Any) -> bool:
    return logged is not None and logged.sklearn_format == "pickle"


def _merge(folder: Path, kept: Path, content: Any) -> None:
    """Keep the signature and the other files of a model that was logged in another format."""
    import yaml

    path = folder / "MLmodel"
    written = yaml.safe_load(path.read_text("utf-8"))
    for name in ("signature", "saved_input_example_info", "model_id", "run_id", "metadata"):
        if name in content:
            written[name] = content[name]
    for file in kept.rglob("*"):
        target = folder / file.relative_to(kept)
        if file.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    path.write_text(yaml.safe_dump(written, sort_keys=False), "utf-8")


def _requirements(metadata: ModelMetadata) -> list[str]:
    """Return the packages of the record, so that MLflow does not start a process to find them."""
    packages = dict(metadata.environment.packages)
    return [f"{name}=={version}" for name, version in sorted(packages.items())] or ["scikit-learn"]
