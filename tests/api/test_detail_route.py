"""The details of a version as JSON: facts, lineage, ways to use it, actions."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.api import detail_facts
from exo_nbregistry.api.attachment_routes import attachment, attachment_preview
from exo_nbregistry.api.compare_route import compare
from exo_nbregistry.api.detail_route import version
from exo_nbregistry.api.export_route import export
from exo_nbregistry.api.history_route import history
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.errors import IntegrityError, NotFoundError
from exo_nbregistry.registry.facade import ModelRegistry
from tests.api.route_caller import RouteCaller

X, Y = [[float(i), 2.0 * i] for i in range(20)], [0, 1] * 10
LINE = {"name": "line", "version": 1}


@pytest.fixture
def line(registry: ModelRegistry) -> ModelRegistry:
    """Register two versions on the same data; the second was made from the first."""
    for options in ({"description": "# Use\n**Careful**"}, {"parent": "line:1"}):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=2.0)).fit(X, Y)
        registry.register_model(model, "line", X=X, y=Y, X_test=X, y_test=Y, **options)
    return registry


def detail(caller: RouteCaller, number: int = 1, **query: Any) -> dict[str, Any]:
    """Return the details of a version of the model line."""
    found: dict[str, Any] = caller.get(version, {"name": "line", "version": number}, **query)
    return found


def run(script: str, folder: Path) -> str:
    """Run commands in a folder, and return their output."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    return found.stdout


def test_metadata_and_card_are_sent_on_request(caller: RouteCaller, line: ModelRegistry) -> None:
    """Without parameters, the reply has neither the metadata nor the HTML card."""
    reply = detail(caller)
    assert not {"metadata", "card_html"} & reply.keys()
    assert len(json.dumps(reply)) < 12_000
    assert {"metadata", "card_html"} <= detail(caller, metadata="1", card="1").keys()


def test_hyperparameters_that_differ_from_defaults_are_marked(
    caller: RouteCaller, line: ModelRegistry
) -> None:
    """A changed parameter of a step is marked, and one with its default value is not."""
    changed = {p["name"]: p["changed"] for p in detail(caller)["hyperparameters"]}
    assert changed["logisticregression__C"] is True
    assert changed["logisticregression__tol"] is False


def test_unknown_defaults_are_null(caller: RouteCaller, line: ModelRegistry) -> None:
    """If the user passed the hyperparameters, their defaults are unknown."""
    line.register_model(LogisticRegression(), "line", hyperparameters={"C": 1.0})
    assert detail(caller, 3)["hyperparameters"] == [{"name": "C", "text": "1.0", "changed": None}]


def test_further_facts_are_sections(caller: RouteCaller, line: ModelRegistry) -> None:
    """Sections have the facts that no other field has, as names and texts, and are never empty."""
    line.register_model(
        {"cut": 0.5},
        "line",
        evaluation_results={"f1_score": 0.5, "verdict": "good"},
        training_info={"mission": "Kepler <b>"},
    )
    line.add_metrics("line:3", {"f1_score": 0.25})
    sections = {
        section["title"]: dict(section["rows"]) for section in detail(caller, 3)["sections"]
    }
    assert sections["Results"] == {"verdict": "good"}
    assert sections["Training info"] == {"mission": "Kepler <b>"}
    assert "0.25" in str(sections["Metrics measured later"])
    assert sections["Artifact"]["size"].endswith(" bytes")
    assert all(sections.values())
    assert "Metrics" not in sections


def test_texts_of_users_are_trees(caller: RouteCaller, line: ModelRegistry) -> None:
    """The description, notes and the attached model card are Markdown as trees."""
    line.annotate("line:1", "- [x] <b>ok</b>")
    line.attach("line:1", "model_card", "# Card")
    reply = detail(caller)
    assert reply["description"][1] == ["p", {}, ["strong", {}, "Careful"]]
    (note,) = reply["notes"]
    assert note["source"] == "- [x] <b>ok</b>"
    assert note["body"][0][0] == "ul"
    assert reply["card"] == [["h1", {}, "Card"]]
    assert detail(caller, 2)["card"] is None


