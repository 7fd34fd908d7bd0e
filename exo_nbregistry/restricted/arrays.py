"""Arrays of a stream: each size is compared with its bytes, and values with their type."""

from __future__ import annotations

import functools
import mmap
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from exo_nbregistry.restricted.rejection import Rejection

SHARED_FROM_BYTES = 1 << 18
"""Smaller arrays are copied: a view keeps the memory of the whole file alive."""
# First field of the nodes of a decision tree, which copies them when its state is set.
_TREE_NODES = "left_child"

MAX_DIMENSIONS = 32
_MAX_CODE_POINT = 0x10FFFF
_MAX_COUNT = 1 << 62


def require_shape(shape: Any) -> int:
    """Return the number of items of an array with a shape of a stream.

    Raises
    ------
    Rejection
        If the shape is not a tuple of a few integers from 0.

    Examples
    --------
    >>> require_shape((2, 3))
    6
    """
    if type(shape) is not tuple or len(shape) > MAX_DIMENSIONS or not {*map(type, shape)} <= {int}:
        raise Rejection("The file has an array with an invalid shape.")
    count = prod(shape)
    # NumPy computes the strides of an empty array too.
    extent = count or prod(size for size in shape if size)
    if min(shape, default=0) < 0 or extent >= _MAX_COUNT:
        raise Rejection("The file has an array with an invalid shape.")
    return count


def require_size(dtype: Any, shape: Any) -> int:
    """Return the size of an array of plain values, in bytes.

    Raises
    ------
    Rejection
        If it has no finished type, holds objects, or has items without bytes.
    """
    count = require_shape(shape)
    if not isinstance(dtype, np.dtype) or dtype.hasobject:
        raise Rejection("The file has an array whose type is unknown or holds objects.")
    if dtype.itemsize <= 0 and count:
        raise Rejection("The file has an array whose items have no bytes.")
    return count * dtype.itemsize


