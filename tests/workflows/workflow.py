"""The tests of every workflow: shown, loaded in another process, served and exported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from exo_nbregistry.cli.app import commands
from exo_nbregistry.serve.live_service import LiveService
from tests.html_page import Page
from tests.persistence.other_machine import predict_elsewhere
from tests.serve.live_server import Client, running
from tests.workflows.notebook import Executed


class Workflow:
    """Tests of a version that a notebook registered; a subclass has the notebook.

    Attributes
    ----------
    NOTEBOOK : str
        Cells that define ``registry``, ``ref``, ``rows`` and ``expected``.
    MESSAGES : tuple of str
        Texts of the messages that the user sees; by default there are none.
    SHOWN : tuple of str
        Texts that the card and the details have.
    BAD : tuple of (str, object)
        A column, and its value in the bad row.
    STATUS, PROBLEM : str
        Status of the bad row, and the start of its problem.
    REQUIRED : bool
        Whether the exported folder requires this package, as that of a bundle does.
    """

    NOTEBOOK: ClassVar[str]
    MESSAGES: ClassVar[tuple[str, ...]] = ()
    SHOWN: ClassVar[tuple[str, ...]]
    BAD: ClassVar[tuple[str, Any]]
    STATUS: ClassVar[str] = "invalid"
    PROBLEM: ClassVar[str] = "must be a number, not"
    REQUIRED: ClassVar[bool] = False

    def predict(self, model: Any, rows: Any) -> Any:
        """Return the predictions of the loaded model, as in the notebook."""
        return model.predict(rows)

    def test_the_notebook_has_no_other_messages(self, done: Executed) -> None:
        """Registering logs the expected messages, and no warning."""
        lines = done.messages.splitlines()
        assert len(lines) == len(self.MESSAGES), done.messages
        for line, expected in zip(lines, self.MESSAGES, strict=True):
            assert expected in line

    def test_it_is_shown(self, done: Executed) -> None:
        """The card and the command show have the recorded facts."""
        folder = str(done.folder / "registry")
        shown = CliRunner().invoke(commands, ["show", done.ref, "--registry", folder])
        assert shown.exit_code == 0, shown.output
        for page in (text(done.version._repr_html_()), shown.output):
            for expected in (done.ref, *self.SHOWN):
                assert expected in page
        assert done.ref in repr(done.version)

    def test_the_panel_shows_it(self, done: Executed) -> None:
        """The details in the stored view of the panel have the recorded facts."""
        panel = done.registry.browse()
        panel.selected = [done.ref]
        page = text(panel.static_html())
        for expected in (done.ref, *self.SHOWN):
            assert expected in page
            assert expected in panel.static_text()
        panel.close()

    def test_it_is_listed(self, done: Executed) -> None:
        """The list of versions and the browser have its model."""
        name = done.ref.partition(":")[0]
        listing = done.registry.list_models(name)
        assert done.ref in listing.ids
        for page in (listing, done.registry.browse()):
            assert name in repr(page)
        assert name in "".join(Page(listing._repr_html_()).text)

    def test_it_is_loaded_in_another_process(self, done: Executed) -> None:
        """A process without the notebook loads the model, which predicts the same."""
        model, _ = done.registry.load_model(done.ref)
        same(self.predict(model, done.rows), done.expected)

    def test_it_is_served(self, done: Executed) -> None:
        """The stored example and new rows are answered over HTTP with the same predictions."""
        live = LiveService(done.registry, done.ref)
        stored = done.registry.load_attachment(done.ref, "input_example")
        with running(live) as port, Client(port) as client:
            first = client.predict(live.current.example)
            assert first.status == 200, first.content
            assert first.json["status"] == "ok"
            assert first.json["prediction"] in stored["predictions"]
            answer = client.post("/predict/batch", json.dumps(done.records()).encode())
            assert answer.status == 200, answer.content
        assert answer.json["version"] == done.ref
        same([item["prediction"] for item in answer.json["answers"]], done.expected)

    def test_a_bad_row_is_marked(self, done: Executed) -> None:
        """A bad row has a status and a problem, and the row beside it is answered."""
        good = done.records()[0]
        column, value = self.BAD
        row = good | {column: value}
        live = LiveService(done.registry, done.ref)
        with running(live) as port, Client(port) as client:
            alone = client.predict(row)
            both = client.post("/predict/batch", json.dumps([row, good]).encode())
        assert (alone.status, both.status) == (200, 200)
        assert alone.json["status"] == self.STATUS
        (problem,) = (item for item in alone.json["problems"] if item["column"] == column)
        assert problem["message"].startswith(self.PROBLEM)
        bad, beside = both.json["answers"]
        assert bad["status"] == self.STATUS
        same([beside["prediction"]], done.expected[:1])

    def test_the_export_predicts(self, done: Executed, tmp_path: Path) -> None:
        """The exported predict.py predicts new rows, without this package if it is not required."""
        folder = done.registry.export_model(done.ref, tmp_path / "export")
        done.table().to_csv(folder / "rows.csv", index=False)
        required = "exo-nbregistry" in (folder / "requirements.txt").read_text()
        assert required == self.REQUIRED
        command = [sys.executable, "predict.py", "rows.csv", "answers.csv"]
        if required:
            run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        else:
            run = predict_elsewhere(folder, *command[2:])
        assert run.returncode == 0, run.stderr
        same(pd.read_csv(folder / "answers.csv")["prediction"], done.expected)
        assert len(pd.read_csv(folder / "example.csv")) == 5


def same(found: Any, expected: list[Any]) -> None:
    """Check that labels are equal, and numbers up to rounding."""
    values = np.asarray(found).ravel().tolist()
    if isinstance(expected[0], float):
        assert values == pytest.approx(np.asarray(expected).tolist(), rel=1e-5)
    else:
        assert values == np.asarray(expected).tolist()


def text(html: str) -> str:
    """Return the text of HTML."""
    return " ".join(" ".join(Page(html).text).split())
