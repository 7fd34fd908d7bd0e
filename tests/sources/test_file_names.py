"""Names of model files as models with versions and dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exo_nbregistry.sources.file_names import bare_name, is_model_file, parse_name


@pytest.mark.parametrize(
    ("name", "stem", "version", "date"),
    [
        ("rf_v3_2024.joblib", "rf", (3,), (2024, 1, 1)),
        ("kepler-rf-2024-03-01.pkl", "kepler-rf", (), (2024, 3, 1)),
        ("model_final2.pkl", "model", (), None),
        ("svm (1).pkl", "svm", (), None),
        ("best_model_0.93.joblib", "model", (), None),
        ("Kepler_RF_V2.PKL", "Kepler_RF", (2,), None),
        ("rf_1.0.pkl", "rf", (1, 0), None),
        ("rf-0.2.0.pkl", "rf", (0, 2, 0), None),
        ("rf_v1_2.pkl", "rf", (1, 2), None),
        ("rf_100_3.pkl", "rf_100", (3,), None),
        ("rf_100_v3.pkl", "rf_100", (3,), None),
        ("version_7-rf.pickle", "rf", (7,), None),
        ("20240301_123000_svm.pkl", "svm", (), (2024, 3, 1, 12, 30)),
        ("svm_2024-03-01T12-30-05.pkl", "svm", (), (2024, 3, 1, 12, 30, 5)),
        ("svm_2024_03.pkl", "svm", (), (2024, 3, 1)),
        ("svm_1712345678.pkl", "svm", (), (2024, 4, 5, 19, 34, 38)),
        ("svm_2024-02-31.pkl", "svm", (31,), (2024, 2, 1)),
        ("model - Copy (2).pkl", "model", (), None),
        ("model2.pkl", "model", (), None),
        ("resnet50.pkl", "resnet50", (), None),
        ("rf_fold3.pkl", "rf", (), None),
        ("v1.2.3.pkl", "", (1, 2, 3), None),
        ("final.pkl", "", (), None),
        ("rf_new.pkl.gz", "rf", (), None),
        ("threshold_oldest.pkl", "threshold_oldest", (), None),
        ("星_v2.pkl", "星", (2,), None),
    ],
)
def test_a_name_has_a_stem_a_version_and_a_date(
    name: str, stem: str, version: tuple[int, ...], date: tuple[int, ...] | None
) -> None:
    """The parts of usual names are found."""
    parts = parse_name(bare_name(name))
    assert (parts.stem, parts.version) == (stem, version)
    assert parts.date == (None if date is None else datetime(*date, tzinfo=UTC))  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("name", "qualifiers", "copy", "rank"),
    [
        ("model_final2", ("final",), 2, 1),
        ("svm (1)", (), 1, 0),
        ("svm - Copy", (), 1, 0),
        ("svm copy 3", (), 3, 0),
        ("Copy of svm", (), 1, 0),
        ("rf_old", ("old",), 0, -1),
        ("best_old_rf", ("best", "old"), 0, 0),
    ],
)
def test_a_name_has_qualifiers(
    name: str, qualifiers: tuple[str, ...], copy: int, rank: int
) -> None:
    """Words such as final, and numbers of copies, are not part of the stem."""
    parts = parse_name(name)
    assert (parts.qualifiers, parts.copy, parts.rank) == (qualifiers, copy, rank)


@pytest.mark.parametrize(
    ("name", "metrics", "facts"),
    [
        ("best_model_0.93", {}, {"score": 0.93}),
        ("rf_acc0.93", {"accuracy": 0.93}, {}),
        ("rf_test_f1_0.9_epoch12", {"test_f1_score": 0.9}, {"epoch": 12}),
        ("rf_roc_auc=0.812", {"roc_auc": 0.812}, {}),
        ("alpha_0.5_seed42", {}, {"score": 0.5, "seed": 42}),
    ],
)
def test_a_name_has_numbers(name: str, metrics: dict[str, float], facts: dict[str, float]) -> None:
    """A number with the name of a metric is a metric; others are facts."""
    parts = parse_name(name)
    assert (parts.metrics, parts.facts) == (metrics, facts)


def test_only_model_files_have_model_names() -> None:
    """The extensions of pickle, joblib and skops count, also before that of a compression."""
    names = ["a.pkl", "A.PICKLE", "a.joblib.xz", "a.skops", "a.csv", "pkl", "a.pkl.txt"]
    assert [is_model_file(name) for name in names] == [True] * 4 + [False] * 3


PARTS = """
    rf svm model final best old v1 v2 v10 v1.2 1.0 0.93 2024 2024-03-01 20240301 3 12 (1) copy
    Copy acc0.9 f1 epoch3 fold new kepler x2 résumé
    """
WORDS = st.sampled_from(PARTS.split())
NAMES = st.one_of(
    st.text(max_size=40),
    st.lists(st.tuples(WORDS, st.sampled_from("-_. ")), max_size=6).map(
        lambda parts: "".join(word + mark for word, mark in parts)
    ),
)


@given(name=NAMES)
@example(name="v" * 200)
@example(name="1" * 200)
@example(name="0.0" * 60)
def test_any_name_has_parts(name: str) -> None:
    """Each name has a stem, which the name contains apart from separators."""
    parts = parse_name(name)
    kept = [character for character in parts.stem if character not in "-_. "]
    rest = iter(name)
    assert all(character in rest for character in kept)


@given(name=NAMES)
def test_a_canonical_name_has_the_same_parts(name: str) -> None:
    """The version and the stem are read as the same stem and version."""
    parts = parse_name(name)
    version = ".".join(map(str, parts.version))
    again = parse_name(f"v{version}-{parts.stem}" if version else parts.stem)
    assert (again.stem, again.version) == (parts.stem, parts.version)
