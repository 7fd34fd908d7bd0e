"""The state of an application: its version and how to predict with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request
from pydantic import BaseModel

from exo_nbregistry.serve.inference import InferenceService, Prediction
from exo_nbregistry.serve.live_service import LiveService
from exo_nbregistry.serve.problems import RequestError
from exo_nbregistry.serve.schemas import Schemas
from exo_nbregistry.serve.table_errors import TableMismatchError

RunInThread = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Served:
    """What the endpoints of one version use.

    Attributes
    ----------
    service : InferenceService
        The version.
    schemas : Schemas
        Its pydantic models.
    live : LiveService
        The followed reference.
    run_in_thread : callable
        Runs a function beside the event loop, and returns its result.
    """

    service: InferenceService
    schemas: Schemas
    live: LiveService
    run_in_thread: RunInThread

    @classmethod
    def of(cls, request: Request) -> Served:
        """Return that of the application that answers a request."""
        served: Served = request.app.state.served
        return served

    async def predict(self, rows: Sequence[BaseModel]) -> list[Prediction]:
        """Return the predictions for validated rows.

        Raises
        ------
        TableMismatchError
            If a value is out of range or does not fit its dtype.
        RequestError
            If the model rejects the rows.
        """
        table = self.schemas.table(rows)
        try:
            return cast(
                "list[Prediction]",
                await self.run_in_thread(
                    lambda: self.service.predict_columns(table, rows=len(rows))
                ),
            )
        except TableMismatchError:
            raise
        except ValueError as error:
            # Such as a category that the model does not know: the signature has no categories.
            reason = (str(error).splitlines() or [""])[0]
            raise RequestError(422, "body", f"was rejected by the model: {reason}") from error
