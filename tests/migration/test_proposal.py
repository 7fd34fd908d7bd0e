"""The table of the files that are guessed to be versions."""

from __future__ import annotations

from exo_nbregistry.migration.proposal import MAX_FILES, proposal_rows
from exo_nbregistry.sources.found import FoundModel


def test_each_file_has_a_row() -> None:
    """Files have rows in the order of their models and versions; other stores have none."""
    models = [
        FoundModel(name="rf", proposal=(("rf_v2.pkl", 2), ("rf.pkl", None))),
        FoundModel(name="stored"),
        FoundModel(name="svm", proposal=(("svm.pkl", None),)),
    ]
    assert proposal_rows(models) == [
        ["rf_v2.pkl", "rf", 2],
        ["rf.pkl", "rf", "next"],
        ["svm.pkl", "svm", "next"],
    ]


def test_the_table_is_limited() -> None:
    """After the limit, one row counts the other files."""
    files = tuple((f"rf_v{number}.pkl", number) for number in range(1, MAX_FILES + 8))
    rows = proposal_rows([FoundModel(name="rf", proposal=files)])
    assert (len(rows), rows[-1]) == (MAX_FILES + 1, ["… and 7 more", "", ""])
    assert (
        proposal_rows([FoundModel(name="rf", proposal=files[:MAX_FILES])])[-1][0] == "rf_v100.pkl"
    )
