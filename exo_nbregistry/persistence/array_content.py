"""Content of NumPy arrays, independent of their memory."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

# Kinds of dtypes whose bytes equal their value.
_PLAIN_KINDS = "biufcmMSU"
_BLOCK_ITEMS = 1 << 18


class UnsupportedContentError(Exception):
    """Raised for a part of a model that has no canonical form."""


def array_parts(value: Any) -> Iterable[Any] | None:
    """Return dtype, shape and items of an array or a NumPy scalar as bytes.

    Parameters
    ----------
    value : object
        Any object.

    Returns
    -------
    iterable of bytes-like or None
        None for an object that is not an array or scalar, and for an array that contains Python
        objects.

    Raises
    ------
    UnsupportedContentError
        If the items have padding of unknown content.

    Examples
    --------
    >>> import numpy as np
    >>> [bytes(part) for part in array_parts(np.array([[1.0], [2.0]], "S3"))]
    [b'ndarray||S3|(2, 1)|', b'1.02.0']
    """
    # A model without NumPy loaded has no arrays.
    np = sys.modules.get("numpy")
    if np is None:
        return None
    kind = type(value)
    if isinstance(value, np.generic):
        value = np.asarray(value)
    elif kind is not np.ndarray and kind is not np.memmap:
        return None
    dtype = value.dtype
    if dtype.hasobject:
        return None
    if kind is np.memmap:
        kind = np.ndarray
    head = f"{kind.__name__}|{_text(dtype)}|{value.shape}|".encode()
    return [head, *_item_bytes(value)]


def _text(dtype: Any) -> str:
    """Return a dtype as text, without byte order, offsets and padding."""
    if dtype.metadata is not None or dtype.char in "gG":
        raise UnsupportedContentError(f"The bytes of {dtype} do not only depend on its value.")
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return f"{_text(base)}{shape}"
    if dtype.names is not None:
        fields = (f"{name!r}:{_text(dtype.fields[name][0])}" for name in dtype.names)
        return f"{{{','.join(fields)}}}"
    if dtype.kind not in _PLAIN_KINDS:
        raise UnsupportedContentError(f"The bytes of {dtype} have no known meaning.")
    text: str = dtype.newbyteorder("<").str
    return text


def _item_bytes(array: Any) -> Iterator[Any]:
    """Yield the items as bytes in C order, little-endian; of a structured array by field."""
    import numpy as np

    if array.dtype.names is not None:
        for name in array.dtype.names:
            yield from _item_bytes(array[name])
        return
    array = np.atleast_1d(array)
    little = array.dtype.newbyteorder("<")
    whole = array.flags.c_contiguous and array.dtype == little
    rows = len(array) if whole else max(1, _BLOCK_ITEMS // max(1, array[:1].size))
    for first in range(0, len(array), max(1, rows)):
        block = np.ascontiguousarray(array[first : first + rows], dtype=little)
        if block.size:
            yield block.view(np.uint8).data
