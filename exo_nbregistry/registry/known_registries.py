"""The registry that the user last used at each path, in the folder of their caches."""

from __future__ import annotations

import contextlib
import hashlib
import logging

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing.user_files import cache_folder, read_private, replace_private
from exo_nbregistry.text.terminal import cut

log = logging.getLogger("exo_nbregistry")
_FOLDER = "registries"
_ID_WIDTH = 40


def remember_registry(location: str, registry_id: str, *, created: bool) -> None:
    """Store which registry is at a path, and log a warning if it was another one before.

    The index has a file for each registry, so a replaced registry has a new index, which cannot
    notice that versions are missing.

    Parameters
    ----------
    location : str
        Absolute path of the registry.
    registry_id : str
        Its id.
    created : bool
        Whether this process has just created it, so that another id is expected.
    """
    name = hashlib.sha256(location.encode(errors="surrogatepass")).hexdigest()[:32]
    path, new = cache_folder() / _FOLDER / f"{name}.id", registry_id.encode(errors="surrogatepass")
    try:
        old = read_private(path)
    except StoreError:
        return
    if old == new:
        return
    # It is a cache: without it, a replaced registry is not noticed.
    with contextlib.suppress(OSError):
        replace_private(path, new)
    if old and not created:
        log.warning(
            "%s holds another registry than when you last used it: its id was %s and is %s now. "
            "If you did not replace it, check that the right disk or share is mounted.",
            location,
            cut(old.decode(errors="replace"), _ID_WIDTH),
            cut(registry_id, _ID_WIDTH),
        )
