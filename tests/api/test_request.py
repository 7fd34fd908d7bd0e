"""Validation of parameters and bodies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.request import MAX_BODY_BYTES, MAX_TEXT, Request, relative_to
from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.lab.registries import Catalogue


def make(body: bytes = b"", content_type: str = "application/json", **query: list[str]) -> Request:
    """Return a request to a server without registries."""
    return Request(Catalogue("/missing"), {}, query, body, content_type)


def status_of(call: Any) -> int:
    """Return the status of the problem that a call raises."""
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.status


def test_a_missing_parameter_has_a_default() -> None:
    """A missing or empty parameter has its default."""
    for request in (make(), make(a=[""]), make(a=["  "])):
        assert request.text("a", "x") == "x"
        assert request.texts("a", 3) == []
        assert request.count("a", 7, 9) == 7
        assert request.flag("a") is False


def test_parameters_are_parsed() -> None:
    """Text is unchanged, and numbers and booleans are parsed."""
    request = make(a=["x y"], n=["12"], t=["True"], f=["0"], many=["1", "2"])
    assert (request.text("a"), request.count("n", 0, 12)) == ("x y", 12)
    assert (request.flag("t"), request.flag("f")) == (True, False)
    assert request.texts("many", 2) == ["1", "2"]


@pytest.mark.parametrize("text", ["-1", "1.5", "1e3", "x", "²", "٣", "0x10", "9" * 13, "1_0", "+1"])
def test_invalid_numbers_are_rejected(text: str) -> None:
    """A number has only ASCII digits."""
    assert status_of(lambda: make(n=[text]).count("n", 0, 10**12)) == 400


def test_values_over_a_limit_are_rejected() -> None:
    """Large numbers, long texts and repeated parameters are rejected."""
    assert status_of(lambda: make(n=["501"]).count("n", 0, 500)) == 400
    assert status_of(lambda: make(a=["x" * (MAX_TEXT + 1)]).text("a")) == 400
    assert status_of(lambda: make(a=["x", "y"]).text("a")) == 400
    assert status_of(lambda: make(f=["maybe"]).flag("f")) == 400


@pytest.mark.parametrize(
    ("notebook", "folder"),
    [
        ("", "."),
        ("a.ipynb", "."),
        ("work/a.ipynb", "work"),
        ("/work/./x//a.ipynb", "work/x"),
        ("work\\a.ipynb", "work"),
    ],
)
def test_the_folder_of_a_notebook(notebook: str, folder: str) -> None:
    """The folder is normalized and relative to the root."""
    assert make(notebook=[notebook]).folder_of_notebook() == folder


@pytest.mark.parametrize("notebook", ["../a.ipynb", "a/../../b", "C:/a", "a\0b", "a\\..\\b"])
def test_a_notebook_outside_the_root_is_rejected(notebook: str) -> None:
    """Parent folders, drives and NUL characters are rejected."""
    assert status_of(lambda: make(notebook=[notebook]).folder_of_notebook()) == 400


def test_paths_between_folders() -> None:
    """Paths have slashes on every system."""
    assert relative_to(".", "models/registry") == "models/registry"
    assert relative_to("work", ".") == ".."
    assert relative_to("a", "a") == "."


def test_bodies() -> None:
    """An object with known fields is accepted, and a missing body is an empty object."""
    assert make(b'{"a": 1, "b": null}').fields(["a"], ["b", "c"]) == {"a": 1, "b": None}
    assert make().fields() == make(b" \n").fields() == make(b"{}").fields() == {}
    assert make(b"{}", "application/json; charset=utf-8").fields() == {}


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"{",
        b'"a"',
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"\xff\xfe{}",
        b'{"b": 1}',
        b'{"a": 1, "x": 2}',
        b"[" * 30_000,
        b'{"a": ' + b'{"a": ' * 9_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": 1e400}',
        b'{"a": -1e400}',
        b'{"a": "\\ud800"}',
        b'{"a": [{"\\udfff": 1}]}',
        b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}",
    ],
)
def test_invalid_bodies_are_rejected(body: bytes) -> None:
    """A body that is not a JSON object with the expected fields is a 422."""
    assert status_of(lambda: make(body).fields(["a"])) == 422


def test_large_bodies_and_other_types_are_rejected() -> None:
    """More than 64 KiB is a 413; another content type, such as a form, is a 415."""
    large = json.dumps({"a": "x" * MAX_BODY_BYTES}).encode()
    assert status_of(lambda: make(large).fields(["a"])) == 413
    for kind in ("", "text/plain", "application/x-www-form-urlencoded"):
        assert status_of(lambda kind=kind: make(b'{"a": 1}', kind).fields(["a"])) == 415


@pytest.mark.parametrize("version", ["0", "x", "-1", "1.0", "9" * 13, ""])
def test_the_version_in_a_path_is_a_number(version: str) -> None:
    """An invalid version is rejected before the registry is read."""
    request = Request(Catalogue("/missing"), {"version": version}, {})
    with pytest.raises((Problem, InvalidReferenceError)):
        print(request.version)


def test_a_number_of_too_many_digits_is_named_as_such() -> None:
    """The error of a number that is too long names its number of digits."""
    with pytest.raises(Problem, match="offset must have at most 12 digits"):
        make(offset=["9" * 13]).count("offset", 0, 10)
