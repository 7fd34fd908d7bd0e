"""The error about a field that is written without its group."""

from __future__ import annotations

import pytest

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.index import Index
from tests.index_source import MemorySource


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ("max_depth > 2", "hyperparameters.max_depth"),
        ("auc_of_team > 0.5", "metrics.auc_of_team"),
        ("kepler mission == 'Kepler'", "tags.mission"),
    ],
)
def test_the_error_names_the_group_of_a_field(where: str, meant: str) -> None:
    """A name that versions have in a group is suggested with its group, and its place marked."""
    source = MemorySource()
    source.add(
        "kepler",
        metrics={"auc_of_team": 0.5},
        hyperparameters={"max_depth": 3},
        tags={"mission": "Kepler"},
    )
    index = Index(source, progress=False)
    with pytest.raises(QueryError, match=f"Did you mean {meant}\\?") as caught:
        index.search(where)
    assert where[caught.value.position :].startswith(meant.partition(".")[2])
    index.close()


def test_another_unknown_field_has_the_general_error() -> None:
    """A name that no version has lists the fields."""
    index = Index(MemorySource(), progress=False)
    with pytest.raises(QueryError, match=r"Unknown field 'qqq'\. Fields are model_name"):
        index.search("qqq > 2")
    index.close()
