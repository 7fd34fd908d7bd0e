"""Which rows a version was tested on: two versions are compared on the same ones or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.introspection.fingerprint import fingerprint

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

ATTACHMENT = "test_set"
_KOI = re.compile(r"(K\d{5})\.\d{2}")


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
        Their names; empty if they have none.
    stars : ndarray of shape (n_samples,)
        The star of each row; empty if nobody said.
    sha256 : str
        The test set's fingerprint: of the rows' names and labels, so that models on other
        columns of the same rows compare; of values and labels where rows have no names.
    """

    rows: NDArray[Any]
    stars: NDArray[Any]
    sha256: str

    def attachment(self) -> dict[str, dict[str, Any]]:
        """Return what ``register_model`` takes as ``attachments``."""
        return {
            ATTACHMENT: {
                "rows": self.rows,
                "stars": self.stars,
                "sha256": np.array(self.sha256),
            }
        }


def describe_test_set(X_test: Any, y_test: ArrayLike, groups: ArrayLike | None = None) -> Holdout:
    """Describe a test set.

    Parameters
    ----------
    X_test : array-like of shape (n_samples, n_features)
        Features. The index of a frame names the rows, unless it only numbers them.
    y_test : array-like of shape (n_samples,)
        Labels.
    groups : array-like of shape (n_samples,), optional
        The star of each row, such as its kepid. KOI names tell it by themselves: K00752.01 and
        K00752.02 share a star.

    Returns
    -------
    Holdout
        Names, stars and fingerprint.

    Raises
    ------
    ValueError
        If lengths differ.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"koi_depth": [1.0, 2.0]}, index=["K00752.01", "K00752.02"])
    >>> found = describe_test_set(X, [0, 1])
    >>> found.stars.tolist(), found.sha256 == describe_test_set(X * 2, [0, 1]).sha256
    (['K00752', 'K00752'], True)
    """
    labels = np.asarray(y_test)
    rows = _names(X_test)
    stars = np.asarray(groups) if groups is not None else _stars(rows)
    if len(labels) != len(X_test) or (len(stars) and len(stars) != len(labels)):
        raise ValueError(
            f"X_test, y_test and groups must have the same number of rows, not {len(X_test)}, "
            f"{len(labels)} and {len(stars)}."
        )
    return Holdout(rows, stars, fingerprint(rows if len(rows) else X_test, labels))


def read_test_set(registry: ModelRegistry, ref: str) -> Holdout | None:
    """Return the test set that a version was registered with; None if it does not say.

    Parameters
    ----------
    registry : ModelRegistry
        Where it is.
    ref : str
        Any reference.

    Returns
    -------
    Holdout or None
        As registered.
    """
    if ATTACHMENT not in registry.get_metadata(ref).attachments:
        return None
    found = registry.load_attachment(ref, ATTACHMENT)
    return Holdout(found["rows"], found["stars"], str(found["sha256"]))


def _names(X: Any) -> NDArray[Any]:
    index = X.index if hasattr(X, "iloc") else None
    if index is None or not index.is_unique or index.dtype.kind in "iu":
        return np.array([], dtype=str)
    return np.array([str(name) for name in index])


def _stars(rows: NDArray[Any]) -> NDArray[Any]:
    found = [_KOI.fullmatch(name) for name in rows.tolist()]
    return np.array([match[1] for match in found if match] if all(found) else [], dtype=str)
