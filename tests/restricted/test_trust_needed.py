"""Whether loading a model requires trust, by the names in its record."""

from __future__ import annotations

from exo_nbregistry.restricted.trust_needed import (
    how_to_avoid,
    how_to_load,
    trust_label,
    unlisted_names,
)

FROZEN = "scipy.stats._distn_infrastructure.rv_continuous_frozen"


def test_names_on_the_list_need_no_trust() -> None:
    """A model of scikit-learn requires no trust, also by older names of its modules."""
    names = ["sklearn.svm._classes.SVC", "numpy.core.multiarray.scalar", "builtins.slice"]
    assert unlisted_names(names) == ()
    assert trust_label(names) is None


def test_other_names_are_sorted() -> None:
    """Names outside the list are given once, sorted."""
    assert unlisted_names(["b.C", "a.B", "b.C", "sklearn.svm._classes.SVC"]) == ("a.B", "b.C")


def test_an_unknown_version_says_nothing() -> None:
    """Without a list for the version, nothing is claimed."""
    assert unlisted_names(["a.B"], "0.20.0") == ()


def test_the_list_of_the_recorded_version_counts() -> None:
    """A class that only a newer scikit-learn has is not allowed for an older one."""
    name = "sklearn.manifold._classical_mds.ClassicalMDS"
    assert unlisted_names([name], "1.7.2") == (name,)
    assert unlisted_names([name], "1.8.0") == ()


def test_many_names_are_counted() -> None:
    """A label has at most five names, and special characters are visible."""
    label = trust_label([f"a.B{n}" for n in range(9)] + ["a\x1b[31m.B"])
    assert label is not None
    assert label.count("a.B") <= 5
    assert "\x1b" not in label


def test_a_cache_has_a_how_to_avoid() -> None:
    """A folder for intermediate results is removed by memory=None."""
    assert "memory=None" in str(how_to_avoid([], is_search=False, has_cache=True))
    assert "memory=None" in str(
        how_to_avoid(["joblib.memory.Memory"], is_search=False, has_cache=False)
    )


def test_distributions_of_a_search_have_a_how_to_avoid() -> None:
    """The best estimator of a search has no distributions."""
    assert "best_estimator_" in str(how_to_avoid([FROZEN], is_search=True, has_cache=False))


def test_other_models_have_no_how_to_avoid() -> None:
    """Types of other libraries cannot be replaced, and a model without a search has no best."""
    assert how_to_avoid([FROZEN], is_search=False, has_cache=False) is None
    assert how_to_avoid(["xgboost.core.Booster"], is_search=True, has_cache=True) is None
    assert how_to_avoid([], is_search=True, has_cache=False) is None


def test_a_package_can_be_trusted_alone() -> None:
    """The message has the argument that opens only this package."""
    assert "trust=['xgboost']" in how_to_load(["xgboost.core.Booster"], has_code=False)


def test_what_no_package_has_needs_the_signer() -> None:
    """Code that the model carries, and names of Python itself, require trust in the signer."""
    assert "trust the signer" in how_to_load([], has_code=True)
    assert "trust the signer" in how_to_load(["os.system"], has_code=False)
    assert "trust=" not in how_to_load(["os.system"], has_code=False)
