"""The gate: whose token it is, in which order things are judged, and what a token may do."""

from __future__ import annotations

from bench.mutations.guard import Module

_TOKENS, _ADMIN = "tests/api/test_tokens.py", "tests/api/test_admin.py"
_GATE = Module("iargus/api/gate/gate.py", _TOKENS)
_AUTH = Module("iargus/api/gate/credentials.py", "tests/api/test_auth.py")
_ROUTES = Module("iargus/api/routes/admin.py", _ADMIN)
_MODELS = Module("iargus/api/routes/admin_models.py", _ADMIN)
_ENDPOINT = Module("iargus/api/routes/task_endpoint.py", _ADMIN)
_FEEDBACK = Module("iargus/api/routes/feedback.py", _ADMIN)
_OWNER = Module("iargus/serving/recording/feedback.py", "tests/api/test_feedback.py")
_REQUEST = Module("iargus/api/routes/token_models.py", _ADMIN)

GUARDS = (
    _GATE.guard(
        "the token is judged before the body",
        "                unparsed = error\n",
        "                raise error.as_error() from None\n",
        "tests/api/test_gate.py",
    ),
    _GATE.guard(
        "whoever has no token learns nothing of a body",
        'raise TokenMissing("a token is needed, and the body cannot be read") from None',
        "raise error.as_error() from None",
        "tests/api/test_gate.py",
    ),
    _GATE.guard(
        "the token is no part of what is predicted from",
        'document.pop("security_token", None)',
        "pass",
        "tests/api/test_gate.py",
    ),
    _GATE.guard("a route for a scope needs it", "if claims.scope != needed:", "if False:", _ADMIN),
    _AUTH.guard(
        "two tokens that differ are refused",
        "if in_header is not None and in_body is not None and in_header != in_body:",
        "if False:",
        _TOKENS,
    ),
    _AUTH.guard("two Authorization headers are refused", "len(values) > 1 or ", ""),
    _AUTH.guard("only the scheme Bearer carries a token", 'scheme.lower() != "bearer" or ', ""),
    _AUTH.guard("a header holds one token", ' or " " in token', ""),
    _AUTH.guard("a token in a body is a text", "if not isinstance(value, str):", "if False:"),
    _AUTH.guard(
        "an empty token is none, and not another than the header's",
        'if value is None or value == "":',
        "if value is None:",
    ),
    _ROUTES.guard(
        "the list of tokens is for administrators",
        "await gate.authenticate_with_scope(request.scope, ADMIN)\n        return await found(",
        "await gate.enter(request.scope)\n        return await found(",
    ),
    _ROUTES.guard(
        "a token's record is for administrators",
        "await gate.authenticate_with_scope(request.scope, ADMIN)\n        record =",
        "await gate.enter(request.scope)\n        record =",
    ),
    _ROUTES.guard(
        "search and revocation are for administrators", "require_scope(claims, ADMIN)", "pass"
    ),
    _MODELS.guard("no address is taken from a URL", "    email: None = None\n", "    pass\n"),
    _ROUTES.guard(
        "more than one token is revoked only as many as expected",
        "if count != (1 if expected is None else expected) or wanted.everything:",
        "if wanted.everything:",
    ),
    _ROUTES.guard("every token at once is never revoked", " or wanted.everything:", ":"),
    _MODELS.guard(
        "addresses are masked", "email=masked(record.holder.email)", "email=record.holder.email"
    ),
    _MODELS.guard("a page is bounded", "Field(ge=1, le=MAX_PAGE_ROWS)", "Field(ge=1)"),
    _MODELS.guard("a slip in a search is no wider search", '        extra="forbid",\n', ""),
    _ENDPOINT.guard(
        "a prediction is for a token of its task",
        "self._require(claims)\n        now = self._clock()",
        "now = self._clock()",
    ),
    _ENDPOINT.guard(
        "a batch is for a token of its task",
        "self._require(claims)\n        key, limit",
        "key, limit",
    ),
    _ENDPOINT.guard(
        "a read route is for a token of its task",
        "self._require(await self._gate.enter(scope))",
        "await self._gate.enter(scope)",
    ),
    _ENDPOINT.guard(
        "a read route needs a token",
        "self._require(await self._gate.enter(scope))",
        "pass",
        _TOKENS,
    ),
    _ENDPOINT.guard(
        "a batch is bounded",
        "not 0 < len(rows) <= limit:",
        "not 0 < len(rows):",
        "tests/api/test_predictions.py",
    ),
    _FEEDBACK.guard(
        "a label is for a token of its task", "if not claims.opens(prediction.task):", "if False:"
    ),
    _OWNER.guard(
        "only who was answered tells the truth",
        "            or prediction.subject != subject\n",
        "",
    ),
    _REQUEST.guard(
        "nobody asks for more days than the policy's",
        "if asked.ttl_days is not None and asked.ttl_days > longest_days:",
        "if False:",
    ),
    _REQUEST.guard(
        "nobody asks for a task that is not served",
        "if task not in tasks]",
        "if False]",
    ),
)
