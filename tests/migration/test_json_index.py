"""Registries of this project's predecessor, moved in as a whole."""

from __future__ import annotations

from pathlib import Path

from sklearn.linear_model import LogisticRegression

from exo_nbregistry import ModelRegistry
from exo_nbregistry.migration import plan_move_in
from tests.predecessor import register


def write(root: Path) -> None:
    """Write three versions of two models."""
    for version, strength in enumerate((1.0, 2.0), 1):
        model = LogisticRegression(C=strength).fit([[0.0], [1.0]], [0, 1])
        register(
            root,
            model,
            "kepler",
            version,
            **{"accuracy": 0.9, "f1_score": 0.5 + version / 4, "precision": 0.7, "recall": 0.6},
            hyperparameters={"C": strength},
            feature_columns=["depth"],
            training_samples=70,
            test_samples=30,
            class_distribution={"CONFIRMED": 40, "FALSE POSITIVE": 60},
            additional_metrics={"confusion_matrix": [[20, 5], [1, 4]]},
        )
    register(root, LogisticRegression(), "other", 7)


def test_every_version_and_fact_arrives(tmp_path: Path) -> None:
    """Numbers, metrics, hyperparameters, samples and bytes are the same as in the folder."""
    root = tmp_path / "models" / "registry"
    write(root)
    registry = ModelRegistry(tmp_path / "registry")
    result = plan_move_in(root, registry).execute(progress=False)
    assert (result.versions, result.problems) == (3, ())
    first, second = (registry.get_metadata(f"kepler:{number}") for number in (1, 2))
    assert registry.get_metadata("other").version == 7
    assert (first.f1_score, second.f1_score) == (0.75, 1.0)
    assert first.hyperparameters == {"C": 1.0}
    assert tuple(first.feature_columns) == ("depth",)
    assert (first.training_samples, first.test_samples) == (70, 30)
    assert first.class_distribution == {"CONFIRMED": 40, "FALSE POSITIVE": 60}
    assert first.tags["json_index.additional_metrics.confusion_matrix"] == [[20, 5], [1, 4]]
    sizes = {path.stat().st_size for path in (root / "models").glob("kepler*.pkl")}
    assert {first.artifact.size_bytes, second.artifact.size_bytes} == sizes
    model, metadata = registry.get_best_model("kepler", metric="f1_score")
    assert (model.C, metadata.version) == (2.0, 2)


def test_twice_is_the_same_as_once(tmp_path: Path) -> None:
    """A second run adds nothing, also after the index was damaged."""
    root = tmp_path / "models" / "registry"
    write(root)
    registry = ModelRegistry(tmp_path / "registry")
    plan_move_in(root, registry).execute(progress=False)
    (root / "index.json").write_text('{"models": {"kepler": [')
    result = plan_move_in(root, registry).execute(progress=False)
    assert (result.versions, result.present) == (0, 3)
    assert len(registry.list_models()) == 3
