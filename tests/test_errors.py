"""The tree of errors."""

from __future__ import annotations

import inspect
import pickle

import pytest

from exo_nbregistry import errors
from exo_nbregistry.errors import NotFoundError, QueryError, RegistryError

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, RegistryError)
]
BUILT_IN = {
    "NotFoundError": LookupError,
    "AliasNotFoundError": LookupError,
    "InvalidReferenceError": ValueError,
    "InvalidInputError": ValueError,
    "RecordError": ValueError,
    "QueryError": ValueError,
    "SignatureMismatchError": ValueError,
    "StoreError": OSError,
    "MissingKeyError": FileNotFoundError,
    "KeyExistsError": FileExistsError,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_crosses_processes(kind: type[RegistryError]) -> None:
    """An error keeps its class and message when it is pickled."""
    copy = pickle.loads(pickle.dumps(kind("It broke: fix it.")))
    assert type(copy) is kind
    assert "It broke: fix it." in str(copy)


@pytest.mark.parametrize(("name", "base"), BUILT_IN.items())
def test_an_error_is_also_a_built_in_error(name: str, base: type[Exception]) -> None:
    """Code that does not import this package can catch the errors by a built-in class."""
    assert issubclass(getattr(errors, name), base)


def test_a_misspelled_name_is_answered_with_close_ones() -> None:
    """The message suggests the close name, and `known` holds it."""
    error = NotFoundError("No such model.", name="kepler_fr", known=["tess", "kepler_rf"])
    assert str(error) == "No such model. Did you mean kepler_rf?"
    assert (error.name, error.known) == ("kepler_fr", ("kepler_rf",))


def test_a_query_error_points_at_its_column() -> None:
    """The caret is under the invalid character."""
    lines = str(QueryError("Unknown name.", text="a and b", position=6)).splitlines()
    assert lines[1][lines[2].index("^")] == "b"


def test_at_most_five_names_are_suggested() -> None:
    """Without a close match, an error suggests five names and the number of the others."""
    error = NotFoundError("Missing.", name="zzz", known=[f"model_{i}" for i in range(10)])
    assert str(error).endswith("model_3, model_4 or 5 others?")
    assert len(error.known) == 10
