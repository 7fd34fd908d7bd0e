"""Tags of gto: versions, and the stages that they were in over time.

Source: the tags of gto 1.10 (``gto/constants.py`` and ``gto/base.py`` of
https://github.com/iterative/gto): ``name@v1.2.0`` registers, ``name@v1.2.0!`` removes the
registration, ``name#stage#4`` assigns a stage, ``name#stage!#5`` removes it again,
``name@deprecated#6`` deprecates. The last number counts the tags of an artifact.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from exo_nbregistry.sources.found import AliasMove
from exo_nbregistry.sources.git_objects import TagRef

_NAME = "[a-zA-Z0-9](?:[a-zA-Z0-9/_-]*[a-zA-Z0-9])?"
_TAG = re.compile(
    rf"(?P<artifact>(?:[\w./-]+=)?{_NAME})"
    rf"(?:(?:#(?P<stage>{_NAME})|@(?P<version>v\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?))(?P<undo>!?)"
    r"|@(?P<word>deprecated|created))"
    r"(?:#(?P<counter>\d{1,15}))?",
    re.ASCII,
)
_DEFAULT_MESSAGE = re.compile(r"(?:Registering|Assigning|Unassigning|Deregistering) ")
COMMIT_CHARACTERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GtoTag:
    """A tag of gto.

    Attributes
    ----------
    tag : TagRef
        The tag in git.
    artifact : str
        Name of the artifact; the folder of its ``dvc.yaml`` comes first, with a colon.
    version, stage : str or None
        The version such as ``v1.2.0``, or the stage.
    undo : bool
        Whether it removes the registration or the stage.
    deprecated : bool
        Whether it deprecates the artifact.
    counter : int or None
        Its number among the tags of the artifact.
    at : datetime or None
        Its time, in UTC.
    """

    tag: TagRef
    artifact: str
    version: str | None
    stage: str | None
    undo: bool
    deprecated: bool
    counter: int | None
    at: datetime | None


@dataclass(slots=True, kw_only=True)
class GtoVersion:
    """A version of an artifact: a commit, registered under a number or only in a stage.

    Attributes
    ----------
    source_id : str
        Such as ``gto:rf:v1.2.0:0123456789ab``.
    name : str or None
        Such as ``v1.2.0``; None if it was not registered.
    tag : GtoTag
        The first tag of the version.
    deregistered_at : datetime or None
        When its registration was removed.
    active : bool
        Whether it is registered now.
    """

    source_id: str
    name: str | None
    tag: GtoTag
    deregistered_at: datetime | None = None
    active: bool = True

    @property
    def commit(self) -> str:
        """The commit."""
        return self.tag.tag.commit


@dataclass(slots=True)
class GtoHistory:
    """Versions and stages of an artifact.

    Attributes
    ----------
    versions : list of GtoVersion
        In the order of their first tags.
    moves : list of AliasMove
        Changes of the version that gto shows in a stage, oldest first.
    stages : dict of str to str
        Version of each stage now, by its source_id.
    deprecated_at : datetime or None
        When the artifact was deprecated.
    """

    versions: list[GtoVersion] = field(default_factory=list)
    moves: list[AliasMove] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    deprecated_at: datetime | None = None


def parse_tag(tag: TagRef) -> GtoTag | None:
    """Return the meaning of a tag of gto, or None for another tag.

    Examples
    --------
    >>> tag = parse_tag(TagRef("rf#prod!#5", "c0ffee", "Ada", "ada@mars", "1700000000", ""))
    >>> tag.artifact, tag.stage, tag.undo, tag.counter, tag.at.year
    ('rf', 'prod', True, 5, 2023)
    >>> parse_tag(TagRef("v1.0.0", "c0ffee", "Ada", "ada@mars", "1700000000", "")) is None
    True
    """
    match = _TAG.fullmatch(tag.name)
    if match is None:
        return None
    at = None
    with contextlib.suppress(ValueError, OverflowError, OSError):
        at = datetime.fromtimestamp(int(tag.date), UTC)
    return GtoTag(
        tag=tag,
        artifact=match["artifact"].replace("=", ":"),
        version=match["version"],
        stage=match["stage"],
        undo=match["undo"] == "!",
        deprecated=match["word"] == "deprecated",
        counter=int(match["counter"]) if match["counter"] else None,
        at=at,
    )


def own_message(tag: TagRef) -> str:
    """Return the message of a tag, or an empty text if gto wrote it."""
    return "" if _DEFAULT_MESSAGE.match(tag.subject) else tag.subject


def in_order(tags: Iterable[GtoTag]) -> list[GtoTag]:
    """Return the tags of an artifact, oldest first.

    Counters are exact, and times have seconds and the clocks of several machines: tags with a
    counter are in the order of their counters, and those without one are placed by their time.
    """
    listed = sorted(tags, key=lambda tag: (tag.counter or 0, _seconds(tag), tag.tag.name))
    latest, keys = 0.0, {}
    for tag in listed:
        if tag.counter is not None:
            latest = max(latest, _seconds(tag))
        moment = _seconds(tag) if tag.counter is None else latest
        # Of the same second, gto registers before it assigns, and undoes last.
        keys[tag.tag.name] = (moment, tag.counter or 0, tag.stage is not None, tag.undo)
    return sorted(listed, key=lambda tag: keys[tag.tag.name])


def _seconds(tag: GtoTag) -> float:
    return tag.at.timestamp() if tag.at else 0.0


def read_history(tags: Iterable[GtoTag]) -> GtoHistory:
    """Return the versions and the stages of one artifact.

    A stage shows the version that was assigned last, of those that are registered and were not
    removed from the stage. So an alias moves back when gto shows an earlier version again.
    """
    replay = _Replay()
    ordered = in_order(tags)
    # A tag of a stage names a commit. Its version may have been registered by another clock.
    for tag in ordered:
        if tag.version is not None:
            replay.add_version(tag)
    for tag in ordered:
        replay.apply(tag)
    history = replay.history
    first = {id(tag): position for position, tag in enumerate(ordered)}
    history.versions.sort(key=lambda version: first[id(version.tag)])
    return history


class _Replay:
    """The state of an artifact, tag by tag."""

    def __init__(self) -> None:
        self.history = GtoHistory()
        self._versions: dict[str, GtoVersion] = {}
        self._at_commit: dict[str, GtoVersion] = {}
        # By stage: the ids of the versions in it, in the order of their last assignments.
        self._assigned: dict[str, dict[str, None]] = {}

    def add_version(self, tag: GtoTag) -> GtoVersion:
        source_id = _source_id(tag)
        if source_id not in self._versions:
            active = tag.version is None or not tag.undo
            version = GtoVersion(source_id=source_id, name=tag.version, tag=tag, active=active)
            self._versions[source_id] = self._at_commit[tag.tag.commit] = version
            self.history.versions.append(version)
        return self._versions[source_id]

    def apply(self, tag: GtoTag) -> None:
        if tag.deprecated:
            self.history.deprecated_at = tag.at
        elif tag.stage is not None:
            self._assign(tag, tag.stage)
            self._move(tag.stage, tag)
        elif tag.version is not None:
            version = self._versions[_source_id(tag)]
            version.active = not tag.undo
            version.deregistered_at = tag.at if tag.undo else None
            for stage, assigned in self._assigned.items():
                if version.source_id in assigned:
                    self._move(stage, tag)

    def _assign(self, tag: GtoTag, stage: str) -> None:
        version = self._at_commit.get(tag.tag.commit) or self.add_version(tag)
        assigned = self._assigned.setdefault(stage, {})
        assigned.pop(version.source_id, None)
        if not tag.undo:
            assigned[version.source_id] = None

    def _move(self, stage: str, tag: GtoTag) -> None:
        assigned = reversed(self._assigned[stage])
        shown = next((found for found in assigned if self._versions[found].active), None)
        if shown == self.history.stages.get(stage):
            return
        by = tag.tag.author
        self.history.moves.append(AliasMove(alias=stage, source_id=shown, at=tag.at, by=by))
        if shown is None:
            del self.history.stages[stage]
        else:
            self.history.stages[stage] = shown


def _source_id(tag: GtoTag) -> str:
    commit = tag.tag.commit[:COMMIT_CHARACTERS]
    return ":".join(["gto", tag.artifact, *([tag.version] if tag.version else []), commit])
