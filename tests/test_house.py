"""The floor plan of the package, the fences around its libraries, and its sizes."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from statistics import median

import pytest

from tests.house import (
    House,
    long_files,
    long_functions,
    room_of,
    rooms,
    table_rows,
    undescribed_tests,
    undocumented,
    unexplained,
)

# One line per room: a folder, or a module of the root. A module imports only from rooms on lower
# floors, or on lower steps (the letters) of its own floor; inside a room, no modules
# import each other in a circle.
# docs/architecture.md shows the same table.
HOUSE = """
1a   spelling            close matches of a misspelled name
1b   errors              error classes
1c   config              options: display, provenance
1c   fs                  atomic and durable files and folders
1c   text                escaped HTML, aligned text, hints for operating system errors
2    values              references, keys, JSON, digests, metrics
2    store               bytes under keys: folder, memory, bucket; create-if-absent
2    signing             keys, signatures, trusted signers, rules on aliases
3a   records             the facts of a version and their JSON
3a   inference           calls of a model on rows, in the container that it was trained on
3a   restricted          models of unknown signers, loaded without running code of their authors
3b   persistence         models to bytes and back
4    journal             versions and events of one model: write, read, current state
4    payloads            a model or attachment as a verified blob
4    views               text and HTML of records: listing, comparison, history, card
4    plot                figures, and the same numbers as text
5    introspection       facts read from an estimator, its data and its notebook
5    integrity           verify, garbage, retention
5    index               the derived database, the filter language
5    exports             folders for other tools: MLflow, Hugging Face, ONNX
5    scoring             scores of large tables: pieces, files that are written once, engines
6a   autoregister        fits of estimators as versions, on request
6a   api                 routes, requests, answers and JSON views for panels/ and lab/
6b   panels              panels in a notebook, live and stored
7    registry            ModelRegistry and the calls behind it
8    sources             model stores of other tools, read without these tools
8    evaluation          intervals, paired tests, calibration, thresholds for any estimator
9    migration           moving in from these stores: plan, then copy
9    training            trainer, tuning, retraining for any estimator
10a  serve               inference over HTTP
10a  lab                 the Jupyter server extension
10a  mlflow_plugin       the registry behind MLflow's client
10a  agents              functions and a server for agents, which only read
10a  exoplanet.data      the Kepler table: load, check, split by star
10b  exoplanet.models    the Kepler classifiers
10c  exoplanet.followup  candidates for follow-up
10d  exoplanet.demo      the demo and its report
10e  exoplanet           the public names for exoplanets
11   cli                 the terminal
12   __init__            the public names
12   __main__            python -m exo_nbregistry
"""
MAX_ROOMS = 42
MAX_FLOORS = 12
MAX_ROOT_MODULES = 6

# Which modules may import a library; nothing after the colon means none may.
FENCES = {
    # A magic, the cell of a registration, and outputs before a cell ends.
    "IPython": "autoregister.magic introspection.provenance panels.progress_panel",
    "anywidget": "panels.anywidget_panel",
    "click": "cli.*",
    "cloudpickle": "persistence.by_value persistence.code_reductions training.parallel",
    "cryptography": "signing.*",
    "fcntl": "fs.*",
    "dask": "",
    "distributed": "scoring.engines",
    "fastapi": "serve.*",
    "ipywidgets": "panels.* plot.view",
    "joblib": "introspection.metrics evaluation.* persistence.* scoring.engines training.* "
    "exoplanet.*",
    "jupyter_server": "lab.*",
    "markdown_it": "text.markdown_tree",
    "mcp": "agents.server",
    "mlflow": "mlflow_plugin.*",
    "matplotlib": "evaluation.threshold exoplanet.* payloads.figure plot.*",
    "obstore": "store.*",
    "onnx": "exports.onnx_*",
    "onnxruntime": "exports.onnx_*",
    "pickle": "persistence.* restricted.*",
    "platformdirs": "fs.user_folders",
    # The others read and write Parquet with any library that is installed.
    "pyarrow": "api.attachment_preview payloads.table scoring.*",
    "pydantic": "serve.*",
    "scipy": "evaluation.* inference.model_input restricted.* training.* exoplanet.*",
    "skl2onnx": "exports.onnx_*",
    "skops": "persistence.skops_format",
    "sqlite3": "index.* sources.*",
    "starlette": "serve.*",
    "tornado": "lab.*",
    "uvicorn": "serve.*",
    "yaml": "exports.* mlflow_plugin.* sources.*",
}

# The classes that users call live here: each argument and result is explained.
API = ["registry.*", "persistence.model_files"]

# What the Kepler rooms may import of these rooms: their public names. Other lower rooms are free.
EXOPLANET = {
    "api": "",
    "evaluation": "evaluation.__init__",
    "panels": "panels.routed_panel",
    "registry": "registry.facade",
    "training": "training.__init__",
}

MAX_FILE_LINES = 300
MAX_MEDIAN_FILE_LINES = 150
MAX_FUNCTION_LINES = 50

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "exo_nbregistry"
TESTS = ROOT / "tests"


@pytest.fixture(scope="module")
def house() -> House:
    """Read the real package once."""
    return House(PACKAGE)


def test_every_room_has_a_line(house: House) -> None:
    """A folder without a line in the plan fails until its floor is decided."""
    assert house.unlisted(HOUSE) == []


def test_the_plan_is_small() -> None:
    """The whole plan has few enough rooms and floors to be remembered."""
    plan = rooms(HOUSE)
    assert len(plan) <= MAX_ROOMS
    assert len({room.floor for room in plan.values()}) <= MAX_FLOORS
    assert len(list(PACKAGE.glob("*.py"))) <= MAX_ROOT_MODULES


def test_the_architecture_page_shows_the_plan() -> None:
    """docs/architecture.md has the same rooms, floors and purposes, in the same order."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert list(table_rows(page).values()) == list(rooms(HOUSE).values())


