"""Tests of the URIs of a registry and of its versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.mlflow_plugin.registry_uri import (
    format_registry_uri,
    format_version_uri,
    parse_registry_uri,
    parse_version_uri,
)
from tests.mlflow_plugin.test_registry_store import refused


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("exo-nbregistry:///data/registry", "/data/registry"),
        ("exo-nbregistry:///data/registry/", "/data/registry"),
        ("EXO-NBREGISTRY:///data/my%20registry", "/data/my registry"),
        ("exo-nbregistry:/data/registry", "/data/registry"),
        ("exo-nbregistry:models/registry", "models/registry"),
        ("exo-nbregistry:s3://bucket/prefix", "s3://bucket/prefix"),
        ("exo-nbregistry:s3:/bucket/prefix/", "s3://bucket/prefix"),
        ("exo-nbregistry:az://container", "az://container"),
        ("exo-nbregistry:", None),
    ],
)
def test_a_uri_names_a_folder_or_a_bucket(uri: str, place: str | None) -> None:
    """Folders, relative folders, buckets and the default registry have a URI."""
    assert parse_registry_uri(uri) == place


@pytest.mark.parametrize(
    "uri",
    [
        "exo-nbregistry://models/registry",
        "exo-nbregistry:///",
        "exo-nbregistry://",
        "exo-nbregistry:///data?version=1",
        "exo-nbregistry:///data#1",
        "sqlite:///mlflow.db",
        "/data/registry",
    ],
)
def test_an_unclear_uri_is_refused_with_examples(uri: str) -> None:
    """A URI with two slashes could be a folder or a host, so it is not guessed."""
    with refused("INVALID_PARAMETER_VALUE", "three slashes"):
        parse_registry_uri(uri)


SEGMENT = st.text(st.characters(exclude_characters="/\\\0", exclude_categories=("Cs",)), min_size=1)


@given(st.lists(SEGMENT.filter(lambda part: part not in (".", "..", "-")), min_size=1))
def test_each_folder_has_a_uri(parts: list[str]) -> None:
    """A path with any characters is the same after the way through its URI, alone and in parts."""
    path = "/" + "/".join(parts)
    assert parse_registry_uri(format_registry_uri(path)) == path
    place = parse_version_uri(format_version_uri(path, "kepler_rf", 3))
    assert (place.registry, place.parts) == (path, ("kepler_rf", "3"))


@pytest.mark.parametrize("scheme", ["exo-nbregistry:", ""])
def test_a_file_of_a_version_has_a_uri(scheme: str) -> None:
    """MLflow omits the scheme of a URI of a bucket when it splits the path."""
    place = parse_version_uri(f"{scheme}s3://bucket/prefix/-/kepler_rf/3/code/model.py")
    assert place.registry == "s3://bucket/prefix"
    assert place.parts == ("kepler_rf", "3", "code", "model.py")
