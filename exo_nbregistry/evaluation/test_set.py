"""Identity of a test set: two versions can be compared only on the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.introspection.fingerprint import fingerprint

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

ATTACHMENT = "test_set"
# The stored key is older than the general word. With another key, the versions that exist could
# not be read, and a repeated run would register a second version.
_GROUPS = "stars"


class DifferentTestSetsError(RegistryError, ValueError):
    """Two models were tested on different rows, so their scores cannot be compared.

    Attributes
    ----------
    first, second : str
        Fingerprints of the two test sets.
    """

    def __init__(self, message: str, *, first: str = "", second: str = "") -> None:
        super().__init__(message)
        self.first = first
        self.second = second


@dataclass(frozen=True, slots=True, eq=False)
class Holdout:
    """The rows of a test set.

    Attributes
    ----------
    rows : ndarray of str of shape (n_samples,)
        Names of the rows; empty if they have no names.
    groups : ndarray of shape (n_samples,)
        Group of each row; empty if the groups are unknown.
    sha256 : str
        Fingerprint of the test set. It covers the names and labels of the rows, so that models
        on different columns of the same rows can be compared. If rows have no names, it covers
        values and labels.
    """

    rows: NDArray[Any]
    groups: NDArray[Any]
    sha256: str

    def attachment(self) -> dict[str, dict[str, Any]]:
        """Return the test set as the argument ``attachments`` of ``register_model``."""
        sha256 = np.array(self.sha256)
        return {ATTACHMENT: {"rows": self.rows, _GROUPS: self.groups, "sha256": sha256}}


def describe_test_set(
    X_test: Any,
    y_test: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    grouping: Grouping | None = None,
) -> Holdout:
    """Return the identity of a test set.

    Parameters
    ----------
    X_test : array-like of shape (n_samples, n_features)
        Features. The index of a frame names the rows, unless it only numbers them.
    y_test : array-like of shape (n_samples,)
        Labels or numbers.
    groups : array-like of shape (n_samples,), optional
        Group of each row.
    grouping : Grouping, optional
        Infers the groups from the names of the rows if `groups` is missing.

    Returns
    -------
    Holdout
        Names, groups and fingerprint.

    Raises
    ------
    InvalidInputError
        If lengths differ.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"age": [31.0, 54.0]}, index=["ann", "bob"])
    >>> found = describe_test_set(X, [0, 1], groups=["north", "south"])
    >>> found.groups.tolist(), found.sha256 == describe_test_set(X * 2, [0, 1]).sha256
    (['north', 'south'], True)
    """
    labels = np.asarray(y_test)
    rows = row_names(X_test)
    found = (grouping or Grouping()).infer(rows) if groups is None else np.asarray(groups)
    if len(labels) != len(X_test) or (len(found) and len(found) != len(labels)):
        raise InvalidInputError(
            f"X_test, y_test and groups must have the same number of rows, got {len(X_test)}, "
            f"{len(labels)} and {len(found) or 'no groups'}."
        )
    return Holdout(rows, found, fingerprint(rows if len(rows) else X_test, labels))


def read_test_set(registry: ModelRegistry, ref: str) -> Holdout | None:
    """Return the test set that a version was registered with, or None if it has none.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    ref : str
        Any reference.

    Returns
    -------
    Holdout or None
        The test set.
    """
    if ATTACHMENT not in registry.get_metadata(ref).attachments:
        return None
    stored = registry.load_attachment(ref, ATTACHMENT)
    return Holdout(stored["rows"], stored[_GROUPS], str(stored["sha256"]))


def row_names(X: Any) -> NDArray[Any]:
    """Return the names of the rows of a frame, or an empty array if they have no names.

    Examples
    --------
    >>> import pandas as pd
    >>> row_names(pd.DataFrame({"age": [31.0]}, index=["ann"])).tolist()
    ['ann']
    >>> len(row_names(pd.DataFrame({"age": [31.0]})))
    0
    """
    index = X.index if hasattr(X, "iloc") else None
    if index is None or not index.is_unique or index.dtype.kind in "iu":
        return np.array([], dtype=str)
    return np.array([str(name) for name in index])
