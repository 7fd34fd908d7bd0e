"""A registry in a bucket: its URL, its place, and the same registry in another process."""

from __future__ import annotations

import logging
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import (
    InvalidInputError,
    RegistryError,
    RegistryNotFoundError,
    StoreError,
)
from exo_nbregistry.index.database import index_path
from exo_nbregistry.registry.facade import ModelRegistry
from tests.registry.bucket_double import Cloud, install

URL = "s3://team/models"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Return buckets in memory."""
    return install(monkeypatch)


def test_a_url_is_a_registry(cloud: Cloud) -> None:
    """A registry in a bucket has the same calls, and its location is its URL."""
    registry = ModelRegistry(URL)
    assert registry.register_model({"a": 1}, "toy") == "toy:1"
    registry.set_alias("toy", "champion", 1)
    again = ModelRegistry(URL, create=False)
    assert again.load_model("toy@champion")[0] == {"a": 1}
    assert again.list_models().ids == ("toy:1",)
    assert again.location == URL
    assert repr(again) == "ModelRegistry('s3://team/models')"
    assert "nbregistry.json" in cloud[URL].contents()


def test_spellings_of_a_url_share_an_index(cloud: Cloud) -> None:
    """A trailing slash does not make another registry."""
    first, second = ModelRegistry(URL, create=True), ModelRegistry(f"{URL}/")
    assert first.location == second.location
    assert first.registry_id == second.registry_id
    assert first._workspace.index._file._path == index_path(first.registry_id, URL)


@pytest.mark.parametrize("durable", [True, False])
def test_durable_is_accepted(cloud: Cloud, durable: bool) -> None:
    """A bucket is always durable, so the argument has no effect."""
    assert ModelRegistry(URL, durable=durable, create=True).location == URL


def test_the_environment_variable_can_be_a_url(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a path, the URL of the environment variable is opened unchanged."""
    monkeypatch.setenv("EXO_NBREGISTRY", URL)
    assert ModelRegistry(create=True).location == URL


def test_reading_before_the_first_model_is_an_error(cloud: Cloud) -> None:
    """A missing registry in a bucket is not created by reading."""
    with pytest.raises(RegistryNotFoundError, match="No registry was found in s3://team/models"):
        ModelRegistry(URL).list_models()
    with pytest.raises(RegistryNotFoundError, match="pass the prefix of the bucket that holds"):
        ModelRegistry(URL, create=False)
    assert cloud[URL].contents() == {}


def test_a_registry_is_not_created_among_other_objects(cloud: Cloud) -> None:
    """A prefix with other objects is rejected, and registries below it are suggested."""
    store = cloud.open("s3://team", {})
    for key in ("data/a.csv", "models/nbregistry.json"):
        store.create(key, b"{}", staging="tmp")
    with pytest.raises(RegistryNotFoundError, match="is not a registry and holds 'data'") as error:
        ModelRegistry("s3://team")
    assert "choose an empty or a new prefix of the bucket" in str(error.value)
    assert "Did you mean s3://team/models?" in str(error.value)
    assert "nbregistry.json" not in store.contents()


