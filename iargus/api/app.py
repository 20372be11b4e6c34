"""The application: its routes, its middleware and its error handlers around one set of services."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from iargus.api.container import Services
from iargus.api.lifespan import BeginsByRequest, LifespanRunner
from iargus.api.middleware.outer import outer_middleware
from iargus.api.middleware.request_metrics import RequestMetrics
from iargus.api.middleware.response_headers import ResponseHeaders
from iargus.api.openapi.description import Description
from iargus.api.problems import TOKEN_LABELS, add_handlers, counting
from iargus.api.public_address import PublicPrefix, RelativeRedirects
from iargus.api.route_table import AllowedMethods, route_table
from iargus.api.routes.admin import admin_router
from iargus.api.routes.docs import PAGE, add_docs
from iargus.api.routes.fast_path import FastPathRouter
from iargus.api.routes.feedback import feedback_router
from iargus.api.routes.service import health_router, metrics_router
from iargus.api.routes.tasks import TaskRoutes
from iargus.api.routes.tokens import token_router
from iargus.metrics import families
from iargus.settings import Settings
from iargus.tasks.catalogue import Catalogue


class Application(FastAPI):
    """FastAPI with layers of plain ASGI around it.

    Starlette's own middleware stands behind its handler of unforeseen errors and behind FastAPI's
    telemetry: an answer with 500 would pass it by, and the shortest way would begin too late.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._outermost: ASGIApp = super().__call__

    def add_outer_middleware(self, layer: Callable[[ASGIApp], ASGIApp]) -> None:
        """Put a layer around everything that is there; the last one sees a request first."""
        self._outermost = layer(self._outermost)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._outermost(scope, receive, send)


def create_app(services: Services | None = None) -> FastAPI:
    """Make the application; it connects to nothing before it is started.

    Raises:
        ConfigurationError: the settings are invalid, or there is no signing key.
    """
    built = services or Services(Settings.read(os.environ))

    life = LifespanRunner(built)
    app = Application(
        title="IArgus",
        version=_version(),
        description="Predictions behind a token, from the champion models of a registry.",
        license_info={"name": "MIT", "identifier": "MIT"},
        openapi_tags=tags(built.catalogue),
        generate_unique_id_function=lambda route: route.name,
        openapi_url=None,  # `add_docs` serves it
        lifespan=life.span,
    )
    description = Description()
    answering = counting(partial(built.metrics.count, families.TOKENS_REJECTED))
    tasks = TaskRoutes(built, description)
    content_policies = {PAGE: add_docs(app)}
    routers = [
        health_router(built),
        metrics_router(built),
        token_router(built, description),
        tasks.router,
        feedback_router(built, description),
        admin_router(built, description),
    ]
    if built.issuing.confirmer is not None:
        # Imported here: the other modes have no pages.
        from iargus.api.routes.confirmation import CONTENT_POLICY, LINKS, confirm_router

        routers.append(confirm_router(built, built.issuing.confirmer))
        content_policies[LINKS] = CONTENT_POLICY
    for router in routers:
        app.include_router(router)
    routes = [*app.routes, *chain.from_iterable(each.routes for each in routers)]
    add_handlers(app, answering, AllowedMethods(routes))
    description.install(app, built.clock, built.settings.policy.access)
    built.metrics.expect(
        routes=route_table(routes, built.catalogue),
        tasks=built.catalogue.names(),
        token_labels=TOKEN_LABELS,
    )
    app.add_outer_middleware(RelativeRedirects)
    app.add_outer_middleware(
        partial(FastPathRouter, endpoints=tasks.endpoints, answering=answering)
    )
    app.add_outer_middleware(ResponseHeaders)
    for layer in reversed(
        outer_middleware(built.settings.policy, built.addresses, content_policies)
    ):
        app.add_outer_middleware(layer)
    app.add_outer_middleware(partial(RequestMetrics, metrics=built.metrics))
    app.add_outer_middleware(
        partial(
            PublicPrefix,
            root_path=built.settings.policy.server.root_path,
            addresses=built.addresses,
        )
    )
    app.add_outer_middleware(partial(BeginsByRequest, life=life))
    return app


def tags(catalogue: Catalogue) -> list[dict[str, str]]:
    """The parts of the description, in the order in which one needs them."""
    about = {
        "tokens": "Get a token, and end it",
        **{task.name: f"Predictions of {task.name}" for task in catalogue},
        "feedback": "The truth for earlier predictions",
        "service": "Health, metrics and what there is",
        "admin": "Tokens of all people, for a token whose scope is `admin`",
    }
    return [{"name": name, "description": text} for name, text in about.items()]


def _version() -> str:
    try:
        return version("iargus")
    except PackageNotFoundError:
        return "0"
