"""The follow-up list as a QTable."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from astropy import units
from astropy.table import QTable

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.followup.candidates import CandidateList
from tests.exoplanet.signals import scored_signals


@pytest.fixture
def flagged() -> CandidateList:
    """Return the ten most probable signals."""
    return CandidateList.of(scored_signals(), 0.9)


def test_columns_have_units(flagged: CandidateList) -> None:
    """Periods, radii, depths and positions have units; the rows equal the list."""
    table = flagged.to_table()
    assert isinstance(table, QTable)
    assert list(table["kepoi_name"]) == list(flagged.index)
    assert table["koi_period"].unit == units.day
    assert table["koi_prad"].unit == units.earthRad
    assert table["ra"].unit == table["dec"].unit == units.deg
    assert table["koi_depth"][1].to(units.dimensionless_unscaled).value == pytest.approx(0.01)
    assert np.isnan(table["koi_depth"][0])
    assert table.meta["model_version"] == "toy:1"
    assert "caveat" not in table.colnames


def test_a_file_keeps_units_and_descriptions(flagged: CandidateList, tmp_path: Path) -> None:
    """An ECSV file of the table is read back with the same units."""
    table = flagged.to_table()
    table.write(tmp_path / "list.ecsv")
    again = QTable.read(tmp_path / "list.ecsv")
    assert again["ra"].unit == units.deg
    assert again["koi_depth"].unit == units.Unit(1e-6)
    assert again["koi_depth"].info.description == "Transit Depth [ppm]"
    assert again.meta == table.meta


def test_an_empty_list_is_a_table() -> None:
    """A list without rows is a table with the same columns."""
    empty = CandidateList.of(scored_signals(), 1.0).to_table()
    assert len(empty) == 0
    assert "koi_period" in empty.colnames


def test_without_astropy_the_error_says_what_to_install(
    flagged: CandidateList, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If astropy is not installed, the error has the pip command."""
    monkeypatch.setitem(sys.modules, "astropy.table", None)
    with pytest.raises(RegistryError, match="requires astropy; run pip install astropy"):
        flagged.to_table()
