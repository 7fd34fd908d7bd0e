"""Plans of a move-in, executed with a store of files."""

from __future__ import annotations

import hashlib
import pickle
import threading
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from exo_nbregistry.agents.version_data import loading_facts
from exo_nbregistry.errors import (
    InvalidInputError,
    RecordError,
    StoreError,
    UntrustedModelError,
    VersionMismatchError,
)
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.moving_in import workspace_of
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.store.memory import MemoryStore
from tests.migration.folder_store import FolderStore, write_store

MODEL = pickle.dumps(LogisticRegression().fit([[0.0], [1.0]], [0, 1]))


def rule(cut: float) -> bytes:
    """Return the bytes of a small model."""
    return pickle.dumps({"cut": cut})


def versions(*numbers: int | None, name: str = "rf", **fields: Any) -> dict[str, Any]:
    """Return a model of a store whose versions differ by their number."""
    return {
        "versions": [
            {"source_id": f"shelf:{name}:{n}", "number": n, "model": rule(n or place), **fields}
            for place, n in enumerate(numbers)
        ]
    }


def move_in(store: FolderStore, registry: ModelRegistry, **options: Any) -> Any:
    """Plan and execute a move-in."""
    return plan_move_in(store, registry).execute(progress=False, **options)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry that does not exist yet."""
    return ModelRegistry(tmp_path / "registry")


def test_bytes_facts_and_files_arrive(registry: ModelRegistry, tmp_path: Path) -> None:
    """A version has the exact bytes of its model, its facts, its other files and its curves."""
    files = {"MLmodel": b"flavors: {}\n", "code/own.py": b"x = 1\n"}
    fields = {
        "source_id": "shelf:rf:1",
        "number": 1,
        "model": MODEL,
        "files": files,
        "algorithm": "LogisticRegression",
        "description": "Best so far.",
        "metrics": {"f1_score": 0.9},
        "metric_history": {"loss": [[0, 0.5], [10, 0.2]]},
        "hyperparameters": {"C": 1.0},
        "feature_columns": ["depth"],
        "column_types": {"depth": "float64"},
        "packages": {"pandas": "2.2.0"},
        "python": "3.10.4",
        "training_dataset": "kepler",
        "tags": {"team": "vetting"},
    }
    store = write_store(
        tmp_path / "store", {"Kepler_RF": {"versions": [fields], "tags": {"topic": "stars"}}}
    )
    done = move_in(store, registry)
    assert (done.versions, done.present, done.problems) == (1, 0, ())
    found = registry.get_metadata("kepler_rf:1")
    assert found.artifact is not None
    assert found.artifact.sha256 == hashlib.sha256(MODEL).hexdigest()
    assert "sklearn.linear_model._logistic.LogisticRegression" in found.artifact.globals
    assert found.display_id == "Kepler_RF:1"
    assert (found.algorithm, found.description) == ("LogisticRegression", "Best so far.")
    assert (found.metrics, found.hyperparameters) == ({"f1_score": 0.9}, {"C": 1.0})
    assert found.signature is not None
    assert found.signature.columns[0].dtype == "float64"
    assert found.environment.python == "3.10.4"
    assert found.environment.packages == {"pandas": "2.2.0"}
    assert str(found.training_date).startswith("2024-05-01")
    assert found.tags == {
        "team": "vetting",
        "model.topic": "stars",
        "moved_in_from": "shelf:rf:1",
    }
    folder = registry.load_attachment("kepler_rf:1", "files")
    assert {n: (folder / n).read_bytes() for n in files} == files
    curves = registry.load_attachment("kepler_rf:1", "curves")
    assert curves["curves"] == {"loss": [0.5, 0.2]}
    assert curves["steps"] == {"loss": [0, 10]}
    assert registry.verify().ok


def test_the_plan_is_a_table_and_writes_nothing(registry: ModelRegistry, tmp_path: Path) -> None:
    """The plan has a row for each model, in text, HTML and a frame, and creates no registry."""
    own = cloudpickle.dumps(FunctionTransformer(lambda x: x))
    models = {
        "Star <b>": versions(1, 2),
        "own": {"versions": [{"source_id": "o:1", "model": own, "lost": ["signature"]}]},
        "empty": {"versions": []},
    }
    plan = plan_move_in(write_store(tmp_path / "store", models), registry)
    assert (plan.versions, plan.present, plan.changes_nothing) == (3, 0, False)
    assert [model.key for model in plan.models] == ["star_b", "own", "empty"]
    assert plan.models[1].lost == ("signature",)
    assert plan.models[2].lost == ("a model without versions",)
    assert any(name.startswith("cloudpickle.") for name in plan.needs_trust)
    text = repr(plan)
    assert "Star <b> -> star_b" in text
    assert "To move in: 3 versions of 3 models" in text
    assert "Not kept of the store: 2 webhooks." in text
    assert "Not kept of own: signature." in text
    assert "already here" not in text
    html = plan.to_html()
    assert "Star &lt;b&gt;" in html
    assert plan.to_frame()["versions"].tolist() == [2, 1, 0]
    assert not (tmp_path / "registry").exists()


def test_a_repeated_move_in_adds_nothing(registry: ModelRegistry, tmp_path: Path) -> None:
    """Versions are known by their id and their bytes, also if others were registered meanwhile."""
    store = write_store(tmp_path / "store", {"rf": versions(1, 2)})
    assert move_in(store, registry).versions == 2
    registry.register_model({"cut": 9.0}, "rf")
    again = move_in(store, registry)
    assert (again.versions, again.present, again.size_bytes) == (0, 2, 0)
    assert plan_move_in(store, registry).changes_nothing
    grown = write_store(tmp_path / "store", {"rf": versions(1, 2, 3)})
    assert plan_move_in(grown, registry).models[0].renumbered == ((3, 4),)
    assert move_in(grown, registry).versions == 1
    assert registry.get_metadata("rf:4").tags["moved_in_from"] == "shelf:rf:3"


def test_other_bytes_with_the_same_id_are_another_version(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """A model that was replaced in its store is moved in beside the earlier one."""
    move_in(write_store(tmp_path / "store", {"rf": versions(1)}), registry)
    store = write_store(tmp_path / "store", {"rf": versions(1)})
    next((tmp_path / "store").glob("*.pkl")).write_bytes(rule(0.25))
    assert move_in(store, registry).versions == 1
    assert registry.load_model("rf:2")[0] == {"cut": 0.25}


def test_numbers_are_kept_where_they_are_free(registry: ModelRegistry, tmp_path: Path) -> None:
    """Gaps are kept, and a number that is taken becomes the next one, as the plan shows."""
    registry.register_model({"cut": 9.0}, "rf")
    store = write_store(tmp_path / "store", {"rf": versions(1, 3, 7), "new": versions(2, 5)})
    plan = plan_move_in(store, registry)
    assert [model.renumbered for model in plan.models] == [((1, 8),), ()]
    plan.execute(progress=False)
    found = {item.model_id: item.tags.get("moved_in_from") for item in registry.list_models()}
    assert found == {
        "new:2": "shelf:rf:2",
        "new:5": "shelf:rf:5",
        "rf:1": None,
        "rf:3": "shelf:rf:3",
        "rf:7": "shelf:rf:7",
        "rf:8": "shelf:rf:1",
    }
    assert registry.verify().ok
    assert registry.register_model({"cut": 1.5}, "rf") == "rf:9"


def test_versions_without_numbers_follow_in_order(registry: ModelRegistry, tmp_path: Path) -> None:
    """Versions of a store without numbers have the next ones, oldest first."""
    fields = [{"source_id": f"s:{c}", "model": rule(c)} for c in (1, 2, 3)]
    move_in(write_store(tmp_path / "store", {"rf": {"versions": fields}}), registry)
    assert [registry.load_model(f"rf:{n}")[0]["cut"] for n in (1, 2, 3)] == [1, 2, 3]


def test_foreign_code_needs_a_declaration(registry: ModelRegistry, tmp_path: Path) -> None:
    """A model with its own code is loaded only with unsafe=True; the error names the move-in."""
    own = cloudpickle.dumps(FunctionTransformer(lambda x: [[row[0] * 2] for row in x]))
    fields = {"source_id": "s:1", "number": 1, "model": own, "metrics": {"accuracy": 0.9}}
    fields |= {"feature_columns": ["x"], "column_types": {"x": "float64"}}
    store = write_store(tmp_path / "store", {"own": {"versions": [fields]}})
    move_in(store, registry)
    assert registry.signer_status("own:1").status == "imported"
    with pytest.raises(
        UntrustedModelError, match=r"was moved in from another tool by .*unsafe=True"
    ):
        registry.load_model("own:1")
    for call in (
        lambda: registry.scorer("own:1")(np.array([[2.0]])),
        lambda: registry.export_model("own:1", tmp_path / "export"),
        lambda: registry.get_best_model(model_name="own", metric="accuracy"),
        lambda: LiveService(registry, "own:1"),
    ):
        with pytest.raises(UntrustedModelError, match="moved in from another tool"):
            call()
    assert not (tmp_path / "export").exists()
    assert registry.load_model("own:1", unsafe=True)[0].transform([[2]]) == [[4]]


def test_trusted_files_load_as_own_models(registry: ModelRegistry, tmp_path: Path) -> None:
    """With trust=True, the user trusts all files of the plan."""
    own = cloudpickle.dumps(FunctionTransformer(lambda x: [[row[0] * 2] for row in x]))
    fields = {"source_id": "s:1", "number": 1, "model": own}
    store = write_store(tmp_path / "store", {"own": {"versions": [fields]}})
    move_in(store, registry, trust=True)
    assert registry.signer_status("own:1").status == "own"
    assert registry.load_model("own:1")[0].transform([[2]]) == [[4]]
    imported = registry.get_metadata("own:1").imported
    assert imported is not None
    assert (imported.tool, imported.source_id, imported.trusted) == ("Shelf", "s:1", True)


def test_a_harmless_model_loads_without_trust(
    registry: ModelRegistry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The restricted loader reads models of scikit-learn, compressed ones and skops files."""
    compressed = tmp_path / "a.joblib"
    joblib.dump({"cut": 0.5}, compressed, compress=3)
    skops = pytest.importorskip("skops.io").dumps({"cut": 0.75})
    fields = [
        {"source_id": "s:1", "number": 1, "model": MODEL},
        {"source_id": "s:2", "number": 2, "model": compressed.read_bytes(), "ending": "joblib"},
        {"source_id": "s:3", "number": 3, "model": skops, "ending": "skops"},
    ]
    store = write_store(tmp_path / "store", {"rf": {"versions": fields}})
    assert plan_move_in(store, registry).needs_trust == ()
    move_in(store, registry)
    assert registry.load_model("rf:1")[0].predict([[1.0]]) == [1]
    assert registry.load_model("rf:2")[0] == {"cut": 0.5}
    assert registry.load_model("rf:3")[0] == {"cut": 0.75}
    assert "moved in from another tool" in caplog.text


