"""The tables and sentences of the plan of a move-in."""

from __future__ import annotations

import pytest

from exo_nbregistry.migration.plan_table import breakable_path, plan_table, proposal_cells
from exo_nbregistry.migration.planned_model import PlannedModel
from exo_nbregistry.text.terminal import display_width


def test_empty_columns_are_omitted() -> None:
    """A column is shown if a model has a value in it, so that the others have room."""
    plain = PlannedModel(name="rf", key="rf", versions=2)
    moved = PlannedModel(name=" b", key="b", versions=1, present=1, renumbered=((1, 4),))
    assert plan_table([plain])[0] == ["model", "versions", "size"]
    headers, rows = plan_table([plain, moved])
    assert headers == ["model", "versions", "size", "already here", "new numbers"]
    assert rows[1] == ["' b' -> b", 1, "0 bytes", 1, "1 -> 4"]


@pytest.mark.parametrize("width", [30, 48, 80])
def test_long_paths_leave_room_for_the_model(width: int) -> None:
    """The copies and then the start of a path are cut, and the model and the version stay."""
    path = "projects/恒星/2024/vetting/rf_v1.joblib"
    label = f"{path} (same content: champion.joblib, board/kepler_rf/2024/rf.joblib)"
    ((file, *others),) = proposal_cells([[label, "rf", 1]], width)
    assert others == ["rf", 1]
    assert "v1.joblib (and copies)" in str(file)
    assert display_width(str(file)) + len("model") + len("version") + 4 <= max(width, 40)


def test_paths_that_fit_are_unchanged() -> None:
    """Without a width, or with room, a file is shown with its copies."""
    rows: list[list[object]] = [["rf.pkl (same content: best.pkl)", "rf", "next"]]
    assert proposal_cells(rows, None) == proposal_cells(rows, 80) == rows


def test_a_path_in_a_page_is_text() -> None:
    """A path can be broken after its slashes, and its own text is never markup."""
    assert ">a/<wbr>&lt;wbr&gt;/<wbr>b<" in breakable_path("a/<wbr>/b")