def require_valid_values(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array if all its items are values of its type.

    NumPy counts the bytes of a mask, so a truth value other than 0 and 1 makes it write outside of
    an array. A text can only have the characters of Unicode.

    Raises
    ------
    Rejection
        If an item is not valid.
    """
    if array.dtype.names is not None:
        for name in _truth_fields(array.dtype):
            require_valid_values(array[name])
    elif array.size and array.dtype.kind == "b":
        if array.view(np.uint8).max() > 1:
            raise Rejection("The file has a truth value that is neither true nor false.")
    elif array.size and array.dtype.kind == "U":
        codes = np.ascontiguousarray(array).reshape(-1).view(array.dtype.str[0] + "u4")
        if codes.max() > _MAX_CODE_POINT:
            raise Rejection("The file has a text with a character that Unicode does not have.")
    return array


@lru_cache(64)
def _truth_fields(dtype: np.dtype[Any]) -> tuple[str, ...]:
    """Return the fields of truth values; fields of texts do not exist here."""
    return tuple(name for name in dtype.names or () if dtype[name].kind == "b")


@functools.lru_cache(maxsize=64)
def _checked_fields(dtype: np.dtype[Any]) -> tuple[str, ...]:
    """Return the fields whose values are checked, or have fields or shapes themselves."""
    return tuple(name for name in dtype.names or () if dtype[name].kind not in "iufc")


def read_plain(
    memory: bytes | mmap.mmap, start: int, dtype: np.dtype[Any], shape: tuple[int, ...], order: Any
) -> np.ndarray[Any, Any]:
    """Return an array of plain values; a writable view of mapped memory if it is large.

    Parameters
    ----------
    memory : bytes or mmap
        Memory with the array; the caller checked that it has all its bytes.
    start : int
        Offset of the first item.
    dtype : dtype
        Type of the items.
    shape : tuple of int
        Shape of the array.
    order : str
        ``C`` or ``F``.
    """
    count, is_native = prod(shape), dtype.isnative
    if (
        isinstance(memory, mmap.mmap)
        and is_native
        and (
            count * dtype.itemsize >= SHARED_FROM_BYTES
            or (dtype.names is not None and dtype.names[:1] == (_TREE_NODES,))
        )
    ):
        shared = np.ndarray(shape, dtype, memory, start, order=order)
        return require_valid_values(shared)
    if not count:
        return np.empty(shape, dtype, order=order)
    view = np.frombuffer(memory, dtype, count, start)
    flat = view.copy() if is_native else view.astype(dtype.newbyteorder("="))
    array = flat.reshape(shape[::-1]).T if order == "F" else flat.reshape(shape)
    return require_valid_values(array)


def from_buffer(data: Any, dtype: Any, shape: Any, order: Any) -> np.ndarray[Any, Any]:
    """Return an array of the bytes of a stream; writable if they are a bytearray.

    Raises
    ------
    Rejection
        If the bytes do not fit.
    """
    size = require_size(dtype, shape)
    if type(data) not in (bytes, bytearray) or len(data) != size:
        raise Rejection("The file has an array whose bytes do not fit its shape.")
    if type(order) is not str or order not in ("C", "F"):
        raise Rejection("The file has an array whose bytes do not fit its shape.")
    layout: Any = order
    if not size:
        return np.zeros(shape, dtype, order=layout)
    array = np.frombuffer(data, dtype).reshape(shape, order=layout)
    return require_valid_values(array)


def scalar(args: tuple[Any, ...]) -> Any:
    """Return a NumPy scalar of a stream.

    Raises
    ------
    Rejection
        If it is an object or its bytes do not fit its type.
    """
    match args:
        case (np.dtype() as dtype, bytes(data)) if not dtype.hasobject and dtype.names is None:
            if not data and dtype.itemsize == 0 and dtype.kind in "SU":
                return dtype.type()
            if data and len(data) == dtype.itemsize:
                return from_buffer(data, dtype, (), "C")[()]
    raise Rejection("The file has a scalar whose bytes do not fit its type.")


def set_array_state(array: Any, state: Any) -> None:
    """Set the state of an empty array that ``_reconstruct`` made.

    Raises
    ------
    Rejection
        If the items do not fit the shape.
    """
    match state:
        # Comparing other types could run the native code of a part that is not checked yet.
        case (int(form), tuple(shape), np.dtype() as dtype, bool(is_fortran), list(items)) if (
            form == 1 and dtype.kind == "O"
        ):
            if len(items) != require_shape(shape):
                raise Rejection("The file has an array of objects that does not fit its shape.")
            array.__setstate__((1, shape, dtype, is_fortran, items))
        case (int(form), tuple(shape), np.dtype() as dtype, bool(is_fortran), bytes(data)) if (
            form == 1
        ):
            from_buffer(data, dtype, shape, "F" if is_fortran else "C")
            array.__setstate__((1, shape, dtype, is_fortran, data))
        case _:
            raise Rejection("The file has an array whose state NumPy does not write.")


def set_masked_state(array: Any, state: Any) -> None:
    """Set the state of an empty masked array.

    Raises
    ------
    Rejection
        If the items or the mask do not fit the shape.
    """
    match state:
        case (
            int(form),
            tuple(shape),
            np.dtype() as dtype,
            bool(fortran),
            data,
            bytes(mask),
            fill,
        ) if form == 1 and dtype.names is None:
            set_array_state(np.empty(0), (1, shape, dtype, fortran, data))
            from_buffer(mask, np.dtype(bool), shape, "C")
            array.__setstate__((1, shape, dtype, fortran, data, mask, _fill_value(fill)))
        case _:
            raise Rejection("The file has a masked array whose state NumPy does not write.")


def _fill_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | bytes | np.generic):
        return value
    if type(value) is np.ndarray and value.ndim == 0:
        return value
    raise Rejection("The file has a masked array with an invalid fill value.")
