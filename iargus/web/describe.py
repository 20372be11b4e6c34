"""The OpenAPI description. Routes read their bodies themselves, so what they take is told here."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from iargus.web.describe_limits import describe_limits
from iargus.web.problems import Problem

_PLACEHOLDER = "x-iargus-model"


class Description:
    """Collects the request models of all routes and writes them into the document."""

    def __init__(self) -> None:
        self._models: dict[str, type[BaseModel]] = {"problem": Problem}

    def body(self, model: type[BaseModel], *, gated: bool) -> dict[str, Any]:
        """The `openapi_extra` of a route that takes one JSON object of this model."""
        key = f"{model.__module__}.{model.__qualname__}"
        self._models[key] = model
        extra: dict[str, Any] = {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {_PLACEHOLDER: key}}},
            }
        }
        return extra | (GATED if gated else {})

    def install(self, app: FastAPI) -> None:
        """Make `app.openapi()` give the whole document, built once."""

        def openapi() -> dict[str, Any]:
            if app.openapi_schema is None:
                app.openapi_schema = self._build(app)
            return app.openapi_schema

        # The documented way to extend FastAPI's description is to replace this method.
        app.openapi = openapi  # type: ignore[method-assign]

    def _build(self, app: FastAPI) -> dict[str, Any]:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        references, definitions = models_json_schema(
            [(model, "validation") for model in self._models.values()],
            ref_template="#/components/schemas/{model}",
        )
        describe_limits(document)
        components = document.setdefault("components", {})
        components.setdefault("schemas", {}).update(definitions.get("$defs", {}))
        components["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
        by_key = {key: references[model, "validation"] for key, model in self._models.items()}
        replaced: dict[str, Any] = _fill(document, by_key)
        return replaced


GATED: dict[str, Any] = {"security": [{"bearer": []}]}


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


def _fill(node: Any, references: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        if _PLACEHOLDER in node:
            return references[node[_PLACEHOLDER]]
        return {key: _fill(value, references) for key, value in node.items()}
    if isinstance(node, list):
        return [_fill(value, references) for value in node]
    return node