def test_code_of_another_python_is_not_loaded(registry: ModelRegistry, tmp_path: Path) -> None:
    """Code by value is loaded only by the minor version of Python that the source names."""
    own = cloudpickle.dumps(FunctionTransformer(lambda x: x))
    fields = {"source_id": "s:1", "number": 1, "model": own, "python": "3.7.2"}
    move_in(write_store(tmp_path / "store", {"own": {"versions": [fields]}}), registry)
    with pytest.raises(VersionMismatchError, match=r"Python 3\.7"):
        registry.load_model("own:1", unsafe=True)


def test_current_aliases_follow_their_store(registry: ModelRegistry, tmp_path: Path) -> None:
    """An alias moves with its store, unless it was moved here; that is reported."""
    fields = versions(1, 2)
    fields["versions"][0]["aliases"] = ["Champion", "v3"]
    fields["versions"][1]["aliases"] = ["new"]
    store = write_store(tmp_path / "store", {"rf": fields})
    plan = plan_move_in(store, registry)
    assert plan.models[0].aliases == ("champion", "new")
    assert plan.models[0].lost == ("alias v3 (not allowed here)",)
    assert plan.execute(progress=False).aliases == 2
    assert registry["rf@champion"].version == 1
    registry.set_alias("rf", "champion", 2)
    fields["versions"][0]["aliases"], fields["versions"][1]["aliases"] = ["Champion", "new"], []
    moved = write_store(tmp_path / "store", {"rf": fields})
    assert plan_move_in(moved, registry).models[0].aliases == ("new",)
    assert move_in(moved, registry).problems == ()
    assert (registry["rf@champion"].version, registry["rf@new"].version) == (2, 1)
    registry.set_alias("rf", "new", 2)
    assert plan_move_in(moved, registry).changes_nothing
    move_in(store, registry)
    fields["versions"][0]["aliases"], fields["versions"][1]["aliases"] = ["new"], ["Champion"]
    move_in(write_store(tmp_path / "store", {"rf": fields}), registry)
    assert (registry["rf@champion"].version, registry["rf@new"].version) == (2, 2)
    fields["versions"].append({"source_id": "s:3", "model": rule(3), "aliases": ["Champion"]})
    fields["versions"][1]["aliases"] = []
    store = write_store(tmp_path / "store", {"rf": fields})
    (problem,) = plan_move_in(store, registry).problems
    assert problem == (
        "rf@champion points to version 2 and was not moved to version 3; "
        "registry.set_alias('rf', 'champion', 3) moves it."
    )
    assert move_in(store, registry).problems == (problem,)
    assert registry["rf@champion"].version == 2


