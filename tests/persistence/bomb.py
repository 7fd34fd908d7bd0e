"""A model that leaves a trace when it is unpickled."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


class Bomb:
    """Unpickling this makes a folder: the proof that something was unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.marker),)
