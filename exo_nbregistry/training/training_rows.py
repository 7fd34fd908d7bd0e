"""Identity of the rows that a model was trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exo_nbregistry.evaluation.test_set import row_names
from exo_nbregistry.inference.input_columns import is_missing

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

ATTACHMENT = "training_rows"
_UNKNOWN = b"\0" * 8
_CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRows:
    """Names and contents of training rows.

    Attributes
    ----------
    names : ndarray of str of shape (n_samples,)
        Names of the rows; empty if they have no names.
    digests : ndarray of uint64 of shape (n_samples,)
        Digest of the values of each row, as `row_digests` returns them.
    """

    names: NDArray[Any]
    digests: NDArray[np.uint64]

    @classmethod
    def of(cls, *tables: Any) -> TrainingRows:
        """Return the identity of the rows of one or more tables.

        Examples
        --------
        >>> import pandas as pd
        >>> TrainingRows.of(pd.DataFrame({"age": [31.0]}, index=["ann"])).names.tolist()
        ['ann']
        """
        names = [row_names(X) for X in tables]
        if not all(map(len, names)):
            names = [np.array([], dtype=str)]
        return cls(np.concatenate(names), np.concatenate([row_digests(X) for X in tables]))

    def attachment(self) -> dict[str, dict[str, Any]]:
        """Return the rows as the argument ``attachments`` of ``register_model``."""
        return {ATTACHMENT: {"names": self.names, "digests": self.digests}}

    def contain(self, X: Any) -> NDArray[np.bool_]:
        """Return whether each row of a table is a training row.

        Rows are compared by name. If either side has no names, or the names have nothing in
        common, they are compared by their values.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_features)
            The columns that the model was trained on.

        Returns
        -------
        ndarray of bool of shape (n_rows,)
            Whether each row is a training row.
        """
        names = row_names(X)
        if len(names) and len(self.names):
            known: NDArray[np.bool_] = np.isin(names, self.names)
            if known.any():
                return known
        digests = row_digests(X)
        same: NDArray[np.bool_] = np.isin(digests, self.digests) & (digests != 0)
        return same


def row_digests(X: Any) -> NDArray[np.uint64]:
    """Return a digest of the values of each row; 0 if all its values are missing.

    Rows of a sparse matrix have no digests, but 0.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        A frame or an array.

    Returns
    -------
    ndarray of uint64 of shape (n_samples,)
        Rows with equal values have equal digests.

    Examples
    --------
    >>> first, second, third = row_digests([[1.0, 2.0], [1, 2], [float("nan")] * 2])
    >>> bool(first == second), int(third)
    (True, 0)
    """
    if hasattr(X, "tocsr"):
        return np.zeros(X.shape[0], dtype=np.uint64)
    table = as_array(X)
    if not table.size:
        return np.zeros(len(table), dtype=np.uint64)
    table = table.reshape(len(table), -1)
    chunks = (table[first : first + _CHUNK] for first in range(0, len(table), _CHUNK))
    joined = b"".join(digest for chunk in chunks for digest in _digests(chunk))
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)


def as_array(X: Any) -> NDArray[Any]:
    """Return a table as an array; rows of different lengths become objects."""
    try:
        return X.to_numpy() if hasattr(X, "to_numpy") else np.asarray(X)
    except ValueError:
        rows = np.empty(len(X), dtype=object)
        rows[:] = list(X)
        return rows


def _digests(table: NDArray[Any]) -> Iterator[bytes]:
    try:
        # Adding 0 makes -0.0 equal to 0.0.
        values = np.ascontiguousarray(table, dtype="<f8") + 0.0
    except (TypeError, ValueError):
        for row in table.tolist():
            empty = all(map(is_missing, row))
            yield _UNKNOWN if empty else _digest(repr(row).encode())
        return
    missing: NDArray[np.bool_] = np.isnan(values)
    values[missing] = np.nan  # NaN has several bit patterns.
    for numbers, empty in zip(values, np.asarray(missing.all(axis=1)), strict=True):
        yield _UNKNOWN if empty else _digest(numbers.tobytes())


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=8).digest()


def read_training_rows(registry: ModelRegistry, ref: str) -> TrainingRows | None:
    """Return the training rows that a version was registered with, or None.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    ref : str
        Any reference.

    Returns
    -------
    TrainingRows or None
        The rows. None if they were not recorded.
    """
    if ATTACHMENT not in registry.get_metadata(ref).attachments:
        return None
    stored = registry.load_attachment(ref, ATTACHMENT)
    return TrainingRows(stored["names"], stored["digests"])
