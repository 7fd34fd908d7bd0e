"""Each field of a version's record is replaced with each bad value, under a trusted signature."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sklearn.dummy import DummyClassifier

from exo_nbregistry.api.attachment_routes import can_preview
from exo_nbregistry.api.compare_route import comparison_of
from exo_nbregistry.api.detail_facts import (
    attachments_of,
    hyperparameters_of,
    metrics_of,
    notes_of,
    plots_of,
    provenance_of,
    sections_of,
    signature_of,
    tags_of,
)
from exo_nbregistry.api.json_views import item_of
from exo_nbregistry.api.lineage import lineage_of
from exo_nbregistry.errors import IntegrityError, RecordError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.views.usage import usage
from tests.security.mutations import BAD, paths, replaced, sealed_bytes

MODEL = "models/fuzz/versions"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PARTS = (metrics_of, hyperparameters_of, tags_of, sections_of, signature_of, plots_of)


@cache
def example() -> dict[str, Any]:
    """Return the content of a record with every field."""
    import tempfile

    X, y = [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]] * 5, ["a", "b", "a"] * 5
    with tempfile.TemporaryDirectory() as folder:
        registry = ModelRegistry(folder, durable=False)
        registry.register_model(
            DummyClassifier().fit(X, y),
            "fuzz",
            X=X,
            y=y,
            X_test=X,
            y_test=y,
            tags={"team": "vetting"},
            description="A model.",
            training_info={"dataset": "koi", "mission": "Kepler"},
            evaluation_results={"verdict": "good"},
            attachments={"notes": "Good."},
        )
        record = json.loads(Path(folder, "models/fuzz/versions/v000001.json").read_text())
    fields = {name: record[name] for name in ("kind", "model", "prev", "txn")}
    content: dict[str, Any] = record["content"]
    code = {"by_value": ["__main__.A"], "python": "3.11", "cloudpickle": "3"}
    return fields | {"content": content | {"code": code}}


MUTATIONS = [(at, name) for at in paths(example()) for name in BAD]
LAST = len(MUTATIONS) + 1


def fields_of(number: int, registry_id: str) -> dict[str, Any]:
    """Return the sealed fields of an intact version."""
    fields: dict[str, Any] = replaced(example(), ("content", "version"), number)
    fields["content"]["model_id"] = f"fuzz:{number}"
    return fields | {"number": number, "registry": registry_id}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a registry: a good model, and a version for each mutation."""
    home = tmp_path_factory.mktemp("fuzz")
    keyring = Keyring(home / "keys")
    registry = ModelRegistry(home / "registry", durable=False, keyring=keyring)
    registry.register_model(
        DummyClassifier().fit([[0], [1]], [0, 1]), "good", evaluation_results={"accuracy": 0.9}
    )
    folder = home / "registry" / MODEL
    folder.mkdir(parents=True)
    for number, (at, name) in enumerate(MUTATIONS, start=1):
        fields = replaced(fields_of(number, registry.registry_id), at, BAD[name])
        (folder / f"v{number:06d}.json").write_bytes(sealed_bytes(fields, keyring.sign))
    data = sealed_bytes(fields_of(LAST, registry.registry_id), keyring.sign)
    (folder / f"v{LAST:06d}.json").write_bytes(data)
    return home


@pytest.fixture(scope="module")
def registry(home: Path) -> ModelRegistry:
    """Return the registry of the mutations; all tests use one index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(home / "cache"))
        registry = ModelRegistry(home / "registry", keyring=Keyring(home / "keys"))
        registry.list_fields()
    return registry


def ids_of(registry: ModelRegistry) -> list[str]:
    """Return the versions that can be read one by one."""
    valid = []
    for number in range(1, LAST + 1):
        with contextlib.suppress(RecordError, IntegrityError):
            valid.append(registry.get_metadata(f"fuzz:{number}").model_id)
    return valid


def test_many_bad_records_are_one_warning(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A listing names at most five of the omitted versions, and a second one names none."""
    registry = ModelRegistry(home / "registry", keyring=Keyring(home / "keys"))
    assert len(registry.list_models()) == len(registry.list_models())
    (record,) = caplog.records
    assert "versions are omitted from listings: fuzz:1, fuzz:2" in record.getMessage()
    assert len(record.getMessage()) < 1000


