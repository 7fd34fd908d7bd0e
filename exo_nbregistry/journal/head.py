"""The head of a bucket: the highest numbers of each model, a hint for readers that poll.

A listing of all keys costs a request for each thousand of them, but one request asks whether a
small file has changed. Writers replace the head after each record. It proves nothing: a writer may
be killed before, earlier releases do not write it, and anyone who can write can change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from exo_nbregistry.errors import RecordError
from exo_nbregistry.store.base import Content
from exo_nbregistry.values.json_codec import canonical_json, load_json
from exo_nbregistry.values.keys import HEAD
from exo_nbregistry.values.reference import MAX_VERSION, is_model_key

# The highest version and event of each model; 0 for none.
Highest = dict[str, tuple[int, int]]
# About 30,000 models.
MAX_HEAD_BYTES = 1 << 20
# An object that is replaced at each commit of this process, by location.
_last_commits: dict[str, object] = {}


@runtime_checkable
class HeadStore(Protocol):
    """Interface of a store that can replace a file unless it has changed."""

    @property
    def location(self) -> str:
        """Location of the store."""
        ...

    def read_if_changed(self, key: str, tag: str | None, *, max_bytes: int) -> Content | None:
        """Return the content of a small file and its tag, or None if it still has this tag."""
        ...

    def swap(self, key: str, data: bytes, tag: str | None) -> str | None:
        """Replace a file that still has a tag; return its new tag, or None if it has changed."""
        ...


def note_commit(location: str) -> None:
    """Note a commit, so that all handles of this process list the keys at their next poll."""
    _last_commits[location] = object()


def last_commit(location: str) -> object | None:
    """Return an object that differs after each commit of this process."""
    return _last_commits.get(location)


def merged(one: Highest, other: Highest) -> Highest:
    """Return the maximum of both numbers of each model.

    Examples
    --------
    >>> merged({"kepler": (7, 1)}, {"kepler": (6, 2), "tess": (1, 0)})
    {'kepler': (7, 2), 'tess': (1, 0)}
    """
    found = dict(one)
    for model, (version, event) in other.items():
        known = found.get(model, (0, 0))
        found[model] = max(known[0], version), max(known[1], event)
    return found


def has_higher(numbers: Highest, known: Mapping[str, tuple[int, int]]) -> bool:
    """Return whether a number is higher than the known one.

    Examples
    --------
    >>> has_higher({"kepler": (7, 2)}, {"kepler": (7, 2), "tess": (1, 0)})
    False
    >>> has_higher({"kepler": (7, 3)}, {"kepler": (7, 2)})
    True
    """
    none = (0, 0)
    return any(
        version > known.get(model, none)[0] or event > known.get(model, none)[1]
        for model, (version, event) in numbers.items()
    )


def head_bytes(numbers: Highest, added: Highest) -> tuple[bytes, Highest]:
    """Return the content of a head and its numbers; only `added` if it is too large."""
    for chosen in (numbers, added):
        data = canonical_json({model: list(pair) for model, pair in chosen.items()}) + b"\n"
        if len(data) <= MAX_HEAD_BYTES:
            return data, chosen
    return b"{}\n", {}


def parse_head(data: bytes) -> Highest | None:
    """Return the numbers in a head, or None if it is damaged.

    Examples
    --------
    >>> parse_head(b'{"kepler": [7, 2]}'), parse_head(b'{"kepler": [7')
    ({'kepler': (7, 2)}, None)
    """
    try:
        found = load_json(data, HEAD, max_bytes=MAX_HEAD_BYTES)
    except RecordError:
        return None
    if not all(is_model_key(model) and _is_pair(pair) for model, pair in found.items()):
        return None
    return {model: (pair[0], pair[1]) for model, pair in found.items()}


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(number) is int and 0 <= number < MAX_VERSION for number in value)
    )
