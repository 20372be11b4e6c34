"""The application: routes, errors and life around one set of services."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from iargus.settings import Settings
from iargus.web.admin_routes import admin_router
from iargus.web.describe import Description
from iargus.web.direct import Direct
from iargus.web.docs_routes import add_docs
from iargus.web.feedback_routes import feedback_router
from iargus.web.health_routes import health_router
from iargus.web.problems import add_handlers
from iargus.web.services import Services
from iargus.web.task_routes import TaskRoutes
from iargus.web.token_routes import token_router


def create_app(services: Services | None = None) -> FastAPI:
    """Make the application; it connects to nothing before it is started.

    Raises:
        ConfigurationError: the settings have no sense, or there is no signing key.
    """
    built = services or Services.build(Settings.read(os.environ))

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(built.start)
        yield
        await run_in_threadpool(built.stop)

    app = FastAPI(
        title="IArgus",
        version=_version(),
        description="Predictions behind a token, from the champion models of a registry.",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    description = Description()
    app.include_router(health_router(built))
    app.include_router(token_router(built, description))
    tasks = TaskRoutes(built, description)
    app.include_router(tasks.router)
    app.include_router(feedback_router(built, description))
    app.include_router(admin_router(built, description))
    add_docs(app)
    add_handlers(app)
    description.install(app)
    app.add_middleware(Direct, endpoints=tasks.endpoints)
    return app


def _version() -> str:
    try:
        return version("iargus")
    except PackageNotFoundError:
        return "0"
