"""A model whose unpickling can be detected."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


class Bomb:
    """A model that creates a folder when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.marker),)
