"""The demo's report."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.demo.report import write_report
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry
from tests.exoplanet.conftest import Ran

VOID = {"meta", "img", "source", "br"}


class Page(HTMLParser):
    """The words and URLs of a page, whose elements must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record an element and its URLs."""
        self.tags.append(tag)
        self.loads += [str(v) for name, v in attrs if name in ("src", "srcset", "href", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Record the words."""
        self.words += data.split()


@pytest.fixture(scope="module")
def page(ran: Ran) -> Page:
    """Read the demo's report."""
    return Page(ran.report.read_text(encoding="utf-8"))


def write(
    path: Path,
    ran: Ran,
    *,
    champion: dict[str, object] | None = None,
    candidates: pd.DataFrame | None = None,
) -> Page:
    """Write a report on the demo's versions, with modified metadata."""
    opened = ModelRegistry(ran.registry)
    versions = list(opened.list_models())
    chosen = opened.get_metadata(ran.demo.champion)
    table = (
        pd.DataFrame({"calibrated_probability": [0.95]}, index=["K1"])
        if candidates is None
        else candidates
    )
    write_report(
        path,
        versions,
        {version.model_id: opened.load_evaluation(version.model_id) for version in versions},
        dataclasses.replace(chosen, **(champion or {})),
        table,
        registry="registry",
        data="data & more",
    )
    return Page(path.read_text(encoding="utf-8"))


def test_a_page_is_well_formed(page: Page) -> None:
    """Every element is closed, and the page has a title and headings."""
    assert page.open == []
    assert {"title", "h1", "h2", "table", "picture", "pre"} <= set(page.tags)


def test_a_report_is_self_contained(page: Page, ran: Ran) -> None:
    """Figures are embedded, there is no script, and a policy forbids external content."""
    assert len(page.loads) == 4
    assert all(address.startswith("data:image/png;base64,") for address in page.loads)
    assert not {"script", "iframe", "link", "object"} & set(page.tags)
    assert "default-src 'none'" in ran.report.read_text(encoding="utf-8")


def test_a_report_has_every_version_and_candidate(page: Page, ran: Ran) -> None:
    """The report names the three versions and exactly the candidates above the threshold."""
    assert set(ran.demo.model_ids.values()) <= set(page.words)
    assert set(ran.demo.model_ids) <= set(page.words)
    candidates = set(load_koi().candidates.index)
    named = [word for word in page.words if word in candidates]
    assert named == list(ran.demo.scoring.flagged)


@pytest.mark.usefixtures("at_home")
def test_a_report_has_the_metadata_of_the_champion(page: Page, ran: Ran) -> None:
    """The report has the digest, signer and metrics of the champion."""
    champion: ModelMetadata = ModelRegistry(ran.registry).get_metadata(ran.demo.champion)
    assert champion.artifact is not None
    assert {champion.artifact.sha256, champion.signer} <= set(page.words)
    assert f"{champion.metrics['roc_auc']:.4f}" in page.words


@pytest.mark.usefixtures("at_home")
def test_the_champion_and_the_best_values_are_marked(ran: Ran) -> None:
    """One row and the best value of each column are marked; for a loss this is the lowest."""
    text = ran.report.read_text(encoding="utf-8")
    (row,) = re.findall(r"<tr class='champion'>(.*?)</tr>", text)
    assert ran.demo.champion in row
    losses = [version.metrics["log_loss"] for version in ModelRegistry(ran.registry).list_models()]
    assert f"<td class='best'>{min(losses):.4f}</td>" in text
    assert f"<td class='best'>{max(losses):.4f}</td>" not in text


@pytest.mark.usefixtures("at_home")
def test_text_of_the_registry_is_escaped(ran: Ran, tmp_path: Path) -> None:
    """A name with markup is shown as text."""
    page = write(tmp_path / "r.html", ran, champion={"training_dataset": "<script>x()</script>"})
    assert "script" not in page.tags
    assert "<script>x()</script>" in page.words


@pytest.mark.usefixtures("at_home")
def test_a_missing_measurement_is_a_dash(ran: Ran, tmp_path: Path) -> None:
    """A candidate without a radius is listed with a dash."""
    candidates = pd.DataFrame(
        {"calibrated_probability": [0.95], "koi_prad": [np.nan], "koi_period": [3.0]},
        index=["K00001.01"],
    )
    words = write(tmp_path / "r.html", ran, candidates=candidates).words
    at = words.index("K00001.01")
    assert words[at : at + 4] == ["K00001.01", "0.950", "3.00", "-"]


@pytest.mark.usefixtures("at_home")
def test_a_report_is_reproducible(ran: Ran, tmp_path: Path) -> None:
    """The same versions give the same bytes."""
    for name in ("one.html", "two.html"):
        write(tmp_path / name, ran)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


@pytest.mark.usefixtures("at_home")
def test_unusual_values_are_listed(tmp_path: Path, ran: Ran) -> None:
    """The list of candidates shows what is unusual, as escaped text."""
    candidates = pd.DataFrame(
        {"calibrated_probability": [0.95], "look": ["depth > 3 %"]}, index=["K1"]
    )
    page = write(tmp_path / "report.html", ran, candidates=candidates)
    assert "depth > 3 %" in " ".join(page.words)
    assert "<td>depth &gt; 3 %</td>" in (tmp_path / "report.html").read_text(encoding="utf-8")
