"""Lists that fold many versions of a model, and the children of a version."""

from __future__ import annotations

import copy
import pickle
import shutil
from pathlib import Path

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.views.listing import MAX_ROWS, Listing
from exo_nbregistry.views.model_table import Summaries


def make(folder: Path, **counts: int) -> ModelRegistry:
    """Return a registry with a number of versions of each model."""
    registry = ModelRegistry(folder / "registry", durable=False)
    for name, count in counts.items():
        for number in range(count):
            registry.register_model({"n": number}, name, metrics={"f1_score": number / 100})
    return registry


def search(registry: ModelRegistry, name: str, children: int, child: str = "") -> str:
    """Register a version with children; return its model ID."""
    parent = registry.register_model({"search": 1}, name)
    for number in range(children):
        registry.register_model({"trial": number}, child or name, parent=parent)
    return parent


def test_many_versions_of_a_few_models_have_one_row_a_model(tmp_path: Path) -> None:
    """If versions of one model would fill the table, it has one row for each model."""
    listing = make(tmp_path, forest=MAX_ROWS + 5, svm=2).list_models()
    assert len(listing) == MAX_ROWS + 7
    rows = repr(listing).splitlines()
    assert [row.split()[:2] for row in rows[2:4]] == [["forest", "25"], ["svm", "2"]]
    assert rows[4] == "27 versions of 2 models; all() lists the versions."
    assert "<td" in listing._repr_html_()
    assert listing._repr_html_().count("<tr") == 3


def test_all_lists_the_versions(tmp_path: Path) -> None:
    """The display of all() has one row for each version."""
    listing = make(tmp_path, forest=MAX_ROWS + 5, svm=2).list_models()
    assert "forest:20" in repr(listing.all())
    assert listing.all() == listing


@pytest.mark.parametrize(
    "query",
    [
        {"where": "metrics.f1_score >= 0"},
        {"order_by": "-metrics.f1_score"},
        {"model_name": "forest"},
        {"limit": 23},
    ],
    ids=str,
)
def test_a_search_lists_versions(tmp_path: Path, query: dict) -> None:
    """A filter, a sort order, a model name or a limit lists versions."""
    listing = make(tmp_path, forest=MAX_ROWS + 5, svm=2).list_models(**query)
    assert listing.folded() is None
    assert "forest:2 " in repr(listing) or "forest:24 " in repr(listing)


@pytest.mark.parametrize(
    "counts",
    [{"forest": MAX_ROWS + 5}, {"forest": 5, "svm": 3}, {f"m{n}": 1 for n in range(MAX_ROWS + 5)}],
    ids=["one model", "few versions", "many models"],
)
def test_versions_that_hide_no_model_are_listed(tmp_path: Path, counts: dict[str, int]) -> None:
    """One model, few versions or many models are not folded."""
    assert make(tmp_path, **counts).list_models().folded() is None


def test_children_are_folded_under_their_parent(tmp_path: Path) -> None:
    """Many children are one row with their number; the latest version is always listed."""
    registry = make(tmp_path, forest=2)
    search(registry, "search", 30)
    rows = repr(registry.list_models()).splitlines()
    assert [row.split()[:2] for row in rows[2:6]] == [
        ["forest:1", "-"],
        ["forest:2", "-"],
        ["search:1", "30"],
        ["search:31", "-"],
    ]
    assert rows[6] == "29 of 33 versions are folded under their parent; all() lists them."
    assert len(registry.list_models(where="parent == 'search:1'")) == 30


def test_children_of_another_model_are_folded(tmp_path: Path) -> None:
    """Children with a name of their own are folded under their parent, except the latest."""
    registry = make(tmp_path)
    search(registry, "search", 5, "trial")
    listing = registry.list_models(fold_children=True)
    assert (listing.ids, listing.children) == (("search:1", "trial:5"), {"search:1": 5})


def test_versions_with_an_alias_are_never_folded(tmp_path: Path) -> None:
    """A champion among the children is listed."""
    registry = make(tmp_path)
    search(registry, "search", 5)
    registry.set_alias("search", "champion", 3)
    assert registry.list_models(fold_children=True).ids == ("search:1", "search:3", "search:6")


def test_a_chain_of_retrained_models_is_not_folded(tmp_path: Path) -> None:
    """Versions that each replace their parent are all listed."""
    registry = make(tmp_path, forest=1)
    for number in range(1, 6):
        registry.register_model({"again": number}, "forest", parent=f"forest:{number}")
    assert len(registry.list_models(fold_children=True)) == 6


def test_children_of_a_deleted_parent_are_listed(tmp_path: Path) -> None:
    """Versions are not folded under a version that is not listed."""
    registry = make(tmp_path)
    registry.delete_model(search(registry, "search", 5))
    assert len(registry.list_models(fold_children=True)) == 5


def test_the_total_counts_listed_versions(tmp_path: Path) -> None:
    """The total of a folded page is the number of versions that are not folded."""
    registry = make(tmp_path, forest=4)
    search(registry, "search", 10)
    page = registry.list_models(fold_children=True, limit=2)
    assert (page.ids, page.total) == (("forest:1", "forest:2"), 6)
    beyond = registry.list_models(fold_children=True, limit=2, offset=10)
    assert (beyond.ids, beyond.total) == ((), 6)


def test_a_copy_lists_its_versions(tmp_path: Path) -> None:
    """A copied or pickled listing has the same versions, and no registry to fold them."""
    listing = make(tmp_path, forest=MAX_ROWS + 5, svm=2).list_models()
    for again in (copy.deepcopy(listing), pickle.loads(pickle.dumps(listing))):
        assert (again, again.folded()) == (listing, None)


def test_a_listing_of_a_removed_registry_is_displayed(tmp_path: Path) -> None:
    """If the registry was removed, the versions that were read are displayed."""
    registry = make(tmp_path, forest=MAX_ROWS + 5, svm=2)
    listing = registry.list_models()
    assert len(list(listing)) == MAX_ROWS + 7
    shutil.rmtree(tmp_path / "registry")
    assert "forest" in repr(listing)


def test_what_is_folded_is_known_to_programs(tmp_path: Path) -> None:
    """`folded` returns the models, or the versions with the numbers of their children."""
    registry = make(tmp_path, forest=MAX_ROWS + 5, svm=2)
    assert isinstance(registry.list_models().folded(), Summaries)
    search(registry, "search", 30)
    kept = registry.list_models("search").folded()
    assert isinstance(kept, Listing)
    assert kept.children == {"search:1": 30}
