"""Rate limits at the door: who is charged, and before what."""

from __future__ import annotations

from bench.mutations.guard import Module

_WEB = "tests/api/test_limits.py"
_LIMITED = Module("iargus/api/gate/rate_limit.py", _WEB)
_GATE = Module("iargus/api/gate/gate.py", _WEB)
_TOKENS = Module("iargus/api/routes/tokens.py", _WEB)
_LINKS = Module("iargus/api/routes/confirmation.py", "tests/api/test_confirm.py")

GUARDS = (
    _LIMITED.guard(
        "an address that is used up costs no check of a token",
        "limits.check_address(address)",
        "pass",
    ),
    _LIMITED.guard(
        "a request with a token is charged",
        "headers = limits.consume(address, jti)",
        "headers = []",
    ),
    _GATE.guard(
        "a request with a body and without a good token is charged to its address",
        "            await self._rate_limits.consume_address(scope, address)\n"
        "            raise\n"
        "        await self._rate_limits.consume(scope, address, claims.jti)\n"
        "        if unparsed",
        "            raise\n"
        "        await self._rate_limits.consume(scope, address, claims.jti)\n"
        "        if unparsed",
    ),
    _GATE.guard(
        "a request without a body and a good token is charged to its address",
        "            await self._rate_limits.consume_address(scope, address)\n"
        "            raise\n"
        "        await self._rate_limits.consume(scope, address, claims.jti)\n"
        "        return claims",
        "            raise\n"
        "        await self._rate_limits.consume(scope, address, claims.jti)\n"
        "        return claims",
    ),
    _GATE.guard(
        "a body that is too large is charged", "BodyTooLarge, BodyTooSlow)\n\n", "BodyTooSlow)\n\n"
    ),
    _TOKENS.guard(
        "tokens for an address are limited",
        "await rate_limits.consume_issuance(request.scope, address)",
        "pass",
    ),
    _TOKENS.guard(
        "a request for a token that is refused is charged",
        "            await rate_limits.consume_address(request.scope, address)\n",
        "",
    ),
    _TOKENS.guard(
        "a revocation is charged",
        "await rate_limits.consume_address(request.scope, "
        "rate_limits.check_address(request.scope))",
        "pass",
    ),
    _LINKS.guard(
        "guesses of links are limited",
        "await rate_limits.consume_issuance(request.scope, address)",
        "pass",
    ),
)
