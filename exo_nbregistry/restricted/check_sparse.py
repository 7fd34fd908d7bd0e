"""Sparse matrices: native code follows their indices without limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_values import MAX_COUNT, inconsistent, int_in_range

FORMATS = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")


def is_sparse(value: object) -> bool:
    """Return whether a value is a sparse matrix or array of SciPy."""
    kind = type(value)
    return kind.__module__.startswith("scipy.sparse") and kind.__name__ in {
        f"{prefix}_{suffix}" for prefix in FORMATS for suffix in ("matrix", "array")
    }


def check_sparse(matrix: Any) -> None:
    """Check that all indices of a sparse matrix are inside its shape."""
    name = type(matrix).__name__
    shape = vars(matrix).get("_shape")
    if type(shape) is not tuple or len(shape) not in (1, 2):
        inconsistent(f"{name}.shape", "it must have one or two numbers")
    for length in shape:
        int_in_range(length, f"{name}.shape", 0, 2**62)
    try:
        _CHECKS[name.partition("_")[0]](name, matrix)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        inconsistent(name, f"its indices do not fit its shape ({type(error).__name__})")


def _check_arrays(name: str, values: dict[str, Any], *parts: str) -> None:
    for part in parts:
        found = values.get(part)
        if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiubc":
            inconsistent(f"{name}.{part}", "it must be an array of numbers")
        if not found.flags.c_contiguous:
            inconsistent(f"{name}.{part}", "it must be contiguous")


def _check_compressed(name: str, matrix: Any) -> None:
    _check_arrays(name, vars(matrix), "data", "indices", "indptr")
    if matrix.indices.dtype.kind not in "i" or matrix.indices.dtype != matrix.indptr.dtype:
        inconsistent(f"{name}.indices", "it must hold integers like indptr")
    if matrix.indices.dtype not in (np.dtype(np.int32), np.dtype(np.int64)):
        inconsistent(f"{name}.indices", "it must hold integers of 32 or 64 bits")
    data = vars(matrix)
    blocks = 1
    if name.startswith("bsr"):
        rows, columns = data["data"].shape[1:]
        if not rows or not columns or matrix.shape[0] % rows or matrix.shape[1] % columns:
            inconsistent(f"{name}.data", "the shape must be a multiple of its blocks")
        blocks = rows
        width = matrix.shape[1] // columns
    else:
        width = matrix.shape[0] if name.startswith("csc") else matrix.shape[-1]
    length = matrix.shape[-1] if name.startswith("csc") else matrix.shape[0] // blocks
    length = 1 if len(matrix.shape) == 1 else length
    indices, indptr, stored = data["indices"], data["indptr"], data["data"]
    if (
        indptr.ndim != 1
        or indices.ndim != 1
        or len(indptr) != length + 1
        or indptr[0] != 0
        or (np.diff(indptr) < 0).any()
        or indptr[-1] > min(len(indices), len(stored))
    ):
        inconsistent(f"{name}.indptr", "it must divide the stored values")
    if len(indices) and not (indices.min() >= 0 and indices.max() < width):
        inconsistent(f"{name}.indices", f"they must be below {width:,}")
    for flag in ("_has_sorted_indices", "_has_canonical_format", "has_sorted_indices"):
        _check_flag(name, matrix, flag)


def _check_flag(name: str, matrix: Any, flag: str) -> None:
    """Check that a matrix that claims sorted indices has them: binary operations rely on it."""
    if vars(matrix).get(flag):
        inner = np.ones(len(matrix.indices), dtype=bool)
        starts = matrix.indptr[:-1]
        inner[starts[starts < len(inner)]] = False
        if (np.diff(matrix.indices, prepend=0)[inner] < 0).any():
            inconsistent(f"{name}.indices", "they must be sorted")


def _check_coo(name: str, matrix: Any) -> None:
    coordinates = vars(matrix)["coords"]
    if type(coordinates) is not tuple or len(coordinates) != len(matrix.shape):
        inconsistent(f"{name}.coords", "it must have one array for each axis")
    for positions, length in zip(coordinates, matrix.shape, strict=True):
        if not isinstance(positions, np.ndarray) or positions.dtype.kind != "i":
            inconsistent(f"{name}.coords", "it must have arrays of integers")
        if positions.shape != vars(matrix)["data"].shape:
            inconsistent(f"{name}.coords", "it must have one integer for each value")
        if len(positions) and not (positions.min() >= 0 and positions.max() < length):
            inconsistent(f"{name}.coords", f"they must be below {length:,}")


def _check_dia(name: str, matrix: Any) -> None:
    _check_arrays(name, vars(matrix), "data", "offsets")
    if matrix.offsets.dtype.kind != "i" or matrix.offsets.ndim != 1 or matrix.data.ndim != 2:
        inconsistent(f"{name}.offsets", "they must be integers")
    if len(matrix.offsets) != len(matrix.data) or matrix.data.shape[1] > MAX_COUNT:
        inconsistent(f"{name}.offsets", "there must be one for each diagonal")
    if len(np.unique(matrix.offsets)) != len(matrix.offsets):
        inconsistent(f"{name}.offsets", "they must be different")
    if len(matrix.offsets) and np.abs(matrix.offsets).max() > max(matrix.shape):
        inconsistent(f"{name}.offsets", "they must be inside the shape")


def _check_lists(name: str, matrix: Any) -> None:
    if matrix.rows.shape != matrix.data.shape or len(matrix.rows) != matrix.shape[0]:
        inconsistent(f"{name}.rows", "there must be one for each row")
    for columns, values in zip(matrix.rows, matrix.data, strict=True):
        if type(columns) is not list or type(values) is not list or len(columns) != len(values):
            inconsistent(f"{name}.rows", "it must have one column for each value")
        previous = -1
        for column in columns:
            previous = int_in_range(column, f"{name}.rows", previous + 1, matrix.shape[1] - 1)


def _check_keys(name: str, matrix: Any) -> None:
    for key in vars(matrix)["_dict"]:
        position = key if type(key) is tuple else (key,)
        for index, length in zip(position, matrix.shape, strict=True):
            int_in_range(index, f"{name}.keys", 0, length - 1)


_CHECKS = {
    "bsr": _check_compressed,
    "coo": _check_coo,
    "csc": _check_compressed,
    "csr": _check_compressed,
    "dia": _check_dia,
    "dok": _check_keys,
    "lil": _check_lists,
}
