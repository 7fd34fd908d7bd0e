"""Owner and mode of the files that decide which signers are trusted.

As in OpenSSH, only the user and root may be able to change such a file or to replace it in the
folders above it. The file and its folder must belong to the user or root. The folders above may
belong to others, as the home folder of a container can: they cannot make a file that belongs to the
user. Windows does not have these permission bits; other users cannot open the
profile folder there, and nothing is checked.

Source: ``safe_path`` and ``sshkey_perm_ok`` of OpenSSH, sshd_config(5) "StrictModes".
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
from functools import lru_cache
from pathlib import Path
from typing import Literal

from exo_nbregistry.errors import StoreError

Use = Literal["secret", "private", "shared"]

_CHECKED = os.name == "posix"
_PASSWORDS = "/etc/passwd"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def require_safe_file(path: Path, status: os.stat_result, use: Use) -> None:
    """Check that only the user and root can change a file, and read it if it is secret.

    Parameters
    ----------
    path : Path
        The file.
    status : stat_result
        Status of the opened file.
    use : {"secret", "private", "shared"}
        A key; another file of the config folder; or a file of the team, which the private group of
        the user may also write, as in a checkout with umask 002.

    Raises
    ------
    StoreError
        If another user can change it; the message has the command that corrects it.
    """
    if not _CHECKED:
        return
    _require_owner(path, status, use)
    own = status.st_uid == os.geteuid()
    if use == "secret" and own and status.st_mode & 0o077:
        raise _too_wide(path, path, "read it", "600")
    if status.st_mode & _OTHERS_WRITE and not (use == "shared" and _only_for_user(status)):
        raise _too_wide(path, path, "change it", "go-w")
    _require_safe_folders(path, use)


def require_safe_folder(folder: Path) -> None:
    """Check that only the user and root can replace the files of a folder.

    Raises
    ------
    StoreError
        If another user can; the message has the command that corrects it.
    """
    if _CHECKED:
        _require_safe_folders(folder, "private", of_file=False)


def _require_safe_folders(path: Path, use: Use, *, of_file: bool = True) -> None:
    # A link is replaced in its own folder, and its target in the other one.
    starts = dict.fromkeys([path, Path(os.path.realpath(path))])
    if of_file:
        starts = dict.fromkeys(start.parent for start in starts)
    for start in starts:
        home = _home()
        for folder in (start, *start.parents):
            if folder == Path(folder.anchor) or (folder != start and folder in home.parents):
                break
            try:
                status = os.stat(folder)
            except OSError:
                continue
            if folder == start:
                _require_owner(folder, status, use)
            # In a folder such as /tmp, users cannot rename or remove the files of others.
            open_to_others = status.st_mode & _OTHERS_WRITE and not status.st_mode & stat.S_ISVTX
            if open_to_others and not _only_for_user(status):
                raise _too_wide(path, folder, f"replace files in {folder}", "go-w")


def _require_owner(path: Path, status: os.stat_result, use: Use) -> None:
    user = os.geteuid()
    if status.st_uid in (user, 0):
        return
    if use == "shared":
        # Never chown: the file may belong to a colleague.
        fix = (
            "copy the list of signers to a folder of your own, for example by git, and name the "
            "copy in EXO_NBREGISTRY_TRUSTED_SIGNERS."
        )
    else:
        fix = (
            "use a file of your own (EXO_NBREGISTRY_CONFIG_DIR sets the folder) or, if this file "
            f"is yours, run sudo chown {user} {shlex.quote(str(path))}."
        )
    raise StoreError(
        f"{path} is not used because it belongs to {_user_name(status.st_uid)}; {fix}",
        key=path.name,
    )


def _too_wide(used: Path, path: Path, verb: str, bits: str) -> StoreError:
    return StoreError(
        f"{used} is not used because other users can {verb}; run "
        f"chmod {bits} {shlex.quote(str(path))} and try again.",
        key=used.name,
    )


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.sep)


def _only_for_user(status: os.stat_result) -> bool:
    """Return whether the group that can write has no other member, as with umask 002."""
    if status.st_mode & stat.S_IWOTH:
        return False
    return status.st_gid in (0, os.getegid()) and _is_private_group(status.st_gid, os.geteuid())


@lru_cache(maxsize=8)
def _is_private_group(group: int, user: int) -> bool:
    """Return whether a group has only the user and root.

    A group of the user's name is one. Others must be in the files of this machine, because the
    members of a group in a directory service cannot be listed: as `users` in Jupyter's containers.
    """
    import grp
    import pwd

    try:
        found = grp.getgrgid(group)
    except (KeyError, OSError):
        return False
    names = {"root"}
    # In a container the user may have no name.
    with contextlib.suppress(KeyError):
        names.add(pwd.getpwuid(user).pw_name)
    if not set(found.gr_mem) <= names:
        return False
    if found.gr_name in names:
        return True
    local = _local_groups()
    return local.get(str(user)) == str(group) and all(
        number == str(user) for number, primary in local.items() if primary == str(group)
    )


def _local_groups() -> dict[str, str]:
    """Return the primary group of each user of this machine."""
    try:
        lines = Path(_PASSWORDS).read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    fields = [line.split(":") for line in lines]
    return {field[2]: field[3] for field in fields if len(field) > 3}


def _user_name(user: int) -> str:
    try:
        import pwd

        return f"{pwd.getpwuid(user).pw_name} (uid {user})"
    except (ImportError, KeyError):
        return f"uid {user}"
