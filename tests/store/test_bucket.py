"""The store in a bucket keeps the contract of all stores; `tests/cloud` runs it on servers."""

from __future__ import annotations

import os
import pickle
import re
from hashlib import sha256
from pathlib import Path

import obstore
import pytest
from obstore.store import AzureStore, LocalStore, MemoryStore, S3Store

from exo_nbregistry.errors import InvalidInputError, KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.store.base import Content, Stamps
from exo_nbregistry.store.bucket import BucketStore
from tests.store.bucket_stores import Requests, bucket, requests
from tests.store.calls import BLOB, KEY, TMP, publish, read
from tests.store.conformance import StoreContract

__all__ = ["requests"]
SECRET = "hunter2secret"
DATA = b"a model" * 1000
PAYLOAD = f"models/toy/blobs/{sha256(DATA).hexdigest()}.joblib"


class TestBucketStore(StoreContract):
    """A store on objects in memory."""

    def make(self, folder: Path) -> BucketStore:
        """Return a store that does not use the folder."""
        return bucket()


def test_keys_begin_with_the_prefix() -> None:
    """A store below a prefix sees and writes only what is below it."""
    memory = MemoryStore()
    obstore.put(memory, "other/models/toy/versions/v9", b"x")
    store = BucketStore.over(memory)
    store._client._prefix = "team/kepler/"
    store.create(KEY, b"{}", staging=TMP)
    assert [item["path"] for item in obstore.list(memory, "team").collect()] == [
        f"team/kepler/{KEY}"
    ]
    assert store.names("") == ["models"]
    assert store.names("models/toy/versions", after="v0") == ["v000001.json"]
    assert store.stamps("models", ["versions"]).keys() == {"toy"}
    assert [entry.name for entry in store.entries("models/toy/versions")] == ["v000001.json"]
    assert store.infos([KEY, BLOB])[1] is None
    store.remove(KEY)
    assert len(obstore.list(memory).collect()) == 1


def test_stamps_have_the_names() -> None:
    """The names that a bucket has listed for stamps are returned with them."""
    store = bucket()
    for number in (1, 2):
        store.create(f"models/toy/versions/v{number}", b"x", staging=TMP)
    store.create("models/toy/events/e1", b"x", staging=TMP)
    publish(store, BLOB, b"x")
    for stamps in (
        store.stamps("models", ["versions", "events"]),
        store.stamps("models", ["versions", "events"], "toy"),
    ):
        assert isinstance(stamps, Stamps)
        assert stamps.names == {"toy": (["v1", "v2"], ["e1"])}
    stamps = store.stamps("models", ["versions", "events"], "none")
    assert stamps == {"none": (0, 0)}
    assert stamps.names == {"none": ([], [])}


def test_objects_that_mark_folders_are_not_names() -> None:
    """An object without a name, as consoles make it for a folder, is not listed."""
    store = bucket()
    store.create(KEY, b"{}", staging=TMP)
    store._client.relative = lambda path, folder: (  # type: ignore[method-assign]
        "" if path.endswith("000001.json") else path
    )
    assert store.names("models/toy/versions") == store.entries("models/toy/versions") == []
    assert store.names("models/toy/versions", after="") == []


def test_few_requests_are_made(requests: Requests) -> None:
    """After the first write, each call is one request, or one for all keys of a small folder."""
    store = bucket(recheck_s=60)
    store.create("id.json", b"{}", staging=TMP)
    store.read("id.json", max_bytes=9)
    store.guard("id.json", lambda data: None)
    store.create(KEY, b"{}", staging=TMP)
    requests.names()
    store.create(f"{KEY}2", b"{}", staging=TMP)
    assert requests.names() == ["put"]
    publish(store, PAYLOAD, DATA)
    assert requests.names() == ["put"]
    read(store, KEY)
    assert requests.names() == ["get"]
    store.names("models/toy/versions")
    assert requests.names() == ["list_with_delimiter"]
    store.names("models/toy/versions", after="v")
    assert requests.names() == ["list"]
    store.stamps("models", ["versions", "events"])
    assert requests.names() == ["list"]
    store.info(KEY)
    assert requests.names() == ["head"]
    store.infos([KEY, f"{KEY}2", f"{KEY}3"])
    assert requests.names() == ["list"]
    store.infos([KEY, BLOB])
    assert requests.names() == ["head", "head"]


