"""The choice between versions and models: few models with many versions are shown by model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exo_nbregistry.panels.browser.state import READ_ERRORS, BrowserState
from exo_nbregistry.views.folding import is_drowned

_OF_VERSIONS = ("metrics", "hyperparameters", "tags")


class FoldedState(BrowserState):
    """State of a browser panel that shows models where versions would hide them.

    A search, a sort order of versions and the name of a model show versions. When the user
    chooses a view, it is kept.
    """

    _folds_models = False
    _view_is_automatic = False

    def open_model(self, name: str) -> None:
        """Show the versions of one model.

        Parameters
        ----------
        name : str
            Name of the model; if empty, the versions of all models are shown.
        """
        with self._batch_changes(), self._automatic_view():
            self.model_name = name
            self.view = "versions"

    def open_children(self, ref: str) -> None:
        """Show the children of a version, by the filter that selects them.

        Parameters
        ----------
        ref : str
            Reference of the version.
        """
        with self._batch_changes():
            self.model_name = ""
            self.query = f"parent == {ref!r}"

    def _fold_models(self) -> None:
        """Show one row for each model if versions of a few models fill the first page."""
        rows = self._content.rows
        n_shown = len({row.item.model_name for row in rows if row.item is not None})
        if self._content.pages == 1 or not is_drowned(n_shown, n_shown + 1, len(rows)):
            return
        try:
            n_models = self._registry.list_model_names(limit=1).total
        except READ_ERRORS:
            return
        self._folds_models = is_drowned(n_shown, n_models, len(rows))
        self._follow_search()

    def _follow_search(self, _change: Any = None) -> None:
        """Show versions if there is a search, and the models again without one."""
        if not self._folds_models or self.model_name:
            return
        of_versions = self.order_by.lstrip("-").startswith(_OF_VERSIONS)
        with self._automatic_view():
            self.view = "versions" if self.query.strip() or of_versions else "models"

    @contextmanager
    def _automatic_view(self) -> Iterator[None]:
        before, self._view_is_automatic = self._view_is_automatic, True
        try:
            yield
        finally:
            self._view_is_automatic = before

    def _note_choice(self) -> None:
        """Keep the view from now on if the user chose it."""
        self._folds_models = self._folds_models and self._view_is_automatic
