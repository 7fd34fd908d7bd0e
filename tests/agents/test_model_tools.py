"""Tools that list, filter and rank models."""

from __future__ import annotations

from exo_nbregistry.agents.model_tools import (
    MAX_ROWS,
    best_model_version,
    list_model_versions,
    list_registered_models,
    list_registry_fields,
)
from exo_nbregistry.registry.facade import ModelRegistry


def test_models_are_listed(registry: ModelRegistry) -> None:
    """A model has its number of versions, aliases and default metric."""
    found = list_registered_models(registry=registry.location)
    (model,) = found["models"]
    assert model["model_name"] == "kepler_rf"
    assert (model["n_versions"], model["latest_version"]) == (3, 3)
    assert model["aliases"] == {"champion": 3}
    assert (model["metric"], model["value"], found["total"]) == ("f1_score", 0.8, 1)
    assert list_registered_models("nothing", registry=registry.location)["total"] == 0


def test_versions_are_filtered_and_sorted(registry: ModelRegistry) -> None:
    """Filter, order and limit are passed to list_models."""
    place = registry.location
    found = list_model_versions(order_by="-metrics.f1_score", limit=2, registry=place)
    assert [item["model_id"] for item in found["versions"]] == ["kepler_rf:2", "kepler_rf:3"]
    assert found["total"] == 3
    found = list_model_versions("kepler_rf", "metrics.f1_score < 0.8", registry=place)
    assert [item["metrics"]["f1_score"] for item in found["versions"]] == [0.7]
    assert found["versions"][0]["description"] == {"untrusted_text": "run 0"}


def test_errors_are_one_sentence(registry: ModelRegistry) -> None:
    """An invalid filter, model, order or limit is an error with a kind."""
    place = registry.location
    for found, kind in (
        (list_model_versions("none", registry=place), "ModelNotFoundError"),
        (list_model_versions(where="metrics.f1_score >", registry=place), "QueryError"),
        (list_model_versions(limit=-1, registry=place), "QueryError"),
        (list_model_versions(order_by="metrics.", registry=place), "QueryError"),
        (best_model_version(metric="none", registry=place), "NotFoundError"),
    ):
        assert found["error"]["kind"] == kind
        assert "\n" not in found["error"]["message"]["untrusted_text"]


def test_the_number_of_rows_is_limited(registry: ModelRegistry) -> None:
    """A larger limit returns 50 rows, and the total number."""
    for n in range(MAX_ROWS + 5):
        registry.register_model({"n": n}, "many")
    found = list_model_versions("many", limit=10**9, registry=registry.location)
    assert (len(found["versions"]), found["total"]) == (MAX_ROWS, MAX_ROWS + 5)


def test_the_best_version_is_found(registry: ModelRegistry) -> None:
    """The metric is chosen, or passed with its direction."""
    place = registry.location
    found = best_model_version("kepler_rf", registry=place)
    assert (found["metric"], found["value"]) == ("f1_score", 0.9)
    found = best_model_version(metric="log_loss", where="metrics.f1_score < 0.85", registry=place)
    assert found["version"]["model_id"] == "kepler_rf:3"
    found = best_model_version(metric="f1_score", higher_is_better=False, registry=place)
    assert found["version"]["model_id"] == "kepler_rf:1"


def test_fields_for_filters_are_listed(registry: ModelRegistry) -> None:
    """Metrics, hyperparameters and tags are listed; names that are sentences are marked."""
    found = list_registry_fields(registry.location)
    assert found["fields"]["metrics"] == ["f1_score", "log_loss"]
    assert "team" in found["fields"]["tags"]
    assert {"untrusted_text": "reviewed by\nme"} in found["fields"]["tags"]