@pytest.mark.parametrize("has_history", [False, True])
def test_files_that_appear_later_are_a_new_version(
    has_history: bool, registry: ModelRegistry, tmp_path: Path
) -> None:
    """The alias of the version without files moves to it, once, unless it was moved here."""
    fields = versions(1, 2)
    missing = {"source_id": "shelf:rf:2", "number": 2, "lost": ["the files"]}
    whole = fields["versions"][1]
    if has_history:
        fields["moves"] = [{"alias": "prod", "source_id": f"shelf:rf:{n}"} for n in (1, 2)]
    else:
        missing["aliases"] = whole["aliases"] = ["prod"]
    fields["versions"][1] = missing
    move_in(write_store(tmp_path / "store", {"rf": fields}), registry)
    assert registry["rf@prod"].artifact is None
    fields["versions"][1] = whole
    store = write_store(tmp_path / "store", {"rf": fields})
    plan = plan_move_in(store, registry)
    assert (plan.models[0].renumbered, plan.models[0].aliases) == (((2, 3),), ("prod",))
    assert plan.execute(progress=False).problems == ()
    assert registry.load_model("rf@prod")[1].version == 3
    assert plan_move_in(store, registry).changes_nothing
    registry.set_alias("rf", "prod", 1)
    assert move_in(store, registry).aliases == 0
    assert registry["rf@prod"].version == 1