def test_a_bad_record_is_omitted_from_every_list(
    registry: ModelRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """A listing has the versions that can be read one by one."""
    listed = registry.list_models()
    assert [item.model_id for item in listed] == list(listed.ids)
    valid = ids_of(registry)
    # A listing does not detect duplicate keys and numbers that are too large.
    only_listed = set(listed.ids) - {*valid, "good:1"}
    assert {MUTATIONS[int(ref.split(":")[1]) - 1][1] for ref in only_listed} <= {
        "<double>",
        "<inf>",
    }
    assert set(valid) < set(listed.ids)
    assert f"fuzz:{LAST}" in valid
    assert len(valid) < LAST / 2
    assert registry.get_registry_stats()["versions"] == len(valid) + 1
    registry.print_registry_summary()
    assert "Registry" in capsys.readouterr().out
    names = {model.model_name: model.n_versions for model in registry.list_model_names()}
    assert names == {"fuzz": len(listed) - 1, "good": 1}


def test_verify_names_each_bad_record_with_its_fields(registry: ModelRegistry) -> None:
    """verify() has the same opinion on each record as a call that reads it."""
    valid = ids_of(registry)
    result = registry.verify()
    damaged = {f.key: f.message for f in result.faults if f.kind == "damaged"}
    bad = {f"{MODEL}/v{n:06d}.json" for n in range(1, LAST + 1) if f"fuzz:{n}" not in valid}
    assert bad <= damaged.keys()
    number = MUTATIONS.index((("content", "algorithm"), "list")) + 1
    message = damaged[f"{MODEL}/v{number:06d}.json"]
    assert "algorithm must be str or None, got []" in message
    with pytest.raises(RecordError, match="algorithm must be str or None") as raised:
        registry.get_metadata(f"fuzz:{number}")
    assert raised.value.issues == ("algorithm must be str or None, got []",)


CALLS: dict[str, Callable[[ModelRegistry], Any]] = {
    "all": lambda r: list(r.list_models(include_deleted=True)),
    "filter": lambda r: r.list_models(where="metrics.accuracy > 0.1", order_by="-created_at"),
    "frame": lambda r: r.list_models(limit=1000).to_frame(),
    "search": lambda r: list(r.list_models(where="'vetting' in anywhere")),
    "html": lambda r: r.list_models(limit=500)._repr_html_(),
    "text": lambda r: repr(r.list_models(order_by="metrics.accuracy", limit=500)),
    "names": lambda r: r.list_model_names(metric="accuracy")._repr_html_(),
    "best": lambda r: r.get_best_model("accuracy"),
    "history": lambda r: r.history("fuzz")._repr_html_(),
    "fields": lambda r: r.list_fields(),
    "garbage": lambda r: r.collect_garbage(),
    "display": lambda r: r._repr_mimebundle_(),
    "plot": lambda r: r.plot("metric"),
    "plot of a hyperparameter": lambda r: r.plot("hyperparameter", hyperparameter="constant"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_answers_beside_bad_records(
    registry: ModelRegistry, call: Callable[[ModelRegistry], Any]
) -> None:
    """A call of the whole registry raises no error, or one that names a record."""
    with contextlib.suppress(RegistryError):
        call(registry)
    assert registry.load_model("good:1")[1].metrics["accuracy"] == 0.9


@pytest.mark.slow
def test_every_valid_record_can_be_shown(registry: ModelRegistry) -> None:
    """A record without an issue has a card, JSON, a comparison and a history."""
    good = registry.get_metadata("good:1")
    for ref in ids_of(registry):
        item = registry.get_metadata(ref)
        json.dumps([item_of(item), item.to_dict(), usage(item, "models/registry")])
        json.dumps([part(item) for part in PARTS], allow_nan=False)
        json.dumps([notes_of(item, NOW), provenance_of(item, None)])
        json.dumps([attachments_of(item, can_preview), lineage_of(registry, item, None)])
        assert item._repr_html_()
        assert repr(item)
        json.dumps(comparison_of(registry.compare_models([ref, "good:1"]), NOW))
    assert good.model_id == "good:1"


def test_loading_raises_only_errors_of_the_package(registry: ModelRegistry) -> None:
    """A version with any record loads, or raises an error of the package."""
    for number, (at, _) in enumerate(MUTATIONS, start=1):
        if at[:2] not in {("content", part) for part in ("metrics", "hyperparameters", "tags")}:
            with contextlib.suppress(RegistryError):
                registry.load_model(f"fuzz:{number}")
