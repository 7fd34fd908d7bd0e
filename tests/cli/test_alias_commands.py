"""The commands on aliases."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


def test_an_alias_is_set_moved_rolled_back_and_removed(run: Run, registry: ModelRegistry) -> None:
    """An alias is set, moved, rolled back and removed."""
    assert "kepler:1" in run("alias", "set", "kepler@champion", 1).stdout
    run("alias", "set", "kepler@champion", 3)
    assert registry.get_metadata("kepler@champion").version == 3
    assert "kepler:1" in run("alias", "rollback", "kepler@champion").stdout
    assert run("alias", "remove", "kepler@champion").exit_code == 0
    assert run("show", "kepler@champion").exit_code == 1


def test_an_alias_moves_only_from_the_expected_version(run: Run, registry: ModelRegistry) -> None:
    """With a wrong expected version the alias does not move; 0 expects no alias."""
    assert run("alias", "set", "kepler@champion", 1, "--expected", 0).exit_code == 0
    done = run("alias", "set", "kepler@champion", 2, "--expected", 3)
    assert done.exit_code == 1
    assert registry.get_metadata("kepler@champion").version == 1
    assert run("alias", "set", "kepler@champion", 2, "--expected", 1).exit_code == 0


def test_aliases_are_listed(run: Run) -> None:
    """The aliases of a model are listed with their versions, an alias with its history."""
    run("alias", "set", "kepler@champion", 1)
    run("alias", "set", "kepler@champion", 2)
    assert json.loads(run("alias", "list", "kepler", "--json").stdout) == [
        {"alias": "kepler@champion", "version": 2, "status": "active"}
    ]
    moves = json.loads(run("alias", "list", "kepler@champion", "--json").stdout)
    assert [move["version"] for move in moves] == [1, 2]
    assert "kepler@champion" in run("alias", "list", "kepler").stdout
    assert run("alias", "list", "tess").stdout == "tess has no aliases.\n"


def test_a_protected_alias_keeps_its_version(run: Run) -> None:
    """The version of a protected alias cannot be deleted."""
    run("alias", "set", "kepler@champion", 1, "--protected")
    assert run("delete", "kepler:1", "--yes").exit_code == 1
    run("alias", "set", "kepler@champion", 2, "--force")
    assert run("delete", "kepler:2", "--yes").exit_code == 1, "moving it keeps the protection"
    run("alias", "set", "kepler@champion", 2, "--unprotected")
    assert run("delete", "kepler:2", "--yes").exit_code == 0


def test_a_protected_alias_moves_only_with_force(run: Run) -> None:
    """The error names the option and the command that removes the protection."""
    run("alias", "set", "kepler@champion", 1)
    run("alias", "set", "kepler@champion", 2, "--protected", "--force")
    for arguments in (
        ("set", "kepler@champion", 1),
        ("remove", "kepler@champion"),
        ("rollback", "kepler@champion"),
    ):
        done = run("alias", *arguments)
        assert done.exit_code == 1
        assert "pass --force, or run: exo-nbregistry alias set kepler@champion 2 " in done.stderr
        assert "force=True" not in done.stderr
    assert run("alias", "rollback", "kepler@champion", "--force").exit_code == 0
    assert run("alias", "remove", "kepler@champion", "--force").exit_code == 0


def test_an_alias_of_a_deleted_version_is_listed(run: Run, registry: ModelRegistry) -> None:
    """An alias that points to a deleted version is listed."""
    run("alias", "set", "kepler@champion", 1)
    registry.delete_model("kepler:1")
    row = run("alias", "list", "kepler").stdout.splitlines()[2]
    assert row.split() == ["kepler@champion", "1", "deleted"]


def test_latest_cannot_be_an_alias(run: Run) -> None:
    """The reserved name latest is rejected."""
    done = run("alias", "set", "kepler@latest", 1)
    assert done.exit_code == 1
    assert "'latest'" in done.stderr


def test_an_alias_needs_its_name(run: Run) -> None:
    """A reference without an alias is an error with an example."""
    done = run("alias", "set", "kepler", 1)
    assert done.exit_code == 1
    assert "kepler@champion" in done.stderr
