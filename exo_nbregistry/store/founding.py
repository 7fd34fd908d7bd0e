"""The first key of a store, which is created before any staging folder exists."""

from __future__ import annotations

import contextlib
import errno

from exo_nbregistry.errors import KeyExistsError, StoreError
from exo_nbregistry.store.base import Store

_ATTEMPTS = 16


def create_first_key(store: Store, key: str, data: bytes, *, staging: str, max_bytes: int) -> bytes:
    """Create a key in a staging folder of its own, which is removed afterwards.

    Parameters
    ----------
    store : Store
        The store.
    key : str
        The key.
    data : bytes
        Its content.
    staging : str
        The staging folder.
    max_bytes : int
        Size limit of the content.

    Returns
    -------
    bytes
        The content of the key: `data`, or the content that another process created first.

    Raises
    ------
    StoreError
        If the key cannot be written.

    Examples
    --------
    >>> from exo_nbregistry.store.memory import MemoryStore
    >>> store = MemoryStore()
    >>> create_first_key(store, "first.json", b"{}", staging="first.json.tmp", max_bytes=100)
    b'{}'
    >>> store.names("")
    ['first.json']
    """
    try:
        _create(store, key, data, staging)
    except KeyExistsError:
        return store.read(key, max_bytes=max_bytes)
    finally:
        # Not empty while another process creates the key; that process removes it.
        with contextlib.suppress(StoreError):
            store.remove(staging)
    return data


def _create(store: Store, key: str, data: bytes, staging: str) -> None:
    for _ in range(_ATTEMPTS):
        try:
            return store.create(key, data, staging=staging)
        except KeyExistsError:
            raise
        except StoreError as error:
            # Another process removed the empty staging folder.
            if error.errno != errno.ENOENT:
                raise
    return store.create(key, data, staging=staging)
