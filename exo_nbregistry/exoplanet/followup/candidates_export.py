"""The controls of the candidates panel that export a list as CSV."""

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
    """A file name, an export button and a message.

    Parameters
    ----------
    get_list : callable
        Returns the current list and its threshold.
    """

    def __init__(self, get_list: Callable[[], tuple[pd.DataFrame, float]]) -> None:
        self._get_list = get_list
        self._replaceable: Path | None = None
        self.path = Text(
            value="followup.csv",
            description="File",
            tooltip="Name of the CSV file",
            layout={"width": "320px"},
        )
        self.button = Button(
            description="Export CSV",
            tooltip="Export the flagged candidates to this file",
            layout={"width": "110px"},
        )
        self.message = html()
        self.button.on_click(self._write)
        line = HBox([self.path, self.button], layout={"flex_flow": "row wrap"})
        super().__init__([line, self.message])

    def reset_confirmation(self) -> None:
        """Require a new confirmation before a file is replaced, because the list changed."""
        self._replaceable = None

    def _write(self, _button: Any) -> None:
        name = self.path.value.strip()
        if not name:
            self.message.value = paragraph("Enter a file name.")
            return
        path = Path(name).expanduser()
        try:
            if path.exists() and self._replaceable != path:
                self._replaceable = path
                question = f"{path} already exists. Press Export CSV again to replace it."
                self.message.value = paragraph(question)
                return
            flagged, threshold = self._get_list()
            written = export_followup(flagged, path).absolute()
        except (OSError, ValueError) as error:
            self.message.value = paragraph(f"Cannot export the list: {error}")
            return
        self._replaceable = path
        code = f"export_followup(flagged.above({threshold:g}), {str(path)!r})"
        result = f"Exported {count(len(flagged), 'candidate')} to {written}. The same in code:"
        self.message.value = stack([paragraph(result), preformatted([code])])
