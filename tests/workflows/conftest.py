"""A user folder that the notebook of a workflow and its tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.notebook import Executed, execute

# These modules have assertions, too.
pytest.register_assert_rewrite("tests.workflows.workflow")


@pytest.fixture(scope="session")
def user_directories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a user, with a key and an index."""
    home: Path = tmp_path_factory.mktemp("user")
    return {
        "EXO_NBREGISTRY_CONFIG_DIR": str(home / "config"),
        "EXO_NBREGISTRY_CACHE_DIR": str(home / "cache"),
    }


@pytest.fixture(autouse=True)
def _user_directories(user_directories: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the key of the notebook in all tests, as the same user does."""
    for name, folder in user_directories.items():
        monkeypatch.setenv(name, folder)


@pytest.fixture(scope="class")
def done(
    request: pytest.FixtureRequest,
    user_directories: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Executed:
    """Return the notebook of the test class after it has run in its own process."""
    notebook: Any = request.cls.NOTEBOOK
    folder = tmp_path_factory.mktemp("workflow")
    return execute(notebook, folder, os.environ | user_directories)
