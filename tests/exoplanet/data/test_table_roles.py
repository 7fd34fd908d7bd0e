"""The roles of a table's columns and labels."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from sklearn.utils import Bunch

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.table_roles import KEPLER, TESS, TableRoles, roles_of

GERMAN = TableRoles(
    label="Klasse", planet="Planet", false_positive="Fehlalarm", candidate="Kandidat", star="Stern"
)


@pytest.fixture
def table() -> pd.DataFrame:
    """Return a small table with German names."""
    labels = ["Planet", "Fehlalarm", "Kandidat", None]
    return pd.DataFrame({"Klasse": labels, "Stern": [1, 2, 2, 3]})


def test_labels_have_their_meaning(table: pd.DataFrame) -> None:
    """Each label is a planet, a false positive, a candidate or none of them."""
    masks = GERMAN.masks(table)
    assert masks.planet.tolist() == [True, False, False, False]
    assert masks.false_positive.tolist() == [False, True, False, False]
    assert masks.candidate.tolist() == [False, False, True, False]


def test_rows_without_a_label_are_candidates_by_default(table: pd.DataFrame) -> None:
    """Without candidate=, the candidates are the rows without a label."""
    roles = TableRoles(label="Klasse", planet="Planet", false_positive="Fehlalarm")
    assert roles.masks(table).candidate.tolist() == [False, False, False, True]


def test_several_labels_can_have_one_meaning() -> None:
    """Both kinds of TESS planets are planets, and a blank label is not a candidate."""
    frame = pd.DataFrame({"tfopwg_disp": ["CP", "KP", "FA", "APC", None]})
    masks = roles_of(frame).masks(frame)
    assert masks.planet.tolist() == [True, True, False, False, False]
    assert masks.candidate.tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("role", "value", "close"),
    [("label", "Klase", "Klasse"), ("star", "Sterne", "Stern"), ("identifier", "Sten", "Stern")],
)
def test_a_wrong_column_is_named_with_a_close_one(
    table: pd.DataFrame, role: str, value: str, close: str
) -> None:
    """The error has the column, its argument and a similar column of the table."""
    wrong: dict[str, Any] = {"label": "Klasse", "planet": "Planet", role: value}
    with pytest.raises(NotFoundError, match=f"no column {value!r}.*{role}=.*mean {close}"):
        roles_of(table, TableRoles(**wrong))


def test_a_wrong_label_is_named_with_a_close_one(table: pd.DataFrame) -> None:
    """The error has the label, its argument and a similar label of the column."""
    roles = TableRoles(label="Klasse", planet="Planet", candidate="Kandidaten")
    with pytest.raises(NotFoundError, match=r"no value 'Kandidaten'.*candidate=.*mean Kandidat"):
        roles_of(table, roles)


def test_a_label_may_be_absent_if_every_label_has_a_meaning(table: pd.DataFrame) -> None:
    """A table without candidates is valid."""
    assert not roles_of(table[:2], GERMAN).masks(table[:2]).candidate.any()


@pytest.mark.parametrize(
    "arguments",
    [{"label": "Klasse"}, {"label": "Klasse", "planet": "P", "candidate": ["C", "P"]}],
)
def test_ambiguous_roles_are_rejected(arguments: dict[str, Any]) -> None:
    """A label column without planets, and a label with two meanings, are errors."""
    with pytest.raises(InvalidInputError, match="planet="):
        TableRoles(**arguments)


def test_the_archives_tables_are_recognized() -> None:
    """Kepler and TESS tables have their roles by their columns, also without labels."""
    assert roles_of(load_koi("five")) == load_koi("five").roles == KEPLER
    assert roles_of(pd.DataFrame({"tfopwg_disp": ["PC"], "tid": [1]})).star == "tid"
    bare = roles_of(pd.DataFrame({"koi_period": [1.0]}))
    assert (bare.label, bare.period, bare.radius) == (None, "koi_period", None)
    assert roles_of(pd.DataFrame({"pl_rade": [1.0]})).radius == "pl_rade"


def test_a_bunch_gives_its_roles(table: pd.DataFrame) -> None:
    """The roles of a Bunch are used unless others are passed."""
    bunch = Bunch(frame=table, roles=GERMAN)
    assert roles_of(bunch) == GERMAN
    other = TableRoles(label="Klasse", planet="Fehlalarm")
    assert roles_of(bunch, other) is other


def test_names_become_text() -> None:
    """The identifier becomes the index, as text, so that a CSV file keeps all digits."""
    frame = pd.DataFrame({"toi": [10123.01, 101.02], "x": [1, 2]})
    named = TESS.named(frame)
    assert list(named.index) == ["10123.01", "101.02"]
    assert named.index.name == "toi"
