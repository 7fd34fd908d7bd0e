"""Values that only look like a file, which are attached by their path."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.values.json_codec import MAX_DEPTH

_MAX_PATH = 300
_PATH_KEYS = ("path", "file", "filename", "file_name", "filepath", "file_path")


def refuse_look_alikes(thing: Any, name: str) -> None:
    """Check that text or a mapping is not the name of a file.

    Parameters
    ----------
    thing : object
        Text, or a mapping or list of values.
    name : str
        Name of the attachment.

    Raises
    ------
    RecordError
        If a value is a path, or if all values name files; the error names ``Path``.
    """
    found = _look_alike(thing)
    if found is None:
        return
    place, path = found
    where = f"attachments.{name}{place}"
    raise RecordError(
        f"{where} only names a file or folder; to attach it, pass "
        f"pathlib.Path({os.fspath(path)!r:.200}).",
        key=where,
    )


def _look_alike(thing: Any) -> tuple[str, Any] | None:
    if isinstance(thing, str):
        return ("", thing) if _names_file(thing) else None
    leaves = list(_leaves(thing, "", MAX_DEPTH))
    for place, value in leaves:
        if isinstance(value, os.PathLike):
            return place, value
    if not isinstance(thing, Mapping) or not leaves:
        return None
    if len(thing) == 1 and str(next(iter(thing))).lower() in _PATH_KEYS:
        value = next(iter(thing.values()))
        return leaves[0] if isinstance(value, str) and os.path.splitext(value)[1] else None
    if all(isinstance(value, str) and _names_file(value) for _, value in leaves):
        return leaves[0]
    return None


def _names_file(text: str) -> bool:
    if not text or len(text) > _MAX_PATH or "\n" in text or "\0" in text:
        return False
    # A word such as 'data' can be the name of a folder by chance.
    path = os.path.expanduser(text)
    if os.sep in text and text.strip("./" + os.sep):
        return os.path.exists(path)
    return bool(os.path.splitext(text)[1]) and os.path.isfile(path)


def _leaves(value: Any, place: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the values in a mapping or list; packing refuses one that is nested deeper."""
    items: Iterable[tuple[str, Any]] = ()
    if not depth:
        return
    if isinstance(value, Mapping):
        items = ((f"{place}.{key}", item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        items = ((f"{place}[{i}]", item) for i, item in enumerate(value))
    else:
        yield place, value
    for where, item in items:
        yield from _leaves(item, where, depth - 1)
