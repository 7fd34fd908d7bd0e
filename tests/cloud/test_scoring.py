"""Tables are scored by processes that open the bucket of the registry themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.user_files import config_folder
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table of two pieces."""
    path = tmp_path / "table.parquet"
    pd.DataFrame({"depth": [1.0, 4.0, 2.0, 3.0]}).to_parquet(path, row_group_size=2, index=False)
    return path


def register(url: str, **options: object) -> ModelRegistry:
    """Register deep:1 in a bucket."""
    X = pd.DataFrame({"depth": [1.0, 2.0, 3.0, 4.0]})
    registry = ModelRegistry(url, **options)
    registry.register_model(LogisticRegression().fit(X, [0, 0, 1, 1]), "deep", X=X, y=[0, 0, 1, 1])
    return registry


def test_processes_open_the_bucket(seaweedfs: Server, table: Path, tmp_path: Path) -> None:
    """Two processes read the credentials of the user's file and score a table."""
    url = seaweedfs.url(unused_prefix())
    config_folder().mkdir(mode=0o700, parents=True)
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in seaweedfs.options.items()]
    path = config_folder() / "storage.toml"
    path.write_text(f'[storage."{url}"]\n{"".join(lines)}')
    path.chmod(0o600)
    summary = register(url).score("deep", table, tmp_path / "scores", n_jobs=2, progress=False)
    assert (summary.rows, summary.predicted, summary.files) == (4, 4, 2)
    found = pd.concat(map(pd.read_parquet, sorted((tmp_path / "scores").iterdir())))
    assert found["prediction"].tolist() == [0, 1, 0, 1]


def test_secrets_are_not_sent(seaweedfs: Server, table: Path, tmp_path: Path) -> None:
    """With a secret in storage_options, this process scores, and others name what they lack."""
    options = seaweedfs.options
    registry = register(seaweedfs.url(unused_prefix()), storage_options=options)
    summary = registry.score("deep", table, tmp_path / "one", n_jobs=1, progress=False)
    assert summary.rows == 4
    with pytest.raises(RegistryError, match="may be secret and are not sent") as caught:
        registry.score("deep", table, tmp_path / "two", n_jobs=2, progress=False)
    secret = next(str(value) for name, value in options.items() if "secret" in name.lower())
    assert secret not in str(caught.value)
