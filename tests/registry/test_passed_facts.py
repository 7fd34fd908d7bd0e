"""Results and training info that were passed to register_model, in searches and views."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from exo_nbregistry.errors import QueryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.views.version_card import render_metadata_html, render_metadata_text


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with two versions of toy that differ in what was passed."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value, verdict, mission, radius in ((1, "good", "Kepler", 1.5), (2, "poor", "TESS", 2.5)):
        registry.register_model(
            {"value": value},
            "toy",
            evaluation_results={"f1_score": 0.9, "verdict": verdict, "fit": {"chi2": radius}},
            training_info={"dataset": "koi", "mission": mission, "orbit": {"radius": radius}},
        )
    return registry


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("training_info.mission == 'Kepler'", ("toy:1",)),
        ("training_info.orbit.radius > 2", ("toy:2",)),
        ("training_info.dataset == 'koi'", ("toy:1", "toy:2")),
        ("training_info.mission.contains('ES')", ("toy:2",)),
        ("results.verdict == 'good'", ("toy:1",)),
        ("results.fit.chi2 <= 1.5", ("toy:1",)),
        ("results['fit.chi2'] > 1.5", ("toy:2",)),
        ("results.nothing is None", ("toy:1", "toy:2")),
    ],
)
def test_a_filter_reads_what_was_passed(
    registry: ModelRegistry, where: str, ids: tuple[str, ...]
) -> None:
    """Filters compare results and training info; nested names have dots."""
    assert registry.list_models(where=where).ids == ids


def test_what_was_passed_sorts(registry: ModelRegistry) -> None:
    """Versions can be sorted by a result and by a part of the training info."""
    assert registry.list_models(order_by="-training_info.orbit.radius").ids == ("toy:2", "toy:1")
    assert registry.list_models(order_by="results.verdict").ids == ("toy:1", "toy:2")
    assert registry.list_models(order_by="-training_info.dataset").total == 2


def test_a_misspelled_name_is_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A name that no version has is logged with a close match."""
    with caplog.at_level(logging.WARNING):
        registry.list_models(where="training_info.misson == 'Kepler'")
        registry.list_models(where="results.verdit == 'good'")
    assert [record.getMessage() for record in caplog.records] == [
        "No version has training_info.misson: did you mean training_info.mission?",
        "No version has results.verdit: did you mean results.verdict?",
    ]


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ("trainig_info.mission == 'Kepler'", "training_info.mission"),
        ("result.verdict == 'good'", "results.verdict"),
        ("additional_metrics.verdict == 'good'", "results.verdict"),
        ("evaluation_results.verdict == 'good'", "results.verdict"),
        ("metric.f1_score > 0.5", "metrics.f1_score"),
    ],
)
def test_a_misspelled_group_is_an_error(registry: ModelRegistry, where: str, meant: str) -> None:
    """The error has the field with the right group."""
    with pytest.raises(QueryError, match=f"Did you mean {re.escape(meant)}"):
        registry.list_models(where=where)


def test_the_fields_are_listed(registry: ModelRegistry) -> None:
    """The names of results and training info are listed for filters."""
    fields = registry.list_fields()
    assert fields["results"] == ("fit.chi2", "verdict")
    assert fields["training_info"] == ("mission", "orbit.radius")


def test_the_frame_has_what_was_passed(registry: ModelRegistry) -> None:
    """A listing's frame has a column for each passed number or text."""
    frame = registry.list_models().to_frame()
    assert frame["training_info.mission"].tolist() == ["Kepler", "TESS"]
    assert frame["results.fit.chi2"].tolist() == [1.5, 2.5]


def test_the_comparison_shows_the_differences(registry: ModelRegistry) -> None:
    """Versions that differ in what was passed are compared by it."""
    differences = registry.compare_models(model_name="toy").differences
    assert differences["training info"]["mission"] == {"toy:1": "Kepler", "toy:2": "TESS"}
    assert differences["results"]["verdict"] == {"toy:1": "good", "toy:2": "poor"}


def test_the_card_shows_what_was_passed(registry: ModelRegistry) -> None:
    """HTML and text cards have the results, the training info and the later metrics."""
    registry.add_metrics("toy:1", {"f1_score": 0.87}, at="2026-11-30", on="2026-11 production")
    version = registry["toy:1"]
    for card in (render_metadata_html(version), render_metadata_text(version)):
        for text in (
            "verdict", "good", "mission", "Kepler", "orbit.radius", "metrics measured later",
            "2026-11-30 00:00 UTC", "f1_score 0.8700 on 2026-11 production",
        ):  # fmt: skip
            assert text in card
