"""Creation of an object that does not exist, also if replies are lost."""

from __future__ import annotations

import errno

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from exo_nbregistry.errors import MissingKeyError, StoreError
from exo_nbregistry.store.bucket_client import ATTEMPTS, Client, pause
from exo_nbregistry.store.bucket_errors import bucket_error, conflict, transient, unknown_outcome
from exo_nbregistry.store.key import store_error, system_error

_REFUSALS = (AlreadyExistsError, PreconditionError)


def create_object(client: Client, key: str, data: bytes) -> None:
    """Create an object only if its key does not exist.

    If the outcome of a request is unknown, as after a lost reply, the key is read: the same bytes
    mean success, because records and events have a random part.

    Parameters
    ----------
    client : Client
        The bucket.
    key : str
        The key.
    data : bytes
        The content.

    Raises
    ------
    KeyExistsError
        If the key exists.
    StoreError
        If the object cannot be written, or if it is unknown whether it was written.
    """
    failure: Exception | None = None
    for attempt in range(ATTEMPTS):
        if attempt:
            pause(attempt)
        try:
            client.put_new(key, data)
            return
        except _REFUSALS as error:
            if failure is None and not conflict(error):
                raise _exists(client, key) from None
            failure = error
        except StoreError:
            raise
        except (BaseError, OSError, NotImplementedError, ValueError) as error:
            if not transient(error):
                client.fail(error, key, "write")
            failure = error
        found = _look(client, key, data)
        if found is True:
            return
        if found is False:
            raise _exists(client, key) from None
    assert failure is not None
    reason = bucket_error(failure, key, verb="write", bucket=client.bucket, place=client.location)
    raise unknown_outcome(key, client.location, reason) from None


def _look(client: Client, key: str, data: bytes) -> bool | None:
    """Return whether the key has these bytes, or None if it does not exist or is not readable."""
    try:
        return client.read(key, max_bytes=len(data)).data == data
    except MissingKeyError:
        return None
    except StoreError as error:
        # Without a number: the object is larger, so its content is different.
        return None if error.errno else False


def _exists(client: Client, key: str) -> StoreError:
    return store_error(system_error(errno.EEXIST), key, verb="write", place=client.location)
