"""The demo: its output, its versions and a second run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.demo.run import _most_probable
from exo_nbregistry.exoplanet.followup.flag import read_followup
from exo_nbregistry.exoplanet.followup.scoring_process import THRESHOLD
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.views.comparison import Comparison
from exo_nbregistry.views.listing import Listing
from tests.exoplanet.conftest import Ran, run_quick_demo

ROOT = Path(__file__).resolve().parents[4]
ALGORITHMS = {"RandomForest", "NeuralNetwork", "SVM", "HistGradientBoosting", "Ensemble"}


def text_of(ran: Ran) -> str:
    """Return the text of the output."""
    return "\n".join(item for item in ran.output if isinstance(item, str))


@pytest.mark.usefixtures("at_home")
def test_each_classifier_becomes_a_version(ran: Ran) -> None:
    """The registry has the classifiers and their ensemble, with metrics on the test set."""
    versions = ModelRegistry(ran.registry).list_models()
    assert {version.algorithm for version in versions} == ALGORITHMS == set(ran.demo.model_ids)
    assert set(versions.ids) == set(ran.demo.model_ids.values()) == set(ran.demo.new)
    assert all(version.metrics["roc_auc"] > 0.9 for version in versions)
    assert all(version.test_samples == ran.demo.scoring.test_samples for version in versions)


@pytest.mark.usefixtures("at_home")
def test_the_champion_is_the_version_that_was_chosen(ran: Ran) -> None:
    """The alias points to the version that the demo names and the new process loaded."""
    champion = ModelRegistry(ran.registry).get_metadata("kepler_exoplanet@champion")
    assert champion.model_id == ran.demo.champion == ran.demo.scoring.model_id
    text = text_of(ran)
    assert f"{champion.algorithm} has the best roc_auc in cross-validation" in text
    assert f"kepler_exoplanet@champion points to {champion.model_id}." in text


@pytest.mark.usefixtures("at_home")
def test_the_new_process_reproduces_the_registered_metrics(ran: Ran) -> None:
    """The metrics of the loaded model on the test set equal the registered ones."""
    champion = ModelRegistry(ran.registry).get_metadata(ran.demo.champion)
    assert ran.demo.scoring.test_metrics == pytest.approx(dict(champion.metrics))


def test_it_shows_a_listing_and_a_comparison(ran: Ran) -> None:
    """Besides text, the output has a listing and a comparison."""
    shown = [type(item) for item in ran.output if not isinstance(item, str)]
    assert shown == [Listing, Comparison]


def test_the_ten_most_probable_candidates_are_listed(ran: Ran) -> None:
    """The output has the count, and the ten most probable candidates with their values."""
    text, scoring = text_of(ran), ran.demo.scoring
    assert f"{len(scoring.flagged)} of {scoring.candidates} candidates" in text
    candidates = load_koi().candidates
    rows = [line.split() for line in text.splitlines() if line.split()[:1] != []]
    rows = [row for row in rows if row[0] in candidates.index]
    assert [row[0] for row in rows] == list(scoring.flagged)[:10]
    for name, period, radius, probability in rows:
        assert float(period) == pytest.approx(candidates.loc[name, "koi_period"], abs=0.005)
        assert float(radius) == pytest.approx(candidates.loc[name, "koi_prad"], abs=0.005)
        calibrated = scoring.flagged[name]["calibrated_probability"]
        # As in the follow-up list and in the report.
        assert probability == f"{calibrated:.3f}"
    assert all(row["calibrated_probability"] >= THRESHOLD for row in scoring.flagged.values())


def test_a_missing_radius_is_a_dash(ran: Ran) -> None:
    """A flagged candidate without a radius is listed with a dash."""
    (name,) = list(ran.demo.scoring.flagged)[:1]
    candidates = load_koi().candidates.copy()
    candidates.loc[name, "koi_prad"] = float("nan")
    (row,) = [
        line for line in _most_probable(ran.demo.scoring, candidates).splitlines() if name in line
    ]
    assert row.split()[2] == "-"


@pytest.mark.usefixtures("at_home")
def test_the_output_states_where_the_full_list_is(ran: Ran) -> None:
    """The call that the output names returns the full list."""
    call = next(line for line in text_of(ran).splitlines() if "read_followup(" in line)
    opened = ModelRegistry(ran.registry)
    listed = eval(call, {"read_followup": read_followup, "registry": opened})
    assert list(listed.index) == list(ran.demo.scoring.flagged)
    assert "Report:" in text_of(ran)


@pytest.mark.usefixtures("at_home")
def test_the_list_is_kept_with_the_champion(ran: Ran) -> None:
    """The follow-up list can be read back from the registry."""
    kept = read_followup(ModelRegistry(ran.registry), "kepler_exoplanet@champion")
    assert list(kept.index) == list(ran.demo.scoring.flagged)


@pytest.mark.usefixtures("at_home")
def test_a_second_run_creates_no_versions(ran: Ran) -> None:
    """A second run finds identical versions, and its output states this."""
    before = ModelRegistry(ran.registry).history("kepler_exoplanet")
    again = run_quick_demo(ran.registry.parent)
    assert again.demo.new == ()
    assert again.demo.model_ids == ran.demo.model_ids
    assert "do not create new versions" in text_of(again)
    assert "do not create new versions" not in text_of(ran)
    assert ModelRegistry(ran.registry).history("kepler_exoplanet") == before


def test_the_command_works_in_an_empty_environment(tmp_path: Path) -> None:
    """In an empty environment the command works in any folder, with progress on stderr."""
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
    assert "Training 4 models: 100%" in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert (tmp_path / "demo" / "report.html").is_file()
    assert "exo-nbregistry verify --registry demo/registry" in done.stdout
