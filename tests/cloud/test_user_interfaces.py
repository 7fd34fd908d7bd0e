"""The sidebar, panels, commands and the prediction server take the URL of a real bucket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.api.answer import answer
from exo_nbregistry.cli.app import commands
from exo_nbregistry.lab.registries import Catalogue
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.serve.inference import InferenceService
from exo_nbregistry.signing.user_files import config_folder
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server


@pytest.fixture
def url(seaweedfs: Server) -> str:
    """Return the URL of a registry whose options are in the user's file only."""
    import pandas as pd

    url = seaweedfs.url(unused_prefix())
    config_folder().mkdir(mode=0o700, parents=True)
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in seaweedfs.options.items()]
    path = config_folder() / "storage.toml"
    path.write_text(f'[storage."{url}"]\n{"".join(lines)}')
    path.chmod(0o600)
    X = pd.DataFrame({"depth": [1.0, 2.0, 3.0, 4.0]})
    model = LogisticRegression().fit(X, [0, 0, 1, 1])
    registry = ModelRegistry(url)
    registry.register_model(model, "deep", X=X, y=[0, 0, 1, 1])
    registry.set_alias("deep", "champion", 1)
    return url


def test_the_sidebar_lists_and_changes_a_bucket(url: str, tmp_path: Path) -> None:
    """The API of the server lists the versions of a bucket and shows the code that loads one."""
    catalogue = Catalogue(str(tmp_path), [url])
    (place,) = catalogue.places()
    listed = answer(catalogue, "GET", f"/registries/{place.id}/versions", {}, b"")
    assert listed.status == 200
    assert b"deep:1" in listed.body
    detail = answer(catalogue, "GET", f"/registries/{place.id}/models/deep/versions/1", {}, b"")
    assert f"ModelRegistry('{url}')" in json.loads(detail.body)["code"]


def test_a_panel_shows_a_bucket(url: str) -> None:
    """The panel of a registry in a bucket lists its versions."""
    shown = ModelRegistry(url).browse()._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown
    assert "deep" in data["text/plain"]


def test_commands_read_a_bucket(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands take the URL as the option and as the variable."""
    monkeypatch.chdir(tmp_path)
    for name in ("list", "stats", "verify"):
        done = CliRunner().invoke(commands, ["--registry", url, name])
        assert done.exit_code == 0, done.output
    monkeypatch.setenv("EXO_NBREGISTRY", url)
    assert CliRunner().invoke(commands, ["tag", "deep:1", "reviewed"]).exit_code == 0
    assert CliRunner().invoke(commands, ["export", "deep@champion", "out"]).exit_code == 0
    assert (tmp_path / "out" / "record.json").is_file()
    assert ModelRegistry()["deep"].tags == {"reviewed": True}


def test_a_model_of_a_bucket_is_served(url: str) -> None:
    """The prediction service loads a model by the URL."""
    service = InferenceService(url, "deep@champion")
    assert service.version == "deep:1"
