"""A registered model in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.koi import load_koi
from exo_nbregistry.exoplanet.vetting import Vetting, vet, vet_elsewhere
from tests.exoplanet.conftest import Ran


@pytest.mark.usefixtures("at_home")
def test_it_is_the_same_here_and_elsewhere(ran: Ran) -> None:
    """A fresh process says of every candidate what this one says."""
    assert vet(str(ran.registry), "kepler_exoplanet@champion") == ran.demo.vetting


def test_every_candidate_is_ranked(ran: Ran) -> None:
    """All candidates of the table get a probability, the highest first."""
    candidates = ran.demo.vetting.candidates
    assert set(candidates) == set(load_koi().candidates.index)
    assert list(candidates.values()) == sorted(candidates.values(), reverse=True)
    assert all(0 <= probability <= 1 for probability in candidates.values())


def test_above_keeps_the_order_and_the_bound() -> None:
    """The bound itself counts, and the highest stays first."""
    vetting = Vetting("m:1", {}, 0, {"K1": 0.95, "K2": 0.9, "K3": 0.89})
    assert list(vetting.above(0.9).items()) == [("K1", 0.95), ("K2", 0.9)]


def test_a_failure_elsewhere_ends_with_its_last_words(tmp_path: Path) -> None:
    """The error of the other process comes back as one sentence."""
    with pytest.raises(RegistryError, match=r"could not load and apply m: .*no registry") as error:
        vet_elsewhere(tmp_path / "nothing", "m")
    assert "\n" not in str(error.value)


def test_a_stranger_loads_nothing(ran: Ran) -> None:
    """A user who does not trust the demo's signer is told so, and nothing is loaded."""
    with pytest.raises(RegistryError, match="whom you do not trust"):
        vet_elsewhere(ran.registry, "kepler_exoplanet@champion")
