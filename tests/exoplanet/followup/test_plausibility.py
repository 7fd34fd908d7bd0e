"""Words about unusual values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.table_roles import KEPLER, TableRoles
from exo_nbregistry.exoplanet.followup.plausibility import look


def of(**values: Any) -> str:
    """Return the words about one row."""
    (words,) = look(pd.DataFrame([values]), KEPLER, {"koi_teq": (100.0, 3000.0)})
    return words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"koi_impact": 1.0}, ""),
        ({"koi_impact": 1.01}, "impact > 1"),
        ({"koi_depth": 30_000.0}, ""),
        ({"koi_depth": 30_001.0}, "depth > 3 %"),
        ({"koi_prad": 20.0}, ""),
        ({"koi_prad": 21.0}, "radius > 20 Earths"),
        ({"koi_bin_oedp_sig": 0.01}, ""),
        ({"koi_bin_oedp_sig": -1.0}, ""),
        ({"koi_bin_oedp_sig": 0.0}, "odd-even depths"),
        ({"koi_dicco_msky": 2.0, "koi_dicco_msky_err": 1.0}, ""),
        ({"koi_dicco_msky": 0.5, "koi_dicco_msky_err": 0.1}, ""),
        ({"koi_dicco_msky": 4.0, "koi_dicco_msky_err": 1.0}, "centroid offset"),
        ({"koi_dikco_msky": 4.0, "koi_dikco_msky_err": 1.0}, "centroid offset"),
        ({"koi_teq": 100.0}, ""),
        ({"koi_teq": 99.0}, "outside training range: koi_teq"),
        ({"koi_impact": np.nan, "koi_teq": np.nan, "koi_bin_oedp_sig": np.nan}, ""),
        ({"koi_impact": 1.2, "koi_prad": 30.0}, "impact > 1; radius > 20 Earths"),
        ({"unknown": 1.0}, ""),
        ({"koi_depth": "deep"}, ""),
    ],
)
def test_each_limit_has_its_words(values: dict[str, Any], words: str) -> None:
    """A value beyond a limit has words; a value at the limit or a missing one has none."""
    assert of(**values) == words


def test_at_most_two_columns_outside_the_range_are_named() -> None:
    """Of many columns outside the training range, two are named and the others counted."""
    row = pd.DataFrame([dict.fromkeys("abcd", 5.0)])
    (words,) = look(row, TableRoles(), dict.fromkeys("abcd", (0.0, 1.0)))
    assert words == "outside training range: a, b and 2 more"


def test_other_tables_have_other_columns() -> None:
    """Impact, depth and radius are read from the columns of the roles."""
    frame = pd.DataFrame({"Radius": [25.0], "koi_prad": [1.0]})
    assert look(frame, TableRoles(radius="Radius"), {}) == ["radius > 20 Earths"]


def test_false_positives_are_unusual_more_often() -> None:
    """On the Kepler table, most false positives and few confirmed planets are unusual."""
    frame = load_koi("five").frame
    unusual = pd.Series([bool(words) for words in look(frame, KEPLER, {})], frame.index)
    share = unusual.groupby(frame["koi_disposition"]).mean()
    assert share["CONFIRMED"] < 0.06
    assert share["FALSE POSITIVE"] > 0.7
