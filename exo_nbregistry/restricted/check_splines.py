"""B-splines: knots, coefficients and the degree, by which native code reads both."""

from __future__ import annotations

from typing import Any

import numpy as np

from exo_nbregistry.restricted.check_values import Attributes, full_name, inconsistent

SPLINE = "scipy.interpolate._bsplines.BSpline"
# Since SciPy 1.18, a BSpline holds another object with the knots and coefficients.
_HELD = "scipy.interpolate._bsplines._BSpline"
_MAX_DEGREE = 100


def check_spline_state(_spline: object, state: object) -> None:
    """Check the state of a spline of SciPy 1.18 and newer: what it holds, and an empty array."""
    match state:
        case (held, np.ndarray()) if full_name(type(held)) == _HELD:
            if type(vars(held).get("t")) is np.ndarray and type(state[1]) is np.ndarray:
                return
    inconsistent("BSpline", "its state must be a spline with knots, and an array")


def check_spline(spline: object) -> list[Any]:
    """Check what the constructor of BSpline checks: pickle does not call it."""
    attributes = Attributes(spline)
    if full_name(type(spline)) == SPLINE and "_delegate_to" in attributes:
        if full_name(type(attributes.get("_delegate_to"))) != _HELD:
            attributes.fail("_delegate_to", "it must be a spline")
        # It has the arrays, and is checked itself.
        return []
    knots_name = "_t" if "_t" in attributes else "t"
    values_name = "_c" if "_c" in attributes else "c"
    degree = attributes.count("k", most=_MAX_DEGREE)
    knots = attributes.array(knots_name, kinds="f", ndim=1)
    values = attributes.array(values_name, kinds="fc")
    if knots.dtype != np.float64:
        attributes.fail(knots_name, "it must be an array of float64")
    count = len(knots) - degree - 1
    if count < degree + 1:
        attributes.fail(knots_name, f"it must have at least {2 * degree + 2} knots")
    if not np.isfinite(knots).all() or (np.diff(knots) < 0).any():
        attributes.fail(knots_name, "knots must be finite and not decrease")
    if knots[degree] >= knots[count]:
        attributes.fail(knots_name, "there must be an interval between the knots")
    if values.ndim < 1 or len(values) < count:
        attributes.fail(values_name, f"it must have at least {count} coefficients")
    attributes.count("axis", most=max(values.ndim - 1, 0))
    if attributes.get("extrapolate") not in (True, False, "periodic"):
        attributes.fail("extrapolate", "it must be True, False or 'periodic'")
    return []


def check_spline_features(estimator: object) -> list[Any]:
    """Check that SplineTransformer has a spline of its degree for each feature."""
    attributes = Attributes(estimator)
    if "bsplines_" not in attributes:
        return []
    splines = attributes.items("bsplines_", attributes.features)
    for spline in splines:
        held = getattr(spline, "_delegate_to", spline)
        if full_name(type(spline)) != SPLINE or vars(held).get("k") != attributes.get("degree"):
            attributes.fail("bsplines_", "each must be a spline of the degree of the model")
    return []
