"""joblib's pickler and unpickler, with exact imported names and arrays without copies.

This module imports joblib and numpy; `JoblibFormat` imports it only to write or read a model.
"""

from __future__ import annotations

import copyreg
import io
import mmap
import pickle
from contextlib import suppress
from types import FunctionType
from typing import Any

import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyPickler, NumpyUnpickler

from exo_nbregistry.persistence.by_value import Definitions
from exo_nbregistry.persistence.unpicklable import NullSink

# Pickle writes these three as a call such as type(None), not by name.
_SINGLETON_TYPES = (type(None), type(NotImplemented), type(...))

# A view keeps the memory of the whole file alive, and a memory map costs two system calls, so small
# arrays are copied.
SHARED_FROM_BYTES = 1 << 18
UNCOPIED_FROM_BYTES = 1 << 18
_ARRAYS = (np.ndarray, np.matrix, np.memmap)


def global_name(value: Any, name: str | None = None) -> str:
    """Return the dotted name by which pickle finds a class or function."""
    name = name or getattr(value, "__qualname__", None) or value.__name__
    module = pickle.whichmodule(value, name)  # type: ignore[attr-defined]
    return f"{module}.{name}"


class NestedPickler(pickle.Pickler):
    """Writes an array of objects as joblib does, and records the names in it.

    Source: CPython ``Modules/_pickle.c``, function ``save``: ``reducer_override`` is called for
    each object whose type is not a plain built-in, and its result is written.
    """

    def __init__(self, target: Any, found: set[str], definitions: Definitions | None) -> None:
        super().__init__(target, protocol=5)
        self._found = found
        self._definitions = definitions
        self.has_code = False

    def reducer_override(self, value: Any) -> Any:
        """Reduce an object as pickle does, or to a value, and record each name that is written."""
        definitions = self._definitions
        if isinstance(value, type) or type(value) is FunctionType:
            made = None if definitions is None else definitions.reduce(value)
            if made is not None:
                self.has_code = True
                return made
            if value not in _SINGLETON_TYPES:
                self._found.add(global_name(value))
            return NotImplemented
        table = copyreg.dispatch_table if definitions is None else definitions.table
        reduce = table.get(type(value)) or copyreg.dispatch_table.get(type(value))
        reduced = reduce(value) if reduce else value.__reduce_ex__(5)
        if isinstance(reduced, str):
            self._found.add(global_name(value, reduced))
        return reduced


class RecordingPickler(NumpyPickler):
    """Writes the bytes of ``joblib.dump`` and records the names that loading imports.

    Parameters
    ----------
    target : Writable
        Stream that receives the bytes.
    by_value : bool, default=True
        Whether to write the classes and functions that no package has as values.
    """

    dispatch = NumpyPickler.dispatch.copy()

    def __init__(self, target: Any, *, by_value: bool = True) -> None:
        super().__init__(target)
        self.found: set[str] = set()
        self.definitions = Definitions() if by_value else None
        if self.definitions is not None:
            self.dispatch_table = copyreg.dispatch_table | self.definitions.table

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write a class or function as a value, or by name, and record the name."""
        if name is None and self.definitions is not None:
            reduced = self.definitions.reduce(obj)
            if reduced is not None:
                self.save_reduce(*reduced, obj=obj)
                return
        super().save_global(obj, name)
        self.found.add(global_name(obj, name))

    dispatch[FunctionType] = save_global

    def save(self, obj: Any) -> None:
        """Write a large array directly from its memory; joblib copies it in pieces."""
        if type(obj) in _ARRAYS and obj.dtype.hasobject and self._has_code(obj):
            self._save_array(obj)
            NestedPickler(self.file_handle, self.found, self.definitions).dump(obj)
        elif type(obj) is not np.ndarray or not _is_one_piece(obj):
            super().save(obj)
        else:
            # For an array without items, joblib writes only the padding.
            self._save_array(obj).write_array(obj[:0], self)
            self.file_handle.write(obj.ravel("K").view(np.uint8).data)

    def _save_array(self, array: Any) -> Any:
        """Write the description of an array, after which its items follow."""
        wrapper = self._create_array_wrapper(array)
        super(NumpyPickler, self).save(wrapper)
        self.framer.commit_frame(force=True)
        return wrapper

    def _has_code(self, array: Any) -> bool:
        """Record the names in an array of objects; return whether it has classes by value."""
        nested = NestedPickler(NullSink(), self.found, self.definitions)
        nested.dump(array)
        return nested.has_code


class _EnoughError(Exception):
    """Raised to end a measurement."""


class _Counter(io.BytesIO):
    """A stream that counts its bytes up to a limit, without keeping them."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.count = 0
        self._limit = limit

    def write(self, data: Any, /) -> int:
        """Count the data."""
        self.count += len(data)
        if self.count > self._limit:
            raise _EnoughError
        return len(data)


def written_bytes(value: Any, limit: int) -> int:
    """Return the number of bytes of a value in a file, or one above the limit.

    Examples
    --------
    >>> written_bytes(np.zeros(1_000), 1_000_000) < 10_000
    True
    """
    counter = _Counter(limit)
    with suppress(_EnoughError):
        RecordingPickler(counter).dump(value)
    return counter.count


def _is_one_piece(array: Any) -> bool:
    flags = array.flags
    whole = flags.c_contiguous or flags.f_contiguous
    return array.nbytes >= UNCOPIED_FROM_BYTES and whole and not array.dtype.hasobject


class SharingWrapper(NumpyArrayWrapper):
    """Reads a large array as a view of the memory that was verified."""

    def read_array(self, unpickler: Any, ensure_native_byte_order: bool) -> Any:
        """Return the array; a writable view if it is large and has native byte order."""
        shared = (
            isinstance(unpickler.file_handle, mmap.mmap)
            and self._size_bytes() >= SHARED_FROM_BYTES
            and self.dtype.isnative
            and self._is_padded()
        )
        if not shared:
            return super().read_array(unpickler, ensure_native_byte_order)
        memory = unpickler.file_handle
        memory.seek(memory.read_byte(), 1)
        offset = memory.tell()
        memory.seek(self._size_bytes(), 1)
        return np.ndarray(self.shape, self.dtype, memory, offset, order=self.order)

    def read_mmap(self, unpickler: Any) -> Any:
        """Return the array; memory-mapped if it is large, otherwise a copy."""
        if self._size_bytes() < SHARED_FROM_BYTES:
            return super().read_array(unpickler, False)
        return super().read_mmap(unpickler)

    def _size_bytes(self) -> int:
        if self.dtype.hasobject:
            return 0
        return int(np.prod(self.shape, dtype=object)) * int(self.dtype.itemsize)

    def _is_padded(self) -> bool:
        return self.safe_get_numpy_array_alignment_bytes() is not None


class SharingUnpickler(NumpyUnpickler):
    """Reads the output of ``joblib.dump``, from memory or with arrays mapped from a file."""

    def __init__(self, source: Any, mmap_path: str | None = None) -> None:
        mode = None if mmap_path is None else "r"
        super().__init__(mmap_path or "", source, mmap_path is None, mmap_mode=mode)

    def find_class(self, module: str, name: str) -> Any:
        """Return a class by name; `SharingWrapper` replaces joblib's array wrapper."""
        found = super().find_class(module, name)
        return SharingWrapper if found is NumpyArrayWrapper else found