def test_a_history_of_aliases_is_replayed(registry: ModelRegistry, tmp_path: Path) -> None:
    """Each change becomes an event with its original author and day; new ones are added later."""
    fields = versions(1, 2)
    ids = ["shelf:rf:1", "shelf:rf:1", "shelf:rf:2", None, "shelf:rf:1"]
    moves = [{"alias": "prod", "source_id": i, "day": day} for day, i in enumerate(ids)]
    store = write_store(tmp_path / "store", {"rf": fields | {"moves": moves[:4]}})
    assert move_in(store, registry).aliases == 3
    assert [move.version for move in registry.alias_history("rf", "prod")] == [1, 2, None]
    assert move_in(store, registry).aliases == 0
    grown = write_store(tmp_path / "store", {"rf": fields | {"moves": moves}})
    assert move_in(grown, registry).aliases == 1
    assert registry["rf@prod"].version == 1
    assert "@prod was moved from 1 to 2 by ada at 2024-01-03 00:00 (moved in)" in repr(
        registry.history("rf")
    )
    assert registry.verify().ok


def test_an_alias_of_the_user_is_not_replayed_over(registry: ModelRegistry, tmp_path: Path) -> None:
    """The history of an alias that was set here is not replayed."""
    registry.register_model({"cut": 9.0}, "rf")
    registry.set_alias("rf", "prod", 1)
    moves = [{"alias": "prod", "source_id": "shelf:rf:2"}]
    store = write_store(tmp_path / "store", {"rf": versions(2) | {"moves": moves}})
    (problem,) = move_in(store, registry).problems
    assert problem.startswith("rf@prod points to version 1 and was not moved to version 2")
    assert registry["rf@prod"].version == 1


