"""A picture that reads without eyes: a figure, and the same numbers as a table."""

from __future__ import annotations

import base64
import io
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.config import get_config
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.text.markup import escape, number, text_table
from exo_nbregistry.text.terminal import line_width, visible

if TYPE_CHECKING:
    import pandas as pd
    from ipywidgets import VBox
    from matplotlib.figure import Figure

_TEXT_WIDTH = 140
_MAX_ROWS = 20
_MAX_LISTED = 8
_SHARPNESS = 2  # pixels of the stored picture for one of the page, as screens have them now
# What would make the same picture other bytes tomorrow.
_UNSTAMPED: Mapping[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


@dataclass(frozen=True, repr=False, eq=False)
class Plot:
    """A picture of model versions; made by `ModelRegistry.plot`.

    In a notebook it shows itself as a picture; as text, and where the option ``display="text"``
    is set, as a table of the same numbers.

    Attributes
    ----------
    kind : str
        What it shows, such as ``roc``.
    title : str
        Its heading.
    figure : matplotlib.figure.Figure
        The figure, to draw further on; pyplot knows nothing of it.
    headers : tuple of str
        Columns of the table; the first names a row, the second is what the picture is about.
    rows : sequence of sequences
        The table.
    notes : tuple of str
        What a reader must know too, such as what was left out.
    points : mapping of str to sequence
        Everything that is drawn, by column, where this is more than the table.
    """

    kind: str
    title: str
    figure: Figure
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    notes: tuple[str, ...] = ()
    points: Mapping[str, Any] = field(default_factory=dict)
    _drawing: Any = field(default_factory=threading.Lock, init=False)

    def to_png(self, dpi: float | None = None) -> bytes:
        """Return the picture as PNG, the same bytes each time.

        Parameters
        ----------
        dpi : float, optional
            Pixels per inch; by default the figure's own, as matplotlib's ``savefig`` has it.

        Returns
        -------
        bytes
            The file.
        """
        buffer = io.BytesIO()
        self._write(buffer, "png", dpi or self.figure.dpi)
        return buffer.getvalue()

    def save(self, path: str | Path, dpi: float | None = None) -> None:
        """Write the picture to a file.

        Parameters
        ----------
        path : str or Path
            The file; its ending, such as ``.png``, ``.svg`` or ``.pdf``, is the format.
        dpi : float, optional
            Pixels per inch; by default twice the figure's own.

        Raises
        ------
        RegistryError
            If the ending is no format.
        """
        ending = Path(path).suffix.lower().removeprefix(".")
        known = self.figure.canvas.get_supported_filetypes()
        if ending not in known:
            raise RegistryError(
                f"{Path(path).name!r} does not end in a format of pictures: use .png, .svg or .pdf."
            )
        self._write(Path(path), ending, dpi or _SHARPNESS * self.figure.dpi)

    def _write(self, target: Any, kind: str, dpi: float) -> None:
        # Drawing changes the figure for a moment, so two threads take turns.
        with self._drawing:
            self.figure.savefig(target, format=kind, dpi=dpi, metadata=_UNSTAMPED.get(kind))

    def to_frame(self) -> pd.DataFrame:
        """Return the numbers as a DataFrame: every point that is drawn."""
        import pandas as pd

        if self.points:
            return pd.DataFrame(self.points)
        return pd.DataFrame([list(row) for row in self.rows], columns=list(self.headers))

    def to_text(self) -> str:
        """Return the numbers as an aligned table under the title, notes below it."""
        rows = list(self.rows)
        rest = len(rows) - _MAX_ROWS
        more = [f"… and {rest:,} more; .to_frame() has them all."] if rest > 0 else []
        table = text_table(self.headers, rows[:_MAX_ROWS], width=line_width(_TEXT_WIDTH))
        return "\n".join([visible(self.title), "", table, *more, *map(visible, self.notes)])

    __repr__ = to_text

    @property
    def caption(self) -> str:
        """The picture in a sentence, for who cannot see it."""
        told = [
            f"{row[0]} {number(row[1]) if isinstance(row[1], float) else row[1]}"
            for row in self.rows[:_MAX_LISTED]
        ]
        rest = len(self.rows) - len(told)
        more = [f"and {rest:,} more"] if rest > 0 else []
        facts = f"{self.title}; {self.headers[1]}: {', '.join([*told, *more])}."
        return visible(" ".join([facts, *self.notes]))

    def to_widget(self) -> VBox:
        """Return a widget of the picture with its caption, which screen readers read.

        ipywidgets' Image takes no alternative text, and fails in the page if it has a tooltip.
        """
        from ipywidgets import HTML, Image, VBox

        data = self.to_png(_SHARPNESS * self.figure.dpi)
        image = Image(value=data, format="png", width=str(_page_size(data)["width"]))
        image.layout.max_width = "100%"
        caption = f'<span style="font-size:12px;line-height:1.4">{escape(self.caption)}</span>'
        return VBox([image, HTML(caption)])

    def _repr_mimebundle_(self, **_asked: Any) -> tuple[dict[str, str], dict[str, Any]]:
        text = {"text/plain": self.to_text()}
        if get_config()["display"] == "text":
            return text, {}
        data = self.to_png(_SHARPNESS * self.figure.dpi)
        picture = {"image/png": base64.b64encode(data).decode("ascii")}
        return picture | text, {"image/png": _page_size(data)}


def _page_size(png: bytes) -> dict[str, int]:
    """Return the size of a sharp picture on the page, read off its header."""
    width, height = struct.unpack(">II", png[16:24])
    return {"width": width // _SHARPNESS, "height": height // _SHARPNESS}
