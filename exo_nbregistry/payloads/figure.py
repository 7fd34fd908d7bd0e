"""Figures of Matplotlib as PNG and SVG, with the same bytes for the same figure."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.payloads.archive import pack_archive, read_archive
from exo_nbregistry.text.markup import size
from exo_nbregistry.values.attribute import read_attribute

PNG, SVG = "figure.png", "figure.svg"
_SALT = "exo_nbregistry"
# Axes, grids of seaborn, displays of scikit-learn.
_OWNERS = ("figure", "figure_")


@dataclass(frozen=True, slots=True, repr=False)
class StoredFigure:
    """A figure that `load_attachment` returns; a notebook shows it.

    Attributes
    ----------
    name : str
        Name of the attachment.
    png, svg : bytes
        The figure in both formats.
    """

    name: str
    png: bytes
    svg: bytes

    def __repr__(self) -> str:
        """Return one line with the name and the sizes."""
        return (
            f"<StoredFigure {self.name!r} | PNG {size(len(self.png))} | SVG {size(len(self.svg))}>"
        )

    def _repr_png_(self) -> bytes:
        # Not the SVG, which can contain scripts of an unknown signer.
        return self.png

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the figure to a file.

        Parameters
        ----------
        path : str or Path
            File name that ends with ``.png`` or ``.svg``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        RecordError
            If the name has another ending.
        """
        target = Path(path)
        data = {".png": self.png, ".svg": self.svg}.get(target.suffix.lower())
        if data is None:
            raise RecordError(f"{target.name} must end with .png or .svg.", key=str(path))
        target.write_bytes(data)
        return target


def figure_of(thing: Any) -> Any:
    """Return the Matplotlib figure that an object is or belongs to, or None."""
    module = sys.modules.get("matplotlib.figure")
    if module is None or isinstance(thing, type):
        return None
    for candidate in (thing, *(read_attribute(thing, name) for name in _OWNERS)):
        if isinstance(candidate, module.FigureBase):
            return candidate.figure if isinstance(candidate, module.SubFigure) else candidate
    return None


def pack_figure(figure: Any) -> bytes:
    """Return an archive with the figure as PNG and SVG."""
    from matplotlib import rc_context

    images = {}
    # Random ids, the date and the release would change the bytes.
    with rc_context({"svg.hashsalt": _SALT}):
        for name, metadata in ((PNG, {"Software": None}), (SVG, {"Date": None, "Creator": None})):
            buffer = io.BytesIO()
            format = name.rpartition(".")[2]
            figure.savefig(buffer, format=format, metadata=metadata, bbox_inches="tight")
            images[name] = buffer.getvalue()
    return pack_archive(images)


def unpack_figure(data: bytes, name: str, key: str) -> StoredFigure:
    """Return the figure of an archive that `pack_figure` wrote."""
    files = read_archive(data, key)
    if files.keys() != {PNG, SVG} or not files[PNG].startswith(b"\x89PNG\r\n\x1a\n"):
        raise RecordError(f"{key} is not a stored figure.", key=key)
    return StoredFigure(name, files[PNG], files[SVG])
