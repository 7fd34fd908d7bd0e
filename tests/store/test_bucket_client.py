"""Requests to a bucket."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import obstore
import pytest

from exo_nbregistry.store.base import Content
from tests.store.bucket_stores import bucket


def test_a_swap_names_the_version_of_the_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    """Google compares the version of an object, which belongs to the tag that was read."""
    modes: list[Any] = []

    def get(*args: Any, **options: Any) -> Any:
        meta = {"size": 1, "e_tag": "first", "version": "7"}
        return SimpleNamespace(meta=meta, bytes=lambda: b"1")

    def put(*args: Any, mode: Any, **options: Any) -> Any:
        modes.append(mode)
        return {"e_tag": "second", "version": "8"}

    client = bucket()._client
    monkeypatch.setattr(obstore, "get", get)
    monkeypatch.setattr(obstore, "put", put)
    assert client.read_if_changed("head", None, max_bytes=9) == Content(b"1", "first")
    assert client.swap("head", b"2", "first") == "second"
    client.swap("head", b"3", "second")
    client.swap("head", b"4", "unknown")
    client.swap("head", b"5", None)
    first, second = {"e_tag": "first", "version": "7"}, {"e_tag": "second", "version": "8"}
    assert modes == [first, second, {"e_tag": "unknown"}, "create"]
