"""The other files and the metric histories of a version, packed as attachments."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import partial
from typing import Any, BinaryIO

from exo_nbregistry.errors import RecordError
from exo_nbregistry.fs.regular_file import open_regular
from exo_nbregistry.introspection.curves import pack_curves
from exo_nbregistry.payloads.archive import Member, is_safe_path, pack_archive, write_archive
from exo_nbregistry.payloads.attachment import Attachment, pack_arrays, pack_bytes, pack_json
from exo_nbregistry.records.attachment_kind import FOLDER
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.sources.found import FoundFile, FoundVersion, MetricPoint
from exo_nbregistry.values.digest import HashingWriter, Writable

HISTORY = "metric_history"
# Files that are together smaller are read once, and larger ones twice, but never into memory.
_IN_MEMORY_BYTES = 8 << 20


def pack_files(files: Mapping[str, FoundFile], name: str) -> Attachment:
    """Pack files as one attachment, a folder.

    Parameters
    ----------
    files : mapping of str to FoundFile
        The files by their paths in the folder.
    name : str
        Name of the folder.

    Returns
    -------
    Attachment
        The archive, which depends only on the paths and the bytes of the files.

    Raises
    ------
    RecordError
        If a path is not safe, or a file changes while it is read.
    OSError
        If a file cannot be read.
    """
    for path in files:
        if not is_safe_path(path) or not _is_text(path):
            raise RecordError(
                f"{path!r:.80} is not a path that an archive can have; rename the file.",
                key="attachments.files",
            )
    if sum(file.size_bytes for file in files.values()) <= _IN_MEMORY_BYTES:
        data = pack_archive({path: _read(files[path]) for path in sorted(files)})
        return pack_bytes("zip", data, FOLDER, name)
    write = partial(_write, files)
    counting = HashingWriter(_Sink())
    write(counting)
    artifact = Artifact("zip", counting.sha256, counting.size_bytes, kind=FOLDER, file_name=name)
    return Attachment(artifact, write)


def pack_history(found: FoundVersion) -> dict[str, Attachment]:
    """Pack the metrics that were logged several times.

    Parameters
    ----------
    found : FoundVersion
        The version in its store.

    Returns
    -------
    dict of str to Attachment
        ``curves``, which ``registry.plot`` draws, with the steps and times of the values. If they
        are too large for it, ``metric_history`` has them as arrays, and ``curves`` every n-th
        value. Empty without a history.
    """
    history = {name: points for name, points in found.metric_history.items() if points}
    if not history:
        return {}
    curves = {
        "curves": {name: [float(p.value) for p in points] for name, points in history.items()},
        "x": "iteration",
    }
    whole = curves | {
        "steps": {name: [point.step for point in points] for name, points in history.items()},
        "times": {name: [_ms(point) for point in points] for name, points in history.items()},
    }
    try:
        return {"curves": pack_json(whole, "curves")}
    except RecordError:
        return {"curves": pack_curves(curves), HISTORY: _pack_points(history)}


def _pack_points(history: Mapping[str, tuple[MetricPoint, ...]]) -> Attachment:
    import numpy as np

    points = [(place, p) for place, name in enumerate(history) for p in history[name]]
    return pack_arrays(
        {
            "names": np.array(list(history), dtype=str),
            "name": np.array([place for place, _ in points], dtype=np.int32),
            "step": np.array([p.step for _, p in points], dtype=np.int64),
            "value": np.array([p.value for _, p in points], dtype=np.float64),
            "time_ms": np.array([_ms(p) or 0 for _, p in points], dtype=np.int64),
        }
    )


def _ms(point: MetricPoint) -> int | None:
    """Return the time of a value in milliseconds since 1970, or None."""
    return None if point.at is None else round(point.at.timestamp() * 1000)


def _write(files: Mapping[str, FoundFile], target: Writable) -> None:
    write_archive(target, [_member(path, files[path]) for path in sorted(files)])


def _member(path: str, file: FoundFile) -> Member:
    return Member(path, file.size_bytes, partial(_open, file))


def _open(file: FoundFile) -> BinaryIO:
    return open_regular(file.path)


def _read(file: FoundFile) -> bytes:
    with _open(file) as source:
        return source.read(_IN_MEMORY_BYTES + 1)


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Sink(io.RawIOBase):
    """A target that discards what is written."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return memoryview(data).nbytes
