"""Digest of data, independent of its memory layout."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Set
from datetime import date
from typing import TYPE_CHECKING, Any

from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.introspection.column_values import (
    Values,
    array_values,
    is_polars,
    iterate_columns,
)

if TYPE_CHECKING:
    import numpy as np

_BLOCK_ITEMS = 1 << 18
# Kinds of dtypes whose bytes equal their value; wider floats have padding.
_PLAIN_KINDS = "biufcmM"


def fingerprint(X: Any, y: Any = None) -> str:
    """Return a digest of the values of data.

    It does not depend on the index of a frame, the memory layout, the byte order, or the storage
    of a column in pandas (numpy, masked or Arrow).

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features; names, order and dtypes of the columns are included.
    y : array-like of shape (n_samples,), optional
        Target; its name is ignored.

    Returns
    -------
    str
        sha256, 64 hexadecimal digits.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(6.0).reshape(2, 3)
    >>> fingerprint(X) == fingerprint(np.asfortranarray(X)) != fingerprint(X + 1)
    True
    """
    digest = hashlib.sha256(b"exo-nbregistry fingerprint 1\n")
    for part in (X,) if y is None else (X, y):
        _feed(digest, part)
    return digest.hexdigest()


def _feed(digest: Any, data: Any) -> None:
    import numpy as np

    if hasattr(data, "columns") and (hasattr(data, "iloc") or is_polars(data)):
        digest.update(_encode(("frame", data.shape)))
        for name, column in zip(data.columns, iterate_columns(data), strict=True):
            digest.update(_encode((name, column.dtype)))
            _feed_values(digest, column)
    elif hasattr(data, "tocsr"):
        rows = data.tocsr(copy=True)
        rows.sum_duplicates()
        rows.eliminate_zeros()
        digest.update(_encode(("sparse", rows.shape, rows.nnz, rows.dtype.name)))
        for part in (rows.indptr.astype(np.int64), rows.indices.astype(np.int64), rows.data):
            _feed_values(digest, array_values(part))
    else:
        column = _one_column(data) or array_values(np.asarray(data))
        digest.update(_encode(("array", column.values.shape, column.dtype)))
        _feed_values(digest, column)


def _one_column(data: Any) -> Values | None:
    """Return the values of a series, or None for an array."""
    if hasattr(data, "iloc") or is_polars(data):
        return next(iterate_columns(data))
    return None


def _feed_values(digest: Any, column: Values) -> None:
    import numpy as np

    values = np.atleast_1d(column.values)
    plain = values.dtype.kind in _PLAIN_KINDS and values.dtype.char not in "gG"
    rows = max(1, _BLOCK_ITEMS // max(1, values[:1].size))
    for first in range(0, len(values), rows):
        block = values[first : first + rows]
        if plain:
            digest.update(_canonical(block))
        else:
            digest.update(b"".join(map(_encode, block.ravel().tolist())))
    if column.mask is not None and values.dtype.kind != "f":
        digest.update(_encode("missing"))
        digest.update(np.packbits(column.mask))


def _canonical(block: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a block as bytes in C order, little-endian, with one form of NaN."""
    import numpy as np

    block = np.ascontiguousarray(block)
    block = block.astype(block.dtype.newbyteorder("<"), copy=False)
    if block.dtype.kind == "c":
        block = block.view(block.real.dtype)
    if block.dtype.kind == "f" and (missing := np.isnan(block)).any():
        block = np.where(missing, block.dtype.type(np.nan), block)
    return block.view(np.uint8)


def _encode(value: Any) -> bytes:
    """Return distinct bytes for distinct values: a tag, the length, the content."""
    if isinstance(value, str):
        body = b"s", value.encode("utf-8", "surrogatepass")
    elif is_missing(value):
        body = b"n", b""
    elif isinstance(value, bool):
        body = b"b", bytes([value])
    elif isinstance(value, int):
        body = b"i", b"%x" % value if value >= 0 else b"-%x" % -value
    elif isinstance(value, float):
        body = b"f", struct.pack("<d", value)
    elif isinstance(value, bytes):
        body = b"y", value
    elif isinstance(value, list | tuple):
        body = b"l", b"".join(map(_encode, value))
    elif isinstance(value, Mapping | Set):
        items = value.items() if isinstance(value, Mapping) else value
        body = b"m", b"".join(sorted(map(_encode, items)))
    elif isinstance(value, date):
        body = b"d", value.isoformat().encode()
    elif _is_scalar(value):
        return _encode(value.item())
    else:
        body = b"o", _encode(_unusual(value))
    return body[0] + len(body[1]).to_bytes(8, "little") + body[1]


def _is_scalar(value: Any) -> bool:
    """Return whether a value is a numpy scalar of a builtin type."""
    scalar = hasattr(value, "item") and not getattr(value, "shape", ())
    return scalar and type(value.item()) is not type(value)


def _unusual(value: Any) -> Any:
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if hasattr(value, "tolist") and type(plain := value.tolist()) is not kind:
        return [name, getattr(value, "shape", ()), plain]
    # The address of an object differs in each process.
    text = repr(value)
    return [name, getattr(value, "__dict__", {}) if " at 0x" in text else text]
