"""The replies to the requests of the candidates panel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode

import pandas as pd
import pytest

from exo_nbregistry.exoplanet.followup.candidates import CandidateList
from exo_nbregistry.exoplanet.followup.candidates_panel import CandidatesPanel
from exo_nbregistry.exoplanet.followup.candidates_routes import PAGE_ROWS
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT, export_followup
from tests.exoplanet.signals import N_SIGNALS, scored_signals
from tests.html_page import PAYLOADS


@pytest.fixture
def panel() -> CandidatesPanel:
    """Return the panel of the ten most probable signals."""
    return CandidatesPanel(scored_signals(), 0.9)


def get(panel: CandidatesPanel, path: str, **query: Any) -> dict[str, Any]:
    """Return the JSON of a successful request."""
    reply = panel.answer("GET", f"{path}?{urlencode(query)}")
    assert reply.status == 200, reply.body
    found: dict[str, Any] = json.loads(reply.body)
    return found


def listed(panel: CandidatesPanel, threshold: float = 0.9, **query: Any) -> dict[str, Any]:
    """Return a page of the list."""
    known = {"sort_by": "calibrated_probability", "descending": "true", "page": 0}
    return get(panel, "/candidates", threshold=threshold, **known | query)


def names(page: dict[str, Any]) -> list[str]:
    """Return the names of the rows of a page."""
    return [row["name"] for row in page["rows"]]


def column(page: dict[str, Any], name: str) -> list[str]:
    """Return the cells of a column."""
    place = [each["name"] for each in page["columns"]].index(name)
    return [[row["name"], *row["cells"]][place] for row in page["rows"]]


def export(panel: CandidatesPanel, **body: Any) -> tuple[int, dict[str, Any]]:
    """Request an export; return the status and the JSON of the reply."""
    reply = panel.answer("POST", "/candidates/export", json.dumps({"threshold": 0.8} | body))
    return reply.status, json.loads(reply.body)


def test_the_threshold_decides(panel: CandidatesPanel) -> None:
    """The counts and the rows are those that reach the threshold."""
    assert listed(panel)["headline"].startswith("10 of 60 candidates flagged")
    page = listed(panel, 0.8)
    assert page["headline"].startswith("20 of 60 candidates flagged")
    assert names(page) == list(scored_signals().rows.index[:20])
    assert page["caveat"] == CAVEAT


def test_each_threshold_has_precision_and_recall(panel: CandidatesPanel) -> None:
    """Precision and recall are computed on the stored rows at the threshold."""
    known = scored_signals().known
    assert not isinstance(known, str)
    for threshold in (0.2, 0.5, 0.9):
        found, text = known.at(threshold), " ".join(listed(panel, threshold)["lines"])
        assert f"Precision {found.precision:.3f} (" in text
        assert f"Recall {found.recall:.3f} (" in text
        assert "Measured on 300 rows, the test set stored with toy:1" in text


def test_without_known_labels_the_reason_is_shown() -> None:
    """Without known labels, the reason replaces the figure of precision and recall."""
    page = listed(CandidatesPanel(scored_signals(known="Unknown: no test set."), 0.9))
    assert "Unknown: no test set." in page["lines"]
    assert [figure["kind"] for figure in page["figures"]] == ["period_radius"]


def test_pages_have_25_rows(panel: CandidatesPanel) -> None:
    """The last page has the rest, and a page beyond it is the last one."""
    assert len(names(listed(panel, 0.0))) == PAGE_ROWS
    last = listed(panel, 0.0, page=2)
    assert names(last) == [f"K{i:05}.01" for i in range(50, N_SIGNALS)]
    assert listed(panel, 0.0, page=9) == last


def test_any_column_sorts(panel: CandidatesPanel) -> None:
    """Rows are sorted by any column in either order, with missing values last."""
    rising = [f"K{i:05}.01" for i in range(10)]
    period = listed(panel, sort_by="koi_period", descending="false")
    assert names(period) == rising[::-1]
    (head,) = [each for each in period["columns"] if each["sorted"]]
    assert (head["name"], head["sorted"]) == ("koi_period", "ascending")
    for order in ("true", "false"):
        assert names(listed(panel, sort_by="koi_depth", descending=order))[-1] == "K00000.01"
    assert names(listed(panel, sort_by="signal", descending="false")) == rising


def test_the_decimals_of_a_column_are_aligned() -> None:
    """All numbers of a column have the same number of decimals."""
    scored = scored_signals()
    scored.measured["koi_period"] = [11.7234, 3.33, 150.1666, 1174.0, *[1.0] * 56]
    cells = column(listed(CandidatesPanel(scored, 0.9)), "koi_period")
    assert cells[:4] == ["11.7", "3.3", "150.2", "1174.0"]


def test_the_details_have_quantities_with_units(panel: CandidatesPanel) -> None:
    """The details have quantities with units, beside the most similar confirmed planet."""
    found = get(panel, "/candidates/signal", name="K00003.01", threshold=0.9)
    assert found["state"] == "flagged"
    assert found["signals"] == ["K00003.01", "K90000.01 (confirmed, most similar)"]
    period = {"quantity": "Orbital Period, days", "column": "koi_period"}
    assert period | {"texts": ["57.00", "365.2"]} in found["values"]
    text = " ".join(found["lines"])
    assert "Agreement of the ensemble: 0.236." in text
    assert "Top feature: koi_depth." in text
    assert "lowers the probability by 0.125." in text


def test_the_details_have_the_position_of_the_star(panel: CandidatesPanel) -> None:
    """The details name the star, its position and its page in the archive."""
    found = get(panel, "/candidates/signal", name="K00003.01", threshold=0.9)
    assert "Star: kepid 3, RA 290.12346°, Dec 44.12346°." in found["lines"]
    assert found["archive"] == "https://exoplanetarchive.ipac.caltech.edu/overview/KOI-3"


def test_a_star_of_another_table_has_its_own_notation() -> None:
    """Names and positions of another table are shown unchanged, without a link."""
    scored = scored_signals(["TOI-700 d"])
    scored.rows["ra"] = "6h28m"
    scored.rows.loc["TOI-700 d", "dec"] = None
    panel = CandidatesPanel(scored, 0.9)
    found = get(panel, "/candidates/signal", name="TOI-700 d", threshold=0.9)
    assert "Star: kepid 0, RA 6h28m." in found["lines"]
    assert found["archive"] is None


def test_the_first_columns_are_of_the_transit(panel: CandidatesPanel) -> None:
    """A narrow view shows probability, period, depth and radius without scrolling."""
    columns = [column["name"] for column in listed(panel)["columns"]]
    assert columns[:5] == [
        *("signal", "calibrated_probability"),
        *("koi_period", "koi_depth", "koi_prad"),
    ]


def test_the_list_has_the_threshold_that_it_started_with(panel: CandidatesPanel) -> None:
    """Another threshold keeps the first one, to which a page can return."""
    assert listed(panel, threshold=0.5)["start"] == {"value": 0.9, "text": "0.9"}


def test_a_signal_below_the_threshold_is_marked(panel: CandidatesPanel) -> None:
    """The details of a signal that is not flagged name the threshold."""
    found = get(panel, "/candidates/signal", name="K00055.01", threshold=0.9)
    assert found["state"] == "not flagged (below 0.9)"


def test_unusual_values_are_shown(panel: CandidatesPanel) -> None:
    """The table and the details have the words of the look column, if there are any."""
    assert column(listed(panel), "look").count("impact > 1") == 2
    for name, is_unusual in (("K00000.01", True), ("K00005.01", False)):
        lines = get(panel, "/candidates/signal", name=name, threshold=0.9)["lines"]
        assert ("Look: impact > 1." in lines) is is_unusual


@pytest.mark.parametrize("kind", ["precision", "period_radius"])
def test_figures_depend_on_the_threshold(panel: CandidatesPanel, kind: str) -> None:
    """A figure is a PNG with a description, and differs for another threshold."""
    path = f"/candidates/figure?kind={kind}&threshold="
    one, other = panel.answer("GET", f"{path}0.9"), panel.answer("GET", f"{path}0.5")
    assert one.body.startswith(b"\x89PNG")
    assert one.body != other.body
    assert one.headers["Content-Type"] == "image/png"
    assert "radius" in unquote(one.headers["X-Caption"]) or kind == "precision"


@pytest.mark.parametrize("kind", ["precision", "period_radius"])
@pytest.mark.parametrize(("asked", "drawn"), [(440, 440), (100, 320), (99_999, 1_600)])
def test_a_figure_is_as_wide_as_its_page(
    panel: CandidatesPanel, kind: str, asked: int, drawn: int
) -> None:
    """A figure has the width of its page, within limits."""
    path = f"/candidates/figure?kind={kind}&threshold=0.9&theme=dark&width={asked}"
    assert int(panel.answer("GET", path).headers["X-Width"]) == pytest.approx(drawn, rel=0.05)


def test_the_flagged_candidates_are_exported(
    panel: CandidatesPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has the flagged candidates, and the code in the reply writes the same file."""
    monkeypatch.chdir(tmp_path)
    status, reply = export(panel, path=" followup.csv ")
    assert status == 200
    assert reply["message"] == f"Exported 20 candidates to {tmp_path / 'followup.csv'}."
    written = Path("followup.csv").read_bytes()
    Path("followup.csv").unlink()
    flagged = CandidateList.of(scored_signals(), 0.9)
    eval(reply["code"], {"export_followup": export_followup, "flagged": flagged})
    assert Path("followup.csv").read_bytes() == written
    assert len(pd.read_csv("followup.csv")) == 20


