"""The OpenAPI description. Routes read their bodies themselves, so bodies are described here."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict
from pydantic.json_schema import models_json_schema

from iargus.api.openapi.headers import describe_expiry, describe_limits
from iargus.api.openapi.problems import describe_access, describe_problems
from iargus.api.problems import Problem
from iargus.clock import Clock
from iargus.settings.http import AccessPolicy

# The names of the routes that links lead to.
FEEDBACK, ONE_TOKEN = "feedback", "show_token"

TO_FEEDBACK: dict[str, Any] = {
    "feedback": {
        "operationId": FEEDBACK,
        "description": "The truth for this prediction, once it is known",
        "requestBody": {"prediction_id": "$response.body#/prediction_id"},
    }
}
TO_NEWEST_TOKEN: dict[str, Any] = {
    "newest": {
        "operationId": ONE_TOKEN,
        "description": "The newest of these tokens",
        "parameters": {"jti": "$response.body#/tokens/0/jti"},
    }
}


_PLACEHOLDER = "x-iargus-model"
_TOKEN: dict[str, Any] = {
    "type": ["string", "null"],
    "writeOnly": True,
    "description": (
        "The token, for clients that cannot send the header `Authorization`; with both, they must "
        "be the same"
    ),
}
GATED: dict[str, Any] = {"security": [{"bearer": []}]}
Schema = dict[str, Any]
Refine = Callable[[Schema, date], None]


@dataclass(frozen=True)
class _Body:
    model: type[BaseModel]
    gated: bool
    refine: Refine | None


class Description:
    """Collects the request models of all routes and writes them into the document."""

    def __init__(self) -> None:
        self._bodies: dict[str, _Body] = {}
        self._described_on: date | None = None

    def body(
        self,
        model: type[BaseModel],
        *,
        gated: bool,
        refine: Refine | None = None,
        required: bool = True,
    ) -> dict[str, Any]:
        """The `openapi_extra` of a route that takes one JSON object of this model.

        Args:
            gated: the route needs a token, which the body may hold.
            refine: writes into the model's schema what the settings or the day (UTC) decide.
            required: whether there must be a body.
        """
        key = f"{model.__module__}.{model.__qualname__}"
        self._bodies[key] = _Body(model, gated, refine)
        extra: dict[str, Any] = {
            "requestBody": {
                "required": required,
                "content": {"application/json": {"schema": {_PLACEHOLDER: key}}},
            }
        }
        return extra | (GATED if gated else {})

    def install(self, app: FastAPI, clock: Clock, access: AccessPolicy) -> None:
        """Make `app.openapi()` give the whole document, built once a day."""

        def openapi() -> dict[str, Any]:
            today = clock().date()
            if app.openapi_schema is None or self._described_on != today:
                app.openapi_schema = self._build(app, today)
                describe_access(app.openapi_schema, access)
                self._described_on = today
            return app.openapi_schema

        # The documented way to extend FastAPI's description is to replace this method.
        app.openapi = openapi  # type: ignore[method-assign]

    def _build(self, app: FastAPI, today: date) -> dict[str, Any]:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
            license_info=app.license_info,
        )
        models: list[type[BaseModel]] = [Problem, *(body.model for body in self._bodies.values())]
        references, definitions = models_json_schema(
            [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
        )
        schemas: dict[str, Schema] = definitions.get("$defs", {})
        by_key = {}
        for key, body in self._bodies.items():
            reference = references[body.model, "validation"]
            name = reference["$ref"].rpartition("/")[2]
            if body.refine is not None:
                body.refine(schemas[name], today)
            by_key[key] = reference
        for key, body in self._bodies.items():
            if body.gated:
                by_key[key] = _with_token(schemas, by_key[key])
        components = document.setdefault("components", {})
        components.setdefault("schemas", {}).update(schemas)
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
        describe_problems(document)
        describe_limits(document)
        describe_expiry(document)
        replaced: dict[str, Any] = _fill(document, by_key)
        return replaced


def with_examples(*bodies: JsonDict) -> ConfigDict:
    """The `model_config` of a request or an answer that looks like these."""
    return ConfigDict(json_schema_extra={"examples": [*bodies]})


def path_parameter(name: str, description: str, example: str) -> dict[str, Any]:
    """The `openapi_extra` of a route with one parameter in its path. Where a handler names it,
    FastAPI describes a 422 of its own, which never comes."""
    parameter = {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "minLength": 1, "examples": [example]},
    }
    return {"parameters": [parameter]}


def query_parameter(
    name: str, description: str, *, required: bool = False, **schema: Any
) -> dict[str, Any]:
    """One parameter of the query string."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


def _with_token(schemas: dict[str, Schema], reference: dict[str, str]) -> dict[str, str]:
    """A copy of a model as a whole body; the model may be part of others, such as a batch."""
    name = reference["$ref"].rpartition("/")[2]
    body = copy.deepcopy(schemas[name])
    body["title"] = f"{name}Body"
    body.setdefault("properties", {})["security_token"] = _TOKEN
    schemas[body["title"]] = body
    return {"$ref": f"#/components/schemas/{body['title']}"}


def _fill(node: Any, references: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        if _PLACEHOLDER in node:
            return references[node[_PLACEHOLDER]]
        return {key: _fill(value, references) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, references) for value in node]
    return node
