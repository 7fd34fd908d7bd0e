"""Names of files that an operating system, an editor or another tool leaves in a folder."""

from __future__ import annotations

import fnmatch
import re

# Compared without regard to letter case.
_PATTERNS = (
    # Windows, macOS and Linux desktops
    *("Thumbs.db", "ehthumbs.db", "desktop.ini", "$RECYCLE.BIN", "System Volume Information"),
    *(".DS_Store", "._*", "Icon\r", ".AppleDouble", ".AppleDB", ".AppleDesktop", ".localized"),
    *(".fseventsd", ".Spotlight-V100", ".TemporaryItems", ".Trashes", ".DocumentRevisions-V100"),
    *(".Trash", ".Trash-*", ".directory", ".nfs*", ".fuse_hidden*"),
    # Volumes, network storage and synchronized folders
    *("lost+found", "@eaDir", "#recycle", "#snapshot", ".snapshot", ".snapshots", ".zfs"),
    *(".dropbox", ".dropbox.cache", ".stfolder", ".stversions", ".sync", ".owncloudsync.log"),
    # Editors and notebooks
    *("*~", "~$*", "*.swp", "*.swo", ".#*", "#*#", ".ipynb_checkpoints", ".virtual_documents"),
    *(".vscode", ".idea", ".jupyter_ystore.db"),
    # Version control and documentation of the folder
    *(".git", ".gitignore", ".gitattributes", ".gitkeep", ".keep", ".gitmodules"),
    *(".dvc", ".dvcignore", ".hg", ".svn", "README", "README.*", "LICENSE", "LICENSE.*"),
)
_UNRELATED = re.compile("|".join(fnmatch.translate(name.lower()) for name in _PATTERNS))


def is_unrelated(name: str) -> bool:
    """Return whether a file or folder has nothing to do with a registry that it is in.

    Examples
    --------
    >>> is_unrelated(".DS_Store"), is_unrelated("README.md"), is_unrelated("model.joblib")
    (True, True, False)
    """
    return _UNRELATED.fullmatch(name.lower()) is not None
