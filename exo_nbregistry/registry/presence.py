"""The check that an open registry is still in its folder."""

from __future__ import annotations

from exo_nbregistry.errors import StoreError
from exo_nbregistry.store.base import Check
from exo_nbregistry.store.url import is_url
from exo_nbregistry.values.json_codec import load_json
from exo_nbregistry.values.keys import DESCRIPTOR

_MOUNT = "If the folder is on a share or a removable disk, mount it again and repeat the call. "


def same_registry(location: str, registry_id: str) -> Check:
    """Return a check of the descriptor for `Store.guard`.

    Parameters
    ----------
    location : str
        Location of the registry, for the message.
    registry_id : str
        The expected id.

    Returns
    -------
    callable
        Raises StoreError if the descriptor is missing or has another id.

    Examples
    --------
    >>> check = same_registry("/mnt/share/models", "4f1c")
    >>> check(b'{"registry_id": "4f1c"}')
    >>> check(None)
    Traceback (most recent call last):
    exo_nbregistry.errors.StoreError: The registry in /mnt/share/models was removed: ...
    """
    mount = "" if is_url(location) else _MOUNT

    def check(data: bytes | None) -> None:
        if data is None:
            raise StoreError(
                f"The registry in {location} was removed: {DESCRIPTOR} is missing. {mount}If only "
                f"this file is lost, ModelRegistry({location!r}, create=True) creates it again.",
                key=DESCRIPTOR,
            )
        found = str(load_json(data, DESCRIPTOR).get("registry_id"))
        if found != registry_id:
            raise StoreError(
                f"The registry in {location} was replaced by another one, with the id "
                f"{found!r:.60}. Mount the first one again, or open the other one with a new "
                "ModelRegistry.",
                key=DESCRIPTOR,
            )

    return check
