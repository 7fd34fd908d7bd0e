"""Routes that read: they write nothing and load no model."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.dummy import DummyClassifier

from exo_nbregistry.api.compare_route import compare
from exo_nbregistry.api.detail_route import version
from exo_nbregistry.api.history_route import history
from exo_nbregistry.api.list_routes import models, versions
from exo_nbregistry.api.panel_route import panel
from exo_nbregistry.api.plot_route import plot
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.api.registry_routes import registries
from exo_nbregistry.errors import (
    IntegrityError,
    ModelNotFoundError,
    RecordError,
    RegistryError,
)
from exo_nbregistry.persistence import loading
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.api.route_caller import RouteCaller, fill
from tests.html_page import PAYLOADS, Page

KEPLER = {"name": "kepler"}
READING = [
    (registries, {}, {}),
    (models, {}, {}),
    (versions, {}, {}),
    (version, {"name": "kepler", "version": 1}, {}),
    (compare, {}, {"ref": ["kepler:1", "kepler:2"]}),
    (history, KEPLER, {}),
    (panel, {}, {"ref": ["kepler:1", "kepler:2"]}),
    (panel, {}, {"ref": "kepler"}),
    (panel, {}, {"where": ""}),
    (plot, {}, {"kind": "metric", "ref": "kepler"}),
]


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the time and size of each file and folder."""
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*")
    }


def test_reading_writes_nothing(caller: RouteCaller, root: Path) -> None:
    """Reading does not change any file below the root."""
    before = files(root)
    for call, names, query in READING:
        call(caller.request(names, query))
    assert files(root) == before


