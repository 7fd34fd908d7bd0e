"""Tables and results in a bucket, here on a store in memory."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.registry.storage import open_bucket
from exo_nbregistry.scoring.bucket_folder import BucketFolder, find_in_bucket
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.memory import MemoryStore

NAMES = (
    *("a.parquet", "n.txt", "2026/01/b.parquet", "2026/c.parquet", "_log/x.parquet"),
    *(".hidden/x.parquet", "2026/_old.parquet"),
)


def is_table(name: str) -> bool:
    """Return whether a table has this name."""
    return name.endswith(".parquet")


@pytest.fixture
def opened() -> Callable[[str], Store]:
    """Return a function that opens s3://team/data, s3://team and s3://team/data/2026."""
    found = {
        "s3://team": [f"data/{name}" for name in NAMES],
        "s3://team/data": list(NAMES),
        "s3://team/data/2026": ["01/b.parquet", "c.parquet", "_old.parquet"],
        "s3://team/other": [],
        "s3://team/data/absent.parquet": [],
    }
    stores: dict[str, Store] = {}
    for url, names in found.items():
        stores[url] = MemoryStore()
        for name in names:
            stores[url].create(name, name.encode(), staging=".staging")
    return stores.__getitem__


@pytest.mark.parametrize(
    ("text", "place", "names"),
    [
        ("s3://team/data", "s3://team/data", ["2026/01/b.parquet", "2026/c.parquet", "a.parquet"]),
        ("s3://team/data/", "s3://team/data", ["2026/01/b.parquet", "2026/c.parquet", "a.parquet"]),
        ("s3://team/data/a.parquet", "s3://team/data", ["a.parquet"]),
        ("s3://team/data/2026/*.parquet", "s3://team/data/2026", ["c.parquet"]),
        ("s3://team/data/*/c.parquet", "s3://team/data", ["2026/c.parquet"]),
        ("s3://team/data/**/[bc].*", "s3://team/data", ["2026/01/b.parquet", "2026/c.parquet"]),
    ],
)
def test_a_table_is_an_object_a_prefix_or_a_pattern(
    opened: Callable[[str], Store], text: str, place: str, names: list[str]
) -> None:
    """Objects are found as files of a folder are; hidden names and other formats are not tables."""
    found = find_in_bucket(text, is_table, opened)
    assert (found.place.label, found.names) == (place, names)
    assert found.is_folder == text.startswith("s3://team/data") * (text.rstrip("/") == place)


@pytest.mark.parametrize("text", ["s3://team/other", "s3://team/data/b-*.parquet"])
def test_a_table_that_does_not_exist(opened: Callable[[str], Store], text: str) -> None:
    """A prefix without tables and a pattern that nothing matches are errors with their text."""
    with pytest.raises(NotFoundError, match=r"^s3://team/"):
        find_in_bucket(text, is_table, opened)


def test_a_single_object_that_does_not_exist(opened: Callable[[str], Store]) -> None:
    """A missing file of a table is not reported as a folder without tables."""
    with pytest.raises(NotFoundError, match=r"data/absent\.parquet does not exist"):
        find_in_bucket("s3://team/data/absent.parquet", is_table, opened)


def test_a_question_mark_is_refused(opened: Callable[[str], Store]) -> None:
    """It is a wildcard on disk and a query in a URL, which may have a signature."""
    with pytest.raises(InvalidInputError, match=r"use '\*' or '\[\.\.\.\]'") as caught:
        find_in_bucket("s3://team/data/a?sig=secret", is_table, opened)
    assert "secret" not in str(caught.value)


def test_credentials_in_a_url_are_refused(opened: Callable[[str], Store]) -> None:
    """The URL of a table is checked as that of a registry is."""
    with pytest.raises(InvalidInputError, match="cannot have user info") as caught:
        find_in_bucket("s3://key:secret@team/data/*.parquet", is_table, opened)
    assert "secret" not in str(caught.value)


def test_an_object_is_written_once(opened: Callable[[str], Store]) -> None:
    """The second writer of a name is refused, and the first content stays."""
    folder = BucketFolder("s3://team/other", opened)
    assert folder.create("b.parquet", lambda file: file.write(b"1") and None)
    assert not folder.create("b.parquet", lambda file: file.write(b"2") and None)
    with folder.open("b.parquet") as file:
        assert file.read() == b"1"
    folder.remove("b.parquet")
    assert folder.names() == []


def test_hidden_objects_and_the_test_of_the_bucket_are_not_results(
    opened: Callable[[str], Store],
) -> None:
    """Only names directly in the folder are listed."""
    folder = BucketFolder("s3://team/other", opened)
    for name in ("b", "a", "_SUCCESS", "nbregistry.json.tmp/probe-1"):
        opened("s3://team/other").create(name, b"", staging=".staging")
    assert folder.names() == ["a", "b"]


def test_the_digest_is_of_the_version_of_the_object(opened: Callable[[str], Store]) -> None:
    """An object of another size has another digest, and an absent one an error."""
    folder = BucketFolder("s3://team/data", opened)
    assert folder.digest("a.parquet") == folder.digest("a.parquet")
    assert folder.digest("a.parquet") != folder.digest("2026/c.parquet")
    with pytest.raises(NotFoundError, match=r"s3://team/data/b\.parquet does not exist"):
        folder.digest("b.parquet")


def test_an_open_store_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process gets the URL, and opens the bucket with its own credentials."""
    pytest.importorskip("obstore")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    folder = BucketFolder("s3://team/data", open_bucket)
    assert folder.store.location == "s3://team/data"
    sent = pickle.dumps(folder)
    assert b"very-secret" not in sent
    again: Any = pickle.loads(sent)
    assert again == folder
    assert not again._opened
