"""The entry points of the restricted loader."""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from exo_nbregistry.restricted.compressed import is_compressed, unpack
from exo_nbregistry.restricted.graph import check_structure
from exo_nbregistry.restricted.limits import Budget
from exo_nbregistry.restricted.machine import Machine
from exo_nbregistry.restricted.names import Names
from exo_nbregistry.restricted.rejection import Rejection
from exo_nbregistry.restricted.stubs import NameReader
from exo_nbregistry.restricted.unpickler import RestrictedUnpickler
from exo_nbregistry.text.names import short_error

# A packed file may create as much as one of 8 MiB, or of this many times its size.
_FREE_BYTES = 8 << 20
_PACKED_FACTOR = 16


def load_restricted(source: BinaryIO, *, trust: Sequence[str] = ()) -> Any:
    """Load a joblib or pickle stream without running code of its author.

    Only classes and functions of the allow list of the installed scikit-learn are used, each in
    its role, and the finished model is checked before it is returned.

    Parameters
    ----------
    source : BinaryIO
        The stream. Large arrays are writable views of an ``mmap.mmap``.
    trust : sequence of str, default=()
        Packages, such as ``xgboost``, and classes whose own code may run.

    Returns
    -------
    object
        The model.

    Raises
    ------
    Rejection
        If the stream has anything that is not allowed.
    InvalidInputError
        If `trust` has a name that cannot be trusted.

    Examples
    --------
    >>> import pickle
    >>> load_restricted(io.BytesIO(pickle.dumps({"weights": [0.5, 2.0]})))
    {'weights': [0.5, 2.0]}
    >>> load_restricted(io.BytesIO(pickle.dumps(print)))
    Traceback (most recent call last):
    exo_nbregistry.restricted.rejection.Rejection: builtins.print is not on the list of allowed \
names.
    """
    names = Names(trust)
    data, start, budget = _memory(source)
    reader = RestrictedUnpickler(data, start, names, budget)
    model = _read(reader, lambda: reader.failure)
    check_structure(model, is_value=names.is_value)
    return model


def unknown_names(source: BinaryIO, *, trust: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names in a stream that are not allowed, without importing anything.

    Parameters
    ----------
    source : BinaryIO
        The stream.
    trust : sequence of str, default=()
        Packages and classes that are allowed too.

    Returns
    -------
    tuple of str
        The names, in the order of the stream.

    Raises
    ------
    Rejection
        If the stream cannot be read.

    Examples
    --------
    >>> import pickle
    >>> unknown_names(io.BytesIO(pickle.dumps([print, eval])))
    ('builtins.print', 'builtins.eval')
    """
    data, start, budget = _memory(source)
    found: dict[str, None] = {}
    reader = NameReader(data, start, budget, found)
    _read(reader, lambda: None)
    names = Names(trust)
    return tuple(name for name in found if not names.allows(name))


def names_in(source: BinaryIO) -> tuple[tuple[str, ...], str]:
    """Return all names in a stream, without importing anything.

    Parameters
    ----------
    source : BinaryIO
        The stream.

    Returns
    -------
    names : tuple of str
        The names, sorted; of a stream that cannot be read, those before the first problem.
    problem : str
        Why the stream cannot be read by the restricted loader; empty if it can.

    Examples
    --------
    >>> import pickle
    >>> names_in(io.BytesIO(pickle.dumps([print])))
    (('builtins.print',), '')
    >>> names_in(io.BytesIO(b"text"))[0]
    ()
    """
    found: dict[str, None] = {}
    problem = ""
    try:
        data, start, budget = _memory(source)
        _read(NameReader(data, start, budget, found), lambda: None)
    except Rejection as rejection:
        problem = rejection.reason
    return tuple(sorted(found)), problem


def _memory(source: BinaryIO) -> tuple[bytes | mmap.mmap, int, Budget]:
    """Return the stream, where it starts, and what it may create."""
    data: bytes | mmap.mmap
    if isinstance(source, mmap.mmap):
        data, start = source, 0
    elif isinstance(source, io.BytesIO):
        data, start = source.getvalue(), source.tell()
    else:
        data, start = source.read(), 0
    if not start and is_compressed(data[:6]):
        unpacked = unpack(data)
        # A small file of equal bytes unpacks to a large one, but may not fill the memory.
        size = max(_FREE_BYTES, _PACKED_FACTOR * len(data))
        return unpacked, 0, Budget(min(len(unpacked), size))
    return data, start, Budget(len(data))


def _read(reader: Machine, failure: Callable[[], Exception | None]) -> Any:
    """Run a reader; each error of a malformed stream is a rejection."""
    try:
        return reader.run()
    except (Rejection, ImportError):
        raise
    except Exception as error:
        if failure() is error:
            raise
        raise Rejection(f"The file cannot be read ({short_error(error)}).") from error