def test_no_model_is_loaded(caller: RouteCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    """No reply calls a function that deserializes a model."""

    def fail(*args: object, **options: object) -> None:
        raise AssertionError("a model is loaded")

    names = [name for name in vars(loading) if name.startswith("load")]
    assert names
    for name in names:
        monkeypatch.setattr(loading, name, fail)
    monkeypatch.setattr("exo_nbregistry.payloads.artifact.read_model", fail)
    monkeypatch.setattr("exo_nbregistry.registry.retrieval.read_model", fail)
    for call, parts, query in READING:
        call(caller.request(parts, query))
    with pytest.raises(AssertionError, match="loaded"):
        caller.catalogue.registry(caller.catalogue.places()[0]).load_model("kepler")


def test_replies_are_strict_json(caller: RouteCaller, registry: ModelRegistry) -> None:
    """NaN and infinities are null or $ objects."""
    registry.register_model(
        model=DummyClassifier(),
        model_name="odd",
        evaluation_results={"f1_score": float("nan"), "log_loss": float("inf")},
        hyperparameters={"a": float("nan"), "b": (1, 2), "c": np.int64(3)},
    )
    for call, names, query in [
        *READING[:-4],
        (version, {"name": "odd", "version": 1}, {}),
        (compare, {}, {"ref": ["kepler:1", "odd:1"], "all": "1"}),
        (history, {"name": "odd"}, {}),
    ]:
        text = json.dumps(call(caller.request(names, query)).content, allow_nan=False)
        assert "Infinity" not in text
    (item,) = caller.get(versions, name="odd")["items"]
    assert item["metrics"] == {"f1_score": None, "log_loss": None}


def test_registries_are_listed(caller: RouteCaller, root: Path) -> None:
    """A registry has an ID, a location, and a flag for write access."""
    (reply,) = caller.get(registries)["registries"]
    assert reply.pop("id") == caller.ids()[0]
    assert reply == {
        "name": "registry",
        "location": "models/registry",
        "source": "root",
        "writable": True,
    }
    (locked,) = RouteCaller(root, read_only=True).get(registries)["registries"]
    assert locked["writable"] is False


def test_models_are_listed(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A model has the latest version, the number of versions, aliases and a metric series."""
    (item,) = caller.get(models)["items"]
    assert item.pop("registered_at") == registry["kepler:3"].created_at.isoformat()
    expected = {"name": "kepler", "latest": 3, "versions": 3, "aliases": {"champion": 2}}
    assert expected.items() <= item.items()
    assert item["metric"] == {
        "name": "f1_score",
        "scoring": "",
        "value": 0.75,
        "series": [[1, 0.25], [2, 0.5], [3, 0.75]],
        "title": "f1_score",
        "text": "0.7500",
        "higher_is_better": True,
    }
    (item,) = caller.get(models, metric="accuracy")["items"]
    assert item["metric"]["name"] == "accuracy"
    (item,) = caller.get(models, metric="unheard_of")["items"]
    expected = {"name": "unheard_of", "scoring": "", "value": None, "series": [], "text": "-"}
    assert expected.items() <= item["metric"].items()


def test_deleted_versions_of_a_model_are_not_counted(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """The totals and the number of versions have no deleted versions."""
    registry.delete_model("kepler:3")
    (item,) = caller.get(models)["items"]
    assert (item["latest"], item["versions"]) == (2, 2)
    assert caller.get(versions)["total"] == 2
    assert caller.get(versions, include_deleted="true")["total"] == 3
    registry.delete_model("kepler:1")
    registry.delete_model("kepler:2")
    assert caller.get(models)["total"] == 0


def test_models_are_sorted_and_paged(caller: RouteCaller, root: Path) -> None:
    """Models are sorted by name, time, number of versions or a metric."""
    fill(root / "models/registry", 1, "tess")

    def names(**query: Any) -> list[str]:
        return [item["name"] for item in caller.get(models, **query)["items"]]

    assert names() == names(order_by="name") == names(order_by="-versions") == ["kepler", "tess"]
    assert names(order_by="-name") == names(order_by="-registered_at") == ["tess", "kepler"]
    assert names(order_by="metric", metric="f1_score") == ["tess", "kepler"]
    assert names(order_by="-metrics.f1_score") == ["kepler", "tess"]
    assert names(limit="1", offset="1") == ["tess"]
    assert caller.get(models, limit="1")["total"] == 2
    with pytest.raises(Problem) as caught:
        names(order_by="-metric")
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kepler", [1, 2, 3]),
        ("champion", [2]),
        ("kepler@champion", [2]),
        ("Dummy 3", [3]),
        ("metrics.f1_score > 0.4", [2, 3]),
        ("nothing like it", []),
        ("", [1, 2, 3]),
    ],
)
def test_text_and_filters_search(caller: RouteCaller, typed: str, found: list[int]) -> None:
    """A search accepts text and filters, as in the browser panel."""
    listed = caller.get(versions, where=typed)
    assert [item["version"] for item in listed["items"]] == found
    assert bool(caller.get(models, q=typed)["total"]) == bool(found)


def test_an_invalid_filter_has_a_position(caller: RouteCaller) -> None:
    """An invalid filter is an error with its column, not a text search."""
    for call, name in ((versions, "where"), (models, "q")):
        with pytest.raises(Problem) as caught:
            caller.get(call, **{name: "metrics.f1_score >"})
        assert caught.value.reply()["reason"] == "invalid_query"
        assert caught.value.facts["position"] == len("metrics.f1_score >")


def test_versions_are_listed(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Deleted versions are listed only on request."""
    registry.tag_model("kepler:2", "reviewed", team="vetting")
    registry.delete_model("kepler:1")
    listed = caller.get(versions, order_by="version", name="kepler")
    assert [item["version"] for item in listed["items"]] == [2, 3]
    assert listed["total"] == 2
    expected = {
        "model_id": "kepler:2",
        "name": "kepler",
        "version": 2,
        "algorithm": "DummyClassifier",
        "aliases": ["champion"],
        "tags": {"reviewed": True, "team": "vetting"},
        "metrics": {"accuracy": 0.9, "f1_score": 0.5},
        "status": "active",
        "created_at": registry["kepler:2"].created_at.isoformat(),
    }
    assert expected.items() <= listed["items"][0].items()
    everything = caller.get(versions, include_deleted="true", order_by=["status", "-version"])
    assert [item["status"] for item in everything["items"]] == ["active", "active", "deleted"]
    assert [item["version"] for item in everything["items"]] == [3, 2, 1]
    assert len(caller.get(versions, limit="1")["items"]) == 1


def test_a_version_has_all_metadata(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The metadata round-trips, and the card is the card of the registry."""
    reply = caller.get(version, {"name": "Kepler", "version": 2}, metadata="1", card="1")
    assert ModelMetadata.from_dict(reply["metadata"]) == registry["kepler:2"]
    assert "<strong>kepler:2</strong>" in reply["card_html"]
    assert reply["notebook_path"] is None


@pytest.mark.parametrize(
    ("number", "notebook", "reference", "path"),
    [
        (2, "", "kepler@champion", "models/registry"),
        (3, "work/deep/train.ipynb", "kepler:3", "../../models/registry"),
        (3, "models/registry/x.ipynb", "kepler:3", "."),
    ],
)
def test_the_code_loads_the_version(
    caller: RouteCaller, root: Path, number: int, notebook: str, reference: str, path: str
) -> None:
    """The code loads the version in the folder of the notebook, by an alias if it has one."""
    reply = caller.get(version, {"name": "kepler", "version": number}, notebook=notebook)
    assert reply["reference"] == reference
    assert f"ModelRegistry({path!r})" in reply["code"]
    assert reply["code"].endswith(f"{reply['load']}\n")
    folder = (root / notebook).parent if notebook else root
    folder.mkdir(parents=True, exist_ok=True)
    there, names = os.getcwd(), {}
    os.chdir(folder)
    try:
        exec(reply["code"], names)
    finally:
        os.chdir(there)
    assert names["metadata"].version == number


def test_the_code_of_a_configured_registry(root: Path, tmp_path: Path) -> None:
    """A configured registry is opened by its configured path."""
    fill(tmp_path / "elsewhere", 1)
    caller = RouteCaller(root, configured=[str(tmp_path / "elsewhere")])
    reply = caller.get(version, {"name": "kepler", "version": 1}, notebook="work/a.ipynb")
    assert f"ModelRegistry({str(tmp_path / 'elsewhere')!r})" in reply["code"]


def test_champion_is_the_preferred_alias(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Of several aliases, the code uses champion, or else the first one."""
    registry.set_alias("kepler", "best", 2)
    assert caller.get(version, {"name": "kepler", "version": 2})["reference"] == "kepler@champion"
    registry.remove_alias("kepler", "champion")
    registry.set_alias("kepler", "zoo", 2)
    assert caller.get(version, {"name": "kepler", "version": 2})["reference"] == "kepler@best"


def test_versions_have_a_trust_value(caller: RouteCaller, root: Path, tmp_path: Path) -> None:
    """Own, trusted and unknown signers have different trust values."""
    theirs = Keyring(tmp_path / "theirs")
    fill(root / "models/registry", 1, "theirs", keyring=theirs)

    def trust(name: str) -> str:
        reply: str = caller.get(version, {"name": name, "version": 1})["trust"]["status"]
        return reply

    assert trust("kepler") == "yours"
    assert trust("theirs") == "stranger"  # prose: ok, value on the wire
    Keyring().trust(str(theirs.public_key), "ada")
    assert trust("theirs") == "trusted"


def test_the_notebook_that_made_a_version_is_found(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path of the notebook is relative to the root."""
    monkeypatch.setattr(
        "exo_nbregistry.introspection.provenance.notebook_name", lambda shell: "train.ipynb"
    )
    fill(root / "registry", 1)
    (root / "work").mkdir()
    (root / "work/train.ipynb").touch()
    reply = RouteCaller(root).get(version, {"name": "kepler", "version": 1})
    assert reply["notebook_path"] == "work/train.ipynb"


@pytest.mark.parametrize("refs", [[], ["kepler:1"], ["kepler:1"] * 2, ["kepler:1"] * 21])
def test_a_comparison_requires_2_to_20_versions(caller: RouteCaller, refs: list[str]) -> None:
    """One version, a duplicated version and too many versions are rejected."""
    with pytest.raises((Problem, RegistryError)):
        caller.get(compare, ref=refs)


def test_events_are_listed(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Registrations are first, then the events, with plain JSON types."""
    registry.tag_model("kepler:1", threshold=0.5)
    reply = caller.get(history, KEPLER)
    assert reply["total"] == 5
    assert [event["action"] for event in reply["events"]] == [*["register"] * 3, "alias", "tag"]
    alias, tag = reply["events"][3:]
    assert (alias["alias"], alias["version"], alias["protected"]) == ("champion", 2, False)
    assert tag["tags"] == {"threshold": 0.5}
    assert all(isinstance(event["at"], str) for event in reply["events"])


def test_events_of_a_version_are_listed(caller: RouteCaller) -> None:
    """``version`` filters the events; a version that does not exist is an error."""
    reply = caller.get(history, KEPLER, version="2")
    assert [event["action"] for event in reply["events"]] == ["register", "alias"]
    with pytest.raises(RegistryError, match="no version 9"):
        caller.get(history, KEPLER, version="9")
    with pytest.raises(RegistryError, match="positive integer"):
        caller.get(history, KEPLER, version="0")


def test_a_damaged_record_hides_no_other(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Lists skip a damaged record, also if it is damaged later; its own route is an error."""
    assert caller.get(versions)["total"] == 3
    path = Path(registry.location, "models/kepler/versions/v000002.json")
    path.write_bytes(path.read_bytes().replace(b"DummyClassifier", b"DummyClassifies"))
    assert [item["version"] for item in caller.get(versions)["items"]] == [1, 3]
    assert caller.get(models)["items"][0]["latest"] == 3
    with pytest.raises((IntegrityError, RecordError)):
        caller.get(version, {"name": "kepler", "version": 2})


def test_a_missing_model_is_not_found(caller: RouteCaller) -> None:
    """The error of an unknown name has close names."""
    with pytest.raises(ModelNotFoundError) as caught:
        caller.get(history, {"name": "keplr"})
    assert caught.value.known == ("kepler",)


# Pages and plots.


def test_a_panel_is_a_page_without_scripts(caller: RouteCaller) -> None:
    """A page has a sandbox policy, and a card, a comparison or a listing."""
    for query, shown in (
        ({"ref": "kepler:3"}, "<strong>kepler:3</strong>"),
        ({"ref": ["kepler:1", "kepler:2"]}, "random_state"),
        ({"where": "version < 3"}, "kepler:2"),
        ({"where": "", "limit": "1"}, "and 2 more"),
    ):
        reply = panel(caller.request({}, query))
        policy = reply.headers["Content-Security-Policy"].split("; ")
        assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= set(policy)
        assert not any("script" in part for part in policy)
        assert shown in bytes(reply.content).decode()
    with pytest.raises(Problem) as caught:
        panel(caller.request({}, {}))
    assert caught.value.status == 400


def test_a_hostile_folder_stays_text(root: Path) -> None:
    """The name of the folder is escaped."""
    fill(root / "<b onclick=x>", 1)
    page = bytes(RouteCaller(root).get(panel, where="")).decode()
    assert "&lt;b onclick=x&gt;" in page
    assert "b" not in Page(page).elements


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(root: Path, payload: str) -> None:
    """User text is escaped on every page."""
    shapes = []
    for folder, text in (("hostile", payload), ("harmless", "harmless")):
        registry = fill(root / folder, 1)
        registry.tag_model("kepler:1", **{text: text})
        registry.annotate("kepler:1", text)
        registry.register_model(
            model=DummyClassifier(),
            model_name="kepler",
            algorithm=text,
            hyperparameters={text: text},
            evaluation_results={text: 0.5},
        )
        caller = RouteCaller(root / folder)
        card = caller.get(version, {"name": "kepler", "version": 1}, card="1")["card_html"]
        difference = caller.get(compare, ref=["kepler:1", "kepler:2"], html="1")["html"]
        pages = [Page(card), Page(difference)]
        assert [page.faults for page in pages] == [[], []]
        both = bytes(caller.get(panel, ref=["kepler:1", "kepler:2"])).decode()
        pages.append(Page(both))
        # A line break in a note, which is Markdown, is one on the page.
        shapes.append([[part for part in page.shape if part[0] != "br"] for page in pages])
    assert shapes[0] == shapes[1]


def test_a_plot_is_png(caller: RouteCaller, root: Path) -> None:
    """A plot is a PNG with a caption, of a version, several versions or a model."""
    for refs in ("kepler", ["kepler:1", "kepler:2"]):
        reply = plot(caller.request({}, {"kind": "metric", "ref": refs, "metric": "f1_score"}))
        assert reply.content_type == "image/png"
        assert bytes(reply.content).startswith(b"\x89PNG")
        assert reply.headers["X-Caption"].isascii()
        assert "kepler%3A1" in reply.headers["X-Caption"]


def test_a_plot_has_the_text_color_of_the_theme(caller: RouteCaller) -> None:
    """A plot is transparent, and its text is light only on a dark page."""
    lightest = {}
    for theme in ("light", "dark"):
        reply = plot(caller.request({}, {"kind": "metric", "ref": "kepler", "theme": theme}))
        with Image.open(io.BytesIO(bytes(reply.content))) as image:
            pixels = np.asarray(image.convert("RGBA"))
        assert pixels[0, 0, 3] == 0
        opaque = pixels[pixels[..., 3] > 250]
        lightest[theme] = opaque[:, :3].min(axis=1).max()
    assert lightest["dark"] > 200
    assert lightest["light"] < 150


def test_an_unknown_theme_is_rejected(caller: RouteCaller) -> None:
    """The error names the themes."""
    with pytest.raises(Problem, match="Unknown theme 'solarized'") as caught:
        caller.get(plot, kind="metric", ref="kepler", theme="solarized")
    assert (caught.value.status, caught.value.hint) == (400, "Choose light or dark.")


@pytest.mark.parametrize(("width", "drawn"), [("480", 480), ("20", 320), ("4000", 640)])
def test_a_plot_fits_its_width(caller: RouteCaller, width: str, drawn: int) -> None:
    """A plot is at most as wide as its place, and not too narrow for its texts."""
    reply = plot(caller.request({}, {"kind": "metric", "ref": "kepler", "width": width}))
    assert int(reply.headers["X-Width"]) == drawn
    with Image.open(io.BytesIO(bytes(reply.content))) as image:
        assert image.width in (drawn, 2 * drawn)


def test_a_plot_that_is_too_wide_is_rejected(caller: RouteCaller) -> None:
    """The limit bounds the memory of a request."""
    with pytest.raises(Problem, match="width must be at most 4000"):
        caller.get(plot, kind="metric", ref="kepler", width="4001")


def test_curves_are_drawn_from_stored_arrays(root: Path) -> None:
    """Curves are drawn from stored arrays without loading the model."""
    registry = ModelRegistry(root / "curves", durable=False)
    X, y = [[float(i)] for i in range(20)], [0, 1] * 10
    registry.register_model(
        model=DummyClassifier(strategy="prior").fit(X, y), model_name="m", X_test=X, y_test=y
    )
    caller = RouteCaller(root)
    assert {"metric", "roc"} <= {
        plot["kind"] for plot in caller.get(version, {"name": "m", "version": 1})["plots"]
    }
    reply = plot(caller.request({}, {"kind": "roc", "ref": "m:1"}))
    assert bytes(reply.content).startswith(b"\x89PNG")


def test_plots_that_load_a_model_are_rejected(caller: RouteCaller) -> None:
    """A plot that requires the model is rejected."""
    refusals = {"importances": "loads the model", "unheard_of": "Unknown plot", "": "Unknown plot"}
    for kind, message in refusals.items():
        with pytest.raises(Problem, match=message) as caught:
            caller.get(plot, kind=kind, ref="kepler")
        assert (caught.value.status, caught.value.reason) == (400, "bad_request")
    plots = caller.get(version, {"name": "kepler", "version": 1})["plots"]
    reply = [plot["kind"] for plot in plots]
    assert "metric" in reply
    assert "importances" not in reply


def test_a_plot_requires_a_reference(caller: RouteCaller) -> None:
    """A plot without a reference is rejected."""
    with pytest.raises(Problem) as caught:
        caller.get(plot, kind="metric")
    assert caught.value.status == 400
