"""When a registry is created, and the error about a folder without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import RecordError, RegistryNotFoundError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.memory import MemoryStore

READS: dict[str, Callable[[ModelRegistry], Any]] = {
    "list_models": lambda r: r.list_models(),
    "list_model_names": lambda r: r.list_model_names(),
    "load_model": lambda r: r.load_model("toy"),
    "get_metadata": lambda r: r.get_metadata("toy"),
    "key": lambda r: r["toy"],
    "get_best_model": lambda r: r.get_best_model("f1_score"),
    "stats": lambda r: r.get_registry_stats(),
    "summary": lambda r: r.print_registry_summary(),
    "history": lambda r: r.history("toy"),
    "revision": lambda r: r.revision(),
    "verify": lambda r: r.verify(),
    "garbage": lambda r: r.collect_garbage(),
    "browse": lambda r: r.browse(),
    "plot": lambda r: r.plot("metric"),
    "set_alias": lambda r: r.set_alias("toy", "champion", 1),
    "delete_model": lambda r: r.delete_model("toy:1"),
    "export_model": lambda r: r.export_model("toy:1", "out"),
    "trust_signer": lambda r: r.trust_signer("toy:1"),
}


@pytest.mark.parametrize("read", READS)
def test_reading_a_missing_registry_is_an_error(tmp_path: Path, read: str) -> None:
    """Every call but the first registration names the missing folder and near registries."""
    ModelRegistry(tmp_path / "models" / "registry", create=True)
    registry = ModelRegistry(tmp_path / "model" / "registry")
    with pytest.raises(RegistryNotFoundError, match=r"No registry was found in .*; ") as e:
        READS[read](registry)
    assert e.value.name == str(tmp_path / "model" / "registry")
    assert [Path(path).resolve() for path in e.value.known] == [tmp_path / "models" / "registry"]
    assert e.value.known[0] in str(e.value)
    assert not (tmp_path / "model").exists()


def test_the_first_registration_creates_the_registry(tmp_path: Path) -> None:
    """Opening writes nothing; register_model creates the registry, and then it can be read."""
    registry = ModelRegistry(tmp_path / "new", durable=False)
    other = ModelRegistry(tmp_path / "new", durable=False)
    assert not (tmp_path / "new").exists()
    assert "toy" not in registry
    assert registry.register_model({"a": 1}, "toy") == "toy:1"
    assert registry.list_models().ids == other.list_models().ids == ("toy:1",)
    assert registry.registry_id == other.registry_id


def test_a_rejected_first_model_leaves_an_empty_registry(tmp_path: Path) -> None:
    """After a first call of register_model with an invalid value, the registry can be read."""
    registry = ModelRegistry(tmp_path / "new", durable=False)
    with pytest.raises(RecordError, match="untag_model"):
        registry.register_model({"a": 1}, "toy", tags={"team": None})
    assert len(registry.list_models()) == 0
    assert not (tmp_path / "new" / "models").exists()


def test_an_import_creates_the_registry(tmp_path: Path) -> None:
    """import_model creates a missing registry, and an import that fails does not."""
    source = ModelRegistry(tmp_path / "source", durable=False)
    source.register_model({"a": 1}, "toy")
    folder = source.export_model("toy:1", tmp_path / "out")
    target = ModelRegistry(tmp_path / "target", durable=False)
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(RecordError, match="no number"):
        target.import_model(folder, metadata_path=tmp_path / "bad.json")
    assert not (tmp_path / "target").exists()
    assert target.import_model(folder) == "toy:1"


@pytest.mark.parametrize("create", [True, None])
def test_create_makes_an_empty_registry(tmp_path: Path, create: bool | None) -> None:
    """create=True creates the registry immediately, and an empty registry can be read."""
    ModelRegistry(tmp_path / "new", create=True)
    registry = ModelRegistry(tmp_path / "new", create=create)
    assert registry.list_models().ids == ()
    assert registry.verify()


def test_the_id_of_a_missing_registry_creates_it(tmp_path: Path) -> None:
    """Reading the id creates the registry, so that all readers see the same id."""
    first = ModelRegistry(tmp_path / "new").registry_id
    assert ModelRegistry(tmp_path / "new").registry_id == first


def test_a_missing_registry_is_displayed_as_its_error(tmp_path: Path) -> None:
    """Displaying a registry before its first model shows the sentence instead of a traceback."""
    shown = ModelRegistry(tmp_path / "new")._repr_mimebundle_()
    assert "register_model or import_model creates it" in shown["text/plain"]
    assert ModelRegistry(tmp_path / "new")._ipython_key_completions_() == []


def test_a_store_can_be_missing_too(tmp_path: Path) -> None:
    """A registry in a store of the user is created by its first model too."""
    registry = ModelRegistry(MemoryStore())
    with pytest.raises(RegistryNotFoundError):
        registry.list_models()
    assert registry.register_model({"a": 1}, "toy") == "toy:1"


def test_a_folder_with_other_files_suggests_near_registries(tmp_path: Path) -> None:
    """Opening a folder that cannot become a registry names the registries in it."""
    # The folders beside tmp_path belong to other tests.
    folder = tmp_path / "work" / "thesis"
    ModelRegistry(folder / "models" / "registry", create=True)
    (folder / "thesis.tex").write_text("x")
    with pytest.raises(RegistryNotFoundError, match=r"'models' and 1 more|thesis\.tex") as raised:
        ModelRegistry(folder)
    assert len(raised.value.known) == 1


@pytest.mark.parametrize(
    "name",
    [".gitkeep", ".gitignore", ".DS_Store", "lost+found", "@eaDir", "README.md", "$RECYCLE.BIN"],
)
def test_a_prepared_folder_can_become_a_registry(tmp_path: Path, name: str) -> None:
    """Hidden files, a README and the folders of a volume do not prevent a registry."""
    (tmp_path / name).touch() if "." in name[:-3] else (tmp_path / name).mkdir()
    registry = ModelRegistry(tmp_path)
    assert registry.register_model({"a": 1}, "toy") == "toy:1"
    assert registry.verify()
