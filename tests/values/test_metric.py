"""The direction of metrics."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.values.metric import default_metric, higher_is_better

LOWER_ENDINGS = ("_error", "_loss", "_deviance")
# Named a score, although lower is better.
LOWER_SCORES = ("davies_bouldin_score",)
NAMED = sorted(
    name
    for name in sklearn.metrics.__all__
    if name.endswith(("_score", "corrcoef", "auc", *LOWER_ENDINGS))
)


@pytest.mark.parametrize("name", sklearn.metrics.get_scorer_names())
def test_scorers_are_better_when_higher(name: str) -> None:
    """Higher values of each scikit-learn scorer are better; of its negation, lower ones."""
    assert higher_is_better(name) is True
    assert higher_is_better(name.removeprefix("neg_")) is not name.startswith("neg_")


@pytest.mark.parametrize("name", NAMED)
def test_functions_follow_their_ending(name: str) -> None:
    """Lower values of errors, losses and deviances of scikit-learn are better."""
    lower = name.endswith(LOWER_ENDINGS) or name in LOWER_SCORES
    assert higher_is_better(name) is not lower


@pytest.mark.parametrize(
    "name",
    [
        "brier",
        "log_loss",
        "mae",
        "rmse",
        "loss",
        "fit_time",
        "aic",
        "AIC",
        "aicc",
        "bic",
        "hqic",
        "deviance",
        "inertia",
        "val_bic",
        "davies_bouldin",
    ],
)
def test_lower_is_better(name: str) -> None:
    """Lower values of losses, errors and times are better, also by their short names."""
    assert higher_is_better(name) is False


@pytest.mark.parametrize(
    "name",
    [
        "llf",
        "log_likelihood",
        "loglik",
        "rsquared",
        "rsquared_adj",
        "silhouette",
        "calinski_harabasz",
        "adjusted_rand",
        "neg_aic",
    ],
)
def test_higher_is_better(name: str) -> None:
    """Higher values of likelihoods and of figures of clusterings are better."""
    assert higher_is_better(name) is True


@pytest.mark.parametrize(
    ("name", "higher"),
    [
        ("val_loss", False),
        ("test_f1_score", True),
        ("cv_mean_roc_auc", True),
        ("mean_test_score", True),
        ("mean_test_neg_log_loss", True),
        ("mean_mean_absolute_error", False),
        ("f1_score_macro", True),
        ("ROC AUC", True),
        ("Log-Loss", False),
    ],
)
def test_prefixes_and_spellings_are_seen_through(name: str, higher: bool) -> None:
    """Prefixes, suffixes and spelling do not change the direction of a metric."""
    assert higher_is_better(name) is higher


@pytest.mark.parametrize(
    "name", ["", "score_", "neg_", "sharpness", "std_test_score", "precision_PLANET", "mean_"]
)
def test_the_unknown_is_unknown(name: str) -> None:
    """Unknown names and standard deviations have no direction."""
    assert higher_is_better(name) is None


@given(st.text(), st.sampled_from(["val_", "test_", "cv_", "mean_", "neg_"]))
def test_any_text_is_judged(name: str, prefix: str) -> None:
    """No name raises; a prefix keeps the direction, and neg_ reverses it."""
    plain, prefixed = higher_is_better(name), higher_is_better(prefix + name)
    assert plain in (True, False, None)
    if plain is not None:
        assert prefixed is (plain if prefix != "neg_" else not plain)


def test_no_library_is_imported() -> None:
    """Directions and order do not import numpy or scikit-learn."""
    code = (
        "import sys, exo_nbregistry.values.metric; "
        "assert {'sklearn', 'numpy'}.isdisjoint(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("known", "metric"),
    [
        ("multiclass", "f1_score"),
        ("regression", "r2"),
        ("clustering", "silhouette"),
        (["accuracy", "f1_score"], "f1_score"),
        (["rmse", "mae", "r2"], "r2"),
        (["brier", "accuracy"], "accuracy"),
        (["sharpness"], None),
        ([], None),
    ],
    ids=str,
)
def test_the_default_metric_follows_the_task(known: str | list[str], metric: str | None) -> None:
    """Classifiers are judged by f1_score, regressors by r2 and clusterings by silhouette."""
    assert default_metric(known) == metric
