"""A small follow-up list, made without any model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exo_nbregistry.evaluation.threshold import KnownRows
from exo_nbregistry.exoplanet.data.table_roles import KEPLER
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates

N_SIGNALS = 60


def known_rows(n: int = 300) -> KnownRows:
    """Return rows of which a larger probability is more often right."""
    rng = np.random.default_rng(0)
    probability = rng.random(n).round(2)  # so that some are just at a threshold
    return KnownRows(rng.random(n) < probability, probability, "the test set stored with toy:1")


def scored_signals(
    names: list[str] | None = None,
    *,
    alike: str = "K90000.01",
    known: KnownRows | str | None = None,
    version: str = "toy:1",
) -> ScoredCandidates:
    """Return signals whose probability falls from 0.99 on in steps of 0.01."""
    names = names or [f"K{i:05}.01" for i in range(N_SIGNALS)]
    certain = 0.99 - np.arange(len(names)) / 100
    driver = np.where(certain >= 0.9, "koi_depth", None)
    rows = pd.DataFrame(
        {
            "probability": certain / 2,
            "calibrated_probability": certain,
            "agreement": np.linspace(0.2, 0.9, len(names)),
            "look_alike": alike,
            "distance": 0.25,
            "driver": driver.astype(object),
            "driver_effect": np.where(certain >= 0.9, 0.125, np.nan),
            "look": np.where(certain > 0.97, "impact > 1", ""),
            "kepid": np.arange(len(names)),
            "ra": 290.123456,
            "dec": 44.123456,
            "model_version": version,
            "snapshot": f"table of {version}",
            "caveat": CAVEAT,
        },
        index=pd.Index(names, name="kepoi_name"),
    )
    measured = pd.DataFrame(
        {
            "koi_period": np.arange(len(names), dtype=float)[::-1] + 1,
            "koi_prad": 11.2,
            "koi_srad": 1.0,
            "koi_depth": [np.nan, *[10_000.0] * (len(names) - 1)],
        },
        index=rows.index,
    )
    planet = pd.DataFrame({"koi_period": [365.25]}, index=[alike])
    return ScoredCandidates(
        rows,
        measured,
        planet,
        version,
        f"table of {version}",
        True,
        0.9,
        known or known_rows(),
        planets=pd.DataFrame({"koi_period": [365.25, 10.0], "koi_prad": [1.0, np.nan]}),
        roles=KEPLER.within(measured.assign(kepid=0, ra=0.0, dec=0.0)),
    )
