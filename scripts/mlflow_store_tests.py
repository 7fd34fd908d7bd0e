"""Run MLflow's own tests of its model registry stores against the store of exo-nbregistry.

    pip install -e '.[mlflow,dev]' sqlalchemy alembic
    git clone --depth 1 --branch v3.17.2 https://github.com/mlflow/mlflow CHECKOUT
    python scripts/mlflow_store_tests.py CHECKOUT [arguments of pytest]

CHECKOUT is a folder with MLflow's sources, if possible of the installed release; only
``tests/store/model_registry`` and ``tests/helper_functions.py`` of it are used, with the installed
MLflow. Tests named webhook, prompt, transition or rename are left out, and pass ``-k ''`` to run
them too. 17 of the others fail, which need stages or the internals of MLflow's own stores; a new
failure is a change of MLflow that this package has to follow. The tests build their store
with a class that they import from MLflow. This script puts a subclass of `NbregistryStore` in its
place. A copy of the tests is run, with these changes:

- Their versions have sources that do not exist, such as ``path/to/source``. This registry stores
  the files of each version, so each such version gets a small model.
- Two models have a name with a space, which this registry refuses; it becomes a hyphen.
- Some tests move a version to a stage, of which their other steps are independent; these calls and
  their assertions are removed.
- Assertions that the files of a version are at its source are removed: the registry has them.
- Versions of aliases are numbers in the tests of the file store too, as in the database store.
- The mark to skip all tests of the file store is removed.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from unittest import mock

import pytest

START = Path.cwd()
FOLDER = "tests/store/model_registry"
TESTS = ("test_sqlalchemy_store.py", "test_file_store.py")
CHANGES = (
    ("_TestMod 2", "_TestMod-2"),
    ('{"test_alias": "2"}', '{"test_alias": 2}'),
    ('pytestmark = pytest.mark.skip(reason="FileStore is no longer supported")', ""),
)
# Stages, webhooks, prompts, other names, and the workspaces and files of MLflow's own stores.
STAGES = re.compile(
    r"^ +(?:store\.transition_model_version_stage\((?:[^()]|\([^()]*\))*\)"
    r"|assert \S+\.current_stage == \"Production\""
    r"|assert store\.get_model_version_download_uri\(.*\) == .*)\n",
    re.MULTILINE,
)
WITHOUT_STAGES = re.compile(
    r"^def test_(?:copy_model_version|get_model_version_download_uri|search_model_versions"
    r"|writing_model_version_preserves_storage_location)\(.*?(?=^def |^@|\Z)",
    re.MULTILINE | re.DOTALL,
)
NOT_SUPPORTED = "webhook or prompt or transition or rename or workspace-enabled"
_SKLEARN_FLAVOR = "flavors: {python_function: {loader_module: mlflow.pyfunc.model}}\nnumber: %d\n"


def make_store_class() -> type:
    """Return the store, with the members of MLflow's stores that the tests use."""
    from mlflow.store.model_registry import file_store, sqlalchemy_store

    from exo_nbregistry.mlflow_plugin.registry_store import NbregistryStore
    from exo_nbregistry.registry.facade import ModelRegistry

    class StoreUnderTest(NbregistryStore):
        MODELS_FOLDER_NAME, META_DATA_FILE_NAME, TAGS_FOLDER_NAME = "models", "meta.yaml", "tags"
        _numbers = iter(range(1_000_000))

        def __init__(self, place: str) -> None:
            path = Path(place.removeprefix("sqlite:///"))
            path.parent.mkdir(parents=True, exist_ok=True)
            # A fixture copies the database of another one.
            if place.startswith("sqlite:"):
                path.touch()
            folder = path / "registry" if path.is_dir() else path.with_suffix(".registry")
            super().__init__(f"exo-nbregistry://{folder}")
            self.engine = mock.NonCallableMagicMock()
            # Some tests set the clock of the store's module.
            clock = sqlalchemy_store if place.startswith("sqlite:") else file_store
            self.__dict__["_registry"] = ModelRegistry(
                folder,
                durable=False,
                now=lambda: datetime.fromtimestamp(clock.get_current_time_millis() / 1000, UTC),
            )

        def create_model_version(self, name: str, source: str, *args: Any, **kwargs: Any) -> Any:
            if not source.startswith("models:/"):
                folder = Path(mkdtemp(prefix="logged-"))
                text = _SKLEARN_FLAVOR % next(self._numbers)
                (folder / "MLmodel").write_text(text, "utf-8")
                kwargs["local_model_path"] = str(folder)
            return super().create_model_version(name, source, *args, **kwargs)

        def list_registered_models(self, max_results: int, page_token: str | None) -> Any:
            return self.search_registered_models(max_results=max_results, page_token=page_token)

    return StoreUnderTest


