"""The text that names how metrics were measured."""

from __future__ import annotations

import pytest

from exo_nbregistry.records.scoring import Scoring


@pytest.mark.parametrize(
    ("scoring", "label"),
    [
        (Scoring("binary", "binary", "CONFIRMED"), "of CONFIRMED"),
        (Scoring("binary", "binary", 1, 0.25), "of 1 at 0.25"),
        (Scoring("binary", "binary", False), "of False"),
        (Scoring("multiclass", "macro"), "macro average"),
        (Scoring("multiclass", "macro", sample_weight=True), "macro average with sample weights"),
        (Scoring("regression"), ""),
    ],
)
def test_the_label_names_the_class_or_the_average(scoring: Scoring, label: str) -> None:
    """The label names the positive class or the average, the threshold and the weights."""
    assert scoring.label == label


def test_a_long_label_is_shown_on_one_short_line() -> None:
    """Headings and cells have at most 40 characters of a label, without line breaks."""
    assert Scoring("binary", "binary", "a\nb" + "x" * 99).label == "of a b" + "x" * 37
