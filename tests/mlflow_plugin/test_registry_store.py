"""Tests of the model registry store: a contract over each abstract method of MLflow's store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mlflow.entities.model_registry import ModelVersionTag, RegisteredModelTag
from mlflow.exceptions import MlflowException
from mlflow.store.model_registry.abstract_store import AbstractStore

from exo_nbregistry import ModelRegistry
from exo_nbregistry.mlflow_plugin.registry_store import NbregistryStore
from exo_nbregistry.store.memory import MemoryStore


def refused(code: str, match: str | None = None) -> Any:
    """Expect an MlflowException with a code."""
    return pytest.raises(MlflowException, match=match, check=lambda error: error.error_code == code)


MISSING = "RESOURCE_DOES_NOT_EXIST"
INVALID = "INVALID_PARAMETER_VALUE"


class TestContract:
    """One test for each abstract method, by its name."""

    @pytest.fixture(params=["folder", "memory"])
    def store(self, request: pytest.FixtureRequest, tmp_path: Path) -> NbregistryStore:
        """Return the store of an empty registry, in a folder and in a store without paths."""
        store = NbregistryStore(f"exo-nbregistry://{tmp_path}/registry")
        place: Any = tmp_path / "registry" if request.param == "folder" else MemoryStore()
        store.__dict__["_registry"] = ModelRegistry(place, durable=False)
        return store

    @pytest.fixture
    def create(self, store: NbregistryStore, logged: Path) -> Any:
        """Return a function that creates a version of a model."""
        store.create_registered_model("kepler_rf")

        def create(source: str = "models:/m-1", **fields: Any) -> Any:
            fields = {"name": "kepler_rf", "local_model_path": str(logged)} | fields
            return store.create_model_version(source=source, **fields)

        return create

    def test_create_registered_model(self, store: Any) -> None:
        """A model without versions keeps name, description and tags; a name is used once."""
        tags = [RegisteredModelTag("team", "vetting"), RegisteredModelTag("empty", "")]
        created = store.create_registered_model("Kepler_RF", tags, "Transits.")
        assert created.name == "Kepler_RF"
        found = store.get_registered_model("kepler_rf")
        assert (found.name, found.description) == ("Kepler_RF", "Transits.")
        assert found.tags == {"team": "vetting", "empty": ""}
        assert found.latest_versions == []
        assert found.creation_timestamp == found.last_updated_timestamp > 0
        with refused("RESOURCE_ALREADY_EXISTS", "already exists"):
            store.create_registered_model("KEPLER_RF")
        for name in (None, " ", "a/b", "two words", "con"):
            with refused(INVALID):
                store.create_registered_model(name)
        with refused(INVALID):
            store.create_registered_model("tess", [RegisteredModelTag("team", "v" * 200_000)])
        with refused(MISSING):
            store.get_registered_model("tess")

    def test_update_registered_model(self, store: Any) -> None:
        """A new description replaces the old one, also by none."""
        store.create_registered_model("kepler_rf", description="Old.")
        assert store.update_registered_model("kepler_rf", "New.").description == "New."
        assert store.get_registered_model("kepler_rf").description == "New."
        store.update_registered_model("kepler_rf", None)
        assert store.get_registered_model("kepler_rf").description is None
        with refused(MISSING):
            store.update_registered_model("keplr", "New.")

    def test_rename_registered_model(self, store: Any) -> None:
        """Another name is refused with advice, because the name is signed."""
        store.create_registered_model("kepler_rf")
        with refused("NOT_IMPLEMENTED", "copy_model_version"):
            store.rename_registered_model("kepler_rf", "tess_rf")

    def test_delete_registered_model(self, store: Any, create: Any) -> None:
        """A deleted model loses versions, aliases and tags; created again, it is empty."""
        create()
        store.set_registered_model_alias("kepler_rf", "champion", 1)
        store.set_registered_model_tag("kepler_rf", RegisteredModelTag("team", "vetting"))
        store.delete_registered_model("kepler_rf")
        for call in (store.get_registered_model, store.delete_registered_model):
            with refused(MISSING, "Registered Model with name=kepler_rf not found"):
                call("kepler_rf")
        with refused(MISSING):
            store.get_model_version("kepler_rf", 1)
        assert store.search_registered_models(max_results=10) == []
        assert store.search_model_versions(max_results=10) == []
        again = store.create_registered_model("kepler_rf")
        assert (again.tags, again.aliases, again.latest_versions) == ({}, {}, [])
        assert create("models:/m-2").version == 2

    def test_search_registered_models(self, store: Any) -> None:
        """Models are filtered, sorted and paged in MLflow's language."""
        for name in ("tess_rf", "kepler_rf", "kepler_svm"):
            store.create_registered_model(name, [RegisteredModelTag("kind", name[-2:])])

        def names(filter_string: str | None = None, **options: Any) -> list[str]:
            options = {"max_results": 10} | options
            return [
                model.name for model in store.search_registered_models(filter_string, **options)
            ]

        assert names() == ["kepler_rf", "kepler_svm", "tess_rf"]
        assert names("name LIKE 'kepler%'") == ["kepler_rf", "kepler_svm"]
        assert names("tags.kind = 'rf'", order_by=["name DESC"]) == ["tess_rf", "kepler_rf"]
        first = store.search_registered_models(max_results=2)
        assert names(page_token=first.token, max_results=2) == ["tess_rf"]
        for options in ({"max_results": 0}, {"max_results": 1001}, {"order_by": ["size"]}):
            with refused(INVALID):
                names(**options)
        with refused(INVALID):
            names("size > 3")

    def test_get_registered_model(self, store: Any, create: Any) -> None:
        """A model has its latest version and its aliases."""
        create()
        create("models:/m-2")
        store.set_registered_model_alias("kepler_rf", "champion", 1)
        found = store.get_registered_model("kepler_rf")
        assert [version.version for version in found.latest_versions] == [2]
        assert found.aliases == {"champion": 1}
        for name in ("keplr", "two words", "m%6fdel"):
            with refused(MISSING):
                store.get_registered_model(name)

    def test_get_latest_versions(self, store: Any, create: Any) -> None:
        """The latest version is the newest one that is not deleted; no version has a stage."""
        assert store.get_latest_versions("kepler_rf") == []
        for number in (1, 2, 3):
            create(f"models:/m-{number}")
        store.delete_model_version("kepler_rf", 3)
        assert [v.version for v in store.get_latest_versions("kepler_rf")] == [2]
        assert [v.version for v in store.get_latest_versions("kepler_rf", ["None"])] == [2]
        assert store.get_latest_versions("kepler_rf", ["Production"]) == []
        with refused(MISSING):
            store.get_latest_versions("keplr")

    def test_set_registered_model_tag(self, store: Any) -> None:
        """A tag of a model is set and replaced."""
        store.create_registered_model("kepler_rf")
        for value in ("old", "new"):
            store.set_registered_model_tag("kepler_rf", RegisteredModelTag("team", value))
        assert store.get_registered_model("kepler_rf").tags == {"team": "new"}
        with refused(MISSING):
            store.set_registered_model_tag("keplr", RegisteredModelTag("team", "new"))
        with refused(INVALID):
            store.set_registered_model_tag("kepler_rf", RegisteredModelTag("../x", "new"))

    def test_delete_registered_model_tag(self, store: Any) -> None:
        """A tag of a model is removed; a missing one is ignored."""
        store.create_registered_model("kepler_rf", [RegisteredModelTag("team", "vetting")])
        for _ in range(2):
            store.delete_registered_model_tag("kepler_rf", "team")
        assert store.get_registered_model("kepler_rf").tags == {}
        with refused(MISSING):
            store.delete_registered_model_tag("keplr", "team")

    def test_create_model_version(self, store: Any, create: Any) -> None:
        """A version has what MLflow passes, and its model is in the registry."""
        tags = [ModelVersionTag("team", "vetting")]
        made = create(run_id="r1", run_link="http://run", description="First.", tags=tags)
        found = store.get_model_version("kepler_rf", "1")
        for version in (made, found):
            assert (version.name, version.version) == ("kepler_rf", 1)
            assert (version.source, version.run_id) == ("models:/m-1", "r1")
            assert (version.run_link, version.description) == ("http://run", "First.")
            assert (version.tags, version.aliases) == ({"team": "vetting"}, [])
            assert (version.status, version.current_stage) == ("READY", "None")
            assert version.creation_timestamp == version.last_updated_timestamp > 0
        model, metadata = store._registry.load_model("kepler_rf:1")
        assert type(model).__name__ == metadata.algorithm == "LogisticRegression"
        with refused(MISSING):
            create(name="keplr")
        with refused(INVALID, "cannot be read"):
            create("missing/model", local_model_path=None)
        with refused(INVALID, "reserved"):
            create(tags=[ModelVersionTag("mlflow.source", "elsewhere")])
        assert create("models:/m-2").version == 2

    def test_update_model_version(self, store: Any, create: Any) -> None:
        """A new description of a version hides the one of its record, also an empty one."""
        create(description="Old.")
        assert store.update_model_version("kepler_rf", 1, "New.").description == "New."
        found = store.get_model_version("kepler_rf", 1)
        assert (found.description, found.tags) == ("New.", {})
        assert found.last_updated_timestamp >= found.creation_timestamp
        store.update_model_version("kepler_rf", 1, None)
        assert not store.get_model_version("kepler_rf", 1).description
        with refused(MISSING):
            store.update_model_version("kepler_rf", 2, "New.")

    def test_transition_model_version_stage(self, store: Any, create: Any) -> None:
        """A stage is refused with advice to use an alias."""
        create()
        with refused("NOT_IMPLEMENTED", "set_registered_model_alias"):
            store.transition_model_version_stage("kepler_rf", 1, "Production", False)

    def test_delete_model_version(self, store: Any, create: Any) -> None:
        """A deleted version loses its aliases, and the registry can restore it."""
        create()
        store.set_registered_model_alias("kepler_rf", "champion", 1)
        store.delete_model_version("kepler_rf", 1)
        for call in (store.get_model_version, store.delete_model_version):
            with refused(MISSING, r"Model Version \(name=kepler_rf, version=1\) not found"):
                call("kepler_rf", 1)
        assert store.get_registered_model("kepler_rf").aliases == {}
        store._registry.restore_model("kepler_rf:1")
        assert store.get_model_version("kepler_rf", 1).aliases == []
        with refused(INVALID):
            store.delete_model_version("kepler_rf", "one")

    def test_get_model_version(self, store: Any, create: Any) -> None:
        """A version is found by its number, in any letter case of the name."""
        create()
        assert store.get_model_version("KEPLER_RF", "1").name == "kepler_rf"
        for name, version in (("kepler_rf", 2), ("keplr", 1), ("kepler_rf", 0)):
            with refused(MISSING):
                store.get_model_version(name, version)

    def test_get_model_version_download_uri(self, store: Any, create: Any) -> None:
        """The files of a version are at a URI of this registry."""
        create()
        uri = store.get_model_version_download_uri("kepler_rf", 1)
        assert uri.startswith("exo-nbregistry:")
        assert uri.endswith("/-/kepler_rf/1")
        with refused(MISSING):
            store.get_model_version_download_uri("kepler_rf", 2)

    def test_search_model_versions(self, store: Any, create: Any) -> None:
        """Versions are filtered, sorted and paged in MLflow's language, without deleted ones."""
        store.create_registered_model("tess_rf")
        create(run_id="r1", tags=[ModelVersionTag("team", "vetting")])
        create("models:/m-2", run_id="r2")
        create("models:/m-3", run_id="r2", name="tess_rf")
        create("models:/m-4", run_id="r2")
        store.delete_model_version("kepler_rf", 3)

        def found(filter_string: str | None = None, **options: Any) -> list[tuple[str, int]]:
            options = {"max_results": 10, "order_by": ["name", "version_number"]} | options
            versions = store.search_model_versions(filter_string, **options)
            return [(version.name, version.version) for version in versions]

        everything = [("kepler_rf", 1), ("kepler_rf", 2), ("tess_rf", 1)]
        assert found() == everything
        assert found("name = 'kepler_rf'") == everything[:2]
        assert found("name IN ('tess_rf', 'no such name')") == everything[2:]
        assert found("name = 'no such name'") == []
        assert found("run_id = 'r2'") == everything[1:]
        assert found("name LIKE 'tess%'") == everything[2:]
        assert found("tags.team = 'vetting'") == everything[:1]
        assert found("version_number > 1") == everything[1:2]
        first = store.search_model_versions(max_results=2, order_by=["name", "version_number"])
        assert found(page_token=first.token, max_results=2) == everything[2:]
        with refused(INVALID):
            found("size > 3")
        with refused(INVALID):
            found(max_results=0)

    def test_set_model_version_tag(self, store: Any, create: Any) -> None:
        """A tag of a version is set and replaced; a field of the version is refused."""
        create()
        for value in ("old", "new"):
            store.set_model_version_tag("kepler_rf", 1, ModelVersionTag("team", value))
        assert store.get_model_version("kepler_rf", 1).tags == {"team": "new"}
        assert store._registry["kepler_rf:1"].tags["team"] == "new"
        with refused(MISSING):
            store.set_model_version_tag("kepler_rf", 2, ModelVersionTag("team", "new"))
        with refused(INVALID, "reserved"):
            store.set_model_version_tag("kepler_rf", 1, ModelVersionTag("mlflow.run_id", "r9"))

    def test_delete_model_version_tag(self, store: Any, create: Any) -> None:
        """A tag of a version is removed; a missing one is ignored."""
        create(tags=[ModelVersionTag("team", "vetting")])
        for _ in range(2):
            store.delete_model_version_tag("kepler_rf", 1, "team")
        assert store.get_model_version("kepler_rf", 1).tags == {}
        with refused(MISSING):
            store.delete_model_version_tag("kepler_rf", 2, "team")
        with refused(INVALID, "reserved"):
            store.delete_model_version_tag("kepler_rf", 1, "mlflow.source")

    def test_set_registered_model_alias(self, store: Any, create: Any) -> None:
        """An alias is set and moved; names of versions and capital letters are refused."""
        create()
        create("models:/m-2")
        for number in (1, "2"):
            store.set_registered_model_alias("kepler_rf", "champion", number)
        assert store.get_registered_model("kepler_rf").aliases == {"champion": 2}
        assert store.get_model_version("kepler_rf", 2).aliases == ["champion"]
        for alias in ("latest", "v1", "Champion", "", "two words"):
            with refused(INVALID):
                store.set_registered_model_alias("kepler_rf", alias, 1)
        with refused(MISSING):
            store.set_registered_model_alias("kepler_rf", "champion", 3)

    def test_delete_registered_model_alias(self, store: Any, create: Any) -> None:
        """An alias is removed; a missing one is ignored."""
        create()
        store.set_registered_model_alias("kepler_rf", "champion", 1)
        for _ in range(2):
            store.delete_registered_model_alias("kepler_rf", "champion")
        assert store.get_registered_model("kepler_rf").aliases == {}
        with refused(MISSING):
            store.delete_registered_model_alias("keplr", "champion")

    def test_get_model_version_by_alias(self, store: Any, create: Any) -> None:
        """An alias and ``latest`` return their version; other aliases are an error."""
        create()
        create("models:/m-2")
        store.set_registered_model_alias("kepler_rf", "champion", 1)
        assert store.get_model_version_by_alias("kepler_rf", "champion").version == 1
        assert store.get_model_version_by_alias("kepler_rf", "latest").version == 2
        with refused(INVALID, "Registered model alias challenger not found"):
            store.get_model_version_by_alias("kepler_rf", "challenger")
        with refused(MISSING):
            store.get_model_version_by_alias("keplr", "champion")

    def test_each_abstract_method_has_a_test(self) -> None:
        """A method that a release of MLflow adds fails this test until the contract has it."""
        abstract = {
            name
            for name, member in vars(AbstractStore).items()
            if getattr(member, "__isabstractmethod__", False)
        }
        assert len(abstract) >= 21
        assert {f"test_{name}" for name in abstract} <= set(vars(TestContract))
        assert all(
            getattr(NbregistryStore, name) is not vars(AbstractStore)[name] for name in abstract
        )
