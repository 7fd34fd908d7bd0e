"""Keys, calls and commits for all tests of stores."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from exo_nbregistry.fs.open_folder import OpenFolder
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.commit import Commit, claim, link, rename

TMP = "models/toy/tmp"
KEY = "models/toy/versions/v000001.json"
BLOB = "models/toy/blobs/ab.joblib"
MAX_BYTES = 1 << 20

BAD_KEYS = {
    "empty": "",
    "absolute": "/etc/passwd",
    "parent": "models/../../secret",
    "self": "models/./toy",
    "empty name": "models//toy",
    "trailing slash": "models/toy/",
    "backslash": "models\\toy",
    "drive": "C:toy",
    "stream": "models/toy:hidden",
    "NUL": "models/\0",
    "surrogate": "models/\ud800",
}
# Each function calls a store with a key.
USES = {
    "read": lambda store, key: store.read(key, max_bytes=9),
    "open": lambda store, key: store.open(key),
    "create": lambda store, key: store.create(key, b"x", staging=TMP),
    "create beside": lambda store, key: store.create(KEY, b"x", staging=key),
    "stage": lambda store, key: store.stage(key),
    "publish": lambda store, key: publish(store, key, b"x"),
    "info": lambda store, key: store.info(key),
    "remove": lambda store, key: store.remove(key),
    "rename": lambda store, key: store.rename(key, BLOB),
    "rename to": lambda store, key: store.rename(BLOB, key),
    "clock": lambda store, key: store.clock_ns(key),
    "local path": lambda store, key: store.local_path(key),
    "names": lambda store, key: store.names(key or "."),
    "entries": lambda store, key: store.entries(key or "."),
    "stamps": lambda store, key: store.stamps(key or ".", ["versions"]),
    "stamps of one": lambda store, key: _stamps_of_one(store, *split(key)),
    "names after": lambda store, key: store.names(key or ".", after="a"),
    "infos": lambda store, key: store.infos([key]),
}

# The calls whose key is a folder.
FOLDER_USES = ("create beside", "stage", "clock", "names", "names after", "entries", "stamps")


def split(key: str) -> tuple[str, str]:
    """Return the folder and the name of a key, which may be invalid."""
    folder, _, name = key.rpartition("/")
    return folder, name


def _stamps_of_one(store: Store, folder: str, name: str) -> object:
    return store.stamps(folder or ".", ["versions"], name)


def move_as_windows(folder: OpenFolder, name: str, target: OpenFolder, new_name: str) -> None:
    """Rename a file; fail if the target exists."""
    folder.link(name, target, new_name)
    folder.unlink(name)


COMMITS: dict[str, Commit] = {
    "link": link,
    "claim": claim,
    "rename": partial(rename, move=move_as_windows),
}


def publish(store: Store, key: str, data: bytes) -> None:
    """Store a payload."""
    with store.stage(TMP) as staged:
        staged.write(data)
        staged.publish(key)


def read(store: Store, key: str) -> bytes:
    """Read a small file."""
    return store.read(key, max_bytes=MAX_BYTES)


def in_flight(store: Store) -> list[str]:
    """Return the names of the temporary files."""
    return store.names(TMP)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
