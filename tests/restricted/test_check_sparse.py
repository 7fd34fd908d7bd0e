"""Indices of sparse matrices are inside their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from exo_nbregistry.restricted.check_sparse import FORMATS, check_sparse, is_sparse
from exo_nbregistry.restricted.rejection import Rejection

DENSE = np.diag([1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("suffix", ["matrix", "array"])
def test_honest_matrices_are_allowed(name: str, suffix: str) -> None:
    """Each format is allowed, also without values, rows or columns."""
    kind: Any = getattr(sparse, f"{name}_{suffix}")
    for values in (DENSE, DENSE[:, :2], np.zeros((2, 3)), np.zeros((1, 1))):
        matrix = kind(values)
        assert is_sparse(matrix)
        check_sparse(matrix)
    assert not is_sparse(DENSE)


def test_blocks_and_duplicates_are_allowed() -> None:
    """Blocks of several rows, unsorted indices and repeated coordinates are valid."""
    check_sparse(sparse.bsr_matrix(DENSE, blocksize=(2, 2)))
    check_sparse(sparse.csr_matrix((np.ones(3), [2, 0, 2], [0, 3]), shape=(1, 3)))
    check_sparse(sparse.coo_matrix((np.ones(2), ([0, 0], [1, 1])), shape=(2, 2)))
    check_sparse(sparse.coo_array(np.array([1.0, 0.0, 2.0])))


CHANGES: list[tuple[str, str, Any]] = [
    ("csr", "indices", lambda old: old + 10**8),
    ("csr", "indices", lambda old: old - 1),
    ("csr", "indices", lambda old: old.astype(np.uint8)),
    ("csr", "indices", lambda old: old[:1]),
    ("csr", "indptr", lambda old: old + 1),
    ("csr", "indptr", lambda old: old[:-1]),
    ("csr", "indptr", lambda old: old[::-1].copy()),
    ("csr", "indptr", lambda old: old * 1000),
    ("csr", "data", lambda old: old[:1]),
    ("csr", "data", lambda _: None),
    ("csr", "_shape", lambda _: (10**9, 4)),
    ("csr", "_shape", lambda _: (4, 2)),
    ("csr", "_shape", lambda _: (4, -4)),
    ("csr", "_shape", lambda _: [4, 4]),
    ("csc", "indices", lambda old: old + 4),
    ("csc", "_shape", lambda _: (2, 4)),
    ("bsr", "indices", lambda old: old + 4),
    ("bsr", "data", lambda old: old[:, :, :0]),
    ("bsr", "data", lambda old: old.reshape(-1)),
    ("coo", "coords", lambda old: (old[0] + 4, old[1])),
    ("coo", "coords", lambda old: (old[0], old[1][:1])),
    ("coo", "coords", lambda old: old[:1]),
    ("dia", "offsets", lambda old: old + 10**8),
    ("dia", "offsets", lambda old: np.repeat(old, 2)),
    ("dia", "data", lambda old: old[0]),
    ("lil", "rows", lambda old: old[:1]),
    ("lil", "rows", lambda _: np.array([[9], [9], [9], [9], None], dtype=object)[:4]),
    ("lil", "data", lambda _: np.array([[], [], [], [], None], dtype=object)[:4]),
    ("dok", "_dict", lambda _: {(9, 9): 1.0}),
    ("dok", "_dict", lambda _: {(-1, 0): 1.0}),
    ("dok", "_dict", lambda _: {"key": 1.0}),
]


@pytest.mark.parametrize(
    ("name", "attribute", "change"),
    [pytest.param(*each, id=f"{place} {each[0]}") for place, each in enumerate(CHANGES)],
)
def test_an_index_outside_is_rejected(name: str, attribute: str, change: Any) -> None:
    """Indices, pointers and shapes fit each other."""
    matrix = getattr(sparse, f"{name}_matrix")(DENSE)
    vars(matrix)[attribute] = change(vars(matrix)[attribute])
    with pytest.raises(Rejection, match=f"{name}_matrix"):
        check_sparse(matrix)