def test_imports_go_down(house: House) -> None:
    """Each import, in a function or for types only too, goes to a strictly lower place."""
    assert house.climbs(HOUSE) == []


def test_no_circles(house: House) -> None:
    """No modules import each other in a circle."""
    assert house.circles() == []


def test_no_module_imports_its_own_face(house: House) -> None:
    """No module imports the __init__ of a package that it lives in."""
    assert house.own_faces() == []


def test_no_face_imports_another_face(house: House) -> None:
    """Serving, the server extension and the exoplanet package meet only in the command line."""
    faces = {"serve", "lab", "exoplanet"}
    for found in house.inside():
        here, there = (name.partition(".")[0] for name in (found.importer, found.target))
        assert there not in faces or here in {there, "cli"}, found
    assert not any(
        found.importer.startswith("cli.") and found.target.startswith("lab.")
        for found in house.inside()
    )


def test_exoplanet_adds_only_what_is_keplers(house: House) -> None:
    """General rooms do not import Kepler's, which import the public names of general rooms."""
    inside = list(house.inside())
    users = {found.importer for found in inside if found.target.startswith("exoplanet.")}
    assert {name.partition(".")[0] for name in users} <= {"exoplanet", "cli"}
    used = {found.target for found in inside if found.importer.startswith("exoplanet.")}
    assert {"evaluation.__init__", "training.__init__"} <= used
    hidden = {name for name in used if EXOPLANET.get(room_of(name), name) != name}
    assert hidden == set()


def test_libraries_stay_behind_their_fences(house: House) -> None:
    """Each fenced library is imported only by the modules made for it."""
    assert house.breaches(FENCES) == []


def test_files_are_short() -> None:
    """No file of the package is longer than the limit."""
    assert long_files(PACKAGE, MAX_FILE_LINES) == []


def test_the_median_file_is_short() -> None:
    """Half of the package's files fit on a few screens."""
    assert median(path.read_bytes().count(b"\n") for path in PACKAGE.rglob("*.py")) <= (
        MAX_MEDIAN_FILE_LINES
    )


def test_functions_are_short() -> None:
    """No function of the package has more lines of code than the limit."""
    assert long_functions(PACKAGE, MAX_FUNCTION_LINES) == []


def test_public_names_are_documented() -> None:
    """Each public function, class and method of the package has a docstring."""
    assert undocumented(PACKAGE) == []


def test_the_users_calls_explain_their_arguments(house: House) -> None:
    """Each method that users call explains every argument and what it returns."""
    modules = [name for name in house.modules if any(fnmatch(name, room) for room in API)]
    assert [text for name in modules for text in unexplained(house.path(name))] == []


def test_every_test_describes_its_behavior() -> None:
    """Each test has a docstring that is a sentence."""
    assert undescribed_tests(TESTS) == []


# The checker itself, on a small house with one planted fault at a time.

PLAN = """
1   ground  the errors
2a  store   bytes
2b  codec   JSON
3   top     the face
"""
SOUND = {
    "__init__": "",
    "ground": '"""Ground."""\n',
    "store.__init__": '"""A room."""\n\nfrom __future__ import annotations\n',
    "store.base": "from fake.ground import a\n",
    "store.local": "from fake.store import base\nfrom . import base as again\n",
    "codec.__init__": "",
    "codec.base": "import fake.ground\nimport json\nfrom fake.store import base\n",
    "top.__init__": "VALUE = 1\n",
    "top.view": "from fake.store.local import b\nfrom ..codec import base\n",
}
FAULTS = {
    "up": ("ground", "import fake.store.base\n"),
    "up in a function": ("ground", "def f():\n    from fake.store import base\n"),
    "up for types": ("ground", "if TYPE_CHECKING:\n    from fake.store.base import a\n"),
    "up relative": ("ground", "from .store import local\n"),
    "up by name": ("ground", 'importlib.import_module("fake.store.base")\n'),
    "to a higher step": ("store.base", "from fake.codec import base\n"),
}


