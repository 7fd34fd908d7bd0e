"""Values that a user can register, for property tests."""

from __future__ import annotations

import math
from datetime import UTC, timedelta, timezone
from typing import Any

import numpy as np
from hypothesis import strategies as st

from exo_nbregistry.records.fields import (
    Artifact,
    Column,
    Dataset,
    Environment,
    Note,
    Provenance,
    Signature,
)

ZONES = st.none() | st.builds(
    timezone, st.timedeltas(min_value=timedelta(hours=-23), max_value=timedelta(hours=23))
)
# Text on disk is UTF-8, so lone surrogates are tested separately.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.booleans() | st.integers() | st.floats() | st.integers(-(2**4095), 2**4095)
NUMPY = st.one_of(
    st.floats().map(np.float64),
    st.floats(width=32).map(np.float32),
    st.floats(width=16).map(np.float16),
    st.integers(-(2**63), 2**63 - 1).map(np.int64),
    st.integers(0, 2**64 - 1).map(np.uint64),
    st.booleans().map(np.bool_),
    TEXTS.map(np.str_),
    st.lists(st.floats(), max_size=3).map(np.array),
)
INSTANTS = st.datetimes(timezones=ZONES) | st.dates()
KEYS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.just("$tuple")
SCALARS = st.none() | NUMBERS | TEXTS | INSTANTS | NUMPY


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(KEYS, inner, max_size=3).filter(_is_exact),
    )


def _is_exact(mapping: dict[Any, Any]) -> bool:
    """Return whether at most one key is NaN, because two are equal in a record."""
    return sum(isinstance(key, float) and math.isnan(key) for key in mapping) < 2


VALUES = st.recursive(SCALARS, _containers, max_leaves=8)
FIELDS = st.dictionaries(TEXTS, VALUES, max_size=4)

MAYBE = st.none() | TEXTS
UTC_INSTANTS = st.datetimes(timezones=st.just(UTC))
_BOUNDS = st.none() | st.floats()
COLUMNS = st.builds(Column, TEXTS, TEXTS, _BOUNDS, _BOUNDS, st.integers(0, 2**40))
SIGNATURES = st.builds(
    Signature,
    st.lists(COLUMNS, max_size=3).map(tuple),
    st.none() | st.lists(SCALARS, max_size=3).map(tuple),
)
DATASETS = st.builds(Dataset, MAYBE, st.integers(0, 2**40), TEXTS)
ENVIRONMENTS = st.builds(Environment, TEXTS, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3))
PROVENANCES = st.builds(Provenance, MAYBE, st.none() | st.integers(), git_dirty=st.booleans())
ARTIFACTS = st.builds(
    Artifact,
    TEXTS,
    TEXTS,
    st.integers(0),
    st.lists(TEXTS, max_size=3).map(tuple),
    kind=MAYBE,
    file_name=MAYBE,
)
NOTES = st.builds(Note, TEXTS, TEXTS, UTC_INSTANTS)
PARTS = st.one_of(COLUMNS, SIGNATURES, DATASETS, ENVIRONMENTS, PROVENANCES, ARTIFACTS, NOTES)