def test_several_payloads_are_placed_together(requests: Requests) -> None:
    """A placed payload is uploaded by the returned function, and only once."""
    store = bucket(recheck_s=60)
    with store.stage(TMP) as staged:
        staged.write(DATA)
        requests.names()
        waits = staged.place(PAYLOAD)
        assert requests.names() == []
        for wait in waits:
            wait()
        assert staged.place(PAYLOAD) == []
        store.create(KEY, b"{}", staging=TMP, first=lambda: staged.place(PAYLOAD))
    assert requests.names() == ["put", "put"]


def test_a_large_folder_is_not_listed_for_entries(
    requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a folder has more names than one reply, each file is one request."""
    monkeypatch.setattr("exo_nbregistry.store.bucket_listing._PAGE", 2)
    store = bucket(recheck_s=60)
    keys = [f"models/toy/versions/v{number}" for number in range(3)]
    for key in keys:
        store.create(key, b"x", staging=TMP)
    requests.names()
    for expected in (["list", "head", "head", "head"], ["head", "head", "head"]):
        assert [entry is not None for entry in store.infos(keys)] == [True] * 3
        assert requests.names() == expected


def test_a_payload_is_downloaded_once(requests: Requests) -> None:
    """A cached payload is opened without a request; verification reads the bucket."""
    store = bucket(recheck_s=60)
    publish(store, PAYLOAD, DATA)
    requests.names()
    for expected in (["get"], [], []):
        with store.open(PAYLOAD, cached=True) as stream:
            assert stream.read() == DATA
        assert requests.names() == expected
    path = store.local_path(PAYLOAD)
    assert path is not None
    assert Path(path).read_bytes() == DATA
    with store.open(PAYLOAD) as stream:
        assert stream.read() == DATA
    assert requests.names() == ["get"]
    assert store.local_path(KEY) is None


def test_a_damaged_copy_is_downloaded_again(requests: Requests) -> None:
    """A copy that was changed is replaced by the payload of the bucket."""
    store = bucket(recheck_s=60)
    publish(store, PAYLOAD, DATA)
    path = store.local_path(PAYLOAD)
    assert path is not None
    Path(path).write_bytes(b"damaged")
    requests.names()
    with store.open(PAYLOAD, cached=True) as stream:
        assert stream.read() == DATA
    assert requests.names() == ["get"]


def test_a_damaged_payload_is_not_cached() -> None:
    """Wrong bytes in the bucket are returned unchanged, for the caller to reject."""
    store = bucket()
    publish(store, PAYLOAD, b"damaged")
    assert store.local_path(PAYLOAD) is None
    with store.open(PAYLOAD, cached=True) as stream:
        assert stream.read() == b"damaged"


def test_without_a_cache_nothing_is_copied() -> None:
    """With ``cache_bytes=0``, payloads are read from the bucket."""
    store = BucketStore.over(MemoryStore(), cache_bytes=0)
    publish(store, PAYLOAD, DATA)
    assert store.local_path(PAYLOAD) is None
    with store.open(PAYLOAD, cached=True) as stream:
        assert stream.read() == DATA
    with pytest.raises(InvalidInputError, match="cache_bytes must be a number of bytes"):
        BucketStore("s3://team", {"cache_bytes": "10 GB"})


OPTIONS = {
    "region": "eu-west-1",
    "endpoint": "http://127.0.0.1:9",
    "access_key_id": "AKIAhunter2secret",
    "aws_secret_access_key": SECRET,
    "session_token": SECRET,
    "client_options": {"allow_http": True, "default_headers": {"x": SECRET}},
}


def test_a_store_is_sent_without_secrets() -> None:
    """A pickle has the URL and the options that are not secrets, and opens the same store."""
    store = BucketStore("s3://team/models/", OPTIONS)
    data = pickle.dumps(store)
    assert SECRET.encode() not in data
    other = pickle.loads(data)
    assert other.location == store.location == "s3://team/models"
    assert pickle.dumps(other) == data
    assert b"eu-west-1" in data
    assert SECRET not in repr(store) + str(store)


def test_an_obstore_store_is_not_sent() -> None:
    """A store on an object of obstore cannot be pickled, because that has the secrets."""
    store = BucketStore.over(
        S3Store("team", region="x", access_key_id="a", secret_access_key=SECRET)
    )
    assert SECRET not in repr(store)
    with pytest.raises(InvalidInputError, match=r"pass the URL and storage_options") as caught:
        pickle.dumps(store)
    assert SECRET not in str(caught.value)


def test_an_obstore_store_has_its_place() -> None:
    """The location of a store on an object of obstore has its bucket and prefix."""
    s3 = BucketStore.over(S3Store("team", prefix="models", region="x"))
    assert s3.location == "s3://team/models"
    azure = AzureStore("team", account_name="a", account_key="YQ==")
    assert BucketStore.over(azure).location == "az://team"
    one, other = (BucketStore.over(MemoryStore()).location for _ in range(2))
    assert re.fullmatch("memory://[0-9a-f]{8}", one)
    assert one != other


def test_a_folder_of_obstore_is_rejected(tmp_path: Path) -> None:
    """A local store of obstore does not flush files, so the path must be passed."""
    with pytest.raises(InvalidInputError, match="cannot be in an obstore LocalStore; pass the pa"):
        BucketStore.over(LocalStore(tmp_path))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regoin": SECRET}, "Unknown storage option 'regoin' for s3://team; use the names"),
        ({"allow_http": SECRET}, "storage option"),
        ({"secret_access_key": SECRET}, "option 'access_key_id' is missing; pass it in"),
        ({3: SECRET}, "must have a text as its name, got 3"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, object], message: str) -> None:
    """An unknown option is an error that has its name and not its value."""
    with pytest.raises(InvalidInputError, match=message) as caught:
        BucketStore("s3://team", options)
    assert SECRET not in str(caught.value)


def test_a_server_that_is_not_there_is_named(requests: Requests) -> None:
    """Without a server, each call is an error that names the key and the reason."""
    options = {**OPTIONS, "retry_config": {"max_retries": 0}}
    store = BucketStore("s3://team/models", options)
    for call in (
        lambda: read(store, KEY),
        lambda: store.names("models"),
        lambda: store.create(KEY, b"x", staging=TMP),
    ):
        with pytest.raises(StoreError, match=r"s3://team/models.*cannot be reached") as caught:
            call()
        assert SECRET not in str(caught.value)


def test_a_second_creation_is_an_error_that_names_the_bucket() -> None:
    """An existing key is reported as in a folder."""
    store = bucket()
    store.create(KEY, b"x", staging=TMP)
    with pytest.raises(KeyExistsError, match="already exists") as caught:
        store.create(KEY, b"x", staging=TMP)
    assert isinstance(caught.value, FileExistsError)


def test_a_payload_of_any_size_is_renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A payload that the server cannot copy is sent again."""
    monkeypatch.setattr("exo_nbregistry.store.bucket_calls._MAX_COPY_BYTES", 10)
    store = bucket()
    publish(store, BLOB, DATA)
    store.rename(BLOB, f"{TMP}/aside")
    assert store.info(BLOB) is None
    assert read(store, f"{TMP}/aside") == DATA


def test_a_derived_file_is_swapped(requests: Requests) -> None:
    """A file with the expected tag is replaced, and a reader learns of it with one request."""
    store = bucket(recheck_s=60)
    first = store.swap("head", b"1", None)
    assert store.swap("head", b"x", None) is None
    assert store.read_if_changed("head", first, max_bytes=9) is None
    second = store.swap("head", b"2", first)
    assert second != first
    assert store.swap("head", b"x", first) is None
    requests.names()
    assert store.read_if_changed("head", first, max_bytes=9) == Content(b"2", second)
    assert store.read_if_changed("head", None, max_bytes=9) == Content(b"2", second)
    assert requests.names() == ["get", "get"]
    with pytest.raises(MissingKeyError):
        store.read_if_changed("other", None, max_bytes=9)


def test_temporary_files_are_in_the_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large payload is staged in the cache folder of the user, and removed afterwards."""
    monkeypatch.setenv("TMPDIR", "/missing")
    store = bucket()
    with store.stage(TMP) as staged:
        staged.write(b"x" * (2 << 20))
        staged.publish(PAYLOAD)
    folder = Path(os.environ["EXO_NBREGISTRY_CACHE_DIR"]) / "uploads"
    assert list(folder.iterdir()) == []
