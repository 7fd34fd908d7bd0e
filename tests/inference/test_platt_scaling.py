"""The calibration that out-of-fold predictions of a version give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exo_nbregistry.inference.platt_scaling import fit_calibration

SHARE = np.linspace(0.01, 0.99, 200)
ARRAYS: dict[str, Any] = {
    "y_true": (SHARE > 0.3).astype(int),
    "classes": np.array([0, 1]),
    "probabilities": np.column_stack([1 - SHARE, SHARE]),
}


def test_a_calibration_is_fitted() -> None:
    """Probabilities that are too low get an intercept above zero."""
    found = fit_calibration(ARRAYS, [0, 1])
    assert found is not None
    assert found["slope"] > 0
    assert found["intercept"] > 0


@pytest.mark.parametrize(
    "attached",
    [
        SHARE,
        "a text",
        None,
        {"probabilities": SHARE},
        ARRAYS | {"probabilities": SHARE},
        ARRAYS | {"probabilities": ARRAYS["probabilities"][:5]},
        ARRAYS | {"probabilities": np.full((200, 2), "high")},
        ARRAYS | {"classes": np.array([0, 1, 2])},
        ARRAYS | {"classes": np.array(0)},
        ARRAYS | {"classes": np.array(["dust", "planet"])},
        ARRAYS | {"y_true": np.zeros(200)},
    ],
    ids=range(11),
)
def test_any_other_attachment_of_this_name_has_no_calibration(attached: Any) -> None:
    """A user can attach anything as out_of_fold, such as one array."""
    assert fit_calibration(attached, [0, 1]) is None
