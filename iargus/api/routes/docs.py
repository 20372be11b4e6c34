"""`GET /docs`: the documentation page, with every file from this server."""

from __future__ import annotations

import base64
import hashlib
import re

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from iargus.api.public_address import prefix_of

PAGE = "/docs"
ASSETS = "/docs/assets"
DESCRIPTION = "/openapi.json"


def add_docs(app: FastAPI) -> str:
    """Serve Swagger UI without any request to a CDN; give the page's Content-Security-Policy."""
    app.mount(ASSETS, StaticFiles(packages=[("fastapi_swagger", "resources")]), name="assets")
    page = bytes(
        get_swagger_ui_html(
            # Relative to the page, so that it is right below any path.
            openapi_url=DESCRIPTION[1:],
            title=f"{app.title}: documentation",
            swagger_js_url=f"{ASSETS[1:]}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS[1:]}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS[1:]}/favicon-32x32.png",
            swagger_ui_parameters={"persistAuthorization": True},
        ).body
    )

    @app.get(PAGE, include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page)

    async def description(request: Request) -> Response:
        document = app.openapi()
        prefix = prefix_of(request.scope)
        if prefix:
            document = document | {"servers": [{"url": prefix}]}
        return JSONResponse(document)

    app.add_route(DESCRIPTION, description, include_in_schema=False)
    return _content_policy(page)


def _content_policy(page: bytes) -> str:
    """Files of this server, and the page's own scripts by their digests; nothing else runs."""
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts]
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *(f"'sha256-{digest}'" for digest in digests)]),
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
