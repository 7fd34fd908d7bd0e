"""Models as users build them: pipelines, searches, ensembles, texts, sparse and mixed columns."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes it importable
from sklearn.isotonic import IsotonicRegression

from tests.security import honest_classifiers, honest_regressors, honest_rows
from tests.security.honest_estimators import LABELS, ROWS, TARGET, TEXTS, Honest, X
from tests.security.honest_parts import Build

HOLES = X.copy()
HOLES[::7, 1] = np.nan
THREE = np.arange(60) % 3
WORDS = np.array(["FALSE POSITIVE", "CANDIDATE", "CONFIRMED"], dtype=object)[THREE]
PAIRS = np.column_stack([LABELS, LABELS[::-1]])
TARGETS = np.column_stack([TARGET, TARGET[::-1]])
SPARSE = sparse.csr_array(np.where(X > 0.5, X, 0))
MIXED = np.empty((60, 3), dtype=object)
MIXED[:, 0], MIXED[:, 1] = X[:, 0], X[:, 1]
MIXED[:, 2] = np.array(["G", "K", "M"], dtype=object)[THREE]
CODES = np.column_stack([X[:, :2], THREE])


def fitted_composites() -> Iterator[Honest]:
    """Fit each composite."""
    for rows, target, models in _groups():
        for name, build in models.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = build()
                yield Honest(
                    name, model.fit(rows) if target is None else model.fit(rows, target), rows
                )


def _groups() -> Iterator[tuple[Any, Any, dict[str, Build]]]:
    yield (
        X,
        LABELS,
        honest_classifiers.classifiers()
        | honest_classifiers.boosted()
        | honest_classifiers.searched(),
    )
    yield X, TARGET, honest_regressors.regressors()
    yield X, WORDS, honest_classifiers.labelled()
    yield HOLES, LABELS, honest_rows.with_missing_values()
    yield MIXED, LABELS, honest_rows.with_categories()
    yield CODES, LABELS, honest_rows.with_codes()
    yield SPARSE, LABELS, honest_rows.on_sparse_rows()
    yield TEXTS, LABELS, honest_rows.on_texts()
    yield ROWS * 30, LABELS, honest_rows.on_mappings()
    yield X, PAIRS, honest_rows.with_two_labels()
    yield X, TARGETS, honest_regressors.with_two_targets()
    yield X[:, 0], TARGET, {"isotonic": lambda: IsotonicRegression(out_of_bounds="clip")}
    yield X, None, honest_regressors.without_target()
