"""Small estimators that composites contain."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sklearn import ensemble as forests
from sklearn import linear_model as linear
from sklearn import neural_network as networks
from sklearn import preprocessing as scaling
from sklearn.experimental import enable_iterative_imputer  # noqa: F401 - makes it importable
from sklearn.pipeline import make_pipeline

Build = Callable[[], Any]
Logistic = partial(linear.LogisticRegression, max_iter=50)
Forest = partial(forests.RandomForestClassifier, 5, random_state=0)
Histogram = partial(forests.HistGradientBoostingClassifier, max_iter=5, random_state=0)
HistogramR = partial(forests.HistGradientBoostingRegressor, max_iter=5, random_state=0)
Boosting = partial(forests.GradientBoostingClassifier, n_estimators=5, random_state=0)
BoostingR = partial(forests.GradientBoostingRegressor, n_estimators=5, random_state=0)
Network = partial(networks.MLPClassifier, hidden_layer_sizes=(8,), max_iter=20, random_state=0)
scaled = partial(make_pipeline, scaling.StandardScaler())