def test_models_with_one_key_are_not_merged(registry: ModelRegistry, tmp_path: Path) -> None:
    """Names that would be equal here are a problem with advice, and the others are moved in."""
    models = {"a b": versions(1), "a_b": versions(1), "模": versions(1), "c": versions(1, name="c")}
    store = write_store(tmp_path / "store", models)
    plan = plan_move_in(store, registry)
    assert len(plan.problems) == 2
    assert "'a b', 'a_b' would all be a_b here" in plan.problems[0]
    assert plan.execute(progress=False).problems == plan.problems
    assert [item.model_id for item in registry.list_models()] == ["c:1"]
    one = plan_move_in(store, registry, models=["a b"])
    assert one.execute(progress=False).versions == 1


def test_models_are_selected_by_pattern(registry: ModelRegistry, tmp_path: Path) -> None:
    """Only matching models are planned; a pattern without a match is an error."""
    store = write_store(tmp_path / "store", {"kepler_a": versions(1), "tess": versions(1)})
    assert [m.name for m in plan_move_in(store, registry, models=["kepler_*"]).models] == [
        "kepler_a"
    ]
    with pytest.raises(InvalidInputError, match="has no model 'kepler'; did you mean kepler_a"):
        plan_move_in(store, registry, models=["kepler"])


