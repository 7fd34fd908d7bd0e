"""User values become equal plain values or are rejected with their key."""

from __future__ import annotations

import enum
import math
from collections import OrderedDict, namedtuple
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from exo_nbregistry.errors import RecordError
from exo_nbregistry.values.plain_values import MAX_DEPTH, to_plain, to_plain_tags
from exo_nbregistry.views.facts import same
from tests.sample_values import VALUES

PLAIN = {bool, int, float, str, list, tuple, dict, type(None)}
Point = namedtuple("Point", "x y")  # the untyped kind is the one to refuse
Colour = enum.Enum("Colour", "RED")


def types(value: Any) -> set[type]:
    """Return the types of a value and of everything inside it."""
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    if not isinstance(value, dict | list | tuple):
        return {type(value)}
    return {type(value)}.union(*map(types, inner))


@given(VALUES)
def test_a_user_value_becomes_plain(value: Any) -> None:
    """NumPy values and subclasses become plain values; plain values are unchanged."""
    plain = to_plain(value, "it")
    assert {kind for kind in types(plain) if kind.__module__ != "datetime"} <= PLAIN
    assert same(to_plain(plain, "it"), plain)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64("inf"), math.inf),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.int64(2**62), 2**62),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),
        (np.str_("größe"), "größe"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (OrderedDict(b=1, a=np.int8(2)), {"b": 1, "a": 2}),
        ({np.int64(0): 5, "planet": 6}, {0: 5, "planet": 6}),
        (pd.Timestamp("2026-01-01T12:00Z"), datetime(2026, 1, 1, 12, tzinfo=UTC)),
        (
            datetime(2026, 7, 1, tzinfo=ZoneInfo("Europe/Paris")),
            datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_a_kind_of_number_text_or_time_becomes_pythons_own(value: Any, plain: Any) -> None:
    """The value is equal and of a plain type."""
    assert same(to_plain(value, "it"), plain)


def test_a_copy_shares_nothing() -> None:
    """Changing the original value does not change the copy."""
    inner = [1]
    plain = to_plain({"a": inner}, "it")
    inner.append(2)
    assert plain == {"a": [1]}


@pytest.mark.parametrize("nan", [float("nan"), np.float64("nan")], ids=["float", "numpy"])
def test_every_nan_is_the_same_one(nan: float) -> None:
    """Containers with NaN compare equal, as they could not otherwise."""
    assert to_plain({"a": [nan]}, "it") == to_plain({"a": [math.nan]}, "it")


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (object(), "text, numbers"),
        (b"bytes", "text, numbers"),
        (1j, "text, numbers"),
        (Decimal(1), "text, numbers"),
        (Point(1, 2), "text, numbers"),
        (Colour.RED, "text, numbers"),
        ({1, 2}, "sorted"),
        (np.longdouble(1), r"float\(value\)"),
        (np.datetime64("2026-01-01"), "tolist"),
        (pd.Series([1]), "to_dict"),
        (pd.NaT, "None"),
        (pd.Timestamp("2026-01-01T00:00:00.000000001"), "isoformat"),
        ("\ud800", "Unicode"),
        (2**4097, "4096 bits"),
        ({(1, 2): 3}, "must be text or a number"),
        ({math.nan: 1, float("nan"): 2}, "rename one"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_key(value: Any, hint: str) -> None:
    """The error has the key of the value and the type to pass instead."""
    with pytest.raises(RecordError, match=hint) as refused:
        to_plain({"net": [0, {"größe": value}]}, "hyperparameters")
    assert refused.value.key.startswith("hyperparameters.net[1].größe")
    assert refused.value.key in str(refused.value)


def test_a_value_inside_itself_is_refused() -> None:
    """Nesting has an end, also where a list holds itself."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(RecordError, match=f"more than {MAX_DEPTH} levels"):
        to_plain(endless, "it")


@pytest.mark.parametrize("tags", [{"": 1}, {" ": 1}, {3: 1}, {"team": None}], ids=str)
def test_a_tag_that_would_be_lost_is_refused(tags: dict[Any, Any]) -> None:
    """None and blank tags are rejected, because the journal uses None for a removed tag."""
    with pytest.raises(RecordError, match="tag"):
        to_plain_tags(tags)


@pytest.mark.parametrize(
    "value",
    [
        np.longdouble("0.25"),
        np.array([0.25], dtype=np.longdouble),
        np.complex64(1 + 2j),
        np.clongdouble(1),
        np.datetime64("2026-01-01", "ns"),
        np.array(["2026-01-01"], dtype="datetime64[ns]"),
        np.timedelta64(5, "s"),
    ],
)
def test_the_conversion_of_a_numpy_value_works(value: Any) -> None:
    """The conversion that the error of a NumPy value names gives a value that can be stored."""
    with pytest.raises(RecordError, match="; pass ") as caught:
        to_plain(value, "it")
    for conversion in str(caught.value).partition("; pass ")[2].rstrip(".").split(" and "):
        code = conversion.replace("its ", "").replace(".", "value.", int(conversion[0] != "f"))
        to_plain(eval(code, {"value": value}), "it")
