"""Settings of the server extension: ``c.ExoNBRegistry`` in a Jupyter configuration."""

from __future__ import annotations

from traitlets import Bool, List, Unicode
from traitlets.config import Configurable


class ExoNBRegistry(Configurable):
    """Settings of the server extension."""

    registries = List(
        Unicode(),
        help="Registries to show, besides those below the server's root folder: folders, or URLs "
        "of buckets such as s3://bucket/registry; relative paths start at the root folder.",
    ).tag(config=True)
    read_only = Bool(False, help="Whether to reject all changes.").tag(config=True)
