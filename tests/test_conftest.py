"""The marks and the distribution of tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def test_each_kind_names_files(pytestconfig: pytest.Config) -> None:
    """Each file in KINDS exists, so a renamed file does not lose its kind."""
    shared = pytestconfig.pluginmanager.get_plugin(str(TESTS.parent / "conftest.py"))
    assert shared is not None
    stems = {path.stem for path in TESTS.rglob("test_*.py")}
    named = [stem for stems in shared.KINDS.values() for stem in stems]
    assert [stem for stem in named if stem not in stems] == []
    assert (TESTS.parent / shared.BROWSER).is_dir()
    assert (TESTS.parent / shared.WORKFLOWS).is_dir()


def test_an_id_is_the_same_in_every_process(request: pytest.FixtureRequest) -> None:
    """Test ids contain no addresses, because each worker must collect the same ids."""
    moving = [
        item.nodeid for item in request.session.items if re.search("0x[0-9a-f]{8}", item.nodeid)
    ]
    assert moving == []