def test_a_file_that_cannot_be_read_omits_its_version(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """The other versions are moved in, and the problem names the file."""
    store = write_store(tmp_path / "store", {"rf": versions(1, 2, 3)})
    (tmp_path / "store/m0-1.pkl").unlink()
    (tmp_path / "store/m0-2.pkl").write_bytes(b"not a pickle")
    plan = plan_move_in(store, registry)
    assert plan.models[0].needs_trust == ()
    reason = "m0-2.pkl of shelf:rf:3 (The file is not a pickle"
    assert plan.models[0].unchecked[0].startswith(reason)
    assert "Loading requires trust" not in repr(plan)
    assert "cannot be checked, and are loaded only with trust or unsafe=True: m0-2" in repr(plan)
    done = plan.execute(progress=False)
    assert done.versions == 2
    assert [text.partition(" ")[0] for text in done.problems] == ["shelf:rf:2"]
    assert "m0-1.pkl" in done.problems[0]


def test_a_version_that_cannot_be_stored_is_named(registry: ModelRegistry, tmp_path: Path) -> None:
    """Facts that do not fit into a record, and unsafe paths, omit only their version."""
    fields = versions(1, 2, 3)["versions"]
    fields[0]["tags"] = {"note": "x" * (2 << 20)}
    fields[1]["files"] = {"../escape": b"x"}
    store = write_store(tmp_path / "store", {"rf": {"versions": fields}})
    done = move_in(store, registry)
    assert done.versions == 1
    assert len(done.problems) == 2
    assert "1,048,576" in done.problems[0] + done.problems[1]
    assert "'../escape' is not a path" in done.problems[0] + done.problems[1]


def test_two_move_ins_at_the_same_time_add_each_version_once(tmp_path: Path) -> None:
    """Writers of the same store see the versions of each other."""
    models = {"rf": versions(*range(1, 13)), "none": versions(*[None] * 6, name="n")}
    for place, version in enumerate(models["none"]["versions"]):
        version["source_id"] = f"n:{place}"
    store = write_store(tmp_path / "store", models)
    results = []
    plans = [plan_move_in(store, ModelRegistry(tmp_path / "registry")) for _ in range(3)]

    def run(plan: Any) -> None:
        results.append(plan.execute(progress=False))

    threads = [threading.Thread(target=run, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    registry = ModelRegistry(tmp_path / "registry")
    ids = [item.tags["moved_in_from"] for item in registry.list_models()]
    assert len(ids) == len(set(ids)) == 18
    assert sum(done.versions for done in results) == 18
    assert registry.verify().ok


def test_a_failing_registry_stops_and_the_next_call_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the registry is raised; what was moved in before remains."""
    registry = ModelRegistry(tmp_path / "registry")
    store = write_store(tmp_path / "store", {"rf": versions(1, 2, 3, 4)})
    journal = workspace_of(registry).journal
    add = journal.add_version

    def full(model: str, content: Any, number: int, **options: Any) -> Any:
        if number == 3:
            raise StoreError("The disk is full.", key="models/rf")
        return add(model, content, number, **options)

    monkeypatch.setattr(journal, "add_version", full)
    with pytest.raises(StoreError, match="The disk is full"):
        move_in(store, registry)
    monkeypatch.undo()
    done = move_in(store, ModelRegistry(tmp_path / "registry"))
    assert (done.versions, done.present) == (2, 2)


def test_a_store_without_folders_is_a_target(tmp_path: Path) -> None:
    """Any store of a registry is a target."""
    registry = ModelRegistry(MemoryStore())
    done = move_in(write_store(tmp_path / "store", {"rf": versions(1, 2)}), registry)
    assert done.versions == 2
    assert registry.load_model("rf:2")[0] == {"cut": 2}


def test_the_source_is_not_changed(registry: ModelRegistry, tmp_path: Path) -> None:
    """No file of the store changes, nor is one added."""
    store = write_store(tmp_path / "store", {"rf": versions(1, 2, files={"a": b"1"})})
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in _files(tmp_path / "store")}
    move_in(store, registry)
    assert before == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in _files(tmp_path / "store")}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_version_without_a_model_names_its_files(registry: ModelRegistry, tmp_path: Path) -> None:
    """The files of a version whose model cannot be loaded are written by save_attachments."""
    version = {"source_id": "a:1", "number": 1, "files": {"model.txt": b"weights"}}
    models: dict[str, dict[str, Any]] = {
        "kept": {"versions": [version]},
        "bare": {"versions": [{"source_id": "b:1"}]},
    }
    plan_move_in(write_store(tmp_path / "store", models), registry).execute(progress=False)
    with pytest.raises(RecordError, match=r"'kept:1', 'files'.* writes its files"):
        registry.load_model("kept:1")
    (file,) = registry.save_attachments("kept:1", tmp_path / "files")
    with pytest.raises(RecordError, match=r"bare:1 has no stored model.$"):
        registry.load_model("bare:1")
    assert (
        "no stored model"
        in loading_facts(registry["bare:1"], registry.signer_status("bare:1"))["effect"]
    )
    assert file.exists()
