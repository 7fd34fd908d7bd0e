"""Registries of a server and their IDs."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from exo_nbregistry.api.problem import Problem
from exo_nbregistry.errors import StoreError
from exo_nbregistry.lab import registries as module
from exo_nbregistry.lab.discovery import Bounds, Discovery
from exo_nbregistry.lab.registries import Catalogue
from tests.api.route_caller import fill
from tests.checkpoints import small_checkpoints


class Clock:
    """A clock with a set time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_ids_are_stable_and_hide_paths(root: Path) -> None:
    """A folder has the same ID in all servers, and folders have different IDs."""
    fill(root / "one", 1)
    fill(root / "two", 1)
    first, again = Catalogue(str(root)).places(), Catalogue(str(root)).places()
    assert [place.id for place in first] == [place.id for place in again]
    assert len({place.id for place in first}) == 2
    assert all(len(place.id) == 32 and int(place.id, 16) for place in first)


def test_configured_registries_are_first_and_unique(root: Path, tmp_path: Path) -> None:
    """A configured registry below the root is listed once, as configured."""
    fill(root / "inside", 1)
    fill(root / "found", 1)
    fill(tmp_path / "elsewhere", 1)
    configured = [str(tmp_path / "elsewhere"), "inside"]
    places = Catalogue(str(root), configured).places()
    assert [(place.name, place.source, place.location) for place in places] == [
        ("elsewhere", "configured", str(tmp_path / "elsewhere")),
        ("inside", "configured", "inside"),
        ("found", "root", "found"),
    ]


def test_a_missing_configured_registry_is_logged(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A configured folder that is not a registry is logged and not listed."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        assert Catalogue(str(root), ["gone"]).places() == []
    assert "names gone, which is not a registry" in caplog.text


def test_a_configured_link_is_followed(root: Path, tmp_path: Path) -> None:
    """A configured link is resolved."""
    fill(tmp_path / "elsewhere", 1)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (place,) = Catalogue(str(root), [str(tmp_path / "link")]).places()
    assert place.path == str(tmp_path / "elsewhere")


def test_a_new_registry_is_found(root: Path) -> None:
    """The list is searched again after five seconds, and for an unknown ID after one."""
    clock = Clock()
    catalogue = Catalogue(str(root), clock=clock)
    assert catalogue.places() == []
    fill(root / "new", 1)
    assert catalogue.places() == []
    (expected,) = Catalogue(str(root)).places()
    clock.now += 2
    assert catalogue.place(expected.id) == expected
    clock.now += 6
    assert catalogue.places() == [expected]


def test_a_slow_search_is_repeated_less_often(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search of two seconds is not repeated within forty seconds."""
    clock, searches = Clock(), []

    def slow(folder: str, bounds: Bounds) -> Discovery:
        searches.append(clock.now)
        clock.now += 2
        return Discovery()

    monkeypatch.setattr(module, "discover", slow)
    catalogue = Catalogue(str(root), clock=clock)
    for _ in range(100):
        catalogue.places()
        clock.now += 1
    assert searches == [100.0, 142.0, 184.0]


def test_a_removed_registry_is_not_found(root: Path) -> None:
    """A removed registry is neither listed nor opened, without a new search."""
    fill(root / "one", 1)
    catalogue = Catalogue(str(root))
    (place,) = catalogue.places()
    shutil.rmtree(root / "one")
    assert catalogue.places() == []
    with pytest.raises(Problem) as refused:
        catalogue.place(place.id)
    assert refused.value.status == 404
    with pytest.raises(Problem):
        catalogue.registry(place)


def test_a_registry_replaced_by_a_link_is_not_found(root: Path, tmp_path: Path) -> None:
    """A link in place of a registry is rejected."""
    fill(root / "one", 1)
    catalogue = Catalogue(str(root))
    (place,) = catalogue.places()
    shutil.move(root / "one", tmp_path / "outside")
    (root / "one").symlink_to(tmp_path / "outside")
    with pytest.raises(Problem) as refused:
        catalogue.place(place.id)
    assert refused.value.status == 404


@pytest.mark.parametrize("registry_id", ["", "..", "one", "/etc", "0" * 32, "\0"])
def test_an_invalid_id_is_not_found(root: Path, registry_id: str) -> None:
    """An ID that is not listed is not found."""
    fill(root / "one", 1)
    with pytest.raises(Problem) as refused:
        Catalogue(str(root)).place(registry_id)
    assert refused.value.status == 404


def test_a_registry_is_opened_once(root: Path) -> None:
    """A registry is opened once, and again if its folder is replaced."""
    fill(root / "one", 1)
    catalogue = Catalogue(str(root))
    (place,) = catalogue.places()
    first = catalogue.registry(place)
    assert catalogue.registry(place) is first
    shutil.rmtree(root / "one")
    fill(root / "one", 2)
    second = catalogue.registry(place)
    assert second.registry_id != first.registry_id
    assert len(second.list_models()) == 2


def test_open_registries_are_limited(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least recently used registry is closed."""
    monkeypatch.setattr(module, "MAX_OPEN", 2)
    for name in "abc":
        fill(root / name, 1)
    catalogue = Catalogue(str(root))
    a, b, c = catalogue.places()
    opened = {place.id: catalogue.registry(place) for place in (a, b, a, c)}
    assert catalogue.registry(a) is opened[a.id]
    assert catalogue.registry(b) is not opened[b.id]


def test_an_invalid_descriptor_is_not_a_registry(root: Path) -> None:
    """A folder with another descriptor is not a registry."""
    (root / "odd").mkdir()
    (root / "odd/nbregistry.json").write_text('{"format": "other"}')
    catalogue = Catalogue(str(root))
    (place,) = catalogue.places()
    with pytest.raises(Problem) as refused:
        catalogue.registry(place)
    assert refused.value.message == "odd is not a registry."


def test_a_read_only_server_is_not_writable(root: Path) -> None:
    """All registries of a read-only server are read-only."""
    fill(root / "one", 1)
    for read_only in (True, False):
        catalogue = Catalogue(str(root), read_only=read_only)
        assert catalogue.is_writable(catalogue.places()[0]) is not read_only


@pytest.mark.parametrize("read_only", [True, False])
def test_a_read_only_server_writes_no_checkpoint(root: Path, read_only: bool) -> None:
    """A list of many versions writes one otherwise."""
    fill(root / "one", 3)
    catalogue = Catalogue(str(root), read_only=read_only)
    with small_checkpoints():
        registry = catalogue.registry(catalogue.places()[0])
        assert registry.list_models().total == 3
    assert (root / "one" / "nbregistry.json.checkpoint").exists() is not read_only
    if read_only:
        with pytest.raises(StoreError, match=r"is open for reading only; open it with ModelReg"):
            registry.set_alias("kepler", "champion", 1)


@pytest.mark.parametrize(
    ("notebooks", "expected"),
    [
        (["train.ipynb"], "train.ipynb"),
        (["a/train.ipynb", "work/x/train.ipynb"], "work/x/train.ipynb"),
        (["work/models/train.ipynb", "work/train.ipynb"], "work/models/train.ipynb"),
        (["work/b/train.ipynb", "work/c/train.ipynb"], None),
        (["other.ipynb"], None),
    ],
)
def test_the_nearest_notebook_is_found(
    root: Path, notebooks: list[str], expected: str | None
) -> None:
    """Of several notebooks of the same name, the single nearest one is found."""
    fill(root / "work/models/registry", 1)
    for path in notebooks:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    catalogue = Catalogue(str(root))
    (place,) = catalogue.places()
    assert catalogue.notebook("train.ipynb", place) == expected
