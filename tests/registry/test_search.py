"""Listing, searching and ranking through the registry's face."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import ModelNotFoundError, NotFoundError, QueryError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions of toy and two of other."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for name, scores in {"toy": (0.5, 0.9, 0.7), "other": (0.9, math.nan)}.items():
        for number, score in enumerate(scores, 1):
            results = {"f1_score": score, "log_loss": score, "rows": number}
            registry.register_model({}, name, evaluation_results=results)
    return registry


def test_a_page_knows_how_many_there_are(registry: ModelRegistry) -> None:
    """The total counts all that fit, whatever part of it is shown."""
    page = registry.list_models("toy", order_by="version", limit=1, offset=1)
    assert (page.ids, page.total) == (("toy:2",), 3)
    assert registry.list_models("toy", offset=9).total == 3
    assert registry.list_models("toy", limit=0).ids == ()


def test_names_fold_and_must_be_there(registry: ModelRegistry) -> None:
    """A list of no model is an error that has close names; an empty registry has an empty list."""
    assert registry.list_models("TOY").total == 3
    for call in (registry.list_models, registry.history, _best_of(registry)):
        with pytest.raises(ModelNotFoundError, match="toy"):
            call("toi")
    assert ModelRegistry(registry.location + "2").list_models().total == 0


def _best_of(registry: ModelRegistry) -> Any:
    return lambda name: registry.get_best_model("f1_score", name)


def test_deleted_versions_are_listed_on_request(registry: ModelRegistry) -> None:
    """They are hidden from lists, totals and best, and shown with their status if asked for."""
    registry.delete_model("toy:2")
    registry.purge_model("toy:3")
    assert registry.list_models("toy").ids == ("toy:1",)
    assert registry.best_version("f1_score", "toy").version == 1
    every = registry.list_models("toy", include_deleted=True, order_by="version")
    assert [item.status for item in every] == ["active", "deleted", "purged"]
    assert every.total == 3


def test_another_kernels_writes_are_seen_at_once(registry: ModelRegistry) -> None:
    """No list is older than the registry, not even by a moment."""
    assert registry.list_models("toy").total == 3
    other = ModelRegistry(registry.location, durable=False)
    for value in range(3):
        other.register_model({"value": value}, "toy")
        assert registry.list_models("toy").total == 4 + value
        other.tag_model(f"toy:{4 + value}", "new")
        assert registry.list_models(where="'new' in tags").total == 1 + value
        other.set_alias("toy", "champion", 4 + value)
        assert registry.list_models(where="'champion' in aliases").ids == (f"toy:{4 + value}",)


def test_the_index_may_be_removed_at_any_time(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is derived: in another cache folder, every answer is the same."""
    before = registry.list_models(order_by=["-metrics.f1_score", "version"])
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(tmp_path / "cache"))
    again = ModelRegistry(registry.location).list_models(order_by=["-metrics.f1_score", "version"])
    assert list(again) == list(before)
    assert len(again) == 5


def test_a_listed_version_is_what_the_registry_says(registry: ModelRegistry) -> None:
    """List, best and get_metadata tell the same of a version."""
    registry.tag_model("toy:2", team="vetting")
    registry.annotate("toy:2", "good")
    registry.set_alias("toy", "champion", 2)
    told = registry.get_metadata("toy:2")
    assert registry.list_models(where="'champion' in aliases")[0] == told
    assert registry.best_version("f1_score", "toy") == told


@pytest.mark.parametrize(
    ("told", "best"),
    [
        ({"metric": "f1_score"}, "other:1"),
        ({"metric": "f1_score", "model_name": "toy"}, "toy:2"),
        ({"metric": "f1_score", "where": "metrics.rows > 2"}, "toy:3"),
        ({"metric": "log_loss"}, "toy:1"),
        ({"metric": "f1_score", "higher_is_better": False}, "toy:1"),
        ({"metric": "rows", "higher_is_better": True, "model_name": "other"}, "other:2"),
    ],
    ids=str,
)
def test_the_best_is_of_those_that_fit(
    registry: ModelRegistry, told: dict[str, Any], best: str
) -> None:
    """Name, filter and direction narrow it; NaN never wins; of equals the newer does."""
    assert registry.best_version(**told).model_id == best
    assert registry.get_best_model(**told)[1].model_id == best


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        ({"metric": "rows"}, RegistryError, "higher_is_better"),
        ({"metric": "f1_scor", "higher_is_better": None}, NotFoundError, "f1_score"),
        ({"metric": "accuracy"}, NotFoundError, "No matching version has the metric 'accuracy'"),
        ({"metric": "accuracy", "model_name": "toy"}, NotFoundError, "of toy"),
        (
            {"metric": "f1_score", "where": "metrics.f1_score > 1"},
            NotFoundError,
            "No matching version",
        ),
        ({"metric": "f1_score", "where": "metrics.f1_score >"}, QueryError, r"\^"),
    ],
    ids=str,
)
def test_no_best_says_why(
    registry: ModelRegistry, told: dict[str, Any], error: type[Exception], message: str
) -> None:
    """An unknown direction, a metric that nobody has and a bad filter are told apart."""
    with pytest.raises(error, match=message):
        registry.best_version(**told)


