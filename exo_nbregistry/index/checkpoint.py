"""Checkpoints of the index in the registry, from which a new machine starts.

A checkpoint is a copy of an index at an earlier time. It is derived from the records and never
replaces them: a machine that starts with it then compares the names and reads the new records, as
with its own index. A checkpoint is used only if a trusted signer has signed its digest. Such a
signer can already run code where a model is loaded, so a checkpoint gives no further rights.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.index.packed_index import copy_index, fill_index, is_empty, pack, unpack
from exo_nbregistry.index.schema import SCHEMA_VERSION
from exo_nbregistry.journal.checkpoint_record import CheckpointRecords, checkpoint_numbers
from exo_nbregistry.signing.user_files import cache_folder, make_private_folder
from exo_nbregistry.values.keys import DESCRIPTOR_TMP, checkpoint_index_key, checkpoint_key

log = logging.getLogger("exo_nbregistry")
# Other users may write checkpoints that this user does not trust.
_MAX_TRIED = 8
# Number of new records from which a checkpoint is written, and their share of all versions.
_MIN_IN_FOLDER, _MIN_IN_BUCKET, _SHARE = 2_000, 200, 1 / 20
_FAILURES = (
    *(RegistryError, OSError, sqlite3.Error, zlib.error, EOFError),
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
)


class Checkpoints:
    """The checkpoints of a registry. None of their failures reaches the user.

    Parameters
    ----------
    records : CheckpointRecords
        The records of the checkpoints.
    require_writable : callable
        Raises an error if this release cannot write to the registry.
    """

    def __init__(self, records: CheckpointRecords, require_writable: Callable[[], None]) -> None:
        self._records = records
        self._require_writable = require_writable
        self._cannot_write = False
        self._tried_in = 0

    def restore(self, index: sqlite3.Connection, *, progress: bool) -> bool:
        """Fill an empty index from the newest checkpoint that can be used.

        Only the first call of a process does so: an index that was filled and then proves to be
        damaged is built from the files.

        Parameters
        ----------
        index : Connection
            The index. It does not change if no checkpoint can be used.
        progress : bool
            Whether to show a progress bar if the checkpoint is large.

        Returns
        -------
        bool
            Whether the index was filled. It is then as old as the checkpoint.
        """
        if self._tried_in == os.getpid():
            return False
        self._tried_in = os.getpid()
        try:
            numbers = checkpoint_numbers(self._records.store) if is_empty(index) else []
        except _FAILURES as error:
            log.info("No checkpoint is used: %s", error)
            return False
        for number in reversed(numbers[-_MAX_TRIED:]):
            try:
                if self._fill(index, number, progress=progress):
                    return True
            except _FAILURES as error:
                log.info("%s is not used: %s", checkpoint_key(number), error)
        return False

    def save(self, index: sqlite3.Connection, n_read: int) -> bool:
        """Write a checkpoint if many records had to be read from their files.

        Parameters
        ----------
        index : Connection
            The index, outside of a transaction.
        n_read : int
            Number of versions and events that were read.

        Returns
        -------
        bool
            Whether they are counted no more: a checkpoint was written, or cannot be written.
        """
        store, keyring = self._records.store, self._records.keyring
        if n_read <= (_MIN_IN_FOLDER if store.settles else _MIN_IN_BUCKET):
            return False
        if self._cannot_write or keyring.public_key is None:
            return True
        try:
            total = int(index.execute("SELECT count(*) FROM versions").fetchone()[0])
            if n_read <= total * _SHARE:
                return False
            self._require_writable()
            self._publish(index, total)
            self._records.remove_old()
        except _FAILURES as error:
            # For example, this user may only read the registry.
            log.info("No checkpoint was written: %s", error)
            self._cannot_write = True
        return True

    def _fill(self, index: sqlite3.Connection, number: int, *, progress: bool) -> bool:
        content = self._records.read(number)
        if content["schema"] != SCHEMA_VERSION:
            log.info("%s is from another release.", checkpoint_key(number))
            return False
        key = checkpoint_index_key(content["sha256"])
        with _temporary_folder() as folder:
            path = folder / "index.sqlite"
            with self._records.store.open(key) as source:
                unpack(source, content, path, progress=progress)
            # Another kernel may have filled it in the meantime.
            if not is_empty(index):
                return False
            fill_index(index, path, self._records.keyring.trust_stamp())
        return True

    def _publish(self, index: sqlite3.Connection, n_versions: int) -> None:
        store = self._records.store
        with _temporary_folder() as folder, store.stage(DESCRIPTOR_TMP) as staged:
            path = folder / "index.sqlite"
            copy_index(index, path)
            sha256 = pack(path, staged)
            content = {
                "schema": SCHEMA_VERSION,
                "sha256": sha256,
                "size_bytes": staged.tell(),
                "unpacked_bytes": path.stat().st_size,
                "versions": n_versions,
            }
            staged.publish(checkpoint_index_key(sha256))
            self._records.create(content)


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    # Not in the system's folder for temporary files, which is often in memory.
    make_private_folder(cache_folder())
    with TemporaryDirectory(prefix="checkpoint-", dir=cache_folder()) as name:
        yield Path(name)
