"""The main workflows of `ModelRegistry`: register, load, search, compare and change versions."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

from exo_nbregistry.errors import (
    AliasNotFoundError,
    ConflictError,
    FormatVersionError,
    IntegrityError,
    ModelNotFoundError,
    RecordError,
    RegistryError,
    UntrustedModelError,
    VersionMismatchError,
    VersionNotFoundError,
)
from exo_nbregistry.introspection import compatibility
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.completion import offered_keys

X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
Y = np.array([0, 0, 1, 1])


def fitted(C: float = 1.0) -> LogisticRegression:
    """Return a small model that depends on `C`."""
    return LogisticRegression(C=C).fit(X, Y)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False, create=True)


def add(registry: ModelRegistry, C: float = 1.0, name: str = "kepler_lr", **facts: Any) -> str:
    """Register a version."""
    return registry.register_model(model=fitted(C), model_name=name, **facts)


def test_a_loaded_model_predicts_as_registered(registry: ModelRegistry) -> None:
    """A loaded model predicts as the registered model."""
    model, metadata = registry.load_model(add(registry))
    assert metadata.model_id == "kepler_lr:1"
    np.testing.assert_array_equal(model.predict_proba(X), fitted().predict_proba(X))


def test_facts_are_inferred_from_model_and_data(registry: ModelRegistry) -> None:
    """Algorithm, hyperparameters, counts, metrics and fingerprint are inferred."""
    ref = add(registry, X=X, y=Y, X_test=X, y_test=Y)
    metadata = registry.get_metadata(ref)
    assert metadata.algorithm == "LogisticRegression"
    assert metadata.hyperparameters["C"] == 1.0
    assert (metadata.training_samples, metadata.test_samples) == (4, 4)
    assert metadata.accuracy == 1.0
    assert metadata.class_distribution == {0: 2, 1: 2}
    assert metadata.dataset is not None
    assert len(metadata.dataset.sha256) == 64
    assert list(registry.load_evaluation(ref)["y_true"]) == [0, 0, 1, 1]


def test_passed_facts_are_stored(registry: ModelRegistry) -> None:
    """All facts that are passed to the original call are stored."""
    ref = registry.register_model(
        model=fitted(),
        model_name="Kepler_LR",
        algorithm="Logit",
        evaluation_results={"accuracy": 0.5, "matrix": [[1, 0], [0, 1]]},
        hyperparameters={"layers": (1, 2)},
        training_info={"dataset": "kepler", "training_samples": 3, "source": "koi"},
        feature_columns=["a", "b"],
    )
    metadata = registry.get_metadata(ref)
    assert (metadata.model_name, metadata.algorithm) == ("Kepler_LR", "Logit")
    assert metadata.metrics == {"accuracy": 0.5}
    assert metadata.additional_metrics["matrix"] == [[1, 0], [0, 1]]
    assert metadata.additional_metrics["training_info"] == {"source": "koi"}
    assert metadata.hyperparameters == {"layers": (1, 2)}
    assert metadata.f1_score is None


def test_unusual_values_are_restored(registry: ModelRegistry) -> None:
    """NaN, infinities, datetimes, NumPy scalars and non-ASCII text are read back equal."""
    facts = {
        "nan": math.nan,
        "inf": np.float64("inf"),
        "when": datetime(2026, 1, 1, tzinfo=UTC),
        "größe": {"nested": [np.int64(1), (2.5, None)], 3: "три"},
    }
    metadata = registry.get_metadata(add(registry, hyperparameters=facts))
    plain = {
        "nan": math.nan,
        "inf": math.inf,
        "when": datetime(2026, 1, 1, tzinfo=UTC),
        "größe": {"nested": [1, (2.5, None)], 3: "три"},
    }
    assert metadata.hyperparameters == plain


def test_an_invalid_value_is_rejected_before_any_write(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """The error about an invalid value names its key, and no file is written."""
    before = sorted(p for p in tmp_path.rglob("*"))
    with pytest.raises(RecordError, match=r"hyperparameters\.bad"):
        add(registry, hyperparameters={"bad": object()})
    assert sorted(p for p in tmp_path.rglob("*")) == before


def test_registering_again_adds_no_version(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """Registering the same model and facts again returns the existing version and logs it."""
    assert add(registry) == add(registry) == "kepler_lr:1"
    assert "no new version" in caplog.text
    assert add(registry, evaluation_results={"accuracy": 0.5}) == "kepler_lr:2"


def test_references_find_their_version(registry: ModelRegistry) -> None:
    """A number, an alias and a name alone each resolve to one version."""
    add(registry, 1.0)
    add(registry, 2.0)
    registry.set_alias("kepler_lr", "champion", 1)
    assert registry.load_model("kepler_lr")[1].version == 2
    assert registry.load_model("kepler_lr@champion")[1].version == 1
    assert registry.load_model(model_name="KEPLER_LR", version=1)[1].version == 1


def test_a_reference_is_looked_up_like_a_key(registry: ModelRegistry) -> None:
    """registry[ref] returns the metadata of a version, and `in` checks whether it exists."""
    add(registry, 1.0)
    add(registry, 2.0)
    registry.set_alias("kepler_lr", "champion", 1)
    assert registry["kepler_lr@champion"] == registry.get_metadata("kepler_lr:1")
    assert registry["Kepler_LR"].version == 2
    with pytest.raises(ModelNotFoundError, match="kepler_lr"):
        registry["kepler_rl"]
    for existing in ("kepler_lr", "kepler_lr:1", "kepler_lr@champion"):
        assert existing in registry
    for missing in ("kepler_lr:3", "kepler_lr@best", "other", "no name!", 1, None):
        assert missing not in registry


def test_a_registry_is_not_iterable(registry: ModelRegistry) -> None:
    """A registry is not iterable."""
    with pytest.raises(TypeError, match="not iterable"):
        iter(registry)  # type: ignore[call-overload]


def test_a_notebook_completes_names_and_aliases(registry: ModelRegistry) -> None:
    """The Tab key completes active models and aliases."""
    add(registry)
    add(registry, name="deleted")
    registry.delete_model("deleted:1")
    registry.set_alias("kepler_lr", "champion", 1)
    assert offered_keys(registry) == ["kepler_lr", "kepler_lr@champion"]


def test_errors_suggest_close_names(registry: ModelRegistry) -> None:
    """The error about an unknown name suggests close names."""
    add(registry)
    with pytest.raises(ModelNotFoundError, match="kepler_lr"):
        registry.load_model("kepler_rl")
    with pytest.raises(VersionNotFoundError, match="latest is 1"):
        registry.load_model("kepler_lr:9")
    with pytest.raises(AliasNotFoundError, match="set_alias"):
        registry.load_model("kepler_lr@champion")


def test_errors_suggest_a_call(registry: ModelRegistry) -> None:
    """Without a close name, the error suggests a call to list or add models."""
    with pytest.raises(ModelNotFoundError, match="register_model adds the first"):
        registry.load_model("fr")
    for number in range(11):
        registry.register_model({}, f"kepler_{number}")
    with pytest.raises(ModelNotFoundError, match=r"list_models\(\) shows all 11\.$"):
        registry.load_model("fr")
    with pytest.raises(ModelNotFoundError, match=r"'keplr_1'\. Did you mean kepler_1"):
        registry.load_model("keplr_1")


def test_an_alias_can_be_moved_and_rolled_back(registry: ModelRegistry) -> None:
    """The history has every move, and each rollback returns to the previous version."""
    for C in (1.0, 2.0, 3.0):
        registry.set_alias("kepler_lr", "champion", int(add(registry, C).split(":")[1]))
    assert registry.rollback_alias("kepler_lr", "champion").version == 2
    assert registry.rollback_alias("kepler_lr", "champion").version == 1
    with pytest.raises(AliasNotFoundError, match="no previous version"):
        registry.rollback_alias("kepler_lr", "champion")
    moves = [move.version for move in registry.alias_history("kepler_lr", "champion")]
    assert moves == [1, 2, 3, 2, 1]


def test_an_alias_moves_only_from_the_expected_version(registry: ModelRegistry) -> None:
    """A move from an unexpected version raises a conflict with the current version."""
    add(registry, 1.0)
    add(registry, 2.0)
    registry.set_alias("kepler_lr", "champion", 1, expected=None)
    with pytest.raises(ConflictError) as caught:
        registry.set_alias("kepler_lr", "champion", 2, expected=2)
    assert (caught.value.expected, caught.value.actual) == (2, 1)


def test_a_deleted_version_is_hidden_until_it_is_restored(registry: ModelRegistry) -> None:
    """A deleted version cannot be loaded until it is restored, and its number is not reused."""
    add(registry, 1.0)
    add(registry, 2.0)
    registry.delete_model("kepler_lr:2")
    assert registry.load_model("kepler_lr")[1].version == 1
    with pytest.raises(VersionNotFoundError, match="restore_model"):
        registry.load_model("kepler_lr:2")
    assert add(registry, 3.0) == "kepler_lr:3"
    assert registry.restore_model("kepler_lr:2").status == "active"
    assert registry.load_model("kepler_lr:2")[1].version == 2


def test_a_protected_alias_blocks_deletion(registry: ModelRegistry) -> None:
    """A version with a protected alias cannot be deleted or purged."""
    registry.set_alias("kepler_lr", "champion", int(add(registry).split(":")[1]), protected=True)
    for retire in (registry.delete_model, registry.purge_model):
        with pytest.raises(ConflictError, match="champion"):
            retire("kepler_lr:1")


def test_a_purged_number_is_never_used_again(registry: ModelRegistry, tmp_path: Path) -> None:
    """A purge removes the model and keeps the record, and the number is never reused."""
    add(registry)
    registry.purge_model("kepler_lr:1")
    assert not list(tmp_path.rglob("*.joblib"))
    assert add(registry) == "kepler_lr:2"
    with pytest.raises(VersionNotFoundError, match="purged"):
        registry.restore_model("kepler_lr:1")
    assert registry.verify()


def test_purge_keeps_a_payload_that_another_version_needs(registry: ModelRegistry) -> None:
    """A purge keeps a payload that another version shares."""
    add(registry)
    add(registry, description="the same bytes")
    registry.purge_model("kepler_lr:1")
    assert registry.load_model("kepler_lr:2")[1].version == 2


def test_a_name_alone_cannot_be_deleted(registry: ModelRegistry) -> None:
    """Deletion does not accept a name alone."""
    add(registry)
    with pytest.raises(VersionNotFoundError, match="kepler_lr:1"):
        registry.delete_model("kepler_lr")


def test_tags_and_notes_are_kept(registry: ModelRegistry) -> None:
    """Tags are set, replaced and removed; notes accumulate."""
    ref = add(registry, tags={"team": "vetting"})
    registry.tag_model(ref, "reviewed", team="followup")
    registry.untag_model(ref, "nothing")
    registry.annotate(ref, "first")
    metadata = registry.annotate(ref, "second")
    assert metadata.tags == {"team": "followup", "reviewed": True}
    assert [note.text for note in metadata.notes] == ["first", "second"]
    assert registry.untag_model(ref, "team").tags == {"reviewed": True}


def test_a_model_of_an_unknown_signer_is_rejected(registry: ModelRegistry, tmp_path: Path) -> None:
    """A model with types that are not allowed is not loaded until its signer is trusted."""
    ref = registry.register_model({"share": Fraction(1, 3)}, "shares", algorithm="dict")
    mine = ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "me"))
    with pytest.raises(UntrustedModelError, match=r"trust_signer\('SHA256:") as caught:
        mine.load_model(ref)
    assert caught.value.signer is not None
    assert mine.load_model(ref, unsafe=True)[1].version == 1
    mine.trust_signer(caught.value.signer, "colleague")
    assert mine.load_model(ref)[1].version == 1


def test_a_plain_model_of_an_unknown_signer_is_loaded(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """A model of an unknown signer is loaded without code of its author, and predicts the same."""
    ref = add(registry)
    theirs, _ = registry.load_model(ref)
    mine = ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "me"))
    for options in ({}, {"mmap": True}):
        model, metadata = mine.load_model(ref, **options)
        assert metadata.model_id == ref
        np.testing.assert_array_equal(model.predict(X), theirs.predict(X))


def test_a_trusted_package_opens_a_model_of_an_unknown_signer(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """trust= loads a model of this package's classes, and the error has that call."""
    ref = registry.register_model(XGBClassifier(n_estimators=2).fit(X, Y), "boosted")
    mine = ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "me"))
    with pytest.raises(UntrustedModelError) as caught:
        mine.load_model(ref)
    assert "registry.load_model('boosted:1', trust=['xgboost'])" in str(caught.value)
    model, _ = mine.load_model(ref, trust=["xgboost"])
    np.testing.assert_array_equal(model.predict(X), registry.load_model(ref)[0].predict(X))


