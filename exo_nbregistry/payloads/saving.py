"""Attachments as readable files: for exports, and for users who save them."""

from __future__ import annotations

import io
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from exo_nbregistry.errors import KeyExistsError
from exo_nbregistry.fs.atomic import make_folder, publish_folder, staged_file, staged_folder
from exo_nbregistry.fs.file import link_file, new_file
from exo_nbregistry.payloads.archive import open_archive
from exo_nbregistry.payloads.artifact import copy_out, payload_key
from exo_nbregistry.payloads.attachment_name import require_path_parts, safe_file_name
from exo_nbregistry.payloads.files import pack_path
from exo_nbregistry.payloads.stored import open_payload
from exo_nbregistry.payloads.unpacking import PARTS
from exo_nbregistry.payloads.verified_stream import VerifiedStream
from exo_nbregistry.persistence.file_errors import raising_store_errors
from exo_nbregistry.records.attachment_kind import FIGURE, FILE, FOLDER, TABLE, kind_of
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.digest import stream_digest

_CHUNK_BYTES = 1 << 20
# What a user can edit beside a table; the dot keeps it apart from other attachments.
ENDINGS = {
    FIGURE: {"png": ".png", "svg": ".svg"},
    TABLE: {"csv": ".csv", "parquet": ".parquet", "json": ".table.json"},
}


def file_stems(attachments: Mapping[str, Artifact], taken: Collection[str] = ()) -> dict[str, str]:
    """Return the file name of each attachment, without the endings of figures and tables.

    Parameters
    ----------
    attachments : mapping of str to Artifact
        The attachments of one version.
    taken : collection of str
        Names of other files in the folder, in lower case.

    Returns
    -------
    dict of str to str
        Names that are safe and different on every file system.

    Raises
    ------
    RecordError
        If the name of an attachment cannot be part of a path.
    """
    for name, artifact in attachments.items():
        require_path_parts(name, artifact)
    stems: dict[str, str] = {}
    used = set(taken)
    # Files and folders come last, because their names are not unique.
    for name in sorted(attachments, key=lambda name: (_has_file_name(attachments[name]), name)):
        number = 1
        stem = _stem(name, attachments[name])
        while used & (found := _files(stem, attachments[name])):
            number += 1
            stem = f"{number} {_stem(name, attachments[name])}"
        used |= found
        stems[name] = stem
    return stems


def save_attachment(
    store: Store, model_key: str, artifact: Artifact, folder: Path, stem: str
) -> list[Path]:
    """Write an attachment to readable files.

    Parameters
    ----------
    store, model_key, artifact
        The payload.
    folder : Path
        The folder, which is created if it does not exist.
    stem : str
        The name that `file_stems` returns.

    Returns
    -------
    list of Path
        The new files, or the folder of an attached folder. Equal files that exist are kept.

    Raises
    ------
    KeyExistsError
        If a different file has the name.
    StoreError
        If a file cannot be written.
    IntegrityError
        If the payload is missing or has changed.
    """
    with raising_store_errors("write", folder):
        make_folder(folder.absolute())
        return _save(store, model_key, artifact, folder, stem)


def _save(store: Store, model_key: str, artifact: Artifact, folder: Path, stem: str) -> list[Path]:
    endings = ENDINGS.get(kind_of(artifact))
    if endings is None:
        target = folder / stem
        if kind_of(artifact) == FOLDER:
            _save_folder(store, model_key, artifact, target)
        elif not _is_equal(target, artifact):
            with staged_file(target) as staged:
                with new_file(staged) as file:
                    copy_out(store, model_key, artifact, file)
                _publish(staged, target)
        return [target]
    paths = []
    with _verified_archive(store, model_key, artifact) as archive:
        members = {info.filename: info for info in archive.infolist()}
        for format, part in PARTS[kind_of(artifact)].items():
            if part in members:
                target = folder / f"{stem}{endings[format]}"
                _save_member(archive, members[part], format, target)
                paths.append(target)
    return paths


def _save_member(archive: ZipFile, member: ZipInfo, format: str, target: Path) -> None:
    with archive.open(member) as source:
        sha256 = stream_digest(source)
    if not _is_equal(target, Artifact(format, sha256, member.file_size)):
        with staged_file(target) as staged:
            _copy_member(archive, member, staged)
            _publish(staged, target)


def _copy_member(archive: ZipFile, member: ZipInfo, path: Path) -> None:
    with archive.open(member) as source, new_file(path) as file:
        shutil.copyfileobj(source, file, _CHUNK_BYTES)


@contextmanager
def _verified_archive(store: Store, model_key: str, artifact: Artifact) -> Iterator[ZipFile]:
    """Open a payload that is an archive, without reading it into memory."""
    key = payload_key(model_key, artifact)
    with open_payload(store, key) as stream:
        verified = io.BufferedReader(VerifiedStream(stream, artifact, key))
        with verified, open_archive(verified, key) as archive:
            yield archive


def _has_file_name(artifact: Artifact) -> bool:
    return kind_of(artifact) in (FILE, FOLDER)


def _stem(name: str, artifact: Artifact) -> str:
    kind = kind_of(artifact)
    if kind in (FILE, FOLDER):
        return safe_file_name(artifact.file_name) or (f"{name}.bin" if kind == FILE else name)
    if kind in ENDINGS:
        ending = next((end for end in ENDINGS[kind].values() if name.lower().endswith(end)), "")
        return name[: len(name) - len(ending)] or name
    ending = f".{artifact.format}"
    return name if name.lower().endswith(ending) else name + ending


def _files(stem: str, artifact: Artifact) -> set[str]:
    endings = ENDINGS.get(kind_of(artifact), {"": ""})
    return {f"{stem}{ending}".lower() for ending in endings.values()}


def _is_equal(target: Path, artifact: Artifact) -> bool:
    """Return whether a file exists with these bytes; raise KeyExistsError for another one."""
    if not target.exists():
        return False
    if target.is_file() and target.stat().st_size == artifact.size_bytes:
        with target.open("rb") as file:
            if stream_digest(file) == artifact.sha256:
                return True
    raise _taken(target)


def _publish(staged: Path, target: Path) -> None:
    try:
        link_file(staged, target)
    except FileExistsError:
        raise _taken(target) from None
    except OSError:  # a file system without hard links
        staged.rename(target)


def _save_folder(store: Store, model_key: str, artifact: Artifact, target: Path) -> None:
    if target.exists():
        if target.is_dir() and pack_path(target, target.name).artifact.sha256 == artifact.sha256:
            return
        raise _taken(target)
    with _verified_archive(store, model_key, artifact) as archive, staged_folder(target) as staged:
        for info in archive.infolist():
            path = staged / info.filename
            if info.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            _copy_member(archive, info, path)
        publish_folder(staged, target)


def _taken(target: Path) -> KeyExistsError:
    return KeyExistsError(
        f"{target} already exists with another content; choose another folder or remove it first.",
        key=str(target),
    )
