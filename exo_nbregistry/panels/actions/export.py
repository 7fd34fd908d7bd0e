"""Export a version to a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ipywidgets import Button, HBox, Text

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.panels.actions.confirmation import Confirmation, Form, button, on_enter
from exo_nbregistry.panels.actions.plan import Plan, RegistryCall, require_active
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import count, size
from exo_nbregistry.text.names import name_list


def plan_export(registry: Any, item: ModelMetadata, directory: str) -> Plan:
    """Plan to export a version to a folder."""
    if not directory.strip():
        raise RegistryError("Export requires a folder, such as exports/kepler_rf.")
    folder = os.path.expanduser(directory.strip())
    require_active(registry, item.model_id)
    return Plan(
        f"export {item.model_id}",
        f"Export {item.model_id} to {os.path.abspath(folder)}?",
        (RegistryCall("export_model", (item.model_id, folder)),),
        lambda results: _written(results[0]),
        permanent_because="The exported files are not removed by Undo.",
    )


def _written(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    n_bytes = sum(path.stat().st_size for path in files)
    # The files of the folder itself come first.
    ordered = sorted(files, key=lambda path: (len(path.parts), path))
    names = name_list(path.relative_to(folder).as_posix() for path in ordered)
    return f"Wrote {count(len(files), 'file')} ({size(n_bytes)}) to {folder.absolute()}: {names}."


class ExportForm(Form):
    """Form to export a version."""

    title = "Export"
    tooltip = "Export the version to a folder"

    def __init__(self, registry: Any, confirmation: Confirmation) -> None:
        self.folder = Text(
            description="Folder",
            placeholder="exports/kepler_rf",
            tooltip="A new or empty folder outside the registry",
        )
        self.export = button("Export version", "Export the version to the folder")
        super().__init__(registry, confirmation, [HBox([self.folder, self.export])])
        on_enter(self.folder, self._preview)
        self.export.on_click(lambda _: self._preview())
        self.clear_question_on_change(self.folder)

    def buttons(self) -> tuple[Button, ...]:
        """Return the buttons to disable while an action runs."""
        return (self.export,)

    def fits(self, items: tuple[ModelMetadata, ...]) -> bool:
        """Return whether the action applies to these versions."""
        return len(items) == 1

    def _preview(self) -> None:
        item, folder = self.items[0], self.folder.value
        self.confirmation.preview(lambda: plan_export(self.registry, item, folder))
