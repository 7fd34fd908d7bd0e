"""The committed notebooks, and the script that runs and writes them.

``pytest --nbval notebooks`` checks that the outputs match the code.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from scripts.refresh_notebooks import NOTEBOOKS, WIDGET, main, normalize, refresh

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
EACH = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
# A folder of a user or of this machine, on any system.
MACHINE = re.compile(
    r"""(?<![\w.:/])/(?:home|root|Users|tmp|var|work|mnt|opt|private)/ | \b[A-Za-z]:\\\\?\w""",
    re.VERBOSE,
)


# Tags and comments of nbval that exempt a cell or its error from the strict comparison.
EXCEPTION = re.compile(r"(nbval[-_][a-z_-]+|raises-exception)", re.IGNORECASE)
COMMENT = re.compile(r"^\s*#(.*)$", re.MULTILINE)

# A panel, an image, and lines that arrive separately.
PANEL = """
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from sklearn.linear_model import LogisticRegression
from exo_nbregistry import ModelRegistry
folder = TemporaryDirectory()
registry = ModelRegistry(folder.name, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
for penalty in (1.0, 2.0):
    registry.register_model(LogisticRegression(C=penalty).fit([[0.0], [1.0]], [0, 1]), "toy")
    print(penalty, flush=True)
registry.compare_models(["toy:1", "toy:2"])
"""
PICTURE = """
import io
from IPython.display import Image
from matplotlib.figure import Figure
figure, png = Figure(figsize=(1, 1)), io.BytesIO()
figure.subplots().plot([1, 2])
figure.savefig(png, format="png")
Image(png.getvalue())
"""


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def unexplained(cell: NotebookNode) -> list[str]:
    """Return the exemptions of a cell that has no comment with a reason."""
    comments = COMMENT.findall(cell.source)
    found = EXCEPTION.findall(" ".join([*cell.metadata.get("tags", []), *comments]))
    reason = EXCEPTION.sub("", " ".join(comments)).split()
    return [] if len(reason) > 3 else found


def write(path: Path, sources: Sequence[str]) -> Path:
    """Write a notebook with code cells that were not run."""
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_there_are_notebooks() -> None:
    """The folder of the script contains notebooks."""
    assert "01_first_model" in [path.stem for path in PATHS]


@EACH
def test_a_notebook_was_run_from_top_to_bottom(path: Path) -> None:
    """Each code cell was run once, in order."""
    cells = code_cells(nbformat.read(path, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@EACH
def test_a_notebook_shows_results_and_no_error(path: Path) -> None:
    """A notebook has HTML results, and no errors or warnings."""
    outputs = [out for cell in code_cells(nbformat.read(path, 4)) for out in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in outputs)
    assert [out for out in outputs if out.output_type == "error"] == []
    assert [out.text for out in outputs if "Warning" in out.get("text", "")] == []


@EACH
def test_a_notebook_names_no_machine(path: Path) -> None:
    """A notebook contains no path and no key of the machine on which it was run."""
    text = path.read_text(encoding="utf-8")
    assert MACHINE.findall(text) == []
    assert str(NOTEBOOKS.parent) not in text
    assert "SHA256:" not in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("saved to /home/ada/x.joblib", True),
        (r"C:\\Users\\ada", True),
        ("'/tmp/tmpabc'", True),
        ("https://example.org/home/page", False),
        ("models/registry", False),
    ],
)
def test_a_machine_path_is_recognized(text: str, found: bool) -> None:
    """Absolute paths of Linux, macOS and Windows are found; URLs and relative paths are not."""
    assert bool(MACHINE.search(text)) is found


@EACH
def test_a_notebook_keeps_no_widget(path: Path) -> None:
    """A stored panel has neither widget state nor a random id."""
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
    views = [
        out.get("data", {}).get(WIDGET) for cell in code_cells(notebook) for out in cell.outputs
    ]
    assert {view["model_id"] for view in views if view} <= {"0" * 32}


@EACH
def test_each_exemption_has_a_reason(path: Path) -> None:
    """A cell that is exempt from the comparison has a comment with the reason."""
    cells = code_cells(nbformat.read(path, as_version=4))
    assert [cell.source for cell in cells if unexplained(cell)] == []


@pytest.mark.parametrize(
    ("source", "tags", "found"),
    [
        ("x", [], []),
        ("x", ["slide"], []),
        ("# why not: it is a number\nx", ["nbval-skip"], []),
        ("x", ["nbval-ignore-output"], ["nbval-ignore-output"]),
        ("# first\nx", ["raises-exception"], ["raises-exception"]),
        ("# NBVAL_IGNORE_OUTPUT\nx", [], ["NBVAL_IGNORE_OUTPUT"]),
        ("# NBVAL_IGNORE_OUTPUT: the clock is in it\nx", [], []),
    ],
)
def test_an_exception_without_a_reason_is_found(
    source: str, tags: list[str], found: list[str]
) -> None:
    """Tags and comments of nbval are found, and a reason has more than three words."""
    assert unexplained(new_code_cell(source, metadata={"tags": tags})) == found


@EACH
def test_a_notebook_is_normal(path: Path) -> None:
    """A notebook has the format of the script, so that a refresh changes only outputs."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    normalize(notebook)
    assert nbformat.writes(notebook).rstrip("\n") + "\n" == path.read_text(encoding="utf-8")


def test_details_of_a_run_are_removed() -> None:
    """Two runs that differ in times, ids and the version of Python give the same notebook."""

    def run(number: int) -> NotebookNode:
        view = new_output("display_data", {WIDGET: {"model_id": f"{number:032}"}})
        cell = new_code_cell("show()", outputs=[view], metadata={"execution": {"at": f"{number}"}})
        metadata = {"language_info": {"name": "python", "version": f"3.1{number}"}}
        return new_notebook(cells=[cell], metadata=metadata | {"widgets": {"state": {"n": number}}})

    one, two = run(1), run(2)
    assert nbformat.writes(one) != nbformat.writes(two)
    normalize(one)
    normalize(two)
    assert nbformat.writes(one) == nbformat.writes(two)


def png(software: str) -> str:
    """Return an image in base64 with the name of a program."""
    figure, file = Figure(figsize=(1, 1)), io.BytesIO()
    figure.subplots().plot([1, 2])
    figure.savefig(file, format="png", metadata={"Software": software})
    return base64.b64encode(file.getvalue()).decode()


def test_text_in_an_image_is_removed() -> None:
    """Images with equal pixels from two versions of a program are equal."""
    texts = [png("matplotlib 1"), png("matplotlib 2")]
    outputs = [new_output("display_data", {"image/png": text}) for text in texts]
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs)])
    normalize(notebook)
    one, two = (output.data["image/png"] for output in notebook.cells[0].outputs)
    assert one == two != texts[0]
    pixels, before = (imread(io.BytesIO(base64.b64decode(text))) for text in (one, texts[0]))
    assert (pixels == before).all()


