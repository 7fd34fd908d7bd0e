"""Files that DVC keeps outside of git: found by their MD5 in the cache or in a local remote.

Source: https://dvc.org/doc/user-guide/project-structure (``.dvc`` files, ``dvc.lock``, the cache
``files/md5/ab/cdef`` of DVC 3 and ``ab/cdef`` of earlier releases, folders as ``.dir``) and
https://dvc.org/doc/user-guide/project-structure/configuration.
"""

from __future__ import annotations

import configparser
import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from exo_nbregistry.fs.regular_file import open_regular, read_regular
from exo_nbregistry.sources.found import FoundFile
from exo_nbregistry.sources.git_objects import MAX_TEXT_BYTES
from exo_nbregistry.sources.yaml_text import mapping

_MD5 = re.compile(r"[0-9a-f]{32}(?:\.dir)?")
_CHUNK_BYTES = 1 << 20
_CONFIGS = ("config", "config.local")


@dataclass(frozen=True, slots=True)
class Out:
    """A file or folder that DVC tracks.

    Attributes
    ----------
    path : str
        Its path below the root of the repository.
    md5 : str
        Its digest; a folder's ends with ``.dir``.
    exact : bool
        Whether the digest is of the bytes. Before DVC 3, line ends of texts were replaced first.
    """

    path: str
    md5: str
    exact: bool


class MissingFromCacheError(Exception):
    """A tracked file is missing or damaged; the message names it."""


def read_outs(document: Mapping[str, Any], folder: str) -> Iterator[Out]:
    """Yield the files that a ``.dvc`` file or a stage of ``dvc.lock`` describes.

    Parameters
    ----------
    document : mapping
        The file, or the stage.
    folder : str
        Folder of the file below the root of the repository.

    Examples
    --------
    >>> out = {"md5": "0123456789abcdef0123456789abcdef", "hash": "md5", "path": "rf.pkl"}
    >>> list(read_outs({"outs": [out]}, "models"))
    [Out(path='models/rf.pkl', md5='0123456789abcdef0123456789abcdef', exact=True)]
    """
    outs = document.get("outs")
    for entry in outs if isinstance(outs, list) else ():
        facts = mapping(entry)
        path, md5 = below_root(folder, facts.get("path")), facts.get("md5")
        if path and isinstance(md5, str) and _MD5.fullmatch(md5):
            yield Out(path, md5, facts.get("hash") == "md5")


def below_root(folder: str, path: object) -> str | None:
    """Return a path that a file in a folder names, or None if it is not below the root.

    Examples
    --------
    >>> below_root("models", "../data/rf.pkl"), below_root("models", "../../etc/passwd")
    ('data/rf.pkl', None)
    """
    if not isinstance(path, str) or not path or path.startswith("/"):
        return None
    if "\0" in path or "://" in path:
        return None
    parts: list[str] = []
    for part in PurePosixPath(folder, path).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            return None
    return "/".join(parts) or None


class DvcCache:
    """The cache and the local remotes of a repository.

    Parameters
    ----------
    root : Path
        Root of the repository.
    """

    def __init__(self, root: Path) -> None:
        self._folders = [*dict.fromkeys(_configured(root / ".dvc"))]

    def files(self, out: Out) -> dict[str, FoundFile]:
        """Return the files of a tracked file or folder.

        Returns
        -------
        dict of str to FoundFile
            By path below the root of the repository.

        Raises
        ------
        MissingFromCacheError
            If one of them is neither in the cache nor in a local remote, or is damaged.
        """
        if not out.md5.endswith(".dir"):
            return {out.path: self._file(out)}
        try:
            listed = json.loads(read_regular(self._file(out).path, MAX_TEXT_BYTES))
        except (OSError, ValueError, RecursionError) as error:
            raise MissingFromCacheError(f"the list of {out.path} is damaged") from error
        found = {}
        for entry in listed if isinstance(listed, list) else ():
            facts = mapping(entry)
            path, md5 = below_root("", facts.get("relpath")), facts.get("md5")
            if path is None or not isinstance(md5, str) or not _MD5.fullmatch(md5):
                raise MissingFromCacheError(f"the list of {out.path} is damaged")
            name = f"{out.path}/{path}"
            found[name] = self._file(Out(name, md5, out.exact))
        return found

    def _file(self, out: Out) -> FoundFile:
        for folder in self._folders:
            for parts in (("files", "md5"), ()):
                path = folder.joinpath(*parts, out.md5[:2], out.md5[2:])
                with contextlib.suppress(OSError):
                    facts = os.lstat(path)
                    if stat.S_ISREG(facts.st_mode):
                        return _checked(FoundFile(path=path, size_bytes=facts.st_size), out)
        raise MissingFromCacheError(f"{out.path} is not in the cache of DVC (run dvc pull)")


def _checked(file: FoundFile, out: Out) -> FoundFile:
    if out.exact:
        digest = hashlib.md5(usedforsecurity=False)
        with open_regular(file.path) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
        if digest.hexdigest() != out.md5.removesuffix(".dir"):
            raise MissingFromCacheError(f"{out.path} is damaged in the cache of DVC")
    return file


def _configured(dvc: Path) -> Iterator[Path]:
    """Yield the folders of the cache and of the remotes that are folders."""
    for name in _CONFIGS:
        settings = configparser.ConfigParser(interpolation=None, strict=False)
        with contextlib.suppress(OSError, ValueError, configparser.Error):
            settings.read_string(read_regular(dvc / name, MAX_TEXT_BYTES).decode())
        for section in settings.sections():
            remote = section.strip("'").startswith("remote ")
            value = settings[section].get("url" if remote else "dir", "")
            if value and "://" not in value and (remote or section == "cache"):
                yield dvc / value
    yield dvc / "cache"
