"""Tokens for `bench/openapi`. Schemathesis loads this file by its path, in its own process.

A token is taken from the file that IARGUS_BENCH_TOKENS names, a list; IARGUS_BENCH_TOKEN_IN says
where it goes: `nowhere`, `header` or `body`. What ends a token gets one of its own, so that the
token of all other requests lives; and a token that was ended nevertheless, as an administrator's
requests may do to any, is replaced by the next one.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import schemathesis

REVOKING = "/revoke_token"
FIELD = "security_token"
WHERE = os.environ["IARGUS_BENCH_TOKEN_IN"]


class Tokens:
    """The tokens of the file, each given out once; `current` is that of the usual request."""

    def __init__(self, path: Path) -> None:
        self._left: list[str] = json.loads(path.read_text(encoding="utf-8"))
        self._lock = threading.Lock()
        self.current = self.fresh()

    def fresh(self) -> str:
        """One that nobody has used."""
        with self._lock:
            return self._left.pop()

    def ended(self) -> None:
        """From now on another one is the current one."""
        self.current = self.fresh()

    def of(self, path: str) -> str:
        """The token for a request to this path."""
        return self.fresh() if path == REVOKING else self.current


# The operations into whose body the token goes.
WITH_TOKEN: set[str] = set()
TOKENS = Tokens(Path(os.environ["IARGUS_BENCH_TOKENS"]))

if WHERE == "header":

    @schemathesis.auth(refresh_interval=None)
    class Bearer:
        """The header of every request."""

        def get(self, _: Any, context: Any) -> str:
            return TOKENS.of(context.operation.path)

        def set(self, case: Any, token: str, _: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}


if WHERE == "body":

    @schemathesis.hook
    def before_load_schema(_: Any, raw_schema: dict[str, Any]) -> None:
        """OpenAPI has no word for a token in a body, so the description says that the header is
        needed. For requests that do without, it is taken as if it did not."""
        for operations in raw_schema["paths"].values():
            for operation in operations.values():
                if operation.pop("security", None) and "requestBody" in operation:
                    WITH_TOKEN.add(operation["operationId"])


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Put the token into the body, or take a made-up one out that would stand beside a header:
    two tokens that differ are 400 by design, and no schema can say that."""
    body = case.body
    if not isinstance(body, dict) or not isinstance(body.get(FIELD), str | None):
        return
    if case.operation.definition.raw["operationId"] in WITH_TOKEN:
        case.body = body | {FIELD: TOKENS.of(case.operation.path)}
    elif any(name.lower() == "authorization" for name in case.headers or ()):
        case.body = {name: value for name, value in body.items() if name != FIELD}


@schemathesis.hook
def after_call(_: Any, __: Any, response: Any) -> None:
    """See whether the token of all requests was ended."""
    if response.status_code == 401 and b"TOKEN_REVOKED" in response.content:
        TOKENS.ended()
