"""Names of model files, such as ``rf_v3_2024.joblib``, as a model with a version and a date."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from exo_nbregistry.sources.metric_names import metric_name

_TYPES = r"\.(?:joblib|pkl|pickle|skops)"
_MODEL_FILE = re.compile(rf"(?i){_TYPES}(?:\.(?:gz|z|bz2|xz|lzma|lz4))?$")

# Names of kinds of models and of their folders, which do not name a model.
_GENERIC_WORDS = """
    artifact artifacts checkpoint checkpoints classifier clf ckpt dump estimator export exports
    file files joblib ml model models out output outputs pickle pickles pipe pipeline pkl
    registry result results saved
    """
_EARLIER_WORDS = "bak backup old older prev previous"
_LATER_WORDS = "best current final finished last latest new newest prod production"
_OTHER_WORDS = "draft fitted temp tmp trained wip"
GENERIC = frozenset(_GENERIC_WORDS.split())
_EARLIER, _LATER = frozenset(_EARLIER_WORDS.split()), frozenset(_LATER_WORDS.split())
_QUALIFIERS = _EARLIER | _LATER | frozenset(_OTHER_WORDS.split())

_START, _END = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_YEAR, _MONTH, _DAY = r"(199\d|20[0-3]\d)", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[t_\- ]?([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?z?)?"


@dataclass(slots=True)
class NameParts:
    """The parts of a name of a file or of a folder.

    Attributes
    ----------
    stem : str
        The name of the model; can be empty.
    version : tuple of int
        The explicit version, such as (3,) of ``v3``; empty if the name does not have one.
    date : datetime or None
        The date in the name, in UTC.
    copy : int
        Number of a copy, such as 1 of ``svm (1)`` and 2 of ``model_final2``; 0 for the original.
    qualifiers : tuple of str
        Words such as ``final``, in their order.
    metrics : dict of str to float
        Metrics with their names, such as ``acc0.93``.
    facts : dict of str to int or float
        A number without a name as ``score``, and numbers such as ``epoch`` and ``fold``.
    """

    stem: str
    version: tuple[int, ...] = ()
    date: datetime | None = None
    copy: int = 0
    qualifiers: tuple[str, ...] = ()
    metrics: dict[str, float] = field(default_factory=dict)
    facts: dict[str, int | float] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """-1 for an ``old`` file, 1 for a ``final`` file, and otherwise 0."""
        words = set(self.qualifiers)
        return (1 if words & _LATER else 0) - (1 if words & _EARLIER else 0)


def is_model_file(name: str) -> bool:
    """Return whether a file has the name of a model file.

    Examples
    --------
    >>> is_model_file("rf.joblib"), is_model_file("rf.pkl.gz"), is_model_file("rf.csv")
    (True, True, False)
    """
    return bool(_MODEL_FILE.search(name))


def bare_name(name: str) -> str:
    """Return the name of a model file without its extensions.

    Examples
    --------
    >>> bare_name("best_model_0.93.joblib"), bare_name("rf.pkl.gz")
    ('best_model_0.93', 'rf')
    """
    return _MODEL_FILE.sub("", name)


def parse_name(name: str) -> NameParts:
    """Return the parts of a name without its extensions.

    Parameters
    ----------
    name : str
        Name of a file without its extensions, or of a folder.

    Returns
    -------
    NameParts
        The parts.

    Examples
    --------
    >>> parts = parse_name("rf_v3_2024")
    >>> parts.stem, parts.version, parts.date.year
    ('rf', (3,), 2024)
    >>> parse_name("best_model_0.93").facts
    {'score': 0.93}
    >>> parse_name("model_final2").qualifiers
    ('final',)
    """
    parts = NameParts(name)
    before = None
    # A removed part can join two others to a new one.
    while parts.stem != before:
        before = parts.stem
        for pattern, take in _RULES:
            parts.stem = pattern.sub(partial(_replacement, parts, take), parts.stem)
        parts.stem = _SEPARATORS.sub(r"\1", parts.stem).strip(_EDGES)
    return parts


_Taker = Callable[[NameParts, Sequence[str]], str | None]


def _replacement(parts: NameParts, take: _Taker, match: re.Match[str]) -> str:
    """Return the text that replaces a part, which is a separator if its meaning was accepted."""
    kept = take(parts, [(group or "").lower() for group in match.groups()])
    return match[0] if kept is None else f"{match[0][: len(kept)]}_"


def _take_copy(parts: NameParts, groups: Sequence[str]) -> str:
    parts.copy = max(parts.copy, int(groups[0] or groups[1] or 1))
    return ""


def _take_date(parts: NameParts, groups: Sequence[str]) -> str | None:
    numbers = [int(group) for group in groups if group]
    year, month, day, hour, minute, second = (*numbers, *(1, 1, 1, 0, 0, 0)[len(numbers) :])
    try:
        date = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    parts.date = parts.date or date
    return ""


def _take_timestamp(parts: NameParts, groups: Sequence[str]) -> str:
    parts.date = parts.date or datetime.fromtimestamp(int(groups[0]), UTC)
    return ""


def _take_measure(parts: NameParts, groups: Sequence[str]) -> str | None:
    # The words before a metric belong to the model: rf_test_acc_0.93.
    words = groups[0].rstrip("_").split("_")
    for first in range(len(words)):
        name = metric_name("_".join(words[first:]))
        if name is not None:
            parts.metrics.setdefault(name, float(groups[1]))
            return "_".join(words[:first])
    return None


def _take_score(parts: NameParts, groups: Sequence[str]) -> str:
    parts.facts.setdefault("score", float(groups[0]))
    return ""


def _take_step(parts: NameParts, groups: Sequence[str]) -> str:
    parts.facts.setdefault(groups[0], int(groups[1]))
    return ""


def _take_version(parts: NameParts, groups: Sequence[str]) -> str | None:
    if parts.version:
        return None
    parts.version = tuple(map(int, re.split(r"[._]", groups[0])))
    return ""


def _take_qualifier(parts: NameParts, groups: Sequence[str]) -> str:
    parts.qualifiers = (*parts.qualifiers, groups[0])
    parts.copy = max(parts.copy, int(groups[1] or 0))
    return ""


def _take_kind(parts: NameParts, groups: Sequence[str]) -> str:
    parts.copy = max(parts.copy, int(groups[1]))
    return groups[0]


def _rule(pattern: str, take: _Taker) -> tuple[re.Pattern[str], _Taker]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE), take


_EDGES = "-_. ()[]+=,"
_SEPARATORS = re.compile(r"([-_. ])[-_. ]+")
_RULES = (
    _rule(r"\s*\((\d{1,3})\)()", _take_copy),
    _rule(rf"{_START}copy(?:[-_. ]of)?()(?:[-_ ]?\(?(\d{{1,3}})\)?)?{_END}", _take_copy),
    _rule(rf"(?<!\d){_YEAR}[-_.]?{_MONTH}[-_.]?{_DAY}{_CLOCK}(?!\d)", _take_date),
    _rule(rf"{_START}{_YEAR}[-_.]{_MONTH}(?![\d.])", _take_date),
    _rule(rf"{_START}{_YEAR}(?![a-z0-9.])", _take_date),
    _rule(r"(?<!\d)(1\d{9})(?:\.\d+)?(?!\d)", _take_timestamp),
    _rule(rf"{_START}([a-z][a-z0-9_]*)[-_= ]?([01]\.\d+)(?![\da-z]|\.\d)", _take_measure),
    _rule(r"(?<![a-z0-9.])(0\.\d+)(?![\da-z]|\.\d)", _take_score),
    _rule(
        rf"{_START}(epoch|fold|iter|iteration|seed|step|trial)[-_= ]?(\d{{1,9}}){_END}", _take_step
    ),
    _rule(
        rf"{_START}v(?:er(?:sion)?)?[-_. ]?(\d{{1,9}}(?:\.\d{{1,9}}|_\d{{1,3}}){{0,2}}){_END}",
        _take_version,
    ),
    _rule(rf"{_START}({'|'.join(sorted(_QUALIFIERS))})(\d{{0,3}}){_END}", _take_qualifier),
    _rule(rf"{_START}({'|'.join(sorted(GENERIC))})(\d{{1,3}})$", _take_kind),
    _rule(r"(?:^|(?<=[-_. ]))(\d{1,9}(?:\.\d{1,9}){0,2})$", _take_version),
)
