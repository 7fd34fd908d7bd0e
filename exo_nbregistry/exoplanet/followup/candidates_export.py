"""The candidates panel's box that writes a list as CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import Button, HBox, Text, VBox

from exo_nbregistry.exoplanet.followup.csv_and_notes import export_followup
from exo_nbregistry.panels.base import html
from exo_nbregistry.text.markup import count, paragraph, preformatted, stack

if TYPE_CHECKING:
    import pandas as pd


class ExportBox(VBox):
    """A file's name and a button; what came of it is said below.

    Parameters
    ----------
    listed : callable
        Returns the list as it is now, and its threshold.
    """

    def __init__(self, listed: Callable[[], tuple[pd.DataFrame, float]]) -> None:
        self._listed = listed
        self._replaceable: Path | None = None
        self.path = Text(
            value="followup.csv",
            description="File",
            tooltip="Where the list is written to, as CSV",
            layout={"width": "320px"},
        )
        self.button = Button(
            description="Export CSV",
            tooltip="Write what is flagged now to this file",
            layout={"width": "110px"},
        )
        self.message = html()
        self.button.on_click(self._write)
        line = HBox([self.path, self.button], layout={"flex_flow": "row wrap"})
        super().__init__([line, self.message])

    def reset_confirmation(self) -> None:
        """Ask again before a file is replaced: the list is another one now."""
        self._replaceable = None

    def _write(self, _button: Any) -> None:
        name = self.path.value.strip()
        if not name:
            self.message.value = paragraph("Not written: type a file name first.")
            return
        path = Path(name).expanduser()
        try:
            if path.exists() and self._replaceable != path:
                self._replaceable = path
                told = "is there already: press the button again to replace it."
                self.message.value = paragraph(f"{path} {told}")
                return
            listed, threshold = self._listed()
            written = export_followup(listed, path).absolute()
        except (OSError, ValueError) as error:
            self.message.value = paragraph(f"Not written: {error}")
            return
        self._replaceable = path
        code = f"export_followup(flagged.above({threshold:g}), {str(path)!r})"
        told = f"Wrote {count(len(listed), 'candidate')} to {written}. In code:"
        self.message.value = stack([paragraph(told), preformatted([code])])
