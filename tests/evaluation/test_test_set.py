"""Identity of a test set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.test_set import describe_test_set, read_test_set
from exo_nbregistry.registry.facade import ModelRegistry

NAMES = ["ann-1", "ann-2", "bob-1"]
X = pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=NAMES)
Y = [0, 1, 1]
PATIENTS = Grouping("patient", lambda rows: np.array([name.partition("-")[0] for name in rows]))


def test_columns_do_not_change_the_identity() -> None:
    """The fingerprint covers names and labels in their order, not columns and values."""
    same = describe_test_set(X, Y)
    assert describe_test_set(X.assign(b=7).drop(columns="a"), pd.Series(Y)).sha256 == same.sha256
    others = [
        describe_test_set(X.iloc[::-1], Y[::-1]),
        describe_test_set(X, [1, 1, 1]),
        describe_test_set(X.rename({"bob-1": "eve-1"}), Y),
        describe_test_set(X.iloc[:2], Y[:2]),
    ]
    assert len({same.sha256, *(other.sha256 for other in others)}) == 5


@pytest.mark.parametrize(
    "nameless", [X.to_numpy(), X.reset_index(drop=True), X.set_axis(["test"] * 3)]
)
def test_rows_without_names_are_identified_by_values(nameless: object) -> None:
    """The fingerprint of an array, or of a frame without unique names, covers its values."""
    found = describe_test_set(nameless, Y)
    assert len(found.rows) == len(found.groups) == 0
    assert found.sha256 == describe_test_set(nameless, Y).sha256
    assert found.sha256 != describe_test_set(nameless * 2, Y).sha256  # type: ignore[operator]


def test_groups_are_passed_or_inferred() -> None:
    """Passed groups take precedence over inferred groups; lengths must agree."""
    assert describe_test_set(X, Y, [5, 5, 5], grouping=PATIENTS).groups.tolist() == [5, 5, 5]
    assert describe_test_set(X, Y, grouping=PATIENTS).groups.tolist() == ["ann", "ann", "bob"]
    assert len(describe_test_set(X, Y).groups) == 0
    with pytest.raises(InvalidInputError, match=r"same number of rows, got 3, 3 and 2"):
        describe_test_set(X, Y, [5, 5])
    with pytest.raises(ValueError, match=r"got 3, 2 and no groups"):
        describe_test_set(X, [0, 1])


def test_a_version_keeps_its_test_set(registry: ModelRegistry) -> None:
    """Names, groups and fingerprint are stored with a version; without them the result is None."""
    test_set = describe_test_set(X, Y, grouping=PATIENTS)
    model = LogisticRegression().fit(X, Y)
    ref = registry.register_model(model, "m", attachments=test_set.attachment())
    found = read_test_set(registry, ref)
    assert found is not None
    assert np.array_equal(found.rows, test_set.rows)
    assert np.array_equal(found.groups, test_set.groups)
    assert found.sha256 == test_set.sha256
    assert read_test_set(registry, "kepler_rf:1") is None


def test_a_test_set_of_an_earlier_release_is_read(registry: ModelRegistry) -> None:
    """The stored keys do not change between releases, so that all versions can be read."""
    stored = {
        "rows": np.array(NAMES),
        "stars": np.array(["a", "a", "b"]),
        "sha256": np.array("f" * 64),
    }
    model = LogisticRegression().fit(X, Y)
    ref = registry.register_model(model, "m", attachments={"test_set": stored})
    found = read_test_set(registry, ref)
    assert found is not None
    assert found.groups.tolist() == ["a", "a", "b"]
    assert describe_test_set(X, Y).attachment()["test_set"].keys() == stored.keys()
