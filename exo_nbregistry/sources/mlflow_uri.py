"""Folders on this machine that the artifact URIs of MLflow name.

A store is often copied or moved, so that its absolute paths are stale. Such a path is found again
below the store by its last parts. A URI is text of others: a folder outside the store is only
accepted if it has a file ``MLmodel``, so that no other folder of the user moves in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Protocol
from urllib.parse import unquote, urlsplit

# A single letter is a drive of Windows.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_DRIVE = re.compile(r"/?[A-Za-z]:[\\/]")
_ID = re.compile(r"[0-9a-f]{32}|m-[0-9a-f]{32}")
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
ARTIFACT_FOLDERS = ("mlruns", "mlartifacts")
"""Names of the folders of artifacts beside a database or a server."""
_LOCAL = ("", "file", "mlflow-artifacts")
_MAX_HOPS = 10


class Locations(Protocol):
    """The locations that a store has of its runs, logged models and versions."""

    def run_location(self, run_id: str) -> str | None:
        """Return the artifact URI of a run, or None."""
        ...

    def logged_model_location(self, model_id: str) -> str | None:
        """Return the artifact URI of a logged model of MLflow 3, or None."""
        ...

    def version_location(self, name: str, number_or_alias: str) -> str | None:
        """Return the URI of a registered version, or None."""
        ...


class Locator:
    """Finds the folders of URIs.

    Parameters
    ----------
    root : Path
        Folder of the store: ``mlruns``, or the folder of ``mlflow.db``.
    locations : Locations
        The store.
    """

    def __init__(self, root: Path, locations: Locations) -> None:
        root = Path(os.path.realpath(root))
        project = root.parent if root.name in ARTIFACT_FOLDERS else root
        folders = [root, *(project / name for name in ARTIFACT_FOLDERS)]
        self._inside = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
        # The folder of a deleted experiment is moved to the trash.
        self._bases = [str(folder) for folder in (*folders, project, root / ".trash")]
        self._locations = locations

    def find(self, uri: str) -> tuple[Path | None, str]:
        """Return the folder or file of a URI, or None and the reason.

        Parameters
        ----------
        uri : str
            Such as ``/data/mlruns/0/.../model``, ``models:/m-...``, ``runs:/.../model`` or
            ``mlflow-artifacts:/...``.

        Returns
        -------
        path : Path or None
            The folder or file, without links.
        reason : str
            The files that are missing, for the user.
        """
        resolved = self._resolve(uri)
        if resolved is None:
            return None, f"files of {uri}, which is not in the store"
        scheme = _scheme(resolved)
        reason = f"files that do not exist: {resolved}"
        if scheme not in _LOCAL:
            # A bucket is the same reason for all its versions. A copy of it can be in the store.
            reason = f"files in {scheme}://{urlsplit(resolved).netloc}"
        for path in self._candidates(resolved, scheme):
            real = self._real(path)
            if real is not None and self._is_allowed(real):
                return Path(real), ""
            if real is not None:
                reason = f"files outside the store, in a folder without MLmodel: {resolved}"
        return None, reason

    def _resolve(self, uri: str) -> str | None:
        # Follow models:/ and runs:/ to the location of the files.
        current: str | None = uri
        for _ in range(_MAX_HOPS):
            if current is None:
                return None
            scheme = _scheme(current)
            if scheme not in ("models", "runs"):
                return current
            head, _, tail = current.partition(":")[2].lstrip("/").partition("/")
            if scheme == "runs":
                base = self._locations.run_location(head)
            elif _MODEL_ID.fullmatch(head):
                base = self._locations.logged_model_location(head)
            else:
                name, at, alias = head.partition("@")
                base = self._locations.version_location(name, alias if at else tail)
                tail = ""
            current = f"{base.rstrip('/')}/{tail}" if base and tail else base
        return None

    def _candidates(self, uri: str, scheme: str) -> Iterator[str]:
        # Below the store that the user named first, then the recorded path.
        parts, is_absolute = _parts(uri, scheme)
        if ".." in parts or not parts:
            return
        native = _native(uri, scheme) if is_absolute and scheme in ("", "file") else ""
        if native.startswith(self._inside):
            yield native
        for start in range(len(parts)):
            tail = parts[start:]
            if (
                any(map(_ID.fullmatch, tail))
                or (start and parts[start - 1] in ARTIFACT_FOLDERS)
                or (start == 0 and not is_absolute)
            ):
                for base in self._bases:
                    yield os.path.join(base, *tail)
        if native:
            yield native

    def _real(self, path: str) -> str | None:
        try:
            return os.path.realpath(path, strict=True) if os.path.exists(path) else None
        except (OSError, ValueError):
            return None

    def _is_allowed(self, real: str) -> bool:
        if real.startswith(self._inside):
            return True
        marker = os.path.join(real, "MLmodel")
        return os.path.isfile(marker) and not os.path.islink(marker)


def model_id_of(*uris: str | None) -> str | None:
    """Return the id of a logged model of MLflow 3 that one of the URIs names, or None.

    Parameters
    ----------
    *uris : str or None
        Source and storage location of a version.

    Examples
    --------
    >>> model_id_of("models:/m-0123456789abcdef0123456789abcdef")
    'm-0123456789abcdef0123456789abcdef'
    """
    for uri in uris:
        if uri and (match := _MODEL_ID.search(uri)):
            return match[0]
    return None


def _scheme(uri: str) -> str:
    match = _SCHEME.match(uri)
    return match[1].lower() if match else ""


def _parts(uri: str, scheme: str) -> tuple[tuple[str, ...], bool]:
    text = _path_text(uri, scheme)
    if _DRIVE.match(text) or ("\\" in text and "/" not in text):
        windows = PureWindowsPath(text.removeprefix("/"))
        return windows.parts[bool(windows.anchor) :], bool(windows.anchor)
    parts = PurePosixPath(text).parts
    is_absolute = bool(parts) and parts[0].startswith("/")
    return (parts[1:] if is_absolute else parts), is_absolute or scheme not in ("", "file")


def _native(uri: str, scheme: str) -> str:
    text = _path_text(uri, scheme)
    return text.removeprefix("/") if _DRIVE.match(text) else text


def _path_text(uri: str, scheme: str) -> str:
    # Only URIs are encoded: a plain path can contain a percent sign.
    return unquote(urlsplit(uri).path) if scheme else uri
