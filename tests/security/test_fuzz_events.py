"""Each field of an event is replaced with each bad value, under a trusted signature."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.security.mutations import BAD, paths, replaced, sealed_bytes

CHANGES: dict[str, Callable[[ModelRegistry], Any]] = {
    "alias": lambda r: r.set_alias("toy", "champion", 2),
    "unalias": lambda r: r.remove_alias("toy", "champion"),
    "rollback": lambda r: (r.set_alias("toy", "champion", 2), r.rollback_alias("toy", "champion")),
    "tag": lambda r: r.tag_model("toy:1", team="vetting"),
    "untag": lambda r: (r.tag_model("toy:1", "a"), r.untag_model("toy:1", "a")),
    "note": lambda r: r.annotate("toy:1", "Good."),
    "attach": lambda r: r.attach("toy:1", "notes", "Good."),
    "metrics": lambda r: r.add_metrics("toy:1", {"f1_score": 0.5}, on="production"),
    "delete": lambda r: r.delete_model("toy:2"),
    "restore": lambda r: (r.delete_model("toy:2"), r.restore_model("toy:2")),
    "purge": lambda r: r.purge_model("toy:2"),
}


def build(folder: Path, change: str) -> tuple[ModelRegistry, Path]:
    """Return a registry whose last event is the change, and the file of that event."""
    registry = ModelRegistry(folder, durable=False)
    for value in (1, 2):
        registry.register_model({"value": value}, "toy", evaluation_results={"f1_score": 0.5})
    registry.register_model({"value": 3}, "other")
    registry.set_alias("toy", "champion", 1)
    CHANGES[change](registry)
    return registry, max((folder / "models/toy/events").iterdir())


def ask(registry: ModelRegistry) -> None:
    """Make every kind of call about a model; each raises no error but those of the package."""
    calls: list[Callable[[], Any]] = [
        lambda: list(registry.list_models(include_deleted=True)),
        lambda: registry.list_models()._repr_html_(),
        lambda: registry.list_models(where="later_metrics.f1_score > 0 or 'team' in tags"),
        lambda: registry.list_model_names()._repr_html_(),
        registry.get_registry_stats,
        lambda: registry.get_metadata("toy:1")._repr_html_(),
        lambda: registry.compare_models(["toy:1", "toy:2"])._repr_html_(),
        lambda: registry.history("toy")._repr_html_(),
        lambda: registry.alias_history("toy", "champion"),
        lambda: registry.load_model("toy@champion"),
        lambda: registry.load_model("toy"),
        lambda: registry.load_model("toy:1"),
        registry.verify,
        registry.collect_garbage,
    ]
    for call in calls:
        with contextlib.suppress(RegistryError):
            call()


@pytest.mark.parametrize("change", CHANGES)
def test_an_event_with_any_field_costs_no_answer(tmp_path: Path, change: str) -> None:
    """Beside a bad event, the versions of its model and other models answer."""
    registry, path = build(tmp_path / "registry", change)
    whole = json.loads(path.read_text())
    fields = {name: value for name, value in whole.items() if name not in ("check", "signature")}
    sign = Keyring().sign
    for at in paths(fields):
        for name in BAD:
            path.write_bytes(sealed_bytes(replaced(fields, at, BAD[name]), sign))
            registry = ModelRegistry(registry.location)
            assert registry.get_metadata("toy:1").metrics == {"f1_score": 0.5}
            assert registry.load_model("other")[0] == {"value": 3}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("bad", ["list", "huge", "nul", "deep", "surrogate", "unknown tag", "edge"])
def test_every_call_beside_a_bad_event_answers_or_names_it(
    tmp_path: Path, change: str, bad: str
) -> None:
    """Every call raises only errors of the package, and verify() names a bad event."""
    registry, path = build(tmp_path / "registry", change)
    whole = json.loads(path.read_text())
    fields = {name: value for name, value in whole.items() if name not in ("check", "signature")}
    value = BAD.get(bad, f"<{bad}>")
    for name in fields["content"]:
        path.write_bytes(sealed_bytes(replaced(fields, ("content", name), value), Keyring().sign))
        again = ModelRegistry(registry.location)
        ask(again)
        assert again.list_models("other").ids == ("other:1",)
        assert again.load_model("other")[0] == {"value": 3}
