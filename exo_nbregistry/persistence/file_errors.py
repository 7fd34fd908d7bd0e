"""Errors of the operating system at a path that a user chose."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from exo_nbregistry.errors import StoreError
from exo_nbregistry.text.os_errors import store_failure


@contextlib.contextmanager
def raising_store_errors(verb: str, path: Path) -> Iterator[None]:
    """Raise operating system errors of the block as StoreError.

    Parameters
    ----------
    verb : {'read', 'write'}
        The action.
    path : Path
        The path that the user chose.
    """
    try:
        yield
    except StoreError:
        raise
    except FileExistsError as error:
        raise StoreError(
            f"Cannot {verb} {path}: {error.filename} is a file; choose another folder.",
            key=str(path),
        ) from error
    except OSError as error:
        raise store_failure(
            error, verb, str(path), key=str(path), elsewhere="choose another folder"
        ) from error
