"""Models of three sizes, and their storage with and without the registry."""

from __future__ import annotations

import functools
import os
import shutil
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

from exo_nbregistry.exoplanet import load_koi
from exo_nbregistry.registry.facade import ModelRegistry

NAME = "bench"
LARGE_BYTES = 500_000_000
_QUICK_BYTES = 5_000_000


def tiny() -> Any:
    """Return a model of about 1 KB."""
    return LinearRegression().fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0])


@functools.cache
def forest(*, quick: bool = False) -> Any:
    """Return a random forest of 100 trees, fitted to the Kepler table."""
    koi = load_koi()
    return RandomForestClassifier(2 if quick else 100, random_state=0).fit(koi.data, koi.target)


def large(*, quick: bool = False) -> Any:
    """Return a model that holds one array of 500 MB."""
    model = tiny()
    model.data_ = np.arange((_QUICK_BYTES if quick else LARGE_BYTES) // 8, dtype=np.float64)
    return model


class Bare:
    """Durable storage with joblib alone: the floor.

    Parameters
    ----------
    folder : Path
        A new folder for the models.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.number = 0

    def save(self, model: Any) -> Path:
        """Write a model atomically and durably."""
        self.number += 1
        path = self.folder / f"{self.number}.joblib"
        staged = path.with_suffix(".tmp")
        with staged.open("wb") as stream:
            joblib.dump(model, stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(staged, path)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return path

    def clear(self) -> None:
        """Remove the models."""
        for path in self.folder.iterdir():
            path.unlink()


class Kept:
    """Durable storage with the registry, which is its default.

    Parameters
    ----------
    folder : Path
        A new folder for the models.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry = ModelRegistry(folder)

    def save(self, model: Any) -> str:
        """Register a model that is not registered yet."""
        return self.registry.register_model(model, NAME, evaluation_results={"f1_score": 0.9})

    def clear(self) -> None:
        """Remove the stored models, but not the small records."""
        blobs = self.folder / "models" / NAME / "blobs"
        if blobs.exists():
            shutil.rmtree(blobs)
            blobs.mkdir()
