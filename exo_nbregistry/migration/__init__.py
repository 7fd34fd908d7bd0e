"""Moving in from the model stores of other tools."""

from exo_nbregistry.migration.plan import MoveInPlan, plan_move_in
from exo_nbregistry.migration.planned_model import PlannedModel
from exo_nbregistry.migration.result import MoveInResult

__all__ = ["MoveInPlan", "MoveInResult", "PlannedModel", "plan_move_in"]
