"""Proof that a bucket creates a key only once, before anything is written to it."""

from __future__ import annotations

import os
from concurrent.futures import Future

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from exo_nbregistry.errors import StoreError
from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.store.bucket_client import ATTEMPTS, Client, pause
from exo_nbregistry.store.bucket_errors import transient
from exo_nbregistry.store.bucket_threads import pool

# Not among the models, and known to `verify` and the clean-up, which remove what a killed
# process leaves.
FOLDER = "nbregistry.json.tmp"
_WRITERS = 8
_MAX_BYTES = 100
_proven: set[tuple[str, str]] = set()
_lock = ProcessLock()


def require_conditional_writes(client: Client, identity: str) -> None:
    """Check that the bucket exists and creates each key once, also for concurrent writers.

    A server that ignores the condition of a write replaces records without an error. Each process
    checks a location once.

    Parameters
    ----------
    client : Client
        The bucket.
    identity : str
        Text that differs for other options of the same location.

    Raises
    ------
    StoreError
        If the bucket does not exist or cannot be written, or if it does not protect existing keys.
    """
    known = (client.location, identity)
    if known in _proven:
        return
    with _lock:
        if known not in _proven:
            _probe(client)
            _proven.add(known)


def _probe(client: Client) -> None:
    # A missing bucket has a distinct error here. Some servers create a bucket at the first write.
    client.children("")
    for attempt in range(ATTEMPTS):
        key = f"{FOLDER}/probe-{os.urandom(8).hex()}"
        try:
            winners = _race(client, key)
            if winners:
                _require_one(client, key, winners)
                return
        finally:
            _clean_up(client, key)
        pause(attempt)
    raise _unprotected(client, "no writer could create a key while others tried the same")


def _race(client: Client, key: str) -> list[bytes]:
    """Create a key by several writers at the same time, and return the contents that won."""
    contents = [f"{key} {writer}".encode() for writer in range(_WRITERS)]
    futures = [pool().submit(client.put_new, key, content) for content in contents]
    return [c for c, future in zip(contents, futures, strict=True) if _won(client, key, future)]


def _won(client: Client, key: str, future: Future[None]) -> bool:
    try:
        future.result()
    except (AlreadyExistsError, PreconditionError):
        return False
    except StoreError:
        raise
    except NotImplementedError:
        raise _unprotected(client, "it does not support conditional writes") from None
    except (BaseError, OSError, ValueError) as error:
        if transient(error):
            return False
        if "501" in str(error):
            raise _unprotected(client, "it does not support conditional writes") from None
        client.fail(error, key, "write")
    return True


def _require_one(client: Client, key: str, winners: list[bytes]) -> None:
    if len(winners) > 1:
        raise _unprotected(
            client, f"{len(winners)} of {_WRITERS} writers have created the same key"
        )
    late: Future[None] = Future()
    try:
        client.put_new(key, b"late")
        late.set_result(None)
    except Exception as error:  # noqa: BLE001 - `_won` sorts refusals from failures
        late.set_exception(error)
    if _won(client, key, late) or client.read(key, max_bytes=_MAX_BYTES).data != winners[0]:
        raise _unprotected(client, "a second write has replaced an existing key")


def _clean_up(client: Client, key: str) -> None:
    try:
        client.delete(key)
    except StoreError:
        # A bucket may forbid removal; the clean-up of the registry names what remains.
        return


def _unprotected(client: Client, reason: str) -> StoreError:
    return StoreError(
        f"{client.location} cannot have a registry, because its server does not protect existing "
        f"files: {reason}. Use a server that honors 'If-None-Match: *', such as Amazon S3, Azure "
        "Blob Storage, Google Cloud Storage, SeaweedFS or Ceph."
    )
