"""Display of a registry that is the value of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryNotFoundError
from exo_nbregistry.registry.workspace import Workspace

if TYPE_CHECKING:
    from exo_nbregistry.panels.registry_panel import RegistryPanel


class NotebookOutput:
    """Display of a registry in a notebook: its panel, always the same one."""

    _workspace: Workspace
    _panel: RegistryPanel | None = None

    def _ipython_key_completions_(self) -> list[str]:
        work = self._workspace
        return work.index.references() if work.descriptor.exists else []

    def _repr_mimebundle_(self, **options: Any) -> Any:
        try:
            self._workspace.descriptor.require()
        except RegistryNotFoundError as error:
            # Displaying a registry before its first model is not a failure of the cell.
            return {"text/plain": str(error)}
        # Show the same panel each time, because widgets stay in memory until the kernel ends.
        if self._panel is None or not self._panel.is_reusable:
            self._panel = self.browse()  # type: ignore[attr-defined]  # of the registry
        else:
            self._panel.refresh()
        return self._panel._repr_mimebundle_(**options)