def test_a_registry_can_be_moved_copied_and_made_read_only(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """A moved, copied or read-only folder is the same registry."""
    ref = add(registry)
    subprocess.run(["cp", "-r", tmp_path / "registry", tmp_path / "copy"], check=True)
    shutil.move(tmp_path / "registry", tmp_path / "moved")
    for folder in ("copy", "moved"):
        there = ModelRegistry(tmp_path / folder)
        assert [m.model_id for m in there.list_models()] == [ref]
        assert there.load_model(ref)[1].version == 1
    for path in (tmp_path / "moved").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    there = ModelRegistry(tmp_path / "moved")
    assert there.load_model(ref)[1].version == 1


def test_a_folder_with_other_files_is_rejected(tmp_path: Path) -> None:
    """A registry is not created in a folder with other files, or with create=False."""
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(RegistryError, match=r"thesis\.tex"):
        ModelRegistry(tmp_path)
    with pytest.raises(RegistryError, match="No registry"):
        ModelRegistry(tmp_path / "new", create=False)


def test_a_number_is_used_once(registry: ModelRegistry) -> None:
    """A chosen number must be greater than all previous numbers."""
    assert add(registry, 1.0, version=3) == "kepler_lr:3"
    with pytest.raises(ConflictError, match="next number, 4"):
        add(registry, 2.0, version=2)
    assert registry.verify()


@pytest.mark.parametrize("format", ["joblib", "skops"])
def test_a_version_is_exported_and_imported(
    registry: ModelRegistry, tmp_path: Path, format: str
) -> None:
    """An imported version has the facts and predictions of the exported version."""
    forest = RandomForestClassifier(5, random_state=0).fit(X, Y)
    ref = registry.register_model(forest, "forest", X=X, y=Y, X_test=X, y_test=Y, format=format)
    folder = registry.export_model(ref, tmp_path / "out")
    other = ModelRegistry(tmp_path / "other")
    copied = other.import_model(model_path=folder)
    model, metadata = other.load_model(copied)
    assert metadata.metrics == registry.get_metadata(ref).metrics
    assert metadata.tags == {"imported_from": ref}
    np.testing.assert_array_equal(model.predict(X), forest.predict(X))
    np.testing.assert_array_equal(other.load_evaluation(copied)["y_true"], Y)
    assert other.import_model(model_path=folder) == copied, "importing again adds no version"
    assert other.verify()


def test_import_rejects_unknown_signers_and_changed_files(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """An export of an unknown signer, or with a changed model, is not imported."""
    folder = registry.export_model(add(registry), tmp_path / "out")
    other = ModelRegistry(tmp_path / "other", keyring=Keyring(tmp_path / "me"))
    with pytest.raises(UntrustedModelError, match="trust_signer"):
        other.import_model(model_path=folder)
    (folder / "model.joblib").write_bytes(b"junk")
    with pytest.raises(IntegrityError):
        other.import_model(model_path=folder, unsafe=True)
    assert len(other.list_models()) == 0


def test_search_filters_orders_and_pages(registry: ModelRegistry) -> None:
    """Filter, sort order and page can be combined."""
    for C in (1.0, 2.0, 3.0, 4.0):
        add(registry, C, evaluation_results={"f1_score": C / 10})
    registry.tag_model("kepler_lr:4", "reviewed")
    found = registry.list_models("kepler_lr", where="metrics.f1_score > 0.1", order_by="-version")
    assert [m.version for m in found] == [4, 3, 2]
    assert [m.version for m in registry.list_models(where="'reviewed' in tags")] == [4]
    page = registry.list_models(order_by="-metrics.f1_score", limit=2, offset=1)
    assert [m.version for m in page] == [3, 2]


def test_best_knows_the_direction_of_a_metric(registry: ModelRegistry) -> None:
    """The direction of known metrics is used, and of equal versions the newer is returned."""
    add(registry, 1.0, evaluation_results={"f1_score": 0.9, "log_loss": 0.1})
    add(registry, 2.0, evaluation_results={"f1_score": 0.8, "log_loss": 0.1})
    add(registry, 3.0, evaluation_results={"f1_score": math.nan})
    assert registry.get_best_model(metric="f1_score")[1].version == 1
    assert registry.get_best_model(metric="log_loss")[1].version == 2
    add(registry, 4.0, evaluation_results={"purity": 0.5})
    with pytest.raises(RegistryError, match="higher_is_better"):
        registry.get_best_model(metric="purity")
    assert registry.get_best_model(metric="purity", higher_is_better=True)[1].version == 4


def test_the_best_model_is_loaded_as_any_other(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """get_best_model accepts the loading options of load_model."""
    arrays = {"weights": np.arange(300_000.0)}
    registry.register_model(arrays, "arrays", evaluation_results={"f1_score": 0.9})
    mapped, _ = registry.get_best_model(model_name="arrays", mmap=True)
    assert isinstance(mapped["weights"], np.memmap)
    add(registry, evaluation_results={"f1_score": 0.9})
    monkeypatch.setattr(compatibility, "_installed", lambda: "0.1.7")
    with pytest.raises(VersionMismatchError):
        registry.get_best_model(model_name="kepler_lr")
    assert registry.get_best_model(model_name="kepler_lr", allow_version_mismatch=True)[1]


def test_best_by_a_metric_that_no_version_has_is_an_error(registry: ModelRegistry) -> None:
    """The error about an unknown metric suggests close metrics."""
    add(registry, evaluation_results={"f1_score": 0.9})
    for direction in (None, True):
        with pytest.raises(LookupError, match="'f1_scroe'"):
            registry.get_best_model(metric="f1_scroe", higher_is_better=direction)
    with pytest.raises(LookupError, match="Did you mean f1_score"):
        registry.get_best_model(metric="f1_scroe")
    with pytest.raises(LookupError, match="'log_loss'"):
        registry.get_best_model(metric="log_loss")


def test_a_comparison_shows_differences(registry: ModelRegistry) -> None:
    """The comparison of two versions shows the different hyperparameter."""
    add(registry, 1.0)
    add(registry, 2.0)
    text = str(registry.compare_models(["kepler_lr:1", "kepler_lr:2"]))
    assert "C" in text
    assert "kepler_lr:2" in text
    assert str(registry.compare_models(model_name="kepler_lr"))


def test_a_new_process_loads_a_registered_model(registry: ModelRegistry, tmp_path: Path) -> None:
    """A new process loads a registered model."""
    add(registry)
    code = (
        "from exo_nbregistry import ModelRegistry; import sys; "
        "print(ModelRegistry(sys.argv[1]).load_model('kepler_lr')[1].model_id)"
    )
    root = Path(__file__).resolve().parents[3]
    env = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", code, str(tmp_path / "registry")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "kepler_lr:1"


def test_the_history_has_each_change(registry: ModelRegistry) -> None:
    """The history has each change in order."""
    ref = add(registry)
    registry.tag_model(ref, "reviewed")
    registry.delete_model(ref)
    assert [event["action"] for event in registry.history("kepler_lr")] == [
        "register",
        "tag",
        "delete",
    ]


def test_statistics_count_versions_and_bytes(
    registry: ModelRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """The statistics count models, versions and bytes."""
    add(registry, 1.0)
    registry.delete_model(add(registry, 2.0))
    stats = registry.get_registry_stats()
    assert (stats["models"], stats["versions"], stats["deleted"]) == (1, 1, 1)
    assert stats["size_bytes"] > 500
    registry.print_registry_summary()
    assert "1 model, 1 version, 1 deleted" in capsys.readouterr().out


def test_only_old_unused_files_are_garbage(registry: ModelRegistry, tmp_path: Path) -> None:
    """An unused payload is removed after the grace period; a used payload is kept."""
    ref = add(registry)
    blobs = next((tmp_path / "registry").rglob("blobs"))
    stray = blobs / f"{'0' * 64}.joblib"
    stray.write_bytes(b"x" * 10)
    assert registry.collect_garbage() == []
    assert [g.size_bytes for g in registry.collect_garbage(grace_s=-1)] == [10]
    assert stray.exists()
    registry.collect_garbage(dry_run=False, grace_s=-1)
    assert not stray.exists()
    assert registry.load_model(ref)[1].version == 1


def test_a_registry_of_a_newer_release_can_be_read_only(registry: ModelRegistry) -> None:
    """A registry with an unknown writer feature can be read but not changed."""
    add(registry)
    descriptor = Path(registry.location) / "nbregistry.json"
    fields = json.loads(descriptor.read_text()) | {"writer_features": ["shards"]}
    del fields["check"]
    descriptor.write_text(json.dumps(fields))
    reader = ModelRegistry(registry.location)
    assert reader.load_model("kepler_lr:1")
    for write in (
        lambda: add(reader, 2.0),
        lambda: reader.set_alias("kepler_lr", "champion", 1),
        lambda: reader.delete_model("kepler_lr:1"),
        lambda: reader.collect_garbage(dry_run=False),
    ):
        with pytest.raises(FormatVersionError, match="pip install"):
            write()


def test_registering_again_repairs_a_damaged_payload(registry: ModelRegistry) -> None:
    """Registering the same model again repairs its damaged payload."""
    first = add(registry)
    (blob,) = (Path(registry.location) / "models/kepler_lr/blobs").iterdir()
    blob.write_bytes(b"damaged")
    assert add(registry) == first
    assert registry.verify()


def test_without_arguments_the_latest_versions_are_compared(registry: ModelRegistry) -> None:
    """Without arguments, the latest active versions of all models are compared, by name."""
    for name in ("b", "A", "c"):
        for value in (1, 2):
            registry.register_model(
                {"value": value, "name": name}, name, evaluation_results={"f1_score": value / 2}
            )
    registry.delete_model("A:2")
    registry.delete_model("c:1")
    registry.delete_model("c:2")
    compared = registry.compare_models()
    assert [item.model_id for item in compared.items] == ["a:1", "b:2"]
    registry.restore_model("A:2")
    registry.restore_model("c:1")
    assert [item.model_id for item in registry.compare_models().items] == ["a:2", "b:2", "c:1"]


@pytest.mark.parametrize(("count", "found"), [(0, "0 models"), (1, "1 model")])
def test_fewer_than_two_models_cannot_be_compared(
    registry: ModelRegistry, count: int, found: str
) -> None:
    """The error has the number of models and the call to compare versions of one model."""
    for value in range(3 * count):
        add(registry, float(value + 1))
    with pytest.raises(RegistryError, match=rf"at least 2 models; .* {found}.* model_name="):
        registry.compare_models()


@pytest.mark.parametrize("refs", [[], ["kepler_lr:1"], ["kepler_lr:1", "kepler_lr@champion"]])
def test_fewer_than_two_versions_cannot_be_compared(
    registry: ModelRegistry, refs: list[str]
) -> None:
    """A comparison requires at least two different versions, and an empty list is an error."""
    add(registry, 1.0)
    registry.set_alias("kepler_lr", "champion", 1)
    with pytest.raises(RegistryError, match="at least two"):
        registry.compare_models(refs)
    with pytest.raises(RegistryError, match="not both"):
        registry.compare_models(refs, model_name="kepler_lr")


@pytest.mark.parametrize("refs", ["kepler_lr", "kepler_lr:1"])
def test_text_is_not_a_list_of_references(registry: ModelRegistry, refs: str) -> None:
    """The error about text instead of a list has the correct call."""
    with pytest.raises(RegistryError, match=r"model_name='kepler_lr'"):
        registry.compare_models(refs)


@pytest.mark.parametrize("refs", [5, 2.5, True])
def test_a_number_is_not_a_list_of_references(registry: ModelRegistry, refs: Any) -> None:
    """The error about a number instead of a list shows a list."""
    with pytest.raises(RegistryError, match=r"such as \['kepler_rf:1', 'kepler_rf:2'\], got"):
        registry.compare_models(refs)


def test_no_method_is_defined_twice(registry: ModelRegistry) -> None:
    """Each public method is defined by one collaborator and is available in ModelRegistry."""
    inner = {"find_best", "log_query_hints"}
    parts = registry._parts.values()
    names = [name for part in parts for name in vars(type(part)) if not name.startswith("_")]
    assert len(parts) == 19
    assert {name for name in names if names.count(name) > 1} == set()
    assert set(names) - inner <= vars(ModelRegistry).keys()
    assert not inner & vars(ModelRegistry).keys()
