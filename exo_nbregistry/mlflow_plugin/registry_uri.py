"""The URIs of the scheme ``exo-nbregistry``: of a registry, and of the files of a version.

::

    exo-nbregistry:///abs/path               a folder
    exo-nbregistry:models/registry           a folder below the working folder
    exo-nbregistry:s3://bucket/prefix        a bucket
    exo-nbregistry:                          the default registry (EXO_NBREGISTRY)
    <registry>/-/kepler_rf/3/model.pkl       a file of a version
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

SCHEME = "exo-nbregistry"
# Separates the registry from the version. Neither a folder nor a prefix is usually named so.
_MARK = "/-/"
_BUCKET = re.compile(r"(s3|az|gs)://?(?=[^/])")
_DRIVE = re.compile(r"/[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """The place of a file or folder of a version.

    Attributes
    ----------
    registry : str or None
        Folder or URL of the registry; None for the default registry.
    parts : tuple of str
        Name of the model, number of the version, and the path in the MLflow model.
    """

    registry: str | None
    parts: tuple[str, ...]


def parse_registry_uri(uri: str) -> str | None:
    """Return the folder or URL of a registry.

    Parameters
    ----------
    uri : str
        The URI of the registry.

    Returns
    -------
    str or None
        Argument of `ModelRegistry`; None for the default registry.

    Raises
    ------
    MlflowException
        If it is not clear which registry the URI names.

    Examples
    --------
    >>> parse_registry_uri("exo-nbregistry:///data/registry")
    '/data/registry'
    >>> parse_registry_uri("exo-nbregistry:s3://bucket/prefix")
    's3://bucket/prefix'
    """
    scheme, colon, rest = str(uri).partition(":")
    if scheme.lower() != SCHEME or not colon:
        raise _unclear(uri)
    if not rest:
        return None
    bucket = _BUCKET.match(rest)
    if bucket:
        # MLflow's joins of paths can lose the second slash.
        return f"{bucket[1]}://{rest[bucket.end() :]}".rstrip("/")
    if "?" in rest or "#" in rest:
        raise _unclear(uri)
    if rest.startswith("//"):
        rest = rest[2:]
        if not rest.startswith("/"):
            raise _unclear(uri)
    path = unquote(rest).rstrip("/")
    if not path:
        raise _unclear(uri)
    # A drive letter of Windows follows a slash in a URI.
    return path[1:] if os.name == "nt" and _DRIVE.match(path) else path


def format_registry_uri(location: str) -> str:
    """Return the URI of a registry.

    Parameters
    ----------
    location : str
        Absolute path or URL, as in ``ModelRegistry.location``.

    Returns
    -------
    str
        The URI.

    Examples
    --------
    >>> format_registry_uri("/data/my registry")
    'exo-nbregistry:///data/my%20registry'
    """
    if _BUCKET.match(location):
        return f"{SCHEME}:{location}"
    path = location.replace(os.sep, "/")
    return f"{SCHEME}://{'' if path.startswith('/') else '/'}{quote(path, safe='/:')}"


def format_version_uri(location: str, model: str, version: int) -> str:
    """Return the URI of the files of a version.

    Parameters
    ----------
    location : str
        Absolute path or URL of the registry.
    model : str
        Key of the model.
    version : int
        Number of the version.

    Returns
    -------
    str
        The URI, which MLflow passes to the artifact repository.

    Examples
    --------
    >>> format_version_uri("/data/registry", "kepler_rf", 3)
    'exo-nbregistry:///data/registry/-/kepler_rf/3'
    """
    return f"{format_registry_uri(location)}{_MARK}{model}/{version}"


def parse_version_uri(uri: str) -> VersionFiles:
    """Return the registry, the model, the version and the path that a URI names.

    Parameters
    ----------
    uri : str
        A URI as `format_version_uri` returns it, or a part or a file of it.

    Returns
    -------
    VersionFiles
        The place.

    Raises
    ------
    MlflowException
        If the URI does not name a model.

    Examples
    --------
    >>> parse_version_uri("exo-nbregistry:///data/registry/-/kepler_rf/3").parts
    ('kepler_rf', '3')
    """
    registry, mark, rest = f"{uri}/".rpartition(_MARK)
    parts = tuple(unquote(part) for part in rest.split("/") if part)
    # MLflow omits the scheme if the rest does not begin with a slash.
    if not registry.lower().startswith(f"{SCHEME}:"):
        registry = f"{SCHEME}:{registry}"
    if not mark:
        raise MlflowException.invalid_parameter_value(
            f"{uri} does not name a version; use models:/NAME/VERSION, or "
            f"{SCHEME}:///PATH{_MARK}NAME/VERSION."
        )
    return VersionFiles(parse_registry_uri(registry), parts)


def _unclear(uri: object) -> MlflowException:
    return MlflowException(
        f"{str(uri)!r:.200} does not name a registry; use {SCHEME}:///abs/path for a folder (three "
        f"slashes), {SCHEME}:models/registry for a folder below the working folder, or "
        f"{SCHEME}:s3://bucket/prefix for a bucket.",
        INVALID_PARAMETER_VALUE,
    )
