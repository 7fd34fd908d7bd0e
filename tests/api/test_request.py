"""Parameters and bodies: what is taken, and what is refused with which status."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.request import MAX_BODY_BYTES, MAX_TEXT, Request, relative_to
from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.lab.registries import Catalogue


def make(body: bytes = b"", content_type: str = "application/json", **query: list[str]) -> Request:
    """Return a request to a server that has nothing."""
    return Request(Catalogue("/nowhere"), {}, query, body, content_type)


def status_of(call: Any) -> int:
    """Return the status of the fault that a call raises."""
    with pytest.raises(Problem) as refused:
        call()
    return refused.value.status


def test_what_is_not_given_has_a_default() -> None:
    """A parameter that is missing or empty is as if it was not there."""
    for request in (make(), make(a=[""]), make(a=["  "])):
        assert request.text("a", "x") == "x"
        assert request.texts("a", 3) == []
        assert request.count("a", 7, 9) == 7
        assert request.flag("a") is False


def test_what_is_given_is_taken() -> None:
    """Texts as they are, numbers and flags read."""
    request = make(a=["x y"], n=["12"], t=["True"], f=["0"], many=["1", "2"])
    assert (request.text("a"), request.count("n", 0, 12)) == ("x y", 12)
    assert (request.flag("t"), request.flag("f")) == (True, False)
    assert request.texts("many", 2) == ["1", "2"]


@pytest.mark.parametrize("text", ["-1", "1.5", "1e3", "x", "²", "٣", "0x10", "9" * 13, "1_0", "+1"])
def test_odd_numbers_are_refused(text: str) -> None:
    """Only plain digits are a number."""
    assert status_of(lambda: make(n=[text]).count("n", 0, 10**12)) == 400


def test_what_is_too_much_is_refused() -> None:
    """A number over the bound, a text over the length, a parameter once too often."""
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
    """It is relative to the root, however the client spells it."""
    assert make(notebook=[notebook]).folder_of_notebook() == folder


@pytest.mark.parametrize("notebook", ["../a.ipynb", "a/../../b", "C:/a", "a\0b", "a\\..\\b"])
def test_a_notebook_elsewhere_is_refused(notebook: str) -> None:
    """No parent folder, no drive, no NUL."""
    assert status_of(lambda: make(notebook=[notebook]).folder_of_notebook()) == 400


def test_paths_between_folders() -> None:
    """They have slashes on every system."""
    assert relative_to(".", "models/registry") == "models/registry"
    assert relative_to("work", ".") == ".."
    assert relative_to("a", "a") == "."


def test_bodies() -> None:
    """An object with known fields is taken; no body is an empty one."""
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
    ],
)
def test_odd_bodies_are_refused(body: bytes) -> None:
    """What is no object, no JSON, nested without end, or has other fields is a 422."""
    assert status_of(lambda: make(body).fields(["a"])) == 422


def test_large_bodies_and_other_types_are_refused() -> None:
    """More than 64 KiB is a 413; a form, which any page may send, is a 415."""
    large = json.dumps({"a": "x" * MAX_BODY_BYTES}).encode()
    assert status_of(lambda: make(large).fields(["a"])) == 413
    for kind in ("", "text/plain", "application/x-www-form-urlencoded"):
        assert status_of(lambda kind=kind: make(b'{"a": 1}', kind).fields(["a"])) == 415


@pytest.mark.parametrize("version", ["0", "x", "-1", "1.0", "9" * 13, ""])
def test_the_version_in_a_path_is_a_number(version: str) -> None:
    """Anything else is refused before a registry is asked."""
    request = Request(Catalogue("/nowhere"), {"version": version}, {})
    with pytest.raises((Problem, InvalidReferenceError)):
        print(request.version)
