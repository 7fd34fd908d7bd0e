"""The errors: one tree, with the facts that a program needs to recover."""

from __future__ import annotations

import inspect
import pickle

import pytest

from exo_nbregistry import errors
from exo_nbregistry.errors import NotFoundError, QueryError, RegistryError, close_matches

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, RegistryError)
]
BUILT_IN = {
    "NotFoundError": LookupError,
    "AliasNotFoundError": LookupError,
    "InvalidReferenceError": ValueError,
    "RecordError": ValueError,
    "QueryError": ValueError,
    "SignatureMismatchError": ValueError,
    "StoreError": OSError,
    "MissingKeyError": FileNotFoundError,
    "KeyExistsError": FileExistsError,
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_crosses_processes(kind: type[RegistryError]) -> None:
    """An error that a worker process raises arrives with its kind and its message."""
    there = pickle.loads(pickle.dumps(kind("It broke: mend it.")))
    assert type(there) is kind
    assert "It broke: mend it." in str(there)


@pytest.mark.parametrize(("name", "base"), BUILT_IN.items())
def test_an_error_is_also_what_python_calls_it(name: str, base: type[Exception]) -> None:
    """Code that knows nothing of this package catches the errors by their built-in kinds."""
    assert issubclass(getattr(errors, name), base)


def test_a_name_that_nothing_has_is_answered_with_close_ones() -> None:
    """The message of a typo ends in what was meant, and a program finds it in known."""
    error = NotFoundError("No such model.", name="kepler_fr", known=["tess", "kepler_rf"])
    assert str(error) == "No such model. Did you mean kepler_rf?"
    assert (error.name, error.known) == ("kepler_fr", ("kepler_rf",))


@pytest.mark.parametrize(
    ("known", "matches"),
    [
        ([], ()),
        (["a", "b"], ("a", "b")),
        ([f"model_{n}" for n in range(11)], ()),
        (["xyzz", "xyzz", "xyzv"], ("xyzz", "xyzv")),
    ],
)
def test_matches_are_few(known: list[str], matches: tuple[str, ...]) -> None:
    """Close names come first, a handful of others instead of them, and never a long list."""
    assert close_matches("xyz", known) == matches


def test_a_query_error_points_at_its_column() -> None:
    """The caret stands under the character that is at fault."""
    lines = str(QueryError("Unknown name.", text="a and b", position=6)).splitlines()
    assert lines[1][lines[2].index("^")] == "b"


def test_the_beginning_of_a_name_is_close_enough() -> None:
    """A model is often called by the first part of its name."""
    known = [f"{kind}_classifier_{n}" for kind in ("kepler", "tess") for n in range(9)]
    assert close_matches("tess", known) == (
        "tess_classifier_0",
        "tess_classifier_1",
        "tess_classifier_2",
    )
    assert close_matches("", known) == ()
