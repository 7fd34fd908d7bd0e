"""The commands that change what is said of a version: tag, delete, restore."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


def test_a_tag_needs_a_name(run: Run, registry: ModelRegistry) -> None:
    """A value without a name is refused before anything is written."""
    done = run("tag", "kepler:1", "reviewed", "=x")
    assert done.exit_code == 2
    assert registry.get_metadata("kepler:1").tags == {}


def test_tags_come_and_go(run: Run, registry: ModelRegistry) -> None:
    """Tags are added with and without a value, kept as text, and removed."""
    done = run("tag", "kepler:1", "reviewed", "team=a=b", "rank=1.10")
    assert done.stdout == "kepler:1 is tagged rank=1.10 reviewed team=a=b.\n"
    assert registry.get_metadata("kepler:1").tags == {
        "reviewed": True,
        "team": "a=b",
        "rank": "1.10",
    }
    run("tag", "kepler:1", "--remove", "team", "--remove", "rank")
    assert run("tag", "kepler:1", "--remove", "reviewed").stdout == "kepler:1 has no tag.\n"
    assert run("tag", "kepler:1").exit_code == 2


def test_delete_asks_first(run: Run, registry: ModelRegistry) -> None:
    """A version is hidden only after a yes, typed or given; restore brings it back."""
    assert run("delete", "kepler:1", typed="n\n").exit_code == 1
    assert run("delete", "kepler:1").exit_code == 1
    assert registry.get_metadata("kepler:1").status == "active"
    assert run("delete", "kepler:1", typed="y\n").exit_code == 0
    assert registry.get_metadata("kepler:1").status == "deleted"
    assert run("restore", "kepler:1").stdout == "kepler:1 is back.\n"
    assert run("delete", "kepler:1", "--yes").exit_code == 0


def test_purge_is_for_good(run: Run, registry: ModelRegistry) -> None:
    """Purging asks as well, and cannot be undone."""
    assert run("delete", "kepler:1", "--purge", typed="n\n").exit_code == 1
    assert registry.get_metadata("kepler:1").status == "active"
    assert run("delete", "kepler:1", "--purge", "--yes").exit_code == 0
    assert registry.get_metadata("kepler:1").status == "purged"
    assert run("restore", "kepler:1").exit_code == 1


def test_the_latest_is_not_deleted_by_chance(run: Run) -> None:
    """A bare name is refused: it would mean whichever version is the latest by then."""
    done = run("delete", "kepler", "--yes")
    assert done.exit_code == 1
    assert "kepler:3" in done.stderr
