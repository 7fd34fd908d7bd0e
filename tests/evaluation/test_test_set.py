"""Which rows a test set has, and when two are the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.evaluation.test_set import describe_test_set, read_test_set
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.registry.facade import ModelRegistry

NAMES = ["K00001.01", "K00001.02", "K00007.01"]
X = pd.DataFrame({"a": [1.0, 2.0, 3.0]}, index=NAMES)
Y = [0, 1, 1]


def test_the_same_rows_are_the_same_whatever_the_columns() -> None:
    """Names and labels in their order make the fingerprint; columns and values do not."""
    same = describe_test_set(X, Y)
    assert describe_test_set(X.assign(b=7).drop(columns="a"), pd.Series(Y)).sha256 == same.sha256
    others = [
        describe_test_set(X.iloc[::-1], Y[::-1]),
        describe_test_set(X, [1, 1, 1]),
        describe_test_set(X.rename({"K00007.01": "K00008.01"}), Y),
        describe_test_set(X.iloc[:2], Y[:2]),
    ]
    assert len({same.sha256, *(other.sha256 for other in others)}) == 5


@pytest.mark.parametrize(
    "nameless", [X.to_numpy(), X.reset_index(drop=True), X.set_axis(["test"] * 3)]
)
def test_rows_without_names_go_by_their_values(nameless: object) -> None:
    """An array, or a frame whose index tells no row apart, is known by its values and labels."""
    found = describe_test_set(nameless, Y)
    assert len(found.rows) == len(found.stars) == 0
    assert found.sha256 == describe_test_set(nameless, Y).sha256
    assert found.sha256 != describe_test_set(nameless * 2, Y).sha256  # type: ignore[operator]


def test_koi_names_tell_the_star() -> None:
    """For each row of the real table the star in its name is the star of its kepid."""
    koi = load_koi("five")
    stars = describe_test_set(koi.data, koi.target).stars
    pairs = set(zip(stars.tolist(), koi.groups.tolist(), strict=True))
    assert len(pairs) == len({star for star, _ in pairs}) == len({kepid for _, kepid in pairs})


def test_groups_that_are_given_count() -> None:
    """Given stars are taken, and of other names nobody guesses a star."""
    assert describe_test_set(X, Y, [5, 5, 5]).stars.tolist() == [5, 5, 5]
    assert len(describe_test_set(X.rename({NAMES[0]: "TOI 700"}), Y).stars) == 0
    with pytest.raises(ValueError, match=r"same number of rows, not 3, 3 and 2"):
        describe_test_set(X, Y, [5, 5])
    with pytest.raises(ValueError, match=r"not 3, 2 and 3"):
        describe_test_set(X, [0, 1])


def test_it_is_stored_with_a_version(registry: ModelRegistry) -> None:
    """Names, stars and fingerprint come back from the registry; a version without says so."""
    given_set = describe_test_set(X, Y)
    model = LogisticRegression().fit(X, Y)
    ref = registry.register_model(model, "m", attachments=given_set.attachment())
    found = read_test_set(registry, ref)
    assert found is not None
    assert np.array_equal(found.rows, given_set.rows)
    assert np.array_equal(found.stars, given_set.stars)
    assert found.sha256 == given_set.sha256
    assert read_test_set(registry, "kepler_rf:1") is None
