"""Which checks apply to which class."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from exo_nbregistry.restricted.check_boosting import check_gradient_boosting
from exo_nbregistry.restricted.check_clusters import (
    check_birch,
    check_centers,
    check_feature_groups,
    check_linkage,
)
from exo_nbregistry.restricted.check_encoders import check_one_hot
from exo_nbregistry.restricted.check_histograms import check_histogram_boosting
from exo_nbregistry.restricted.check_neighbors import check_density, check_neighbors
from exo_nbregistry.restricted.check_parameters import check_parameters
from exo_nbregistry.restricted.check_shapes import (
    LAST_AXIS,
    check_gradient_descent,
    check_layers,
    check_process,
    shape_check,
)
from exo_nbregistry.restricted.check_splines import check_spline, check_spline_features
from exo_nbregistry.restricted.check_support_vectors import check_support_vectors
from exo_nbregistry.restricted.check_text import (
    check_classes,
    check_hashing,
    check_vocabulary,
    check_weights,
)
from exo_nbregistry.restricted.check_trees import (
    check_bagging,
    check_forest,
    check_tree_holder,
)

# A check reads one instance, raises a Rejection, and returns the native trees that it compared.
Check = Callable[[object], list[Any]]

# By class; a subclass is checked like its bases.
_FAMILIES: dict[str, tuple[Check, ...]] = {
    "BaseEstimator": (check_parameters,),
    "BaseDecisionTree": (check_tree_holder,),
    "BaseForest": (check_forest,),
    "BaseBagging": (check_bagging,),
    "BaseGradientBoosting": (check_gradient_boosting,),
    "BaseHistGradientBoosting": (check_histogram_boosting,),
    "_BinMapper": (check_parameters,),
    "NeighborsBase": (check_neighbors,),
    "KernelDensity": (check_density,),
    "BaseSGD": (check_gradient_descent,),
    "BaseLibSVM": (check_support_vectors,),
    "_BaseKMeans": (check_centers,),
    "Birch": (check_birch,),
    "FeatureAgglomeration": (check_feature_groups,),
    "HDBSCAN": (check_linkage,),
    "CountVectorizer": (check_vocabulary,),
    "DictVectorizer": (check_vocabulary,),
    "MultiLabelBinarizer": (check_classes,),
    "FeatureHasher": (check_hashing,),
    "HashingVectorizer": (check_hashing,),
    "TfidfTransformer": (check_weights,),
    "OneHotEncoder": (check_one_hot,),
    "BSpline": (check_spline,),
    "_BSpline": (check_spline,),
    "SplineTransformer": (check_spline_features,),
    "BaseMultilayerPerceptron": (check_layers,),
    "GaussianProcessRegressor": (check_process,),
}


@lru_cache(maxsize=4096)
def checks_of(kind: type) -> tuple[Check, ...]:
    """Return the checks of a class and its bases, each once."""
    found: dict[Check, None] = {}
    for base in kind.__mro__:
        if base.__module__.startswith(("sklearn.", "scipy.")):
            for check in _FAMILIES.get(base.__name__, ()):
                found[check] = None
            if base.__name__ in LAST_AXIS:
                found[_shape_checks(base.__name__)] = None
    return tuple(found)


@lru_cache(maxsize=256)
def _shape_checks(name: str) -> Check:
    return shape_check(LAST_AXIS[name])
