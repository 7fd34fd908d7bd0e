"""Labels of the codes that a model predicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelBinarizer, LabelEncoder

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.class_names import (
    are_codes,
    check_names,
    decode_labels,
    read_names,
    sorted_order,
    threshold_decision,
)

NAMES = {0: "dust", 1: "planet"}


@pytest.mark.parametrize(
    "decode",
    [
        LabelEncoder().fit(["dust", "planet"]),
        LabelBinarizer().fit(["dust", "planet"]),
        {0: "dust", 1: "planet"},
        {np.int64(0): np.str_("dust"), np.int64(1): "planet"},
        {"dust": 0, "planet": 1},
        {"0": "dust", "1": "planet"},
        ["dust", "planet"],
        ("dust", "planet"),
        np.array(["dust", "planet"]),
        pd.Index(["dust", "planet"]),
    ],
    ids=str,
)
def test_labels_have_many_forms(decode: Any) -> None:
    """An encoder, a mapping in either direction and a list are the same labels."""
    assert read_names(decode) == NAMES


@pytest.mark.parametrize(
    ("decode", "message"),
    [
        ("dust", "must be a fitted LabelEncoder"),
        (3, "must be a fitted LabelEncoder"),
        (LabelEncoder(), "LabelEncoder that is not fitted"),
        ({}, "has no labels"),
        (["a", "a"], "the same label for two codes"),
        ([["a"], ["b"]], "must be text, a number or a bool"),
    ],
    ids=str,
)
def test_other_objects_are_rejected(decode: Any, message: str) -> None:
    """An object without one label for each code is rejected."""
    with pytest.raises(InvalidInputError, match=message):
        read_names(decode)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=8, unique=True), st.data())
def test_labels_return_from_their_codes(labels: list[str], data: st.DataObject) -> None:
    """Decoding the codes of an encoder returns the labels."""
    encoder = LabelEncoder().fit(labels)
    chosen = data.draw(st.lists(st.sampled_from(labels), min_size=1))
    found = decode_labels(encoder.transform(chosen), read_names(encoder))
    assert found.tolist() == encoder.inverse_transform(encoder.transform(chosen)).tolist()


def test_a_code_without_a_label_is_an_error() -> None:
    """A class of the model that has no label is named."""
    with pytest.raises(InvalidInputError, match="no label for 2, which the model predicts"):
        check_names(NAMES, [0, 1, 2])
    with pytest.raises(InvalidInputError, match="no label for 7"):
        decode_labels([7], NAMES)


def test_more_labels_than_classes_are_accepted() -> None:
    """A model that was not trained on a class does not need its label."""
    assert check_names(NAMES, [1]) == (1,)
    assert check_names(NAMES, None) == (0, 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 1], True),
        (np.array([[0], [1]]), True),
        (pd.Series([0.0, 1.0]), True),
        (pd.Series([True, False], dtype=object), True),
        (["dust"], False),
        ([0, 2], False),
        ([], False),
        ([0.0, np.nan], False),
        ([[0, 1]], False),
    ],
    ids=str,
)
def test_codes_are_recognized(values: Any, expected: bool) -> None:
    """Values that are only codes are codes; labels, other numbers and tables are not."""
    assert are_codes(values, NAMES) is expected


def test_numbers_that_are_labels_are_not_codes() -> None:
    """A value that can be a code and a label is a label."""
    assert not are_codes([1, 0], {0: 1, 1: 0})
    assert are_codes([0, 1], {0: 1, 1: 2})


def test_labels_of_different_types_keep_their_order() -> None:
    """Texts and numbers cannot be sorted together."""
    assert sorted_order(["b", "a"]) == [1, 0]
    assert sorted_order(["b", 1]) == [0, 1]


def test_a_threshold_of_an_unknown_class_is_an_error() -> None:
    """The error names the class of the threshold and the classes of the model."""
    with pytest.raises(InvalidInputError, match=r"refers to 'planet', which is not one .*0, 1"):
        threshold_decision(0.4, "planet", [0, 1])