def build(root: Path, modules: dict[str, str]) -> House:
    """Write ``modules`` under ``root`` as a package called fake, and read it."""
    for name, source in modules.items():
        path = root.joinpath("fake", *name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return House(root / "fake")


def test_a_sound_house_passes(tmp_path: Path) -> None:
    """A package that keeps the plan gives no finding, so a finding means something."""
    house = build(tmp_path, SOUND)
    assert house.unlisted(PLAN) == house.climbs(PLAN) == house.circles() == house.own_faces() == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_climb_is_named(tmp_path: Path, fault: str) -> None:
    """An import to a place that is not lower is named with its module and line."""
    room, source = FAULTS[fault]
    (finding,) = build(tmp_path, {**SOUND, room: source}).climbs(PLAN)
    assert finding.startswith(f"{room}:{source.count(chr(10))} on floor ")


def test_a_planted_circle_is_named(tmp_path: Path) -> None:
    """Two modules that import each other are a circle, also with an import in a function."""
    planted = {"store.base": "def f():\n    import fake.store.local\n"}
    (finding,) = build(tmp_path, {**SOUND, **planted}).circles()
    assert {"store.base", "store.local"} <= set(finding.split())


@pytest.mark.parametrize(
    "source",
    [
        "import fake\n",
        "from fake import ground\n",
        "from .. import VALUE\n",
        "from . import VALUE\n",
    ],
)
def test_an_import_of_the_own_face_is_named(tmp_path: Path, source: str) -> None:
    """A module that imports the __init__ above it, or beside it when that holds code, is named."""
    planted = {"__init__": "VALUE = 1\n", "top.view": source}
    (finding,) = build(tmp_path, {**SOUND, **planted}).own_faces()
    assert finding.startswith("top.view:1 imports ")


def test_an_unplaced_room_is_named(tmp_path: Path) -> None:
    """A folder without a line is named, and so is a line without a folder."""
    house = build(tmp_path, {**SOUND, "attic": "", "cellar.door": "", "top.hall.rug": ""})
    findings = house.unlisted(f"{PLAN}4  roof  nothing\n")
    assert [finding.split()[0] for finding in findings] == ["attic", "cellar", "top.hall", "roof"]


def test_the_table_of_a_page_is_read() -> None:
    """The rows of a Markdown table give the rooms of the plan that it shows."""
    page = "# Floors\n\n| floor | room | for |\n|---|---|---|\n| 2a | `store/` | bytes |\n"
    assert table_rows(page) == rooms("2a store/ bytes")


def test_a_breached_fence_is_named(tmp_path: Path) -> None:
    """A fenced library imported outside its modules is named, and nothing inside them is."""
    house = build(tmp_path, SOUND)
    assert house.breaches({"json": "codec.*"}) == []
    (finding,) = house.breaches({"json": ""})
    assert finding == "codec.base:2 imports json, which is fenced to no module"


def test_long_code_is_named(tmp_path: Path) -> None:
    """Lines of a file all count, lines of a function without its docstring and decorators."""
    source = '@cache\ndef f():\n    """One.\n\n    Two.\n    """\n    return (\n        1\n    )\n'
    build(tmp_path, {"long": source})
    assert long_files(tmp_path, 9) == long_functions(tmp_path, 4) == []
    assert long_files(tmp_path, 8) == ["fake/long.py has 9 lines, more than 8"]
    assert long_functions(tmp_path, 3) == ["fake/long.py:2 f has 4 lines, more than 3"]


@pytest.mark.parametrize("docstring", ["pass", '"""No stop"""', '"""One.\n\n    Two."""'])
def test_a_silent_test_is_named(tmp_path: Path, docstring: str) -> None:
    """A test without a docstring, or with one that is not a single sentence, is named."""
    build(tmp_path, {"sound": 'def test_a():\n    """It holds."""\n'})
    build(tmp_path, {"test_b": f"class T:\n    def test_b(self):\n        {docstring}\n"})
    assert len(undescribed_tests(tmp_path)) == 1


def test_a_bare_public_name_is_named(tmp_path: Path) -> None:
    """A public function, class or method without a docstring is named; a private one is not."""
    build(tmp_path, {"bare": "def _f(): ...\ndef f(): ...\nclass C:\n    def g(self): ...\n"})
    names = [finding.split()[1] for finding in undocumented(tmp_path)]
    assert names == ["f", "C", "g"]


def test_an_unexplained_argument_is_named(tmp_path: Path) -> None:
    """An argument or a result that the numpydoc sections leave out is named."""
    source = (
        "class C:\n    def g(self, a, *, b, **c) -> int:\n"
        '        """Do.\n\n        Parameters\n        ----------\n'
        '        a, **c : int\n            b : of no avail.\n        """\n'
    )
    build(tmp_path, {"bare": source})
    findings = [text.partition("explain ")[2] for text in unexplained(tmp_path / "fake/bare.py")]
    assert findings == ["the argument b", "what it returns"]