def test_a_bad_filter_points_at_its_column(registry: ModelRegistry) -> None:
    """The error has the text and the place in it."""
    with pytest.raises(QueryError) as refused:
        registry.list_models(where="version > 1 and frobnicate(2)")
    assert refused.value.text[refused.value.position :].startswith("frobnicate")


def test_a_damaged_version_is_left_out_and_told(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad file does not hide the others."""
    Path(registry.location, "models/toy/versions/v000002.json").write_bytes(b"{")
    listed = ModelRegistry(registry.location).list_models("toy")
    assert set(listed.ids) == {"toy:1", "toy:3"}
    assert "toy:2 is omitted" in caplog.text


def test_history_is_in_order_and_names_its_writers(registry: ModelRegistry) -> None:
    """Registrations come first, then the journal's events, each with who, when and by which key."""
    registry.set_alias("toy", "champion", 2)
    registry.tag_model("toy:2", score=(1, math.inf))
    registry.annotate("toy:2", "good")
    events = registry.history("Toy")
    assert [event["action"] for event in events] == ["register"] * 3 + ["alias", "tag", "note"]
    assert [event["version"] for event in events] == [1, 2, 3, 2, 2, 2]
    assert events[4]["tags"] == {"score": (1, math.inf)}
    assert len({event["signer"] for event in events}) == 1
    assert all(event["at"].tzinfo and event["actor"] for event in events)


def test_the_history_of_a_version_has_what_concerns_it(registry: ModelRegistry) -> None:
    """Its registration, what is said of it, and aliases that come to it or leave it."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    registry.set_alias("toy", "other", 2)
    registry.tag_model("toy:1", "reviewed")
    registry.set_alias("toy", "champion", 3)
    registry.remove_alias("toy", "other")
    told = [
        [
            (event["action"], event.get("version"))
            for event in registry.history("toy", version=number)
        ]
        for number in (1, 2)
    ]
    assert told[0] == [("register", 1), ("alias", 1), ("alias", 2), ("tag", 1)]
    assert [action for action, _ in told[1]] == ["register", "alias", "alias", "alias", "unalias"]
    with pytest.raises(NotFoundError, match="no version 9"):
        registry.history("toy", version=9)


def test_the_index_opens_when_it_is_first_needed(registry: ModelRegistry) -> None:
    """Registering and loading need none."""
    fresh = ModelRegistry(registry.location)
    fresh.load_model("toy:1")
    assert "index" not in vars(fresh._workspace)
    fresh.list_models()
    assert "index" in vars(fresh._workspace)


@pytest.mark.parametrize(
    "told",
    [
        {"limit": -1},
        {"limit": "3"},
        {"limit": 2.0},
        {"limit": True},
        {"offset": -1},
        {"offset": None},
        {"where": 3},
        {"where": ["version > 1"]},
        {"order_by": 3},
        {"order_by": [3]},
    ],
    ids=str,
)
def test_what_is_no_question_is_refused(registry: ModelRegistry, told: dict[str, Any]) -> None:
    """The message names the argument and what was given."""
    (name,) = told
    with pytest.raises(QueryError, match=f"^{name} must be .*, got "):
        registry.list_models(**told)


def test_numbers_of_numpy_and_beyond_sqlite_page(registry: ModelRegistry) -> None:
    """A page may be asked for with any whole number."""
    assert len(registry.list_models("toy", limit=np.int64(2))) == 2
    assert len(registry.list_models("toy", limit=10**30)) == 3
    assert len(registry.list_models("toy", offset=10**30)) == 0


def test_the_best_by_no_text_is_refused(registry: ModelRegistry) -> None:
    """A metric is asked for by its name."""
    with pytest.raises(QueryError, match="metric must be text"):
        registry.best_version(None)  # type: ignore[arg-type]


def test_a_short_metric_name_is_answered_with_the_long_one(registry: ModelRegistry) -> None:
    """F1 is what scikit-learn calls it, and f1_score what is stored."""
    with pytest.raises(NotFoundError, match="Did you mean f1_score"):
        registry.best_version("f1")


@pytest.mark.parametrize(
    ("question", "warned"),
    [
        ({"where": "metrics.f1 > 0.5"}, "metrics.f1: did you mean metrics.f1_score?"),
        ({"order_by": "-metrics.f1"}, "metrics.f1: did you mean metrics.f1_score?"),
        ({"where": "metrics.f1_score > 2"}, ""),
        ({"where": "metrics.f1 > 0.5 or metrics.f1_score > 0"}, ""),
        ({"order_by": "-metrics.f1_score"}, ""),
    ],
    ids=str,
)
def test_a_slip_in_a_metrics_name_is_warned_about(
    registry: ModelRegistry,
    caplog: pytest.LogCaptureFixture,
    question: dict[str, str],
    warned: str,
) -> None:
    """A name that no version has would otherwise look like a search that found nothing."""
    registry.list_models(**question)
    assert warned in caplog.text
    assert bool(warned) == bool(caplog.text)
