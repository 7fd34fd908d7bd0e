"""Preprocessing of raw archive columns."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.models.preprocessing import impute, impute_and_stretch


@pytest.mark.parametrize("build", [impute, impute_and_stretch])
def test_the_raw_table_becomes_numbers(build: type[Pipeline]) -> None:
    """Missing values of every column are replaced, and rows and columns are kept."""
    koi = load_koi()
    assert koi.data.isna().any(axis=None)
    before = build(DummyClassifier()).fit(koi.data, koi.target)[:-1]
    table = before.transform(koi.data)
    assert np.asarray(table).shape == koi.data.shape
    assert np.isfinite(table).all(axis=None)


def test_heavy_tails_are_compressed() -> None:
    """Numbers over many decades become values within a few standard deviations."""
    decades = np.logspace(-2, 8, 50)
    column = np.concatenate([-decades, decades])[:, np.newaxis]
    labels = np.arange(100) % 2
    before = impute_and_stretch(DummyClassifier()).fit(column, labels)[:-1]
    stretched = before.transform(column)
    assert np.abs(stretched).max() < 3
    assert np.all(np.diff(np.sort(column, axis=0), axis=0) > 0)
    assert np.array_equal(np.argsort(stretched.ravel()), np.argsort(column.ravel()))


@pytest.mark.parametrize("build", [impute, impute_and_stretch])
def test_an_empty_column_is_kept(build: type[Pipeline]) -> None:
    """A column without values becomes zeros, so that the columns keep their order."""
    table = np.array([[1.0, np.nan], [2.0, np.nan]])
    before = build(DummyClassifier()).fit(table, [0, 1])[:-1]
    assert np.asarray(before.transform(table)).shape == (2, 2)
