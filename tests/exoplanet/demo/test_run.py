"""The demo: it tells the whole story once, and the same story again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.followup.flag import read_followup
from exo_nbregistry.exoplanet.followup.scoring_process import SURE
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.views.comparison import Comparison
from exo_nbregistry.views.listing import Listing
from tests.exoplanet.conftest import Ran, run_quick_demo

ROOT = Path(__file__).resolve().parents[4]
ALGORITHMS = {"RandomForest", "NeuralNetwork", "SVM"}


def sentences(ran: Ran) -> str:
    """Return all that was said in words."""
    return "\n".join(thing for thing in ran.said if isinstance(thing, str))


@pytest.mark.usefixtures("at_home")
def test_three_classifiers_become_three_versions(ran: Ran) -> None:
    """Each is registered with its metrics on the unseen stars, and nothing else is."""
    versions = ModelRegistry(ran.registry).list_models()
    assert {version.algorithm for version in versions} == ALGORITHMS == set(ran.demo.model_ids)
    assert set(versions.ids) == set(ran.demo.model_ids.values()) == set(ran.demo.new)
    assert all(version.metrics["roc_auc"] > 0.9 for version in versions)
    assert all(version.test_samples == ran.demo.vetting.test_samples for version in versions)


@pytest.mark.usefixtures("at_home")
def test_the_champion_is_the_version_that_was_chosen(ran: Ran) -> None:
    """The alias points at the version that the demo names, and that the fresh process loaded."""
    champion = ModelRegistry(ran.registry).get_metadata("kepler_exoplanet@champion")
    assert champion.model_id == ran.demo.champion == ran.demo.vetting.model_id
    said = sentences(ran)
    assert f"{champion.algorithm} has the best roc_auc on the validation stars" in said
    assert f"kepler_exoplanet@champion is {champion.model_id}." in said


@pytest.mark.usefixtures("at_home")
def test_the_fresh_process_finds_the_registered_metrics(ran: Ran) -> None:
    """What the loaded model scores on the test part is what was registered for it."""
    champion = ModelRegistry(ran.registry).get_metadata(ran.demo.champion)
    assert ran.demo.vetting.test_metrics == pytest.approx(dict(champion.metrics))


def test_it_shows_a_listing_and_a_comparison(ran: Ran) -> None:
    """Between the sentences stand the versions, side by side too."""
    shown = [type(thing) for thing in ran.said if not isinstance(thing, str)]
    assert shown == [Listing, Comparison]


def test_the_sure_candidates_are_named_with_their_count(ran: Ran) -> None:
    """Every candidate that was flagged is said once, and no other."""
    said, vetting = sentences(ran), ran.demo.vetting
    assert f"{len(vetting.flagged)} of {vetting.candidates} candidates" in said
    candidates = set(load_koi().candidates.index)
    names = [word for word in said.split() if word in candidates]
    assert sorted(names) == sorted(vetting.flagged)
    assert all(row["calibrated_probability"] >= SURE for row in vetting.flagged.values())


@pytest.mark.usefixtures("at_home")
def test_the_list_is_kept_with_the_champion(ran: Ran) -> None:
    """The follow-up list can be read back from the registry."""
    kept = read_followup(ModelRegistry(ran.registry), "kepler_exoplanet@champion")
    assert list(kept.index) == list(ran.demo.vetting.flagged)


@pytest.mark.usefixtures("at_home")
def test_a_second_run_makes_no_new_versions(ran: Ran) -> None:
    """The same models with the same facts are found, and the demo says so."""
    before = ModelRegistry(ran.registry).history("kepler_exoplanet")
    again = run_quick_demo(ran.registry.parent)
    assert again.demo.new == ()
    assert again.demo.model_ids == ran.demo.model_ids
    assert "make no new versions" in sentences(again)
    assert "make no new versions" not in sentences(ran)
    assert ModelRegistry(ran.registry).history("kepler_exoplanet") == before


def test_the_command_needs_no_home(tmp_path: Path) -> None:
    """In an empty environment the command works with bars on stderr, from any folder."""
    home = tmp_path / "home"
    home.mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    if sys.platform == "win32":
        env |= {name: os.environ[name] for name in ("SYSTEMROOT", "APPDATA", "LOCALAPPDATA")}
    main = "from exo_nbregistry.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", main, "demo", "--quick"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "Training 3 models: 100%" in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert (tmp_path / "demo" / "report.html").is_file()
    assert "exo-nbregistry verify --registry demo/registry" in done.stdout
