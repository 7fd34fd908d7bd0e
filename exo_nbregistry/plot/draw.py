"""The function that draws each kind; importing it loads matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from exo_nbregistry.plot.curve import precision_recall, roc
from exo_nbregistry.plot.metric import metric_over_versions
from exo_nbregistry.plot.view import Plot

DRAW: Mapping[str, Callable[..., Plot]] = MappingProxyType(
    {
        "metric": metric_over_versions,
        "roc": roc,
        "precision_recall": precision_recall,
    }
)
