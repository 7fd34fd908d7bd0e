"""Whatever is clicked and set, the panel agrees with the registry's own list."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from exo_nbregistry.errors import QueryError
from exo_nbregistry.registry import ModelRegistry
from exo_nbregistry.words import understand
from tests.panels.shelf import Shelf, stocked

QUERIES = ["", "rf", "svm", "champion", "metrics.f1_score > 0.25", "version >", "absent", "rf 2"]
ORDERS = ["-created_at", "created_at", "-metrics.f1_score", "metrics.log_loss", "-version", "no"]


class Browsing(RuleBasedStateMachine):
    """Search, sort, turn pages, select and delete in any order."""

    registry: ModelRegistry
    shelf: Shelf

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.registry = stocked(Path(self.folder.name) / "registry")
        self.shelf = Shelf(self.registry)
        self.selected: list[str] = []

    def teardown(self) -> None:
        """Free all."""
        self.shelf.panel.close()
        self.folder.cleanup()

    @rule(query=st.sampled_from(QUERIES), typed=st.booleans())
    def search(self, query: str, typed: bool) -> None:
        """Search, by the box or from Python."""
        if typed:
            self.shelf.type(query)
        else:
            self.shelf.panel.query = query

    @rule(order=st.sampled_from(ORDERS))
    def sort(self, order: str) -> None:
        """Sort."""
        self.shelf.panel.order_by = order

    @rule(turn=st.sampled_from(["First", "Previous", "Next", "Last"]))
    def turn(self, turn: str) -> None:
        """Turn a page, if there are some."""
        if self.shelf.panel._pager._turns.layout.display != "none":
            self.shelf.press(turn)

    @rule(page=st.integers(-1, 5))
    def go(self, page: int) -> None:
        """Go to a page, be there one or not."""
        self.shelf.panel.page = page

    @rule(place=st.integers(0, 2))
    def tick(self, place: int) -> None:
        """Turn a box round."""
        if place < len(self.shelf.rows):
            ref = self.shelf.rows[place]
            self.shelf.tick(ref, ref not in self.selected)
            self.selected = [r for r in self.selected if r != ref] + [ref] * (
                ref not in self.selected
            )

    @rule(view=st.sampled_from(["versions", "models"]), deleted=st.booleans())
    def look(self, view: str, deleted: bool) -> None:
        """Change the view."""
        self.shelf.panel.view = view
        self.shelf.panel.show_deleted = deleted

    @rule(number=st.integers(1, 6), gone=st.booleans())
    def delete(self, number: int, gone: bool) -> None:
        """Delete or restore a version from elsewhere, and read again."""
        other = ModelRegistry(self.registry.location, durable=False)
        if (other.get_metadata(f"rf:{number}").status == "active") == gone:
            (other.delete_model if gone else other.restore_model)(f"rf:{number}")
        self.shelf.press("Refresh")

    @invariant()
    def the_selection_is_what_was_ticked(self) -> None:
        """In the order of ticking, on whatever page."""
        assert list(self.shelf.panel.selected) == self.selected
        assert set(self.shelf.ticked) == set(self.selected) & set(self.shelf.rows)

    @invariant()
    def the_page_is_the_registrys(self) -> None:
        """Rows and total are those of the call that the panel stands for."""
        panel = self.shelf.panel
        asked = {
            "where": understand(panel.query).where,
            "order_by": panel.order_by,
            "limit": 3,
            "offset": (panel.page - 1) * 3,
            "include_deleted": panel.show_deleted,
        }
        listed = panel.view == "models"
        try:
            if listed:
                found = self.registry.list_model_names(**asked)
                refs, total = [model.latest_id for model in found], found.total
            else:
                every = self.registry.list_models(**asked)
                refs, total = list(every.ids), every.total
        except QueryError:
            assert self.shelf.told.startswith("Not done:")
            return
        assert self.shelf.rows == refs
        amount = f"{total} {'model' if listed else 'version'}{'' if total == 1 else 's'}"
        pages = max(1, -(-total // 3))
        assert self.shelf.place == (
            f"Page {panel.page} of {pages} - {amount}" if pages > 1 else amount
        )


def test_any_use_agrees_with_the_registry() -> None:
    """Search, order, pages, view, selection and others' changes are never out of step."""
    run_state_machine_as_test(
        Browsing,
        settings=settings(
            max_examples=max(3, settings.default.max_examples // 8), stateful_step_count=12
        ),
    )
