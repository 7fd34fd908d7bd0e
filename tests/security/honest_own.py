"""Models of this package's own classes, fitted on the Kepler table."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import LabelEncoder, StandardScaler

from exo_nbregistry import exoplanet
from exo_nbregistry.inference.bundle import bundle
from exo_nbregistry.training.ensemble import EnsembleClassifier
from tests.security.honest_estimators import Honest


def fitted_own() -> Iterator[Honest]:
    """Fit each class on a part of the table."""
    koi = exoplanet.load_koi("five")
    X, y = koi.data.iloc[:300], koi.target.iloc[:300]
    forest = exoplanet.RandomForestClassifier(n_estimators=3)
    models = {
        "forest": forest,
        "network": exoplanet.NeuralNetworkClassifier(hidden_layers=(4,), epochs=2),
        "support vectors": exoplanet.SVMClassifier(),
        "support vectors, uncalibrated": exoplanet.SVMClassifier(probability=False),
        "histograms": exoplanet.HistGradientBoostingClassifier(max_iter=3),
        "ensemble": EnsembleClassifier(
            {"forest": forest, "boosting": exoplanet.HistGradientBoostingClassifier(max_iter=3)}
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, model in models.items():
            yield Honest(name, model.fit(X, y), X)
        rows = X.fillna(0.0)
        scaler, encoder = StandardScaler().fit(rows), LabelEncoder().fit(y)
        model = LogisticRegression().fit(scaler.transform(rows), encoder.transform(y))
    yield Honest("bundle", bundle(scaler, model, decode=encoder), rows)
    yield Honest("bundle of a list", bundle(("sign", np.sign), ("model", [model, model])), rows)
