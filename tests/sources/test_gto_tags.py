"""The meaning of tags of gto, compared with gto itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import gto.api
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.sources.git_objects import GitObjects, TagRef
from exo_nbregistry.sources.gto_tags import GtoHistory, GtoTag, in_order, parse_tag, read_history
from tests.git_repository import git
from tests.gto_store import commit, make_repository, tag_at

AT = 1_700_000_000


def made(name: str, at: int = AT, commit: str = "c" * 40) -> GtoTag:
    """Return a parsed tag."""
    tag = parse_tag(TagRef(name, commit, "Ada", "ada@mars", str(at), ""))
    assert tag is not None
    return tag


@given(st.text("rf@#!v1.0-=/deprcat", max_size=30))
def test_the_same_names_are_tags_of_gto_as_for_gto(name: str) -> None:
    """A name is parsed if and only if gto parses it, into the same parts."""
    theirs = gto.api.parse_tag(name) if gto_parses(name) else None
    ours = parse_tag(TagRef(name, "", "", "", "", ""))
    assert (ours is None) == (theirs is None)
    if ours and theirs:
        parts = (theirs["name"], theirs.get("version"), theirs.get("stage"), theirs.get("counter"))
        assert (ours.artifact, ours.version, ours.stage, ours.counter) == parts


def gto_parses(name: str) -> bool:
    """Return whether gto parses a name."""
    from gto.tag import parse_name

    return bool(parse_name(name, raise_on_fail=False))


@pytest.mark.parametrize(
    "name", ["v1.0.0", "rf@1.0.0", "rf@v1.0", "rf#prod#", "@v1.0.0", "rf@v1.0.0!!", "rf#prod!#x"]
)
def test_other_tags_are_left_alone(name: str) -> None:
    """A tag of a release and a damaged tag of gto are not tags of gto."""
    assert parse_tag(TagRef(name, "", "", "", "", "")) is None


def test_counters_are_stronger_than_clocks() -> None:
    """A machine with a late clock does not change the order of tags with a counter."""
    tags = [made("rf#prod#3", AT), made("rf#prod#1", AT + 5), made("rf#prod#2", AT + 99)]
    plain = [made("rf@v1.0.0", AT + 5), made("rf@v1.1.0", AT + 99)]
    names = [tag.tag.name for tag in in_order([*tags, *plain])]
    assert names == ["rf@v1.0.0", "rf#prod#1", "rf@v1.1.0", "rf#prod#2", "rf#prod#3"]


def test_a_time_outside_the_calendar_is_left_out() -> None:
    """A tag with an impossible time is read without one."""
    assert made("rf@v1.0.0", 10**18).at is None


KINDS = ["rf@v1.0.{n}", "rf@v1.0.{n}!", "rf#prod", "rf#prod!", "rf#dev", "rf#dev!"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with three commits."""
    folder = make_repository(tmp_path_factory.mktemp("gto") / "repository")
    for number in range(3):
        commit(folder, {"rf.txt": str(number)})
    return folder


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
@settings(max_examples=10)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2)), min_size=1, max_size=8))
def test_stages_are_those_that_gto_shows(repository: Path, steps: list[tuple[str, int]]) -> None:
    """After any tags, each stage has the version that gto shows in it."""
    # Of a commit that was not registered, gto 1.10 does not notice that it left a stage.
    steps = [*((KINDS[0], n) for n in range(3)), *steps]
    for name in git(repository, "tag").split():
        git(repository, "tag", "-d", name)
    for counter, (kind, n) in enumerate(steps, 1):
        tag_at(repository, f"{kind.format(n=n)}#{counter}", AT + 10 * counter, f"HEAD~{n}")
    tags = [tag for tag in map(parse_tag, GitObjects(repository).tags()) if tag]
    history = read_history(tags)
    assert shown_by_us(history) == shown_by_gto(repository)
    last = {move.alias: move.source_id for move in history.moves}
    assert {alias: at for alias, at in last.items() if at} == history.stages


def shown_by_us(history: GtoHistory) -> dict[str, str]:
    """Return the version or commit of each stage."""
    return {
        stage: version.name or version.commit
        for stage, source_id in history.stages.items()
        for version in history.versions
        if version.source_id == source_id
    }


def shown_by_gto(repository: Path) -> dict[str, str]:
    """Return the version or commit of each stage as gto shows it."""
    stages = gto.api.show(repository).get("rf", {}).get("stage", {})
    return {stage: version for stage, version in stages.items() if version}
