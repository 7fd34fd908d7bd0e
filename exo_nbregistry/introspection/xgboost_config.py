"""The configuration that XGBoost keeps in a booster."""

from __future__ import annotations

from exo_nbregistry.inference.model_output import read_learner as read_learner
