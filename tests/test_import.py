"""The public names, and the cost of their import."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("IPython", "cryptography", "ipywidgets", "joblib", "matplotlib", "numpy", "pandas")
HEAVY += ("scipy", "sklearn", "tornado")


def loaded_by(code: str) -> set[str]:
    """Run ``code`` in a new process and return its top-level modules."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", f"{code}\n{report}"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_import_is_light() -> None:
    """Importing the package imports no heavy library."""
    loaded = loaded_by("import exo_nbregistry")
    assert "exo_nbregistry" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_opening_a_registry_is_light(tmp_path: Path) -> None:
    """Opening and listing a registry imports no library that models require."""
    loaded = loaded_by(
        "from exo_nbregistry import ModelRegistry\n"
        f"ModelRegistry({str(tmp_path / 'registry')!r}, create=True).list_models()"
    )
    assert loaded.isdisjoint(set(HEAVY) - {"cryptography"})


@pytest.mark.parametrize(
    "name", ["Keyring", "ModelMetadata", "ModelPersistence", "ModelRegistry", "bundle"]
)
def test_public_names_resolve(name: str) -> None:
    """Each public name resolves to the class or function of that name."""
    import exo_nbregistry

    assert getattr(exo_nbregistry, name).__name__ == name


@pytest.mark.parametrize("room", ["evaluation", "training", "exoplanet"])
def test_a_public_room_is_light_and_complete(room: str) -> None:
    """Importing a public subpackage imports no heavy library, and its names resolve."""
    package = importlib.import_module(f"exo_nbregistry.{room}")
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError, match=f"{room}.*Missing"):
        package.Missing  # noqa: B018
    assert loaded_by(f"import exo_nbregistry.{room}").isdisjoint(HEAVY)


def test_exoplanet_has_its_own_and_the_general_names() -> None:
    """The Kepler subpackage has its own names, and general names with its defaults."""
    from exo_nbregistry import evaluation, exoplanet, training

    assert exoplanet.EnsembleClassifier is training.EnsembleClassifier
    assert exoplanet.DifferentTestSetsError is evaluation.DifferentTestSetsError
    assert issubclass(exoplanet.ModelTrainer, training.ModelTrainer)
    assert exoplanet.ModelTrainer().metric == "roc_auc"
    assert exoplanet.FEATURE_SETS["five"][0] in exoplanet.FEATURE_SETS["core12"]
    assert "koi_score" in exoplanet.LEAKS


@pytest.mark.parametrize("name", ["get_config", "set_config"])
def test_options_resolve(name: str) -> None:
    """The functions for options are public names of the package."""
    import exo_nbregistry

    assert callable(getattr(exo_nbregistry, name))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that the package does not have raises an AttributeError that names it."""
    import exo_nbregistry

    with pytest.raises(AttributeError, match=r"exo_nbregistry.*ModelRegistri"):
        exo_nbregistry.ModelRegistri  # noqa: B018


def test_tab_completion_lists_the_public_names() -> None:
    """Tab completion lists exactly the public names, also before their first use."""
    import exo_nbregistry

    assert dir(exo_nbregistry) == sorted(exo_nbregistry.__all__)


def test_star_import_gives_the_public_names() -> None:
    """A star import imports the public names."""
    names: dict[str, object] = {}
    exec("from exo_nbregistry import *", names)
    assert {"Keyring", "ModelMetadata", "ModelPersistence", "ModelRegistry"} <= set(names)
