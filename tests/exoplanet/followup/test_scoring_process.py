"""A registered model in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.followup.flag import flag_candidates
from exo_nbregistry.exoplanet.followup.scoring_process import (
    SURE,
    score_candidates,
    score_in_subprocess,
)
from exo_nbregistry.registry.facade import ModelRegistry
from tests.exoplanet.conftest import Ran


@pytest.mark.usefixtures("at_home")
def test_it_is_the_same_here_and_elsewhere(ran: Ran) -> None:
    """A fresh process flags what this one flags, with the very same figures."""
    assert score_candidates(str(ran.registry), "kepler_exoplanet@champion") == ran.demo.vetting


@pytest.mark.usefixtures("at_home")
def test_it_is_the_follow_up_list(ran: Ran) -> None:
    """What comes back from the process is the list that `flag_candidates` makes."""
    koi, found = load_koi(), ran.demo.vetting
    expected = flag_candidates(
        found.model_id, koi, SURE, registry=ModelRegistry(ran.registry)
    ).dropna(axis="columns", how="all")
    assert found.candidates == len(koi.candidates) > len(found.flagged) > 10
    assert found.to_frame().equals(expected.rename_axis(None))


def test_a_failure_elsewhere_ends_with_its_last_words(tmp_path: Path) -> None:
    """The error of the other process comes back as one sentence."""
    with pytest.raises(RegistryError, match=r"could not load and apply m: .*no registry") as error:
        score_in_subprocess(tmp_path / "nothing", "m")
    assert "\n" not in str(error.value)


def test_a_stranger_loads_nothing(ran: Ran) -> None:
    """A user who does not trust the demo's signer is told so, and nothing is loaded."""
    with pytest.raises(RegistryError, match="who is not trusted"):
        score_in_subprocess(ran.registry, "kepler_exoplanet@champion")
