"""State that changes although the model is the same."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import BallTree, KDTree
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.utils import Bunch

from exo_nbregistry.persistence.content_digest import content_digest
from exo_nbregistry.persistence.volatile import stable_state


def search(C: float = 1.0) -> Any:
    """Return a fitted search."""
    X = np.arange(40.0).reshape(20, 2)
    return GridSearchCV(LogisticRegression(), {"C": [0.1, C]}, cv=2).fit(X, [0, 1] * 10)


def test_timings_of_a_search_are_removed() -> None:
    """The scores of a search are kept, and its times are removed."""
    state = stable_state(search(), search().__getstate__())
    assert "mean_test_score" in state["cv_results_"]
    assert "refit_time_" not in state
    assert not [name for name in state["cv_results_"] if "time" in name]


def test_searches_with_other_results_differ() -> None:
    """Two runs of a search have the same digest; another grid gives another one."""
    assert content_digest(search()) == content_digest(search())
    assert content_digest(search()) != content_digest(search(2.0))


def test_a_search_is_not_changed() -> None:
    """Removing the timings leaves the search itself unchanged."""
    model = search()
    stable_state(model, vars(model))
    assert "mean_fit_time" in model.cv_results_


@pytest.mark.parametrize("kind", [CountVectorizer, TfidfVectorizer])
def test_addresses_in_a_vectorizer_are_removed(kind: Any) -> None:
    """Equal vectorizers with equal lists of stop words have the same digest."""
    one, other = (kind(stop_words=list(words)).fit(["a deep dip"]) for words in (["a"], ["a"]))
    assert one._stop_words_id != other._stop_words_id
    assert content_digest(one) == content_digest(other)


@pytest.mark.parametrize("kind", [KDTree, BallTree])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_counters_of_a_tree_are_removed(kind: Any, dtype: str) -> None:
    """Queries do not change the digest of a tree; other points do."""
    points = np.random.default_rng(0).normal(size=(100, 2)).astype(dtype)
    tree = kind(points)
    before = content_digest(tree)
    tree.query(points)
    assert content_digest(tree) == before
    assert content_digest(kind(points + 1)) != before


def test_cached_flags_of_a_sparse_matrix_are_removed() -> None:
    """A sparse matrix has the same digest after its flags were computed."""
    matrix = sparse.csr_array(([1.0, 2.0], [0, 1], [0, 1, 2]))
    before = content_digest(matrix)
    assert matrix.has_sorted_indices
    assert matrix.has_canonical_format
    assert content_digest(matrix) == before is not None


@pytest.mark.parametrize("state", [None, (1, 2), [3]])
def test_a_state_of_another_form_is_kept(state: Any) -> None:
    """A state that is not as expected is not changed."""
    for value in (search(), CountVectorizer(), KDTree([[0.0]])):
        assert stable_state(value, state) is state


def test_the_default_fill_value_of_a_masked_array_is_the_same() -> None:
    """A masked array has the same digest after its default fill value was computed."""
    array = np.ma.masked_array([1.0, 2.0], [True, False])
    before = content_digest(array)
    assert array.fill_value == 1e20
    assert content_digest(array) == before is not None
    array.fill_value = 3.0
    assert content_digest(array) != before


def test_the_state_of_a_bunch_is_ignored() -> None:
    """A Bunch has the same digest after it was loaded; other items give another one."""
    bunch = Bunch(a=1)
    assert content_digest(pickle.loads(pickle.dumps(bunch))) == content_digest(bunch)
    assert content_digest(Bunch(a=2)) != content_digest(bunch)


def test_the_cache_of_a_label_binarizer_is_removed() -> None:
    """A binarizer has the same digest after its first transform."""
    binarizer = MultiLabelBinarizer().fit([["a"], ["b"]])
    before = content_digest(binarizer)
    binarizer.transform([["a"]])
    assert content_digest(binarizer) == before is not None
