"""A plot: a figure, and the same numbers as a table."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.config import get_config
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.fs.process_lock import ProcessLock
from exo_nbregistry.plot.page_image import MAX_BYTES, PageImage, page_image
from exo_nbregistry.text.markup import escape, number, text_table
from exo_nbregistry.text.terminal import line_width, visible

if TYPE_CHECKING:
    import pandas as pd
    from ipywidgets import VBox
    from matplotlib.figure import Figure

_TEXT_WIDTH = 140
_MAX_ROWS = 20
_MAX_LISTED = 8
_SHARPNESS = 2  # stored pixels for each pixel of the page, for high-density screens
# Metadata that would change the bytes of the same figure.
_UNSTAMPED: Mapping[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


@dataclass(frozen=True, repr=False, eq=False)
class Plot:
    """A plot of model versions, returned by `ModelRegistry.plot`.

    A notebook displays the figure. As text, and with ``display="text"``, it is a table of the same
    numbers.

    Attributes
    ----------
    kind : str
        Kind of plot, such as ``roc``.
    title : str
        Title.
    figure : matplotlib.figure.Figure
        The figure; it is not registered with pyplot.
    headers : tuple of str
        Columns of the table: first the name of a row, then the plotted value.
    rows : sequence of sequences
        Rows of the table.
    notes : tuple of str
        Notes, such as omitted versions.
    points : mapping of str to sequence
        All plotted points by column, if there are more than in the table.
    """

    kind: str
    title: str
    figure: Figure
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    notes: tuple[str, ...] = ()
    points: Mapping[str, Any] = field(default_factory=dict)
    _drawing: Any = field(default_factory=ProcessLock, init=False)

    def to_png(self, dpi: float | None = None) -> bytes:
        """Return the figure as PNG; equal figures give equal bytes.

        Parameters
        ----------
        dpi : float, optional
            Pixels per inch. The default is the figure's, as in Matplotlib's ``savefig``.

        Returns
        -------
        bytes
            Content of the file.
        """
        with self._drawing:
            return self._draw(dpi or self.figure.dpi)

    def save(self, path: str | Path, dpi: float | None = None) -> None:
        """Write the figure to a file.

        Parameters
        ----------
        path : str or Path
            The file. Its extension, such as ``.png``, ``.svg`` or ``.pdf``, sets the format.
        dpi : float, optional
            Pixels per inch. The default is twice the figure's.

        Raises
        ------
        RegistryError
            If the extension is not a supported format.
        """
        ending = Path(path).suffix.lower().removeprefix(".")
        known = self.figure.canvas.get_supported_filetypes()
        if ending not in known:
            raise RegistryError(
                f"Unknown image format {Path(path).name!r}; use .png, .svg or .pdf."
            )
        self._write(Path(path), ending, dpi or _SHARPNESS * self.figure.dpi)

    def to_page_image(self, theme: str | None = None, *, max_bytes: int = MAX_BYTES) -> PageImage:
        """Return the figure as a small PNG for a page, as in the outputs of notebooks.

        It has a transparent background, and colors that are readable in light and dark themes,
        unless the figure is in a style of the user.

        Parameters
        ----------
        theme : {'light', 'dark'}, optional
            Theme of the page; text and axes have the color of its text. By default, they are gray,
            which is readable in both.
        max_bytes : int
            Limit of the size of the file, by default 30 kB. A smaller file has fewer colors and
            pixels.

        Returns
        -------
        PageImage
            The PNG in ``data``, and its size on the page in ``width`` and ``height``.

        Raises
        ------
        RegistryError
            If the theme is unknown.

        Examples
        --------
        >>> image = registry.plot("metric", "kepler_rf").to_page_image()
        >>> image.width, image.height, len(image.data) <= 30_000
        (640, 480, True)
        """
        # Imported here because it imports matplotlib, which a registry without plots does not need.
        from exo_nbregistry.plot.page_colours import for_any_background, ink_of

        with self._drawing, for_any_background(self.figure, ink_of(theme)):
            return page_image(self._draw, self.figure.dpi, max_bytes)

    def _draw(self, dpi: float) -> bytes:
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=dpi, metadata=_UNSTAMPED["png"])
        return buffer.getvalue()

    def _write(self, target: Any, kind: str, dpi: float) -> None:
        # Drawing changes the figure temporarily, so only one thread draws at a time.
        with self._drawing:
            self.figure.savefig(target, format=kind, dpi=dpi, metadata=_UNSTAMPED.get(kind))

    def to_frame(self) -> pd.DataFrame:
        """Return all plotted points as a DataFrame."""
        import pandas as pd

        if self.points:
            return pd.DataFrame(self.points)
        return pd.DataFrame([list(row) for row in self.rows], columns=list(self.headers))

    def to_text(self) -> str:
        """Return title, table and notes as text."""
        rows = list(self.rows)
        rest = len(rows) - _MAX_ROWS
        more = [f"… and {rest:,} more; to_frame() returns all."] if rest > 0 else []
        table = text_table(self.headers, rows[:_MAX_ROWS], width=line_width(_TEXT_WIDTH))
        return "\n".join([visible(self.title), "", table, *more, *map(visible, self.notes)])

    __repr__ = to_text

    @property
    def caption(self) -> str:
        """Description of the figure in one sentence, for screen readers."""
        values = [
            f"{row[0]} {number(row[1]) if isinstance(row[1], float) else row[1]}"
            for row in self.rows[:_MAX_LISTED]
        ]
        rest = len(self.rows) - len(values)
        more = [f"and {rest:,} more"] if rest > 0 else []
        facts = f"{self.title}; {self.headers[1]}: {', '.join([*values, *more])}."
        return visible(" ".join([facts, *self.notes]))

    def to_widget(self) -> VBox:
        """Return a widget of the figure and its caption.

        The caption replaces the alternative text, which the Image of ipywidgets does not support.
        """
        from ipywidgets import HTML, Image, VBox

        stored = self.to_page_image()
        image = Image(value=stored.data, format="png", width=str(stored.width))
        image.layout.max_width = "100%"
        caption = f'<span style="font-size:12px;line-height:1.4">{escape(self.caption)}</span>'
        return VBox([image, HTML(caption)])

    def _repr_mimebundle_(self, **_asked: Any) -> tuple[dict[str, str], dict[str, Any]]:
        text = {"text/plain": self.to_text()}
        if get_config()["display"] == "text":
            return text, {}
        image = self.to_page_image()
        picture = {"image/png": base64.b64encode(image.data).decode("ascii")}
        return picture | text, {"image/png": {"width": image.width, "height": image.height}}