def test_replacing_a_file_requires_confirmation(panel: CandidatesPanel, tmp_path: Path) -> None:
    """An existing file is replaced only if the request asks for it."""
    path = tmp_path / "mine.csv"
    path.write_text("mine")
    _, reply = export(panel, path=str(path))
    assert reply == {
        "written": False,
        "message": f"{path} already exists. Replace it?",
        "code": None,
    }
    assert path.read_text() == "mine"
    export(panel, path=str(path), replace=True)
    assert len(pd.read_csv(path)) == 20


@pytest.mark.parametrize(
    ("name", "reason"),
    [(" ", "Enter a file name"), (None, "Enter a file name"), ("", "Cannot export"), ("\0", "")],
)
def test_an_invalid_file_name_is_an_error(
    panel: CandidatesPanel, tmp_path: Path, name: Any, reason: str
) -> None:
    """An empty name or the name of a folder is rejected with a message."""
    path = f"{tmp_path}/{name}" if name is not None and name.strip() == name else name
    status, reply = export(panel, path=path)
    assert status == 400
    assert reason in reply["message"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/candidates?threshold=high", "The threshold must be a number, got 'high'."),
        ("/candidates?threshold=nan", "The threshold must be a number, got 'nan'."),
        ("/candidates?threshold=1&sort_by=koi_score", "unknown column 'koi_score'"),
        ("/candidates?threshold=1&sort_by=signal&descending=up", "must be true or false"),
        (
            "/candidates?threshold=1&sort_by=signal&descending=true&page=-1",
            "page must be an integer from 0, got '-1'.",
        ),
        ("/candidates/figure?threshold=1&kind=x", "Unknown figure 'x'."),
        ("/candidates/figure?threshold=1&kind=precision&theme=blue", "Unknown theme 'blue'"),
        ("/candidates/figure?threshold=1&kind=period_radius&theme=blue", "Unknown theme 'blue'"),
        ("/candidates/figure?threshold=1&kind=precision&width=-5", "number of pixels, got '-5'."),
        ("http://example.org/candidates", "must be a path"),
        ("/candidates?threshold=%ff", "percent-encoded UTF-8"),
    ],
)
def test_an_invalid_parameter_is_an_error(panel: CandidatesPanel, path: str, message: str) -> None:
    """A parameter that is not valid is rejected with its value."""
    reply = panel.answer("GET", path)
    assert reply.status == 400
    assert message in json.loads(reply.body)["message"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/registries"), ("DELETE", "/candidates")])
def test_other_routes_do_not_exist(panel: CandidatesPanel, method: str, path: str) -> None:
    """The panel answers only its own routes."""
    assert panel.answer(method, path).status == 404


@pytest.mark.parametrize("body", ["[]", "{", "[" * 10_000, '"x"', '{"threshold": true}'])
def test_a_body_of_another_form_is_an_error(panel: CandidatesPanel, body: str) -> None:
    """A body that is not a JSON object with a threshold is rejected."""
    assert panel.answer("POST", "/candidates/export", body).status == 400


@pytest.mark.parametrize("payload", PAYLOADS)
def test_any_name_is_found_as_it_is(payload: str) -> None:
    """Names of signals and versions are sent as text, unchanged."""
    made = [f"{payload}{i}" for i in range(N_SIGNALS)]
    panel = CandidatesPanel(scored_signals(made, alike=payload, version=payload), 0.9)
    assert names(listed(panel)) == made[:10]
    name = made[0].strip()
    if name in made:
        assert get(panel, "/candidates/signal", name=name, threshold=0.9)["name"] == name
