"""A registry that is opened to read it."""

from __future__ import annotations

from exo_nbregistry.registry.facade import ModelRegistry


def open_to_read(path: str) -> ModelRegistry:
    """Open an existing registry to which nothing is written, not even a checkpoint.

    Parameters
    ----------
    path : str
        A folder or the URL of a bucket.

    Returns
    -------
    ModelRegistry
        The registry. Its changes raise StoreError.

    Raises
    ------
    RegistryNotFoundError
        If there is no registry.
    """
    registry = ModelRegistry(path, create=False)
    registry._workspace.descriptor.reject_writes()
    return registry
