"""The floor plan of the package, the fences around its libraries, and its sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import (
    House,
    long_files,
    long_functions,
    undocumented,
    unexplained,
    untold_tests,
)

# Lowest floor first. A room imports only from floors below its own. On one floor, "|" parts
# wings that never import each other, and inside a wing "<" parts steps, lowest first.
HOUSE = {
    "1 ground": "errors < option | failure | terminal < markup",
    "2a values": """
        deferred | frozen | reference < layout | plain < argument codec | digest | metric
        | environment | location < signers < signing
        """,
    "2b bytes": """
        store.base store.file store.key < store.commit store.folder < store.staged
        < store.local store.memory
        | persistence.atomic persistence.base persistence.culprit persistence.model_card
        persistence.predict
        < persistence.joblib_pickle < persistence.joblib_format persistence.skops_format
        < persistence.card persistence.formats < persistence.loading < persistence.sidecar
        < persistence.checkpoint persistence.deployment < persistence.files
        """,
    "3 domain": "parts record < metadata state",
    "4 wings": """
        artifact < attachment | dataset < fingerprint estimator | evaluation | compatibility
        | provenance | catalog | fact < card change < comparison | history | listing
        | condition < query < words | measurement | summary
        """,
    "5a records": """
        reader < journal revision | description
        | index_schema < index_file index_writer index_sql < freshness index_metric index_names
        < index
        """,
    "5b upkeep": "audit | garbage",
    "5c plots": """
        plot.canvas plot.kinds plot.value plot.view < plot.score
        < plot.calibration plot.confusion plot.curve plot.importance plot.metric
        < plot.hyperparameter plot.trials < plot.draw
        """,
    "6a facade": """
        workspace < aliasing curation exchange registration search < maintenance overview retrieval
        < plotting
        """,
    # Below the class that users open, which shows itself by them; they know it by its calls.
    "6b panels": """
        panels.base panels.progress panels.undo
        < panels.detail_part panels.comparison panels.work panels.action_plan panels.detail_plot
        < panels.action_flow
        < panels.action_alias panels.action_curation panels.action_export < panels.action
        panels.detail
        < panels.hearing panels.moment panels.sparkline < panels.page < panels.column
        < panels.table
        < panels.asking panels.opening panels.ordering panels.pager panels.picker
        < panels.browsing < panels.browser
        < showing
        """,
    "6c facade": "registry",
    "7 exoplanet": """
        exoplanet.holdout exoplanet.measure < exoplanet.bootstrap exoplanet.results
        exoplanet.sigmoid < exoplanet.paired < exoplanet.evaluator
        <
        exoplanet.columns exoplanet.download exoplanet.features exoplanet.figure exoplanet.follow
        exoplanet.keeping exoplanet.koi_csv exoplanet.pipeline exoplanet.space exoplanet.split
        exoplanet.stopping exoplanet.table_cache exoplanet.threshold
        < exoplanet.base exoplanet.evidence exoplanet.fitting exoplanet.judged exoplanet.koi
        exoplanet.run
        < exoplanet.transit < exoplanet.candidates_export exoplanet.candidates_view
        < exoplanet.candidates_panel < exoplanet.candidates
        < exoplanet.archive exoplanet.classifiers exoplanet.ensemble exoplanet.followup
        exoplanet.handover exoplanet.retraining exoplanet.trials < exoplanet.trial_watch
        < exoplanet.report exoplanet.trainer exoplanet.tuning exoplanet.vetting
        < exoplanet.demo exoplanet.__init__
        """,
    "8a serve": """
        serve.limits serve.problems serve.table_errors
        < serve.auth serve.body_limit serve.json_route serve.table_check
        < serve.inference < serve.csv_format serve.live_service serve.responses serve.__init__
        < serve.schemas < serve.served < serve.error_handlers < serve.version_app
        < serve.app < serve.server
        """,
    "8b faces": """
        cli.registry cli.table < cli.view < cli.alias cli.curation cli.demo cli.exchange
        cli.maintenance cli.reading cli.serve cli.trust < cli.app < cli.__init__
        """,
    "8c server": """
        server.fault server.finding server.settings server.view
        < server.catalogue < server.ask < server.picture < server.reading server.writing
        < server.page
        < server.handlers < server.extension < server.__init__
        """,
    "9 door": "__init__ | __main__",
}

# Which modules may import a library; nothing after the colon means none may.
FENCES = {
    "IPython": "provenance panels.work",  # it asks for the cell; it shows before a cell ends
    "click": "cli.*",
    "cryptography": "signing",
    "fastapi": "serve.*",
    "ipywidgets": "panels.* exoplanet.candidates_* plot.view",
    "joblib": "evaluation persistence.* exoplanet.*",
    "jupyter_server": "server.*",
    "matplotlib": "exoplanet.* plot.*",
    "pickle": "persistence.*",
    "platformdirs": "location",
    "pydantic": "serve.*",
    "scipy": "exoplanet.*",
    "skops": "persistence.skops_format",
    "sqlite3": "index index_* freshness",
    "starlette": "serve.*",
    "tornado": "server.*",
    "uvicorn": "serve.*",
}

# The classes that users call live here: each argument and result is explained.
API = [*HOUSE["6a facade"].replace("<", " ").split(), "registry", "persistence.files"]

MOST_FILE_LINES = 300
MOST_FUNCTION_LINES = 50

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "exo_nbregistry"
TESTS = ROOT / "tests"


@pytest.fixture(scope="module")
def house() -> House:
    """Read the real package once."""
    return House(PACKAGE)


def test_every_module_has_a_floor(house: House) -> None:
    """A module that the table does not place fails until somebody decides where it stands."""
    assert house.unlisted(HOUSE) == []


def test_imports_go_down(house: House) -> None:
    """Each import, in a function or for types only too, goes to a strictly lower place."""
    assert house.climbs(HOUSE) == []


def test_no_circles(house: House) -> None:
    """No modules import each other in a circle."""
    assert house.circles() == []


def test_no_module_imports_its_own_face(house: House) -> None:
    """No module imports the __init__ of a package that it lives in."""
    assert house.own_faces() == []


def test_only_its_command_imports_the_server(house: House) -> None:
    """Nothing but the serving wing itself and its command imports from it."""
    inside = [found for found in house.inside() if found.target.startswith("serve.")]
    assert {found.importer.partition(".")[0] for found in inside} == {"serve", "cli"}
    assert {found.importer for found in inside if found.importer.startswith("cli.")} == {
        "cli.serve"
    }


def test_the_extension_and_the_other_faces_stand_apart(house: House) -> None:
    """Nothing imports the server extension, and it imports no other face."""
    faces = {"cli", "serve", "server"}
    for found in house.inside():
        rooms = {found.importer.partition(".")[0], found.target.partition(".")[0]}
        assert "server" not in rooms or len(rooms & faces) == len(rooms & {"server"}), found
        assert found.target.partition(".")[0] != "server" or rooms == {"server"}, found


def test_libraries_stay_behind_their_fences(house: House) -> None:
    """Each fenced library is imported only by the modules made for it."""
    assert house.breaches(FENCES) == []


def test_files_are_short() -> None:
    """No file of the package is longer than the limit."""
    assert long_files(PACKAGE, MOST_FILE_LINES) == []


def test_functions_are_short() -> None:
    """No function of the package has more lines of code than the limit."""
    assert long_functions(PACKAGE, MOST_FUNCTION_LINES) == []


def test_public_names_are_documented() -> None:
    """Each public function, class and method of the package has a docstring."""
    assert undocumented(PACKAGE) == []


@pytest.mark.parametrize("module", API)
def test_the_users_calls_explain_their_arguments(house: House, module: str) -> None:
    """Each method that users call explains every argument and what it returns."""
    assert module not in house.rooms or unexplained(house.path(module)) == []


def test_every_test_says_its_behaviour() -> None:
    """Each test has a docstring that is a sentence."""
    assert untold_tests(TESTS) == []


# The checker itself, on a small house with one planted fault at a time.

PLAN = {"1": "ground", "2": "store.base < store.local | codec.base", "3": "top.__init__ top.view"}
SOUND = {
    "__init__": "",
    "ground": '"""Ground."""\n',
    "store.__init__": '"""A wing."""\n\nfrom __future__ import annotations\n',
    "store.base": "from fake.ground import a\n",
    "store.local": "from fake.store import base\nfrom . import base as again\n",
    "codec.__init__": "",
    "codec.base": "import fake.ground\nimport json\n",
    "top.__init__": "VALUE = 1\n",
    "top.view": "from fake.store.local import b\nfrom ..codec import base\n",
}
FAULTS = {
    "up": ("ground", "import fake.store.base\n"),
    "up in a function": ("ground", "def f():\n    from fake.store import base\n"),
    "up for types": ("ground", "if TYPE_CHECKING:\n    from fake.store.base import a\n"),
    "up relative": ("ground", "from .store import local\n"),
    "up by name": ("ground", 'importlib.import_module("fake.store.base")\n'),
    "across wings": ("store.base", "from fake.codec import base\n"),
    "back in a wing": ("store.base", "from fake.store.local import a\n"),
    "beside": ("ground", "from fake.ground import a\n"),
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
    """Two modules that import each other are a circle, wherever the imports stand."""
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


def test_an_unplaced_module_is_named(tmp_path: Path) -> None:
    """A module without a floor is named, and so is a package file that holds code."""
    house = build(tmp_path, {**SOUND, "attic": "", "store.__init__": "VALUE = 1\n"})
    assert [finding.split()[0] for finding in house.unlisted(PLAN)] == ["attic", "store.__init__"]


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
    assert len(untold_tests(tmp_path)) == 1


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
