"""`POST /feedback`: the truth for an earlier prediction."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from iargus import errors
from iargus.api.container import Services
from iargus.api.gate.gate import Gate
from iargus.api.json_response import JsonResponse
from iargus.api.openapi.description import FEEDBACK, Description, with_examples
from iargus.api.openapi.problems import DATABASE, GATE_WITH_BODY, problem_docs
from iargus.auth.jwt.claims import Claims
from iargus.errors import PredictionUnknown, TaskNotAllowed
from iargus.serving.recording.store import Prediction
from iargus.tasks.fields import NO_BOOLEAN


class FeedbackRequest(BaseModel):
    """The truth for one prediction: what the car was sold for, or what the sentence meant."""

    model_config = with_examples(
        {"prediction_id": "8e0b3f1c-6a3a-4c3e-9a51-3b1f0f0f7f11", "label": 14950}
    )

    prediction_id: str = Field(min_length=1, max_length=36)
    label: Annotated[int | float | str, NO_BOOLEAN] = Field(
        description="What it was: a price in US dollars, an intent, or what else the task predicts"
    )


class FeedbackAnswer(BaseModel):
    """That the label is there."""

    model_config = with_examples({"message": "Thank you, the label is kept."})

    message: str


_PROBLEMS = (
    *GATE_WITH_BODY,
    ValidationError,
    errors.PredictionUnknown,
    errors.TaskNotAllowed,
    errors.LabelInvalid,
    errors.FeedbackConflict,
    *DATABASE,
)


def feedback_router(services: Services, description: Description) -> APIRouter:
    """The route that takes labels."""
    router = APIRouter(tags=["feedback"])
    gate = Gate(services)
    flush_interval_s = services.settings.policy.recording.flush_interval_s

    async def find(prediction_id: str, claims: Claims) -> Prediction:
        # Workers write predictions in the background: a fresh one may not be there yet.
        for _ in range(5):
            try:
                return await run_in_threadpool(
                    services.feedback.find, prediction_id, subject=claims.sub
                )
            except PredictionUnknown:
                await asyncio.sleep(flush_interval_s)
        return await run_in_threadpool(services.feedback.find, prediction_id, subject=claims.sub)

    @router.post(
        "/feedback",
        status_code=202,
        name=FEEDBACK,
        summary="Send the truth for an earlier prediction",
        response_model=FeedbackAnswer,
        responses=problem_docs(*_PROBLEMS),
        openapi_extra=description.body(FeedbackRequest, gated=True),
    )
    async def feedback(request: Request) -> Response:
        claims, document = await gate.authenticate_with_body(request.scope, request.receive)
        asked = FeedbackRequest.model_validate(document)
        prediction = await find(asked.prediction_id, claims)
        if not claims.opens(prediction.task):
            raise TaskNotAllowed(f"this token is not for {prediction.task}")
        await run_in_threadpool(services.feedback.accept, prediction, asked.label)
        return JsonResponse(b'{"message":"Thank you, the label is kept."}', status_code=202)

    return router
