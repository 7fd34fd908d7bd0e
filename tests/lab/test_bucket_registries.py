"""Registries in buckets on a server: configured by URL, listed without a request."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from exo_nbregistry.api.answer import answer
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.errors import StoreError
from exo_nbregistry.lab.registries import REOPEN_S, RETRY_S, Catalogue
from exo_nbregistry.registry.facade import ModelRegistry
from tests.api.route_caller import fill
from tests.registry.bucket_double import Cloud, install

URL = "s3://team/models"


class Clock:
    """A clock with a set time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Return buckets in memory, of which one has a registry."""
    cloud = install(monkeypatch)
    ModelRegistry(URL).register_model({"a": 1}, "toy")
    return cloud


def test_a_bucket_is_a_configured_place(cloud: Cloud, root: Path) -> None:
    """A URL is listed as configured, unchanged and under its last name."""
    fill(root / "found", 1)
    places = Catalogue(str(root), [f"{URL}/", "s3://team"]).places()
    assert [(place.name, place.source, place.location, place.path) for place in places[:2]] == [
        ("models", "configured", URL, URL),
        ("team", "configured", "s3://team", "s3://team"),
    ]
    assert places[2].location == "found"
    assert [place.in_bucket for place in places] == [True, True, False]


def test_listing_makes_no_request(cloud: Cloud, root: Path) -> None:
    """A bucket that does not answer is listed too, and only opening it fails."""
    cloud[URL].failure = "The bucket does not answer."
    catalogue = Catalogue(str(root), [URL])
    (place,) = catalogue.places()
    assert catalogue.place(place.id) == place
    assert catalogue.is_writable(place)
    with pytest.raises(StoreError, match="does not answer"):
        catalogue.registry(place)


def test_a_server_answers_for_a_bucket(cloud: Cloud, root: Path) -> None:
    """The routes of the API read and change a registry in a bucket."""
    catalogue = Catalogue(str(root), [URL])
    (place,) = catalogue.places()
    reply = answer(catalogue, "GET", f"/registries/{place.id}", {}, b"")
    assert reply.status == 200
    assert b'"models": 1' in reply.body or b'"models":1' in reply.body
    assert catalogue.registry(place).list_models().ids == ("toy:1",)
    assert catalogue.registry(place) is catalogue.registry(place)


def test_a_bucket_that_failed_is_not_asked_again_at_once(cloud: Cloud, root: Path) -> None:
    """For some seconds, requests fail with the same error, and later the bucket is tried again."""
    clock = Clock()
    catalogue = Catalogue(str(root), [URL], clock=clock)
    (place,) = catalogue.places()
    cloud[URL].failure = "The bucket does not answer."
    with pytest.raises(StoreError):
        catalogue.registry(place)
    cloud[URL].failure = ""
    with pytest.raises(StoreError, match="does not answer"):
        catalogue.registry(place)
    clock.now += RETRY_S + 1
    assert catalogue.registry(place).list_models().total == 1


def test_a_slow_bucket_does_not_delay_other_registries(
    cloud: Cloud, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a bucket is opened, a folder is opened by another thread."""
    fill(root / "found", 1)
    catalogue = Catalogue(str(root), [URL])
    bucket, folder = catalogue.places()
    waiting, released = threading.Event(), threading.Event()
    read = cloud[URL].read

    def slow(key: str, *, max_bytes: int) -> bytes:
        waiting.set()
        released.wait(30)
        return read(key, max_bytes=max_bytes)

    monkeypatch.setattr(cloud[URL], "read", slow)
    thread = threading.Thread(target=catalogue.registry, args=(bucket,))
    thread.start()
    try:
        assert waiting.wait(30)
        assert catalogue.registry(folder).list_models().total == 1
    finally:
        released.set()
        thread.join()


def test_a_replaced_bucket_is_opened_again(cloud: Cloud, root: Path) -> None:
    """After some minutes, a registry that replaced the first one is found."""
    clock = Clock()
    catalogue = Catalogue(str(root), [URL], clock=clock)
    (place,) = catalogue.places()
    before = catalogue.registry(place).registry_id
    del cloud.buckets[URL]
    after = ModelRegistry(URL, create=True).registry_id
    clock.now += REOPEN_S
    assert catalogue.registry(place).registry_id == after != before


def test_a_prefix_without_a_registry_is_not_found(cloud: Cloud, root: Path) -> None:
    """A configured prefix that has no registry is a problem that names it."""
    catalogue = Catalogue(str(root), ["s3://team/gone"])
    (place,) = catalogue.places()
    with pytest.raises(Problem, match="s3://team/gone is not a registry") as refused:
        catalogue.registry(place)
    assert refused.value.status == 404


def test_an_invalid_url_is_logged(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A URL with credentials is left out, and the log does not repeat it."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        assert Catalogue(str(root), ["s3://key:canary@team", "http://team"]).places() == []
    assert caplog.text.count("invalid URL") == 2
    assert "canary" not in caplog.text


def test_a_read_only_server_does_not_write_to_a_bucket(cloud: Cloud, root: Path) -> None:
    """A bucket of a read-only server is read-only."""
    catalogue = Catalogue(str(root), [URL], read_only=True)
    assert not catalogue.is_writable(catalogue.places()[0])


def test_a_url_is_never_a_path(cloud: Cloud, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the name of a scheme is not taken for the bucket."""
    monkeypatch.chdir(root)
    (root / "s3:" / "team").mkdir(parents=True)
    fill(root / "s3:" / "team" / "models", 3)
    bucket = Catalogue(str(root), [URL]).places()[0]
    assert Catalogue(str(root), [URL]).registry(bucket).list_models().ids == ("toy:1",)