def test_another_registry_at_a_url_is_named(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    """A bucket whose registry was replaced is a warning at its first use."""
    before = ModelRegistry(URL, create=True).registry_id
    del cloud.buckets[URL]
    # The new registry is created by another machine.
    other = cloud.open("s3://other", {})
    after = ModelRegistry("s3://other", create=True).registry_id
    cloud.open(URL, {}).create("nbregistry.json", other.contents()["nbregistry.json"], staging="t")
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        ModelRegistry(URL)
    assert before in caplog.text
    assert after in caplog.text


def test_options_are_passed_to_the_bucket(cloud: Cloud) -> None:
    """The bucket receives the options of the call."""
    ModelRegistry(URL, storage_options={"region": "eu-central-1"})
    assert cloud[URL].options == {"region": "eu-central-1"}


def test_options_require_a_url(tmp_path: Path) -> None:
    """Options for a folder are an error, which does not repeat them."""
    with pytest.raises(InvalidInputError, match="requires the URL of a bucket") as error:
        ModelRegistry(tmp_path / "models", storage_options={"secret_access_key": "canary"})
    assert "canary" not in str(error.value)
    assert ModelRegistry(tmp_path / "models", storage_options={}).location.endswith("models")


def test_a_path_object_cannot_hold_a_url() -> None:
    """Path("s3://...") has lost a slash, so it is an error and not a folder."""
    with pytest.raises(RegistryError, match="pass the URL as text"):
        ModelRegistry(Path("s3://team/models"))


@pytest.mark.parametrize("text", ["s3:/team/models", "az:/key:canary@team"])
def test_a_url_that_lacks_a_slash_is_not_a_folder(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error does not repeat the text, and no folder is created."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RegistryError, match="must have two slashes") as error:
        ModelRegistry(text, create=True)
    assert "canary" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_variable_with_a_url_that_lacks_a_slash_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """EXO_NBREGISTRY=s3:/team is reported like the argument, not as a Path."""
    monkeypatch.setenv("EXO_NBREGISTRY", "s3:/team/models")
    with pytest.raises(InvalidInputError, match="must have two slashes"):
        ModelRegistry()


@pytest.mark.parametrize("place", ["s3:/team/export", "s3://team/export"])
def test_calls_that_write_files_reject_urls(place: str, tmp_path: Path) -> None:
    """No call creates a local folder that has the name of a URL."""
    registry = ModelRegistry(tmp_path / "models")
    registry.register_model({"a": 1}, "toy", attachments={"limits": {"depth": 0.5}})
    calls = (
        lambda: registry.export_model("toy", place),
        lambda: registry.save_attachments("toy", place),
        lambda: registry.load_attachment("toy", "limits", directory=place),
        lambda: registry.import_model(place),
    )
    for call in calls:
        with pytest.raises(RegistryError, match=r"two slashes|requires a local path"):
            call()


def test_without_obstore_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without obstore, a URL is an error with the command that installs it."""
    monkeypatch.delitem(sys.modules, "exo_nbregistry.store.bucket", raising=False)
    monkeypatch.delattr("exo_nbregistry.store.bucket", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == "obstore"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(RegistryError, match=r"pip install 'exo-nbregistry\[cloud\]'"):
        ModelRegistry(URL)


def test_a_registry_in_a_bucket_can_be_pickled(cloud: Cloud) -> None:
    """Another process opens the URL with the options that are not secret."""
    options = {"region": "eu-central-1", "secret_access_key": "canary"}
    registry = ModelRegistry(URL, storage_options=options)
    registry.register_model({"a": 1}, "toy")
    sent = pickle.dumps(registry)
    assert b"canary" not in sent
    assert pickle.loads(sent).load_model("toy")[0] == {"a": 1}
    assert cloud[URL].options == {"region": "eu-central-1"}


def test_a_pickled_registry_is_not_created_again(cloud: Cloud) -> None:
    """If the registry is missing in the other process, it is an error."""
    sent = pickle.dumps(ModelRegistry(URL, create=True))
    cloud.buckets.clear()
    with pytest.raises(RegistryNotFoundError, match="No registry was found"):
        pickle.loads(sent)


def test_a_missing_secret_is_explained(cloud: Cloud) -> None:
    """If the bucket rejects the other process, the error names the options that were not sent."""
    sent = pickle.dumps(ModelRegistry(URL, storage_options={"secret_access_key": "canary"}))
    plain = pickle.dumps(ModelRegistry(URL))
    cloud[URL].failure = "The key may not read s3://team."
    with pytest.raises(StoreError, match=r"may not read s3://team\. The storage options") as error:
        pickle.loads(sent)
    assert "secret_access_key may be secret and are not sent" in str(error.value)
    assert "canary" not in str(error.value)
    with pytest.raises(StoreError, match="may not read") as error:
        pickle.loads(plain)
    assert "storage options" not in str(error.value)


def test_files_are_written_to_local_folders(cloud: Cloud) -> None:
    """A URL as the target of files is an error, and no folder of that name is created."""
    registry = ModelRegistry(URL)
    registry.register_model({"a": 1}, "toy")
    calls: list[Any] = [
        lambda: registry.export_model("toy", "s3://team/export"),
        lambda: registry.save_attachments("toy", "s3://team/export"),
        lambda: registry.import_model("s3://team/export"),
    ]
    for call in calls:
        with pytest.raises(StoreError, match="requires a local path, got a URL"):
            call()
    assert not Path("s3:").exists()


def test_a_version_is_exported_from_a_bucket(cloud: Cloud, tmp_path: Path) -> None:
    """A version of a bucket is exported to a folder and imported into another registry."""
    registry = ModelRegistry(URL)
    registry.register_model({"a": 1}, "toy")
    folder = registry.export_model("toy", tmp_path / "export")
    assert ModelRegistry(tmp_path / "new").import_model(folder) == "toy:1"


def test_a_store_of_obstore_is_a_registry() -> None:
    """An obstore store holds a registry, which cannot be pickled because it may have secrets."""
    from obstore.store import LocalStore, MemoryStore

    store = MemoryStore()
    registry = ModelRegistry(store)
    registry.register_model({"a": 1}, "toy")
    assert ModelRegistry(store, create=False).load_model("toy")[0] == {"a": 1}
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(registry)
    with pytest.raises(InvalidInputError, match="pass the path of a folder"):
        ModelRegistry(LocalStore())
