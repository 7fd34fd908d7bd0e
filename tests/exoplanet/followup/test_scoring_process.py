"""A registered model in a separate process."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.followup.flag import flag_candidates
from exo_nbregistry.exoplanet.followup.scoring_process import (
    THRESHOLD,
    score_candidates,
    score_in_subprocess,
)
from exo_nbregistry.registry.facade import ModelRegistry
from tests.exoplanet.conftest import Ran


@pytest.mark.usefixtures("at_home")
def test_two_processes_give_the_same_result(ran: Ran) -> None:
    """A new process gives exactly the result of this process."""
    assert score_candidates(str(ran.registry), "kepler_exoplanet@champion") == ran.demo.scoring


@pytest.mark.usefixtures("at_home")
def test_the_result_is_the_follow_up_list(ran: Ran) -> None:
    """The result of the process is the list that `flag_candidates` returns."""
    koi, found = load_koi(), ran.demo.scoring
    expected = flag_candidates(
        found.model_id, koi, THRESHOLD, registry=ModelRegistry(ran.registry)
    ).dropna(axis="columns", how="all")
    assert found.candidates == len(koi.candidates) > len(found.flagged) > 10
    assert found.to_frame().equals(expected.rename_axis(None))


def test_an_error_of_the_process_is_raised(tmp_path: Path) -> None:
    """The error of the other process is raised here, in one line."""
    with pytest.raises(RegistryError, match=r"load and apply m in a new process: .") as error:
        score_in_subprocess(tmp_path / "nothing", "m")
    assert "\n" not in str(error.value)


def test_an_unknown_signer_runs_no_code(ran: Ran) -> None:
    """A user who does not trust the demo's signer gets the same result from its model."""
    found = score_in_subprocess(ran.registry, "kepler_exoplanet@champion")
    assert found.flagged == ran.demo.scoring.flagged
