"""The commands that change a version: tag, annotate, add-metrics, delete, restore."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry

Run = Callable[..., Result]


def test_a_tag_needs_a_name(run: Run, registry: ModelRegistry) -> None:
    """A value without a name is a usage error, and nothing is written."""
    done = run("tag", "kepler:1", "reviewed", "=x")
    assert done.exit_code == 2
    assert registry.get_metadata("kepler:1").tags == {}


def test_tags_are_added_and_removed(run: Run, registry: ModelRegistry) -> None:
    """Tags are added with and without a value, stored as text, and removed."""
    done = run("tag", "kepler:1", "reviewed", "team=a=b", "rank=1.10")
    assert done.stdout == "kepler:1 has the tags: rank=1.10 reviewed team=a=b\n"
    assert registry.get_metadata("kepler:1").tags == {
        "reviewed": True,
        "team": "a=b",
        "rank": "1.10",
    }
    run("tag", "kepler:1", "--remove", "team", "--remove", "rank")
    assert run("tag", "kepler:1", "--remove", "reviewed").stdout == "kepler:1 has no tags.\n"
    assert run("tag", "kepler:1").exit_code == 2


def test_a_note_is_added(run: Run, registry: ModelRegistry) -> None:
    """A note is added to the version of the reference."""
    assert run("annotate", "kepler:1", "Looks good.").stdout == "Added a note to kepler:1.\n"
    assert run("annotate", "kepler", "The latest.").stdout == "Added a note to kepler:3.\n"
    assert [note.text for note in registry.get_metadata("kepler:1").notes] == ["Looks good."]
    assert [note.text for note in registry.get_metadata("kepler:3").notes] == ["The latest."]


def test_an_invalid_note_is_rejected(run: Run, registry: ModelRegistry) -> None:
    """A blank note, a missing note and a missing version are errors."""
    assert run("annotate", "kepler:1", " ").exit_code == 1
    assert run("annotate", "kepler:1").exit_code == 2
    assert run("annotate", "kepler:9", "Looks good.").exit_code == 1
    assert registry.get_metadata("kepler:1").notes == ()


def test_later_metrics_are_added(run: Run, registry: ModelRegistry) -> None:
    """Metrics are added with their time and data, and shown by show and history."""
    done = run(
        "add-metrics", "kepler:1", "f1_score=0.75", "drift=1e-3", "--on", "2026-11", "--at",
        "2026-11-30",
    )  # fmt: skip
    assert done.stdout == "Added f1_score, drift to kepler:1, which has 1 later measurement.\n"
    (later,) = registry.get_metadata("kepler:1").later_metrics
    assert (later.metrics, later.on) == ({"f1_score": 0.75, "drift": 0.001}, "2026-11")
    shown = run("show", "kepler:1").stdout
    assert "metrics measured later\n2026-11-30 00:00  f1_score 0.7500, drift 0.0010 on 20" in shown
    history = run("history", "kepler:1").stdout
    assert "was measured on 2026-11: f1_score 0.7500, drift 0.0010 " in history


def test_the_history_of_any_value_is_json(run: Run, registry: ModelRegistry) -> None:
    """NaN in an event is encoded as in the metadata, because JSON has no NaN."""
    registry.add_metrics("kepler:1", {"f1_score": float("nan")}, at="2026-11-30")
    event = json.loads(run("history", "kepler:1", "--json").stdout)[-1]
    assert event["metrics"] == {"f1_score": {"$float": "nan"}}
    assert event["measured_at"] == "2026-11-30T00:00:00+00:00"


def test_an_invalid_later_metric_is_rejected(run: Run, registry: ModelRegistry) -> None:
    """A metric without a number is a usage error; an invalid time is an error of the registry."""
    for text in ("f1_score", "f1_score=good", "=0.7"):
        done = run("add-metrics", "kepler:1", text)
        assert (done.exit_code, "f1_score=0.87" in done.stderr) == (2, True)
    assert run("add-metrics", "kepler:1").exit_code == 2
    assert "ISO 8601" in run("add-metrics", "kepler:1", "f1=0.7", "--at", "May").stderr
    assert registry.get_metadata("kepler:1").later_metrics == ()


def test_delete_requires_confirmation(run: Run, registry: ModelRegistry) -> None:
    """Deleting requires confirmation, and a deleted version can be restored."""
    assert run("delete", "kepler:1", typed="n\n").exit_code == 1
    assert run("delete", "kepler:1").exit_code == 1
    assert registry.get_metadata("kepler:1").status == "active"
    assert run("delete", "kepler:1", typed="y\n").exit_code == 0
    assert registry.get_metadata("kepler:1").status == "deleted"
    assert run("restore", "kepler:1").stdout == "Restored kepler:1.\n"
    assert run("delete", "kepler:1", "--yes").exit_code == 0


def test_purge_is_permanent(run: Run, registry: ModelRegistry) -> None:
    """Purging requires confirmation, and a purged version cannot be restored."""
    assert run("delete", "kepler:1", "--purge", typed="n\n").exit_code == 1
    assert registry.get_metadata("kepler:1").status == "active"
    assert run("delete", "kepler:1", "--purge", "--yes").exit_code == 0
    assert registry.get_metadata("kepler:1").status == "purged"
    assert run("restore", "kepler:1").exit_code == 1


def test_the_question_names_the_aliases(run: Run, registry: ModelRegistry) -> None:
    """The question about a version with aliases names them; a protected one requires --force."""
    registry.set_alias("kepler", "champion", 1)
    registry.set_alias("kepler", "best", 1)
    done = run("delete", "kepler:1", typed="n\n")
    assert "Delete kepler:1? @best and @champion cannot be loaded then." in done.stdout
    assert run("delete", "kepler:1", "--purge", typed="y\n").exit_code == 0
    registry.set_alias("kepler", "champion", 2, protected=True)
    for purge in ((), ("--purge",)):
        done = run("delete", "kepler:2", "--yes", *purge)
        assert done.exit_code == 1
        assert "pass --force, or run: exo-nbregistry alias set kepler@champion 2" in done.stderr
    assert run("delete", "kepler:2", "--yes", "--force").exit_code == 0


def test_delete_requires_a_version_or_an_alias(run: Run) -> None:
    """A model name is rejected, because its latest version may change."""
    done = run("delete", "kepler", "--yes")
    assert done.exit_code == 1
    assert "kepler:3" in done.stderr
