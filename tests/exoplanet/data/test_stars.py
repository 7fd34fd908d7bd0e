"""Stars of Kepler Objects of Interest."""

from __future__ import annotations

import numpy as np

from exo_nbregistry.evaluation import describe_test_set
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.stars import STARS, stars_of


def test_koi_names_determine_the_star() -> None:
    """On the real table, stars from the names and from the kepid are the same partition."""
    koi = load_koi("five")
    stars = describe_test_set(koi.data, koi.target, grouping=STARS).groups
    pairs = set(zip(stars.tolist(), koi.groups.tolist(), strict=True))
    assert len(pairs) == len({star for star, _ in pairs}) == len({kepid for _, kepid in pairs})


def test_other_names_determine_no_star() -> None:
    """If one row is not named as a KOI, no star is inferred."""
    assert len(stars_of(np.array(["K00001.01", "TOI 700"]))) == 0
