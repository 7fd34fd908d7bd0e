"""Labels of versions, and notes on unreadable data."""

from __future__ import annotations

import numpy as np
import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.test_scores import NotPlottable, Scored, name, readable, same_rows
from tests.plot.builders import results, version


def test_a_version_is_called_by_reference_and_aliases() -> None:
    """Aliases follow the model ID; a long name is cut."""
    assert name(version(3)) == "kepler_rf:3"
    assert name(version(3, aliases=("b", "a"))) == "kepler_rf:3 (b, a)"
    assert len(name(version(3, aliases=("long" * 30,)))) <= 40


def test_two_classes_are_one_column_and_more_are_all() -> None:
    """The second of two classes is positive; of three, each is compared with the rest."""
    two, three = Scored.of(results()), Scored.of(results(classes=3))
    assert (two.classes, two.truth.shape) == (("class 1",), (200, 1))
    assert three.classes == ("class 0", "class 1", "class 2")
    assert three.truth.sum() == 200
    assert three.weights.sum() == pytest.approx(1)
    np.testing.assert_array_equal(two.score[:, 0], results()["probabilities"][:, 1])


def test_a_class_without_rows_has_no_column() -> None:
    """A class without rows has neither a curve nor a weight."""
    arrays = results(classes=3)
    arrays["y_true"] = np.where(arrays["y_true"] == "class 2", "class 1", arrays["y_true"])
    assert Scored.of(arrays).classes == ("class 0", "class 1")


def test_the_error_has_all_reasons() -> None:
    """The error names each version with its reason."""

    def refuse(_data: object) -> None:
        raise NotPlottable("is empty")

    with pytest.raises(RegistryError, match=r"kepler_rf:1 is empty. kepler_rf:2 is empty\."):
        readable([version(1), version(2)], [None, None], refuse)


def test_rows_are_the_same_or_not() -> None:
    """Only equal true labels count as the same test rows."""
    assert same_rows([results(), results(), {}]) == []
    assert same_rows([results(), results(50)]) != []
    assert same_rows([]) == []
