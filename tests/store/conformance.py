"""The contract of a store as tests: subclass `StoreContract` and implement `make`.

`tree_contract.TreeContract` adds what only stores with folders keep.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.store.base import Store
from tests.store.calls import BAD_KEYS, BLOB, KEY, TMP, USES, in_flight, publish, read
from tests.store.guard_contract import GuardContract

# Some servers keep the folder of the probe that a bucket makes before the first write.
TEMPORARY = {"tmp", "nbregistry.json.tmp"}
FILES = ["a/x", "a/y", "b/c/x"]
ACTIONS = st.tuples(
    st.sampled_from(["create", "publish", "discard", "remove", "rename"]),
    st.sampled_from(FILES),
    st.sampled_from(FILES),
    st.binary(max_size=4),
)


class StoreContract(GuardContract):
    """The contract of all stores."""

    rounds = 25  # of a race

    def test_created_bytes_are_read_back(self, store: Store) -> None:
        """The stored bytes are read back unchanged, and no temporary data remains."""
        for number, data in enumerate([b"", b"{}", bytes(range(256)) * 100]):
            key = f"models/toy/versions/v{number}.json"
            store.create(key, data, staging=TMP)
            assert read(store, key) == data
            with store.open(key) as stream:
                stream.seek(len(data) // 2)
                assert stream.read() == data[len(data) // 2 :]
        assert in_flight(store) == []

    def test_a_key_is_created_once(self, store: Store) -> None:
        """A second creation of a key is an error and keeps the first content."""
        store.create(KEY, b"first", staging=TMP)
        for data in (b"second", b"", b"first"):
            with pytest.raises(KeyExistsError, match=f"{KEY!r} in .* already exists; read it"):
                store.create(KEY, data, staging=TMP)
        assert read(store, KEY) == b"first"
        assert in_flight(store) == []

    def test_first_runs_before_the_key_exists(self, store: Store) -> None:
        """The callback `first` runs before the key exists, so its payload exists by then."""
        seen = []

        def first() -> None:
            seen.append(store.info(KEY))
            publish(store, BLOB, b"payload")

        store.create(KEY, b"{}", staging=TMP, first=first)
        assert set(seen) == {None}
        assert (read(store, BLOB), read(store, KEY)) == (b"payload", b"{}")

    def test_a_failed_first_creates_nothing(self, store: Store) -> None:
        """If the callback `first` fails, its error is raised and the key is not created."""
        with pytest.raises(MissingKeyError):
            store.create(KEY, b"{}", staging=TMP, first=lambda: store.remove(BLOB))
        assert store.info(KEY) is None
        assert in_flight(store) == []

    def test_a_large_file_is_not_read(self, store: Store) -> None:
        """A file is read up to the size limit; one byte more is an error that names the key."""
        store.create(KEY, b"12345", staging=TMP)
        assert store.read(KEY, max_bytes=5) == b"12345"
        with pytest.raises(StoreError, match="has 5 bytes, more than the limit of 4") as caught:
            store.read(KEY, max_bytes=4)
        assert caught.value.key == KEY

    @pytest.mark.parametrize("use", ["read", "open", "remove", "rename"])
    def test_a_missing_key_is_named(self, store: Store, use: str) -> None:
        """A key that does not exist is a MissingKeyError, which is also a FileNotFoundError."""
        for _ in range(2):
            with pytest.raises(MissingKeyError, match=f"'{KEY}' does not exist in") as caught:
                USES[use](store, KEY)
            assert caught.value.key == KEY
            assert isinstance(caught.value, FileNotFoundError)
            store.create("models/toy/versions/other", b"x", staging=TMP)
            store.remove("models/toy/versions/other")

    @pytest.mark.parametrize("kind", BAD_KEYS)
    @pytest.mark.parametrize("use", USES)
    def test_an_unsafe_key_is_rejected(self, store: Store, use: str, kind: str) -> None:
        """Every call rejects a key that could lead out of the store, and writes nothing."""
        publish(store, BLOB, b"x")
        with pytest.raises(StoreError, match="Invalid key"):
            USES[use](store, BAD_KEYS[kind])
        assert {entry.name for entry in store.entries("")} - TEMPORARY == {"models"}

    def test_names_of_any_language_are_keys(self, store: Store) -> None:
        """Non-ASCII letters, spaces and dots in names are kept."""
        names = ["größe.json", "три", "a b", "..c", "v1.0"]
        for name in names:
            store.create(f"models/{name}", name.encode(), staging=TMP)
        assert set(store.names("models")) - {"toy"} == set(names)
        assert read(store, "models/три") == "три".encode()

    def test_a_folder_lists_its_content(self, store: Store) -> None:
        """Names and entries are those directly in a folder, and entries are sorted."""
        for name in ("b", "a", "c/d"):
            store.create(f"models/toy/{name}", b"12", staging="tmp")
        assert sorted(store.names("models/toy")) == ["a", "b", "c"]
        found = [(e.name, e.kind, e.size_bytes) for e in store.entries("models/toy")]
        assert found == [("a", "file", 2), ("b", "file", 2), ("c", "folder", 0)]
        assert set(store.names("")) - TEMPORARY == {"models"}
        assert {entry.name for entry in store.entries("")} - TEMPORARY == {"models"}

    def test_names_after_a_name_are_listed(self, store: Store) -> None:
        """Only greater names are listed; the given name need not exist."""
        for name in ("v1", "v1.json", "v2", "v3", "größe"):
            store.create(f"models/toy/{name}", b"x", staging="tmp")
        assert set(store.names("models/toy", after="v1.json")) == {"v2", "v3"}
        assert set(store.names("models/toy", after="v1")) == {"v1.json", "v2", "v3"}
        assert set(store.names("models/toy", after="v11")) == {"v2", "v3"}
        assert store.names("models/toy", after="v3") == []
        assert set(store.names("models/toy", after="")) == {"v1", "v1.json", "v2", "v3", "größe"}
        assert store.names("models/other", after="v1") == []

    def test_many_files_are_read_in_order(self, store: Store) -> None:
        """Each file is its content, or the error of reading it, in the order of the keys."""
        keys = [f"models/toy/v{number}" for number in range(70)]
        for key in keys:
            store.create(key, key.encode(), staging=TMP)
        keys[5:5] = ["models/toy/missing", "models/toy/../v1"]
        store.create("models/toy/large", b"x" * 1000, staging=TMP)
        found = list(store.read_many([*keys, "models/toy/large", keys[0]], max_bytes=100))
        assert [type(item) for item in found[5:7]] == [MissingKeyError, StoreError]
        assert [item for item in found if not isinstance(item, StoreError)] == [
            key.encode() for key in (*keys[:5], *keys[7:], keys[0])
        ]
        assert "more than the limit of 100" in str(found[-2])
        assert list(store.read_many([], max_bytes=100)) == []

    def test_a_reader_of_many_files_can_stop(self, store: Store) -> None:
        """A caller that needs only the first files leaves the others unread."""
        for number in range(40):
            store.create(f"models/toy/v{number}", b"x", staging=TMP)
        keys = iter([f"models/toy/v{number}" for number in range(40)])
        reading = iter(store.read_many(keys, max_bytes=9))
        assert next(reading) == b"x"
        del reading
        assert read(store, "models/toy/v39") == b"x"

    def test_infos_returns_all_entries(self, store: Store) -> None:
        """Several entries are returned in the order of their keys, None for a missing one."""
        store.create(KEY, b"{}", staging=TMP)
        publish(store, BLOB, b"12345")
        keys = [BLOB, f"{KEY}x", KEY, BLOB]
        assert store.infos(keys) == [store.info(key) for key in keys]
        assert [entry and entry.size_bytes for entry in store.infos(keys)] == [5, None, 2, 5]
        assert store.infos([]) == []

    def test_a_stamp_changes_with_the_names(self, store: Store) -> None:
        """A stamp has another value after each change of the names, and else the same."""
        parts = ["versions", "events"]
        assert store.stamps("models", parts) == {}
        assert store.stamps("models", parts, "toy") == {"toy": (0, 0)}
        store.create(KEY, b"{}", staging=TMP)
        store.create("models/other/versions/v", b"", staging=TMP)
        store.create("models/stray", b"", staging=TMP)
        seen = [store.stamps("models", parts)]
        assert seen[0].keys() == {"toy", "other"}
        assert seen[0]["toy"][1] == seen[0]["other"][1] == 0
        for change in (
            lambda: store.create(f"{KEY}2", b"{}", staging=TMP),
            lambda: publish(store, f"{KEY}3", b"{}"),
            lambda: store.create("models/toy/events/e", b"{}", staging=TMP),
            lambda: store.remove(f"{KEY}2"),
        ):
            time.sleep(0.02)  # more than a tick of the kernel's clock
            assert store.stamps("models", parts) == seen[-1]
            read(store, KEY)
            change()
            seen.append(store.stamps("models", parts))
            assert seen[-1]["other"] == seen[0]["other"]
            assert store.stamps("models", parts, "toy") == {"toy": seen[-1]["toy"]}
        assert len({stamps["toy"] for stamps in seen}) == len(seen)
        assert store.stamps("models/stray", parts) == {}

    def test_a_missing_folder_is_empty(self, store: Store) -> None:
        """An empty store and a missing folder do not have names or entries."""
        for folder in ("", "models", "models/toy/versions"):
            assert store.names(folder) == store.entries(folder) == []

    def test_info_returns_one_entry(self, store: Store) -> None:
        """The entry of a file has its name, kind and size; a missing key is None."""
        assert store.info(KEY) is None
        store.create(KEY, b"{}", staging=TMP)
        (entry,) = store.entries("models/toy/versions")
        assert store.info(KEY) == entry
        assert (entry.name, entry.kind, entry.size_bytes) == ("v000001.json", "file", 2)
        assert store.info(f"{KEY}.claim") is None

    def test_the_clock_matches_the_entries(self, store: Store) -> None:
        """The clock of the store agrees with the times of its entries."""
        before = store.clock_ns(TMP)
        publish(store, BLOB, b"x")
        entry = store.info(BLOB)
        assert entry is not None
        # Object stores have times of whole seconds.
        assert before <= entry.modified_ns <= store.clock_ns(TMP)
        assert in_flight(store) == []

    def test_errors_name_the_location(self, store: Store) -> None:
        """Errors name the location of the store."""
        with pytest.raises(MissingKeyError) as caught:
            read(store, KEY)
        assert store.location
        assert f" in {store.location}" in str(caught.value)

    def test_one_of_many_wins_a_key(self, store: Store) -> None:
        """If threads create a key at the same time, one succeeds, and its bytes are stored."""
        racers, rounds = 8, self.rounds
        gate = threading.Barrier(racers)

        def race(racer: int) -> list[bool]:
            won = []
            for number in range(rounds):
                gate.wait()
                try:
                    store.create(f"models/toy/v{number}", b"%d" % racer, staging=TMP)
                except KeyExistsError:
                    won.append(False)
                else:
                    won.append(True)
            return won

        with ThreadPoolExecutor(racers) as pool:
            results = list(pool.map(race, range(racers)))
        for number in range(rounds):
            (winner,) = [racer for racer in range(racers) if results[racer][number]]
            assert read(store, f"models/toy/v{number}") == b"%d" % winner
        assert in_flight(store) == []
        assert len(set(store.names("models/toy")) - {"tmp"}) == rounds

    @settings(
        max_examples=settings.default.max_examples * 4 // 10,
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )
    @given(actions=st.lists(ACTIONS, max_size=15))
    def test_a_store_is_a_dict(self, actions: list[tuple[str, str, str, bytes]]) -> None:
        """After any sequence of calls, a store has the same content as a dict."""
        with TemporaryDirectory() as folder:
            store = self.make(Path(folder) / "store")
            expected: dict[str, bytes] = {}
            for action, key, other, data in actions:
                assert _act(store, action, key, other, data) == _expect(
                    expected, action, key, other, data
                )
            found = {key: read(store, key) for key in FILES if store.info(key)}
            assert found == expected
            for parent in ("a", "b/c"):
                names = {key.rpartition("/")[2] for key in expected if key.startswith(parent)}
                assert set(store.names(parent)) == names
            assert in_flight(store) == []


def _act(store: Store, action: str, key: str, other: str, data: bytes) -> str:
    try:
        if action == "create":
            store.create(key, data, staging=TMP)
        elif action == "publish":
            publish(store, key, data)
        elif action == "discard":
            with store.stage(TMP) as staged:
                staged.write(data)
        elif action == "remove":
            store.remove(key)
        else:
            store.rename(key, other)
    except (KeyExistsError, MissingKeyError) as error:
        return type(error).__name__
    return "done"


def _expect(model: dict[str, bytes], action: str, key: str, other: str, data: bytes) -> str:
    if action == "create" and key in model:
        return "KeyExistsError"
    if action in ("remove", "rename") and key not in model:
        return "MissingKeyError"
    if action in ("create", "publish"):
        model[key] = data
    elif action == "remove":
        del model[key]
    elif action == "rename":
        model[other] = model.pop(key)
    return "done"
