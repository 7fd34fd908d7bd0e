"""Tables and models in a bucket: processes open it themselves."""

from __future__ import annotations

import json
from pathlib import Path

import obstore
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from exo_nbregistry.errors import ConflictError, InvalidInputError, NotFoundError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.user_files import config_folder
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server

pytestmark = pytest.mark.usefixtures("new_workers")


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


def configure(server: Server) -> str:
    """Write the options of a server to the user's file, and return an unused URL."""
    url = server.url(unused_prefix())
    config_folder().mkdir(mode=0o700, parents=True)
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in server.options.items()]
    path = config_folder() / "storage.toml"
    path.write_text(f'[storage."{url}"]\n{"".join(lines)}')
    path.chmod(0o600)
    return url


def test_processes_open_the_bucket(seaweedfs: Server, table: Path, tmp_path: Path) -> None:
    """Two processes read the credentials of the user's file and score a table."""
    url = configure(seaweedfs)
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


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_table_in_a_bucket_is_scored_into_the_bucket(
    seaweedfs: Server, table: Path, tmp_path: Path, form: str
) -> None:
    """The results equal the results of the same table on disk; a second run finds them."""
    url = configure(seaweedfs)
    registry = register(f"{url}/models")
    if form == "csv":
        pd.read_parquet(table).to_csv(table.with_suffix(".csv"), index=False)
        table = table.with_suffix(".csv")
    objects = seaweedfs.objects(url.rpartition("/")[2])
    obstore.put(objects, f"data/{table.name}", table.read_bytes())
    source, target = f"{url}/data/*.{form}", f"{url}/scores"
    summary = registry.score("deep", source, target, n_jobs=2, progress=False)
    on_disk = registry.score("deep", table, tmp_path / "scores", n_jobs=1, progress=False)
    assert (summary.rows, summary.files, summary.resumed) == (4, on_disk.files, 0)
    assert registry.score("deep", source, target, progress=False).resumed == summary.files
    registry.score("deep", source, tmp_path / "fetched", progress=False)
    fetched = [*map(pd.read_parquet, sorted((tmp_path / "fetched").iterdir()))]
    expected = [*map(pd.read_parquet, sorted((tmp_path / "scores").iterdir()))]
    pd.testing.assert_frame_equal(pd.concat(fetched), pd.concat(expected))
    names = sorted(obstore.list(objects, "scores").collect(), key=lambda item: item["path"])
    stored = [bytes(obstore.get(objects, item["path"]).bytes()) for item in names]
    assert stored == [path.read_bytes() for path in sorted((tmp_path / "fetched").iterdir())]


def test_results_in_a_bucket_are_checked(seaweedfs: Server, table: Path) -> None:
    """Results of another version, other objects, and results in the table are refused."""
    url = configure(seaweedfs)
    registry = register(f"{url}/models")
    registry.score("deep", table, f"{url}/scores", n_jobs=1, progress=False)
    X = pd.DataFrame({"depth": [1.0, 2.0, 3.0, 4.0]})
    registry.register_model(DummyClassifier().fit(X, [0, 0, 1, 1]), "deep", X=X, y=[0, 0, 1, 1])
    with pytest.raises(ConflictError, match=r"has scores of deep:1, not of deep:2"):
        registry.score("deep", table, f"{url}/scores", n_jobs=1, progress=False)
    summary = registry.score(
        "deep", table, f"{url}/scores", n_jobs=1, overwrite=True, progress=False
    )
    assert (summary.model_id, summary.resumed) == ("deep:2", 0)
    with pytest.raises(InvalidInputError, match="is inside the table"):
        registry.score("deep", f"{url}/scores", f"{url}/scores/again", progress=False)
    with pytest.raises(InvalidInputError, match="has files of the table"):
        registry.score("deep", f"{url}/scores", f"{url}/scores", progress=False)
    with pytest.raises(ConflictError, match="models, which is not a file of results"):
        registry.score("deep", table, url, n_jobs=1, progress=False)
    with pytest.raises(NotFoundError, match=r"absent\.parquet does not exist"):
        registry.score("deep", f"{url}/absent.parquet", f"{url}/more", progress=False)
