"""Lists, cards and pages state that a version carries its own code."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from exo_nbregistry.records.metadata import Artifact, Code, ModelMetadata
from exo_nbregistry.views.columns import columns_of
from exo_nbregistry.views.facts import facts_of

PLAIN = ModelMetadata(
    model_id="m:1",
    model_name="m",
    version=1,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    artifact=Artifact("joblib", "0" * 64, 10),
)
OWN = dataclasses.replace(PLAIN, code=Code(("__main__.Scaler", "__main__.f", "a.b"), "3.11", "3.1"))
LABEL = "carries its own code (3 definitions, Python 3.11)"


def test_facts_have_the_label() -> None:
    """The facts of a version, which its page shows, have the label of its code."""
    assert facts_of(OWN)["model"]["code"] == LABEL
    assert "code" not in facts_of(PLAIN)["model"]


@pytest.mark.parametrize("place", ["listing", "terminal"])
def test_a_list_has_a_column_only_if_needed(place: str) -> None:
    """A list has a column for code if a version has some."""
    column = next(one for one in columns_of([PLAIN, OWN], place) if one.name == "code")
    assert (column.to_text(OWN), column.to_text(PLAIN)) == ("own (Python 3.11)", None)
    assert "code" not in [one.name for one in columns_of([PLAIN], place)]
