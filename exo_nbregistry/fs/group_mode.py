"""The permissions of what is made in a folder that a group shares."""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class GroupMode:
    """Permissions for new files and folders below a folder that its group can write to.

    They come from that folder and not from the umask, so that a user whose umask is 022 or 077
    does not lock out the group.

    Attributes
    ----------
    bits : int
        Permission bits of the shared folder.
    gid : int
        Id of its group.

    Source: ``core.sharedRepository`` of git-config(1).
    """

    bits: int
    gid: int

    @classmethod
    def of(cls, found: os.stat_result) -> Self | None:
        """Return the permissions for a folder with this status, or None to use the umask."""
        shared = os.name != "nt" and found.st_mode & stat.S_IWGRP
        return cls(stat.S_IMODE(found.st_mode), found.st_gid) if shared else None

    def apply_to_folder(self, fd: int) -> None:
        """Set the permissions of a new folder; what is made in it has its group too."""
        self._apply(fd, self.bits & (stat.S_IRWXG | stat.S_IRWXO | stat.S_ISVTX) | stat.S_ISGID)

    def apply_to_file(self, fd: int) -> None:
        """Set the permissions of a new file, which its group can read and replace."""
        self._apply(fd, self.bits & (stat.S_IRGRP | stat.S_IROTH))

    def _apply(self, fd: int, bits: int) -> None:
        # Some file systems have no permissions, and some users are not in the group.
        with contextlib.suppress(OSError):
            found = os.fstat(fd)
            if found.st_gid != self.gid:
                os.fchown(fd, -1, self.gid)
            mode = found.st_mode & stat.S_IRWXU | bits
            if stat.S_IMODE(found.st_mode) != mode:
                os.fchmod(fd, mode)


def how_to_share(folder: str) -> str:
    """Return how the owner can share a folder with its group, if this user is in that group.

    Parameters
    ----------
    folder : str
        The shared folder.

    Returns
    -------
    str
        A sentence without its full stop, after the end of another one; empty for others.
    """
    if os.name == "nt":
        return ""
    import grp

    try:
        found = os.stat(folder)
    except OSError:
        return ""
    mine = found.st_uid == os.geteuid() and GroupMode.of(found) is None
    if mine or found.st_gid not in {os.getegid(), *os.getgroups()}:
        return ""
    try:
        group = grp.getgrgid(found.st_gid).gr_name
    except KeyError:
        group = str(found.st_gid)
    path = shlex.quote(folder)
    return (
        f". If the owner runs chgrp -R {shlex.quote(group)} {path} && "
        f"chmod -R g+rwX,g+s {path}, its group can write"
    )
