"""A new folder that appears with all its files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from exo_nbregistry.errors import KeyExistsError
from exo_nbregistry.fs.atomic import make_folder, publish_folder, staged_folder
from exo_nbregistry.fs.file import write_file
from exo_nbregistry.persistence.file_errors import raising_store_errors


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield a folder beside the target, which gets its name at the end of the block.

    Parameters
    ----------
    target : Path
        The folder; it must be new or empty. After an error in the block it is unchanged.

    Raises
    ------
    KeyExistsError
        If the folder has files.
    StoreError
        If the folder cannot be written.
    """
    with raising_store_errors("write", target):
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise _taken(target)
        make_folder(target.absolute().parent)
        with staged_folder(target.absolute()) as staged:
            yield staged
            try:
                publish_folder(staged, target.absolute())
            except FileExistsError:
                raise _taken(target) from None


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files to a folder, and create the folders in their names.

    Parameters
    ----------
    folder : Path
        The folder.
    files : mapping of str to bytes
        Content by name.
    """
    for name, data in files.items():
        make_folder((folder / name).parent)
        write_file(folder / name, data)


def _taken(target: Path) -> KeyExistsError:
    return KeyExistsError(
        f"{target} is not a new or empty folder; choose another folder or remove it first.",
        key=str(target),
    )