class Plugin:
    """Plugin of pytest that gives the tests this store."""

    @pytest.fixture
    def disable_workspace_mode_by_default(self) -> None:
        """Replace a fixture of MLflow's conftest, which needs all of MLflow."""

    @pytest.fixture(scope="session")
    def cached_db(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Return an empty file, which the tests copy to the place of their store."""
        path = tmp_path_factory.mktemp("database") / "mlflow.db"
        path.touch()
        return path

    @pytest.fixture(autouse=True)
    def _tracking(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        import mlflow

        mlflow.set_tracking_uri((tmp_path / "mlruns").as_uri())
        # The tests of the database store expect a database in it.
        monkeypatch.delenv("MLFLOW_TRACKING_URI")
        yield
        mlflow.set_tracking_uri(None)


def copy_tests(checkout: Path, folder: Path) -> None:
    """Copy the tests to a folder, with the changes."""
    files = [f"{FOLDER}/{name}" for name in TESTS]
    packages = ("tests/__init__.py", "tests/store/__init__.py", f"{FOLDER}/__init__.py")
    for name in (*packages, "tests/helper_functions.py", *files):
        text = (checkout / name).read_text("utf-8")
        for old, new in CHANGES if name in files else ():
            text = text.replace(old, new)
        text = WITHOUT_STAGES.sub(lambda test: STAGES.sub("", test[0]), text)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def main(checkout: str, *arguments: str) -> int:
    """Run the tests of a checkout, and return pytest's exit code."""
    missing = [name for name in TESTS if not (Path(checkout) / FOLDER / name).is_file()]
    if missing:
        sys.exit(f"{Path(checkout) / FOLDER} has no {missing[0]}; pass a checkout of MLflow.")
    with TemporaryDirectory(prefix="mlflow-tests-", ignore_cleanup_errors=True) as name:
        # All files of the tests are in it, and are removed with it.
        tempfile.tempdir = name
        try:
            return run_tests(Path(checkout), Path(name) / "checkout", arguments)
        finally:
            tempfile.tempdir = None
            os.chdir(START)


def run_tests(checkout: Path, root: Path, arguments: Sequence[str]) -> int:
    """Run a copy of the tests in a folder."""
    copy_tests(checkout, root)
    for name in ("EXO_NBREGISTRY_CONFIG_DIR", "EXO_NBREGISTRY_CACHE_DIR"):
        os.environ[name] = mkdtemp(prefix="exo-nbregistry-")
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    from mlflow.store.model_registry import file_store, sqlalchemy_store, sqlalchemy_workspace_store

    store = make_store_class()
    file_store.FileStore = sqlalchemy_store.SqlAlchemyStore = store
    sqlalchemy_workspace_store.WorkspaceAwareSqlAlchemyStore = store
    sys.path.insert(0, str(root))
    os.chdir(root)
    files = [f"{FOLDER}/{name}" for name in TESTS]
    options = ["--noconftest", "-c", os.devnull, f"--rootdir={root}", "-p", "no:cacheprovider"]
    options += [f"--basetemp={root.parent / 'pytest'}"]
    chosen = [] if "-k" in arguments else ["-k", f"not ({NOT_SUPPORTED})"]
    options += ["-q", "--tb=short", "-W", "ignore", *chosen, *arguments]
    return int(pytest.main([*options, *files], plugins=[Plugin()]))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
