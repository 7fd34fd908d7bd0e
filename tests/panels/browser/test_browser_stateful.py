"""Random use of the browser panel, compared with the listing of the registry."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.search_text import parse_search
from exo_nbregistry.registry.facade import ModelRegistry
from tests.panels.many_models import BrowserDriver, many_models

QUERIES = ["", "rf", "svm", "champion", "metrics.f1_score > 0.25", "version >", "absent", "rf 2"]
ORDERS = ["-created_at", "created_at", "-metrics.f1_score", "metrics.log_loss", "-version", "no"]


class BrowserState(RuleBasedStateMachine):
    """Search, sort, turn pages, select and delete in any order."""

    registry: ModelRegistry
    driver: BrowserDriver

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.registry = many_models(Path(self.folder.name) / "registry")
        self.driver = BrowserDriver(self.registry)
        self.selected: list[str] = []

    def teardown(self) -> None:
        """Close the panel and remove the registry."""
        self.driver.panel.close()
        self.folder.cleanup()

    @rule(query=st.sampled_from(QUERIES), typed=st.booleans())
    def search(self, query: str, typed: bool) -> None:
        """Search, by the box or from Python."""
        if typed:
            self.driver.type(query)
        else:
            self.driver.panel.query = query

    @rule(order=st.sampled_from(ORDERS))
    def sort(self, order: str) -> None:
        """Sort."""
        self.driver.panel.order_by = order

    @rule(turn=st.sampled_from(["First", "Previous", "Next", "Last"]))
    def turn(self, turn: str) -> None:
        """Turn a page, if there are several."""
        if self.driver.panel._pager._turns.layout.display != "none":
            self.driver.press(turn)

    @rule(page=st.integers(-1, 5))
    def go(self, page: int) -> None:
        """Go to a page, also out of range."""
        self.driver.panel.page = page

    @rule(place=st.integers(0, 2))
    def tick(self, place: int) -> None:
        """Toggle a check box."""
        if place < len(self.driver.rows):
            ref = self.driver.rows[place]
            self.driver.tick(ref, ref not in self.selected)
            self.selected = [r for r in self.selected if r != ref] + [ref] * (
                ref not in self.selected
            )

    @rule(view=st.sampled_from(["versions", "models"]), deleted=st.booleans())
    def change_view(self, view: str, deleted: bool) -> None:
        """Change the view."""
        self.driver.panel.view = view
        self.driver.panel.show_deleted = deleted

    @rule(number=st.integers(1, 6), deleted=st.booleans())
    def delete(self, number: int, deleted: bool) -> None:
        """Delete or restore a version in another kernel, and refresh."""
        other = ModelRegistry(self.registry.location, durable=False)
        if (other.get_metadata(f"rf:{number}").status == "active") == deleted:
            (other.delete_model if deleted else other.restore_model)(f"rf:{number}")
        self.driver.press("Refresh")

    @invariant()
    def the_selection_matches_the_ticked_boxes(self) -> None:
        """The selection has the order of ticking, over all pages."""
        assert list(self.driver.panel.selected) == self.selected
        assert set(self.driver.ticked) == set(self.selected) & set(self.driver.rows)

    @invariant()
    def the_page_matches_the_registry(self) -> None:
        """Rows and total equal those of the equivalent call."""
        panel = self.driver.panel
        query = {
            "where": parse_search(panel.query).where,
            "order_by": panel.order_by,
            "limit": 3,
            "offset": (panel.page - 1) * 3,
            "include_deleted": panel.show_deleted,
        }
        listed = panel.view == "models"
        try:
            if listed:
                found = self.registry.list_model_names(**query)
                refs, total = [model.latest_id for model in found], found.total
            else:
                every = self.registry.list_models(**query)
                refs, total = list(every.ids), every.total
        except QueryError:
            assert self.driver.message.startswith("Error:")
            return
        assert self.driver.rows == refs
        amount = f"{total} {'model' if listed else 'version'}{'' if total == 1 else 's'}"
        amount += " with deleted ones" if panel.show_deleted else ""
        pages = max(1, -(-total // 3))
        assert self.driver.place == (
            f"Page {panel.page} of {pages} - {amount}" if pages > 1 else amount
        )


def test_any_use_agrees_with_the_registry() -> None:
    """The panel always matches the registry."""
    run_state_machine_as_test(
        BrowserState,
        settings=settings(
            max_examples=max(3, settings.default.max_examples // 8),
            stateful_step_count=12,
            deadline=None,
        ),
    )
