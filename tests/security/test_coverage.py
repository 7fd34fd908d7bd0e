"""Honest models of unknown signers load without trust, and answer as before."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import sparse
from threadpoolctl import threadpool_limits

from exo_nbregistry.restricted.load import load_restricted
from exo_nbregistry.restricted.rejection import Rejection
from tests.security.honest_composites import fitted_composites
from tests.security.honest_estimators import Honest, fitted_estimators
from tests.security.honest_own import fitted_own
from tests.security.stream import dumped

ANSWERS = (
    "predict",
    "predict_proba",
    "decision_function",
    "transform",
    "score_samples",
    "kneighbors",
    "apply",
)
FITTED = ("labels_", "embedding_", "row_labels_", "covariance_", "negative_outlier_factor_")
# They draw random numbers for each prediction.
RANDOM = ("BernoulliRBM", "DummyClassifier")
MIN_SHARE = 0.98


class Coverage(NamedTuple):
    """Results of all models of one kind.

    Attributes
    ----------
    count : int
        Number of models.
    rejected : dict of str to str
        Reason for each model that was not loaded.
    different : list of str
        Models that answer otherwise.
    """

    count: int
    rejected: dict[str, str]
    different: list[str]


def measured(models: Iterator[Honest]) -> Coverage:
    """Write and load each model, and compare its answers."""
    count, rejected, different = 0, {}, []
    # More threads than cores make small models slow.
    with warnings.catch_warnings(), threadpool_limits(1):
        # Small data causes warnings, and some estimators are deprecated.
        warnings.simplefilter("ignore")
        for honest in models:
            count += 1
            data = dumped(honest.model)
            try:
                loaded = load_restricted(io.BytesIO(data))
            except Rejection as rejection:
                rejected[honest.name] = f"{rejection.reason} {rejection.names}"
                continue
            if not honest.name.startswith(RANDOM) and not _same_answers(honest, loaded):
                different.append(honest.name)
    return Coverage(count, rejected, different)


def _same_answers(honest: Honest, loaded: Any) -> bool:
    if type(loaded) is not type(honest.model):
        return False
    before, after = (_answers(model, honest.rows) for model in (honest.model, loaded))
    return bool(before) and before.keys() == after.keys() and _equal(before, after)


def _answers(model: Any, rows: Any) -> dict[str, Any]:
    found = {key: getattr(model, key) for key in FITTED if hasattr(model, key)}
    for method in ANSWERS:
        # With some parameters, an estimator does not support a method that it has.
        with suppress(AttributeError, NotImplementedError, ValueError):
            found[method] = getattr(model, method)(rows)
    return found


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return all(_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return all(_equal(left, right) for left, right in zip(one, other, strict=True))
    if sparse.issparse(one):
        one, other = one.toarray(), other.toarray()
    one, other = np.asarray(one), np.asarray(other)
    if one.dtype.kind != "f":
        return one.dtype == other.dtype and bool((one == other).all())
    # The last digit can depend on the addresses of arrays; joblib.load has this difference too.
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-11, equal_nan=True)


def test_models_of_this_package_load() -> None:
    """Each class of this package loads without trust, because readers have its code."""
    coverage = measured(fitted_own())
    assert coverage == Coverage(8, {}, [])


@pytest.mark.parametrize("fitted", [fitted_estimators, fitted_composites])
def test_honest_models_of_unknown_signers_load(fitted: Any) -> None:
    """At least 98 % of the models load restricted, and each answers exactly as before."""
    coverage = measured(fitted())
    assert coverage.different == []
    assert coverage.count >= 100
    assert len(coverage.rejected) <= coverage.count * (1 - MIN_SHARE), coverage.rejected
