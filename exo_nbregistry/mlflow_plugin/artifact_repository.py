"""The artifact repository that MLflow uses to download versions of a registry."""

from __future__ import annotations

import shutil
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import TYPE_CHECKING
from weakref import finalize

from mlflow.entities import FileInfo
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST
from mlflow.store.artifact.artifact_repo import ArtifactRepository

from exo_nbregistry.mlflow_plugin.errors import not_supported, with_mlflow_errors
from exo_nbregistry.mlflow_plugin.logged_folder import is_inside
from exo_nbregistry.mlflow_plugin.registry_uri import parse_version_uri

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

_INSTEAD = "register a new version with mlflow.<flavor>.log_model(..., registered_model_name=...)"


class NbregistryArtifactRepository(ArtifactRepository):
    """The files of a version, as a folder that MLflow loads; they cannot be changed.

    The version is verified and written to a temporary folder at the first call that needs a file.

    Parameters
    ----------
    artifact_uri : str
        URI that ``get_model_version_download_uri`` returned, or a part of it.
    tracking_uri, registry_uri : str, optional
        Ignored: the URI names the registry.

    Raises
    ------
    MlflowException
        If the URI does not name a model.

    Examples
    --------
    >>> files = NbregistryArtifactRepository("exo-nbregistry:registry/-/kepler_rf/1")
    >>> "MLmodel" in [file.path for file in files.list_artifacts()]
    True
    """

    def __init__(
        self, artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
    ) -> None:
        super().__init__(artifact_uri, tracking_uri, registry_uri)
        self._place = parse_version_uri(artifact_uri)
        self._rendered: dict[str, Path] = {}
        self._lock = Lock()

    @cached_property
    def _registry(self) -> ModelRegistry:
        from exo_nbregistry.registry.facade import ModelRegistry

        return ModelRegistry(self._place.registry)

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        """Raise MlflowException: a version never changes.

        Parameters
        ----------
        local_file : str
            The file.
        artifact_path : str, optional
            Its place in the version.

        Raises
        ------
        MlflowException
            With the code NOT_IMPLEMENTED.
        """
        raise not_supported("Changes of registered files", _INSTEAD)

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        """Raise MlflowException: a version never changes.

        Parameters
        ----------
        local_dir : str
            The folder.
        artifact_path : str, optional
            Its place in the version.

        Raises
        ------
        MlflowException
            With the code NOT_IMPLEMENTED.
        """
        raise not_supported("Changes of registered files", _INSTEAD)

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        """Raise MlflowException: a version never changes.

        Parameters
        ----------
        artifact_path : str, optional
            Its place in the version.

        Raises
        ------
        MlflowException
            With the code NOT_IMPLEMENTED.
        """
        raise not_supported(
            "Deletions of single files", "delete the version with client.delete_model_version"
        )

    @with_mlflow_errors
    def list_artifacts(self, path: str | None = None) -> list[FileInfo]:
        """List the files of the version directly in a folder.

        Parameters
        ----------
        path : str, optional
            Relative path of the folder; by default the version.

        Returns
        -------
        list of FileInfo
            The files and folders, with their sizes in bytes; empty if `path` is a file.

        Raises
        ------
        MlflowException
            If the version does not exist, was changed, or its signer is not trusted.
        """
        folder = self._locate(path)
        if folder is None or not folder.is_dir():
            return []
        prefix = "".join(f"{part}/" for part in _parts(path))
        return [
            FileInfo(
                f"{prefix}{entry.name}",
                entry.is_dir(),
                None if entry.is_dir() else entry.stat().st_size,
            )
            for entry in sorted(folder.iterdir())
        ]

    @with_mlflow_errors
    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        file = self._locate(remote_file_path)
        if file is None or not file.is_file():
            raise MlflowException(
                f"{self.artifact_uri} has no file {remote_file_path}; list_artifacts lists them.",
                RESOURCE_DOES_NOT_EXIST,
            )
        shutil.copyfile(file, local_path)

    def _locate(self, path: str | None) -> Path | None:
        """Return the path of a file in the temporary folder; None if it is not inside a version."""
        parts = (*self._place.parts, *_parts(path))
        if not all(map(is_inside, parts)) or (path or "").startswith("/"):
            raise MlflowException.invalid_parameter_value(
                f"{path or self.artifact_uri!r:.200} leaves the version; pass a relative path "
                "without '..'."
            )
        if len(parts) < 2:
            return None
        return self._folder(f"{parts[0]}:{parts[1]}").joinpath(*parts[2:])

    def _folder(self, ref: str) -> Path:
        # MLflow downloads the files of a folder in several threads.
        with self._lock:
            if ref not in self._rendered:
                self._rendered[ref] = self._render(ref)
        return self._rendered[ref]

    def _render(self, ref: str) -> Path:
        from exo_nbregistry.mlflow_plugin.rendered_folder import render_version

        temporary = mkdtemp(prefix="exo-nbregistry-")
        remove = finalize(self, shutil.rmtree, temporary, ignore_errors=True)
        folder = Path(temporary) / "model"
        try:
            render_version(self._registry, ref, folder)
        except BaseException:
            # The error can keep this object alive for long.
            remove()
            raise
        return folder


def _parts(path: str | None) -> list[str]:
    return [part for part in (path or "").split("/") if part not in ("", ".")]
