"""Errors as replies."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from exo_nbregistry.api.problem import problem_of, without_paths
from exo_nbregistry.errors import (
    ConflictError,
    FormatVersionError,
    IntegrityError,
    InvalidReferenceError,
    MissingKeyError,
    ModelNotFoundError,
    ProtectedAliasError,
    QueryError,
    RecordError,
    RegistryError,
    RegistryNotFoundError,
    StoreError,
)
from exo_nbregistry.signing.user_files import config_folder


def closed(number: int) -> StoreError:
    """Return a disk error with an error number."""
    error = StoreError("caught", key="models/a/versions/v000001.json")
    error.errno = number
    return error


@pytest.mark.parametrize(
    ("error", "changing", "status", "reason"),
    [
        (ModelNotFoundError("x", name="a", known=["ab"]), False, 404, "not_found"),
        (InvalidReferenceError("x"), True, 400, "invalid_reference"),
        (QueryError("x", text="a <", position=2), False, 400, "invalid_query"),
        (ProtectedAliasError("x; y", alias="a"), True, 409, "protected"),
        (ConflictError("x", expected=1, actual=2), True, 409, "conflict"),
        (FormatVersionError("x"), False, 503, "format"),
        (FormatVersionError("x"), True, 403, "read_only"),
        (RecordError("x", key="tags.a"), True, 422, "bad_body"),
        (RecordError("x", key="tags.a"), False, 503, "damaged"),
        (RecordError("x", key="models/a/events/e000001.json"), True, 503, "damaged"),
        (RecordError("x", key="nbregistry.json"), True, 503, "damaged"),
        (IntegrityError("x"), True, 503, "damaged"),
        (closed(errno.EACCES), True, 403, "read_only"),
        (closed(errno.EROFS), True, 403, "read_only"),
        (closed(errno.EACCES), False, 503, "store"),
        (closed(errno.ENOSPC), True, 503, "store"),
        (MissingKeyError("x"), False, 503, "store"),
        (PermissionError(errno.EACCES, "no"), True, 403, "read_only"),
        (OSError(errno.EIO, "no"), False, 503, "store"),
        (RegistryError("x"), False, 400, "bad_request"),
    ],
)
def test_each_error_has_its_status(
    error: RegistryError, changing: bool, status: int, reason: str
) -> None:
    """Errors of the store have a 5xx status, errors of the client a 4xx status."""
    problem = problem_of(error, changing=changing, places={})
    assert (problem.status, problem.reason) == (status, reason)
    reply = problem.reply()
    assert {"message", "reason", "hint"} <= reply.keys()
    assert reply["message"]


def test_the_facts_of_an_error_are_fields() -> None:
    """A reply has the column of the error, close names and the current version."""

    def facts(error: RegistryError) -> dict[str, object]:
        return dict(problem_of(error, changing=True, places={}).facts)

    assert facts(QueryError("x", text="a <", position=2)) == {"text": "a <", "position": 2}
    assert facts(ConflictError("x", expected=1, actual=None)) == {"expected": 1, "actual": None}
    assert facts(ModelNotFoundError("x", name="a", known=["ab"])) == {"known": ["ab"]}


def test_a_message_is_one_line() -> None:
    """The pointer below a query is not part of the message."""
    problem = problem_of(QueryError("Slip.", text="a <", position=2), changing=False, places={})
    assert problem.message == "Slip."


def test_paths_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of the home, the root and the registries are replaced by display names."""
    monkeypatch.setenv("HOME", "/home/ada")
    places = {str(tmp_path): "the server's root", str(tmp_path / "r"): "r"}
    text = f"{tmp_path}/r/models, {tmp_path}, {config_folder()}/id, /home/ada/x"
    assert without_paths(text, places) == (
        "r/models, the server's root, $EXO_NBREGISTRY_CONFIG_DIR/id, ~/x"
    )


def test_a_root_of_slash_is_not_replaced() -> None:
    """If the root is /, no slash of a message is replaced."""
    assert without_paths("a/b", {"/": "the server's root"}) == "a/b"


def test_a_missing_registry_suggests_no_path() -> None:
    """The error about a missing registry names no other folder of the server."""
    error = RegistryNotFoundError("No registry was found in /srv/x; y.", known=["/home/ada/r"])
    problem = problem_of(error, changing=False, places={"/srv/x": "x"})
    assert (problem.status, problem.message) == (404, "No registry was found in x; y.")
    assert "ada" not in str(problem.reply())
