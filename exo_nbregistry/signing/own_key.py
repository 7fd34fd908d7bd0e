"""The key of the user: in the config folder, or in an environment variable."""

from __future__ import annotations

import contextlib
import getpass
import logging
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing.file_access import require_safe_folder
from exo_nbregistry.signing.private_key import (
    KEY_VARIABLE,
    key_of_variable,
    new_key,
    public_of,
    require_private_key,
    write_key,
)
from exo_nbregistry.signing.public_keys import PublicKey, parse_key_file
from exo_nbregistry.signing.user_files import (
    WatchedFile,
    create_private,
    read_private,
    replace_private,
    unwritable,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    Pair = tuple[Ed25519PrivateKey, PublicKey]

KEY_FILE = "id_ed25519"
PUBLIC_FILE = "id_ed25519.pub"
_log = logging.getLogger("exo_nbregistry")


class OwnKey:
    """The user's signing key.

    Parameters
    ----------
    folder : Path
        The config folder.
    variable : str or None, default=None
        Value of ``EXO_NBREGISTRY_SIGNING_KEY``. Its key signs in place of the key in the folder,
        whose signatures remain the user's own. No file is written. None if the variable does not
        apply to the folder.
    """

    def __init__(self, folder: Path, variable: str | None = None) -> None:
        self.folder = folder
        self._variable = variable
        self._given: Pair | None = None
        self._pair: Pair | None = None
        self._public = WatchedFile(folder / PUBLIC_FILE, parse_key_file)

    @property
    def path(self) -> Path:
        """Path of the key file."""
        return self.folder / KEY_FILE

    @property
    def from_variable(self) -> bool:
        """Whether the environment variable chooses the key."""
        return bool(self._variable)

    @property
    def default_name(self) -> str:
        """User and host."""
        return _whoami()

    def for_signing(self) -> Pair:
        """Return the key, which is created at the first use.

        Raises
        ------
        StoreError
            If the key cannot be created, other users can read it, or the variable is invalid.
        """
        return self._from_variable() or self._pair or self._make()

    def public(self) -> PublicKey | None:
        """Return the public key that signs, or None before the key is created."""
        return next(iter(self.names()), None)

    def names(self) -> dict[PublicKey, str | None]:
        """Return the user's public keys, the signing key first, with the names in their files."""
        given = self._from_variable()
        found: dict[PublicKey, str | None] = {given[1]: None} if given else {}
        public, name = self._of_folder()
        if public is not None:
            found.setdefault(public, name)
        return found

    def replace(self, key: Ed25519PrivateKey) -> Path | None:
        """Store another key in the config folder, and return the file that keeps the old one.

        Raises
        ------
        StoreError
            If the folder cannot be written.
        """
        backup = None
        try:
            if self.path.exists():
                backup = self._free_backup()
                old = read_private(self.path, "secret") or b""
                create_private(backup, old)
            replace_private(self.path, write_key(key))
            self._pair = key, public_of(key)
            self._write_public(self._pair[1])
        except OSError as error:
            if isinstance(error, StoreError):
                raise
            raise unwritable(self.folder, "write the signing key", error) from error
        return backup

    def stored(self) -> Pair | None:
        """Return the key in the config folder, or None if there is none.

        Raises
        ------
        StoreError
            If it is not a valid key.
        """
        return self._load()

    def _free_backup(self) -> Path:
        number = 1
        while (path := self.folder / f"{KEY_FILE}.old{number}").exists():
            number += 1
        return path

    def _from_variable(self) -> Pair | None:
        if self._variable and self._given is None:
            private = key_of_variable(self._variable)
            self._given = private, public_of(private)
        return self._given

    def _of_folder(self) -> tuple[PublicKey | None, str | None]:
        public = self._public.value()
        if public is not None and (self._pair is None or self._pair[1] == public[0]):
            return public
        if self._variable and public is None:
            return None, None
        pair = self._pair or self._load()
        return (pair[1], _whoami()) if pair else (None, None)

    def _make(self) -> Pair:
        pair = self._load()
        if pair is None:
            if self.folder.exists():
                require_safe_folder(self.folder)
            try:
                create_private(self.path, new_key())
            except OSError as error:
                # A key that a container creates is lost with it.
                given = f"set {KEY_VARIABLE} to your key"
                raise unwritable(
                    self.folder, "create a signing key", error, instead=given
                ) from error
            # Another process may have created the key first; the key in the file is used.
            pair = self._load()
            if self._variable is not None:
                _warn_in_ci()
        if pair is None:
            raise StoreError(f"{self.path} was removed; try again.", key=KEY_FILE)
        self._pair = pair
        if (self._public.value() or (None,))[0] != pair[1]:
            # Only for display, so a folder that cannot be written is enough for signing.
            with contextlib.suppress(OSError):
                self._write_public(pair[1])
        return pair

    def _write_public(self, public: PublicKey) -> None:
        replace_private(self.folder / PUBLIC_FILE, f"{public.line} {_whoami()}\n".encode())

    def _load(self) -> Pair | None:
        data = read_private(self.path, "secret")
        deadline = time.monotonic() + 1
        while data == b"" and time.monotonic() < deadline:
            # Without hard links, another process may have created the file but not written it.
            time.sleep(0.01)
            data = read_private(self.path, "secret")
        if data is None:
            return None
        hint = "move it to another place and sign again to create a new key"
        private = require_private_key(data, str(self.path), hint)
        return private, public_of(private)


def _warn_in_ci() -> None:
    # GitHub, GitLab, CircleCI, Travis and others set CI.
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        _log.warning(
            "Created a signing key for this CI run only, which other users do not know. Set %s to "
            "a key that your team trusts.",
            KEY_VARIABLE,
        )


def _whoami() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "unknown"
    return "".join(f"{user}@{platform.node()}".split())
