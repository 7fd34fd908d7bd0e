"""Inference with a registered model, in Python or over HTTP."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["InferenceService", "Prediction"]

if TYPE_CHECKING:
    from exo_nbregistry.serve.inference import InferenceService, Prediction
else:
    # Type checkers accept any name of a module that has __getattr__, so they do not see it.
    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module("exo_nbregistry.serve.inference"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
