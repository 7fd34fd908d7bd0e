"""Tables of models, as text and as HTML."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime

import pytest

from exo_nbregistry.config import set_config
from exo_nbregistry.views.model_table import MAX_ROWS, ModelSummary, Summaries
from tests.html_page import PAYLOADS, Page

AT = datetime(2026, 1, 1, tzinfo=UTC)


def summary(name: str = "rf", **fields: object) -> ModelSummary:
    """Return a model of three versions."""
    defaults = {"aliases": {"champion": 2}, "metric": "f1_score", "series": ((2, 0.5), (3, 0.75))}
    return ModelSummary(name, 3, 3, AT, **(defaults | fields))  # type: ignore[arg-type]


def test_text_and_html_have_the_same_content() -> None:
    """Both have the name, the number of versions, the aliases with their version, and the value."""
    models = Summaries([summary()])
    for shown in (repr(models), " ".join(Page(models.to_html()).text)):
        for fact in ("rf", "champion 2", "f1_score", "0.7500", "2026-01-01 00:00"):
            assert fact in shown


def test_only_the_first_are_shown() -> None:
    """Further models are counted, also those beyond a limit."""
    models = Summaries([summary(f"m{n}") for n in range(MAX_ROWS + 1)], total=2000)
    assert f"… and {2000 - MAX_ROWS} more" in repr(models)
    assert f"m{MAX_ROWS}" not in models.to_html()
    assert Summaries([summary()]).total == 1


def test_an_empty_table_names_the_next_call() -> None:
    """Without models, text and HTML name the call that registers one."""
    assert "register_model" in repr(Summaries())
    assert "register_model" in Summaries().to_html()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_text(payload: str) -> None:
    """Markup in a name, alias, algorithm or metric is escaped."""
    fields = {"algorithm": payload, "aliases": {payload: 1}, "metric": payload}
    hostile = Page(Summaries([summary(payload, **fields)]).to_html())
    assert hostile.faults == []
    assert hostile.shape == Page(Summaries([summary(algorithm="a")]).to_html()).shape


def test_the_text_display_has_no_html(monkeypatch: pytest.MonkeyPatch) -> None:
    """With display="text", there is no HTML."""
    assert Summaries()._repr_html_()
    set_config(display="text")
    try:
        assert Summaries()._repr_html_() is None
    finally:
        set_config(display="panel")


def test_copies_are_equal_and_know_the_total() -> None:
    """Copies, also pickled ones, have equal models and the same total."""
    models = Summaries([summary()], total=9)
    for again in (copy.copy(models), pickle.loads(pickle.dumps(models))):
        assert (again, again.total) == (models, 9)
