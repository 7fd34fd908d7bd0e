"""joblib's pickler and unpickler, with exact imported names and arrays without copies.

This module imports joblib and numpy; `JoblibFormat` imports it only to write or read a model.
"""

from __future__ import annotations

import copyreg
import mmap
import pickle
from types import FunctionType
from typing import Any

import numpy as np
from joblib.numpy_pickle import NumpyArrayWrapper, NumpyPickler, NumpyUnpickler

from exo_nbregistry.persistence.unpicklable import NullSink

# Pickle writes these three as a call such as type(None), not by name.
_SINGLETON_TYPES = (type(None), type(NotImplemented), type(...))

# A view keeps the memory of the whole file alive, and a memory map costs two system calls, so small
# arrays are copied.
SHARED_FROM_BYTES = 1 << 18
UNCOPIED_FROM_BYTES = 1 << 18


def global_name(value: Any, name: str | None = None) -> str:
    """Return the dotted name by which pickle finds a class or function."""
    name = name or getattr(value, "__qualname__", None) or value.__name__
    module = pickle.whichmodule(value, name)  # type: ignore[attr-defined]
    return f"{module}.{name}"


class NestedRecorder(pickle.Pickler):
    """Records the names in an array of objects, which joblib passes to the C pickler.

    Source: CPython ``Modules/_pickle.c``, function ``save``: ``reducer_override`` is called for
    each object whose type is not a plain built-in, and its result is written.
    """

    def __init__(self, found: set[str]) -> None:
        super().__init__(NullSink(), protocol=5)
        self._found = found

    def reducer_override(self, value: Any) -> Any:
        """Reduce an object as pickle does, and record each name that is written."""
        if isinstance(value, type) or type(value) is FunctionType:
            if value not in _SINGLETON_TYPES:
                self._found.add(global_name(value))
            return NotImplemented
        reduce = copyreg.dispatch_table.get(type(value))
        reduced = reduce(value) if reduce else value.__reduce_ex__(5)
        if isinstance(reduced, str):
            self._found.add(global_name(value, reduced))
        return reduced


class RecordingPickler(NumpyPickler):
    """Writes the bytes of ``joblib.dump`` and records the names that loading imports."""

    dispatch = NumpyPickler.dispatch.copy()

    def __init__(self, target: Any) -> None:
        super().__init__(target)
        self.found: set[str] = set()

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write a class or function by name, and record the name."""
        super().save_global(obj, name)
        self.found.add(global_name(obj, name))

    dispatch[FunctionType] = save_global

    def save(self, obj: Any) -> None:
        """Write a large array directly from its memory; joblib copies it in pieces."""
        if type(obj) is not np.ndarray or not _is_one_piece(obj):
            super().save(obj)
            return
        wrapper = self._create_array_wrapper(obj)
        super(NumpyPickler, self).save(wrapper)
        self.framer.commit_frame(force=True)
        # For an array without items, joblib writes only the padding.
        wrapper.write_array(obj[:0], self)
        self.file_handle.write(obj.ravel("K").view(np.uint8).data)

    def _create_array_wrapper(self, array: Any) -> Any:
        if array.dtype.hasobject:
            NestedRecorder(self.found).dump(array)
        return super()._create_array_wrapper(array)


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