def test_consecutive_stream_outputs_are_joined() -> None:
    """Consecutive lines of one stream are one output; the order of streams is kept."""
    parts = [("stdout", "a\n"), ("stdout", "b\n"), ("stderr", "c\n"), ("stdout", "d\n")]
    outputs = [new_output("stream", name=name, text=text) for name, text in parts]
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs)])
    normalize(notebook)
    joined = [(output.name, output.text) for output in notebook.cells[0].outputs]
    assert joined == [("stdout", "a\nb\n"), ("stderr", "c\n"), ("stdout", "d\n")]


def test_a_tag_on_a_cell_is_kept() -> None:
    """Tags of a cell are not removed."""
    notebook = new_notebook(cells=[new_code_cell("1", metadata={"tags": ["raises-exception"]})])
    normalize(notebook)
    assert notebook.cells[0].metadata.tags == ["raises-exception"]


def test_a_second_refresh_changes_nothing(tmp_path: Path) -> None:
    """The first refresh writes the outputs, and the second one changes no bytes."""
    path = write(tmp_path / "n.ipynb", ["x = {'b', 'a'}\nprint(sorted(x))", "len(x)"])
    assert refresh(path)
    written = path.read_bytes()
    assert b"['a', 'b']" in written
    assert not refresh(path)
    assert path.read_bytes() == written


def test_a_second_refresh_of_panels_and_images_changes_nothing(tmp_path: Path) -> None:
    """Panels, images and separately printed lines also give the same bytes."""
    path = write(tmp_path / "n.ipynb", [PANEL, PICTURE])
    assert refresh(path)
    panel, picture = code_cells(nbformat.read(path, as_version=4))
    assert [output.get("text") for output in panel.outputs] == ["1.0\n2.0\n", None]
    # Without a front end, a panel stores its table only.
    assert set(panel.outputs[1].data) == {"text/html", "text/plain"}
    assert "image/png" in picture.outputs[0].data
    assert not refresh(path)


def test_a_notebook_that_fails_is_unchanged(tmp_path: Path) -> None:
    """An error in a cell stops the refresh before the file is written."""
    path = write(tmp_path / "n.ipynb", ["1 / 0"])
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        refresh(path)
    assert path.read_bytes() == before


def test_kernels_use_a_temporary_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A notebook signs with a temporary key, not with the key of the author."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(tmp_path / "mine"))
    source = (
        "from pathlib import Path\nfrom exo_nbregistry.signing.user_files import config_folder\n"
        "Path('seen.txt').write_text(str(config_folder()));"
    )
    main([str(write(tmp_path / "n.ipynb", [source]))])
    seen = Path((tmp_path / "seen.txt").read_text())
    assert tmp_path / "mine" not in [seen, *seen.parents]
    assert not seen.exists()
    assert capsys.readouterr().out == "n.ipynb: written\n"
