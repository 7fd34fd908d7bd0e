"""The candidates panel in the output of a cell, and its kernel."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, expect

from tests.browser.axe import violations
from tests.browser.chromium import Window
from tests.browser.lab import Notebook, open_notebook, write_notebook
from tests.browser.readability import low_contrast, unnamed_controls
from tests.browser.server import Server

_SETUP = f"""\
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.exoplanet.signals import scored_signals
from exo_nbregistry.exoplanet.followup.candidates import CandidateList
panel = CandidateList.of(scored_signals(HOSTILE), 0.9).browse()"""
_NAMES = "HOSTILE = [f'<img src=x onerror=alert({i})>' for i in range(60)]\n"
_STATE = "panel.threshold, panel.selected, panel.sort_by, panel.descending, len(panel.frame)"


@pytest.fixture
def notebook(window: Window, server: Server, folder: Path) -> Notebook:
    """Return a notebook that shows ten of sixty candidates."""
    cells = ["HOSTILE = None\n" + _SETUP, _STATE, "panel"]
    return open_notebook(window, server, f"{folder.name}/n.ipynb", cells)


@pytest.fixture
def view(notebook: Notebook) -> Locator:
    """Return the view of the panel."""
    found = notebook.output().locator(".exo-Followup")
    expect(_names(found)).to_have_count(10)
    return found


def _names(view: Locator) -> Locator:
    return view.locator(".exo-Candidates-name")


def test_the_state_is_in_the_kernel(notebook: Notebook, view: Locator) -> None:
    """Threshold, order and selection of the page are traits of the panel."""
    view.get_by_label("Threshold", exact=True).fill("0.8")
    view.get_by_label("Threshold", exact=True).press("Enter")
    expect(view.get_by_text("20 of 60 candidates flagged")).to_be_visible()
    view.get_by_role("button", name="period, days").click()
    view.get_by_role("button", name="period, days").click()
    expect(_names(view).first).to_have_text("K00019.01")
    _names(view).first.click()
    expect(view.get_by_role("heading", name="K00019.01, flagged")).to_be_visible()
    notebook.run_cell(1)
    expected = "(0.8, 'K00019.01', 'koi_period', False, 20)"
    expect(notebook.output(1)).to_contain_text(expected)


def test_the_keyboard_is_enough(view: Locator) -> None:
    """Arrow keys move between rows, Enter shows the details, and the cell stays the same."""
    _names(view).first.focus()
    view.page.keyboard.press("ArrowDown")
    view.page.keyboard.press("ArrowDown")
    expect(_names(view).nth(2)).to_be_focused()
    view.page.keyboard.press("Enter")
    expect(view.get_by_role("heading", name="K00002.01, flagged")).to_be_visible()
    expect(_names(view).nth(2)).to_be_focused()
    slider = view.get_by_label("Threshold slider")
    slider.focus()
    view.page.keyboard.press("ArrowLeft")
    expect(view.get_by_label("Threshold", exact=True)).to_have_value("0.895")


def test_enter_finds_a_signal(view: Locator) -> None:
    """Enter in a field submits it, although JupyterLab prevents line breaks in cells."""
    view.get_by_label("Find a signal").fill("K00055.01")
    view.get_by_label("Find a signal").press("Enter")
    expect(view.get_by_role("heading", name="K00055.01, not flagged")).to_be_visible()


def test_figures_are_drawn_by_the_kernel(view: Locator) -> None:
    """Precision and recall are beside the threshold; another figure replaces them."""
    image = view.get_by_role("img", name="Precision and recall by threshold")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    slider = view.get_by_label("Threshold slider").bounding_box()
    drawn = image.bounding_box()
    assert slider is not None
    assert drawn is not None
    assert drawn["x"] > slider["x"] + slider["width"]
    view.get_by_role("button", name="Period and radius").click()
    expect(view.get_by_role("img", name="Flagged by toy:1")).to_be_visible()
    expect(image).to_have_count(0)


def test_a_threshold_is_undone(notebook: Notebook, view: Locator) -> None:
    """Reset flags the candidates again that a higher threshold has removed."""
    names = _names(view).all_inner_texts()
    view.get_by_label("Threshold", exact=True).fill("0.95")
    view.get_by_label("Threshold", exact=True).press("Enter")
    expect(_names(view)).to_have_count(5)
    view.get_by_role("button", name="Reset").click()
    expect(_names(view)).to_have_text(names)
    notebook.run_cell(1)
    expect(notebook.output(1)).to_contain_text("(0.9, '', 'calibrated_probability', True, 10)")


def test_a_list_is_exported_beside_the_notebook(notebook: Notebook, view: Locator) -> None:
    """The file is in the folder of the notebook, and is replaced only after a confirmation."""
    view.get_by_role("button", name="Export CSV").click()
    expect(view.get_by_text("Exported 10 candidates")).to_be_visible()
    file = notebook.file.parent / "followup.csv"
    assert len(file.read_text().splitlines()) == 11
    view.get_by_role("button", name="Export CSV").click()
    expect(view.get_by_text("already exists")).to_be_visible()
    view.get_by_role("button", name="Replace").click()
    expect(view.get_by_text("Exported 10 candidates")).to_be_visible()


@pytest.mark.parametrize(
    "theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
)
def test_the_view_is_accessible(notebook: Notebook, view: Locator, theme: str) -> None:
    """axe-core, the contrast and the names of controls are without a finding."""
    _names(view).nth(1).click()
    expect(view.get_by_role("heading", name="K00001.01, flagged")).to_be_visible()
    notebook.theme(theme)
    for width in (1100, 250):
        view.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
        # A figure is drawn again for another theme, and is pale until then.
        expect(view.locator("[aria-busy=true]")).to_have_count(0)
        assert violations(notebook.page) == []
        assert low_contrast(view) == []
        assert unnamed_controls(view) == []


@pytest.mark.parametrize("width", [250, 700, 1100])
def test_the_view_is_as_wide_as_its_place(view: Locator, width: int) -> None:
    """Only the list scrolls sideways."""
    _names(view).nth(1).click()
    expect(view.get_by_role("heading", name="K00001.01, flagged")).to_be_visible()
    view.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
    assert view.evaluate("node => node.scrollWidth <= node.clientWidth")
    values = view.get_by_role("table", name="Measured values")
    assert values.evaluate("node => node.scrollWidth <= node.parentElement.clientWidth")
    expect(values.get_by_role("row", name="Orbital Period, days koi_period")).to_be_visible()


def test_cells_of_a_row_have_one_baseline(view: Locator) -> None:
    """The name of a signal is on the line of its numbers."""
    tops = view.locator("tbody tr").first.evaluate(
        """row => [...row.querySelectorAll('button, td')].slice(0, 2).map(cell => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return range.getBoundingClientRect().top;
        })"""
    )
    assert abs(tops[0] - tops[1]) < 0.6


def test_hostile_names_are_text(window: Window, server: Server, folder: Path) -> None:
    """Names are shown unchanged; nothing runs."""
    cells = [_NAMES + _SETUP, "panel"]
    notebook = open_notebook(window, server, f"{folder.name}/n.ipynb", cells)
    dialogs: list[Dialog] = []
    notebook.page.on("dialog", lambda dialog: dialogs.append(dialog))
    view = notebook.output().locator(".exo-Followup")
    expect(_names(view).first).to_have_text("<img src=x onerror=alert(0)>")
    _names(view).first.click()
    expect(view.get_by_role("heading", name="onerror=alert(0)")).to_be_visible()
    expect(view.locator("img[src=x]")).to_have_count(0)
    view.get_by_role("button", name="Export CSV").click()
    expect(view.get_by_text("Exported 10 candidates")).to_be_visible()
    with (notebook.file.parent / "followup.csv").open(newline="") as file:
        names = [row["koi"] for row in csv.DictReader(file)]
    assert names == [f"<img src=x onerror=alert({i})>" for i in range(10)]
    assert dialogs == []


def test_the_stored_view_is_shown_without_a_kernel(notebook: Notebook, view: Locator) -> None:
    """A notebook that is opened again shows the first rows."""
    expect(view).to_be_visible()
    notebook.save()
    notebook.reopen()
    stored = notebook.output().locator(".jp-RenderedHTML")
    expect(stored.get_by_role("row").filter(has_text="K00009.01").first).to_be_visible()
    expect(notebook.output().locator(".exo-Followup")).to_have_count(0)


def test_anywidget_shows_a_list_of_vs_code(window: Window, server: Server, folder: Path) -> None:
    """In VS Code, the panel brings its code with it, and its state is in the kernel."""
    declare = "get_ipython().user_ns['__vsc_ipynb_file__'] = 'n.ipynb'\n"
    cells = [declare + "HOSTILE = None\n" + _SETUP, "panel", "type(panel).__name__, panel.selected"]
    write_notebook(folder / "n.ipynb", cells)
    notebook = Notebook(window.page(), server, f"{folder.name}/n.ipynb")
    notebook.run_cell(0)
    notebook.run_cell(1)
    view = notebook.output(1).locator(".exo-Followup")
    _names(view).nth(1).click()
    expect(view.get_by_role("heading", name="K00001.01, flagged")).to_be_visible()
    notebook.run_cell(2)
    expect(notebook.output(2)).to_contain_text("('AnywidgetCandidatesPanel', 'K00001.01')")