def test_very_long_notes_are_not_read_as_markdown(
    caller: RouteCaller, line: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the limit of characters, older notes are shown as they were written."""
    monkeypatch.setattr(detail_facts, "MAX_MARKDOWN", 8)
    for text in ("*old*", "*new*"):
        line.annotate("line:1", text)
    new, old = (note["body"] for note in detail(caller)["notes"])
    assert new == [["p", {}, ["em", {}, "new"]]]
    assert old == [["pre", {}, ["code", {}, "*old*"]]]


def test_parent_and_children_are_linked(caller: RouteCaller, line: ModelRegistry) -> None:
    """A version names its parent, its children and the versions with the same data."""
    first, second = detail(caller)["lineage"], detail(caller, 2)["lineage"]
    assert first["parent"] is None
    assert [child["model_id"] for child in first["children"]["items"]] == ["line:2"]
    assert second["parent"]["model_id"] == "line:1"
    assert second["data"]["same_data"]["total"] == 1
    assert [item["model_id"] for item in second["data"]["same_data"]["items"]] == ["line:1"]


def test_a_missing_parent_is_named(caller: RouteCaller, line: ModelRegistry) -> None:
    """A purged parent is marked as deleted, and stays in the lineage."""
    line.purge_model("line:1", force=True)
    parent = detail(caller, 2)["lineage"]["parent"]
    assert (parent["model_id"], parent["is_deleted"]) == ("line:1", True)


def test_the_code_runs(
    caller: RouteCaller, line: ModelRegistry, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Load, Predict and Score run unchanged; the user has the test set."""
    monkeypatch.chdir(root)
    ways = {way["title"]: way for way in detail(caller)["use"]}
    assert list(ways) == ["Load", "Predict", "Command line", "REST", "Score"]
    for title in ("Load", "Predict", "Score"):
        names: dict[str, Any] = {"X_test": X, "y_test": Y}
        exec(ways[title]["code"], names)
        assert names["metadata"].model_id == "line:1"


def test_the_command_line_predicts(caller: RouteCaller, line: ModelRegistry, root: Path) -> None:
    """The commands export the version and predict its example."""
    ways = {way["title"]: way["code"] for way in detail(caller)["use"]}
    run(ways["Command line"], root)
    assert (root / "predictions.csv").read_text().startswith("prediction")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_request_is_answered(caller: RouteCaller, line: ModelRegistry, root: Path) -> None:
    """The commands serve the version and predict a row within the range of the data."""
    ways = {way["title"]: way["code"] for way in detail(caller)["use"]}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = "trap 'kill $!' EXIT\n" + ways["REST"].replace("8000", str(port))
    found = run(script, root)
    assert json.loads(found[found.index("{") :])["status"] == "ok"


def test_a_deleted_version_has_no_code(caller: RouteCaller, line: ModelRegistry) -> None:
    """A deleted version can only be restored."""
    line.delete_model("line:1")
    reply = detail(caller)
    assert reply["use"] == []
    enabled = {name for name, action in reply["actions"].items() if action["enabled"]}
    assert enabled == {"restore"}
    assert "restore it first" in reply["actions"]["set_alias"]["why"]


def test_actions_name_the_reason(root: Path, caller: RouteCaller, line: ModelRegistry) -> None:
    """A read-only registry, a missing notebook and a server have reasons."""
    actions = detail(caller)["actions"]
    assert actions["delete"] == {"enabled": True, "why": None}
    assert actions["restore"]["why"] == "The version is not deleted."
    assert "notebook" in actions["open_notebook"]["why"]
    assert not actions["export"]["enabled"]
    locked = detail(RouteCaller(root, read_only=True))["actions"]
    assert locked["tag"]["why"] == "The registry is read-only."


def test_only_a_kernel_exports(caller: RouteCaller, line: ModelRegistry, tmp_path: Path) -> None:
    """A server rejects an export with the code; in a kernel it writes the folder."""
    body = {"directory": str(tmp_path / "out")}
    with pytest.raises(Problem) as caught:
        caller.send(export, LINE, body)
    assert (caught.value.status, caught.value.reason) == (403, "not_here")
    assert "export_model('line:1'" in str(caught.value.hint)
    caller.catalogue.exports = True  # type: ignore[attr-defined]
    shown = caller.send(export, LINE, body | {"preview": True})
    assert not (tmp_path / "out").exists()
    assert "Export line:1 to" in shown["message"]
    done = caller.send(export, LINE, body)
    assert done["message"].startswith("Wrote ")
    assert (tmp_path / "out" / "predict.py").exists()


@pytest.mark.parametrize("directory", ["", " ", 1, None, "a\0b", "x" * 3000])
def test_an_invalid_folder_is_rejected(
    caller: RouteCaller, line: ModelRegistry, directory: Any
) -> None:
    """A folder that is not text, empty or too long is an error in words."""
    caller.catalogue.exports = True  # type: ignore[attr-defined]
    with pytest.raises(Problem):
        caller.send(export, LINE, {"directory": directory})


def test_versions_are_compared(caller: RouteCaller) -> None:
    """A comparison has values, changes against the first and the number of equal facts."""
    reply = caller.get(compare, ref=["kepler:1", "kepler@champion"])
    assert [head["model_id"] for head in reply["heads"]] == ["kepler:1", "kepler:2"]
    assert reply["heads"][1]["aliases"] == ["champion"]
    metrics = next(s for s in reply["sections"] if s["title"] == "Metrics")
    assert metrics["rows"] == [
        {
            "field": "f1_score",
            "title": "f1_score",
            "values": [{"text": "0.2500", "value": 0.25}, {"text": "0.5000", "value": 0.5}],
            "changes": [None, {"delta": "+0.2500", "verdict": "better"}],
        }
    ]
    assert reply["n_same"] > 0
    assert "html" not in reply
    everything = caller.get(compare, ref=["kepler:1", "kepler:2"], all="true", html="1")
    rows = next(s for s in everything["sections"] if s["title"] == "Metrics")["rows"]
    accuracy = next(row for row in rows if row["field"] == "accuracy")
    assert accuracy["changes"][1] == {"delta": "same", "verdict": "same"}
    assert "<table" in everything["html"]


def test_a_missing_value_is_null(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A value that a version does not have is null, without a change."""
    registry.register_model({"a": 1}, "bare")
    sections = caller.get(compare, ref=["kepler:1", "bare:1"])["sections"]
    (row,) = [row for s in sections for row in s["rows"] if row["field"] == "f1_score"]
    assert row["values"] == [{"text": "0.2500", "value": 0.25}, None]
    assert row["changes"] == [None, None]


def test_events_are_sentences(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Each event has a sentence, a time and an author."""
    registry.set_alias("kepler", "champion", 3, protected=True)
    registry.rollback_alias("kepler", "champion", force=True)
    registry.remove_alias("kepler", "champion")
    events = caller.get(history, {"name": "kepler"})["events"]
    assert [event["text"] for event in events[2:]] == [
        "Version 3 was registered",
        "@champion was set to 2",
        "@champion was moved from 2 to 3 (protected)",
        "@champion was rolled back from 3 to 2",
        "@champion was removed from 2",
    ]
    assert all(event["when"]["title"].endswith("UTC") and event["who"] for event in events)


def test_an_attachment_is_downloaded(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The reply is a file that a browser neither opens nor guesses."""
    registry.attach("kepler:1", "page", "<script>alert(1)</script>")
    names = {"name": "kepler", "version": 1, "attachment": "page"}
    reply = attachment(caller.request(names))
    assert reply.content == b"<script>alert(1)</script>"
    assert reply.content_type == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment; filename")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_a_changed_attachment_is_not_sent(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The digest is verified before any byte is sent."""
    registry.attach("kepler:1", "page", "text")
    (path,) = Path(registry.location).rglob("attachments/*.txt")
    path.chmod(0o644)
    path.write_text("TEXT")
    names = {"name": "kepler", "version": 1, "attachment": "page"}
    for call in (attachment, attachment_preview):
        with pytest.raises(IntegrityError):
            call(caller.request(names))


def test_an_unknown_attachment_is_not_found(caller: RouteCaller) -> None:
    """The error has close names."""
    with pytest.raises(NotFoundError):
        attachment(caller.request({"name": "kepler", "version": 1, "attachment": "../x"}))


def test_attachments_are_previewed(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A table, a text and a model have a table, lines and a reason."""
    import pandas as pd

    registry.attach("kepler:1", "t", pd.DataFrame({"a": range(60), "b": [0.25] * 60}))
    registry.attach("kepler:1", "n", "one\ntwo")
    registry.attach("kepler:1", "m", LogisticRegression())

    def shown(name: str) -> dict[str, Any]:
        names = {"name": "kepler", "version": 1, "attachment": name}
        found: dict[str, Any] = caller.get(attachment_preview, names)
        return found

    table = shown("t")
    assert (table["kind"], table["total"], len(table["rows"])) == ("table", 60, 50)
    assert shown("n") == {"kind": "text", "text": "one\ntwo"}
    assert shown("m")["kind"] == "none"


def test_a_metric_that_counts_is_a_whole_number(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """A metric of whole numbers has no decimals, as in the list."""
    registry.register_model({"any": 1}, "line", evaluation_results={"n_errors": 17})
    assert [metric["text"] for metric in detail(caller)["metrics"]] == ["17"]
