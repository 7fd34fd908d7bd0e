"""What whoever runs the server may set: ``c.ExoNBRegistry`` in a Jupyter configuration."""

from __future__ import annotations

from traitlets import Bool, List, Unicode
from traitlets.config import Configurable


class ExoNBRegistry(Configurable):
    """The settings of the server extension."""

    registries = List(
        Unicode(),
        help="Folders of registries to show besides those below the server's root folder; "
        "relative ones are below it.",
    ).tag(config=True)
    read_only = Bool(False, help="Whether every change is refused.").tag(config=True)
