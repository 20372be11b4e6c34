"""Issuing: the modes, the list of addresses, and what a request is told."""

from __future__ import annotations

from bench.mutations.guard import Module

_LIMITED_TESTS = "tests/auth/issuing/test_limited.py"
_INVITED_TESTS, _WEB = "tests/auth/issuing/test_invitations.py", "tests/api/test_issuing.py"
_ISSUERS = Module("iargus/auth/issuing/issuer.py", _LIMITED_TESTS, _INVITED_TESTS)
_LIST = Module("iargus/auth/issuing/addresses.py", "tests/auth/issuing/test_allow_list.py")
_START = Module("iargus/auth/issuing/composition.py", "tests/auth/issuing/test_startup.py")
_POLICY = Module("iargus/settings/tokens.py", "tests/auth/issuing/test_startup.py")
_ANSWER = Module("iargus/api/routes/tokens.py", _WEB)

GUARDS = (
    _START.guard(
        "production must choose a mode", "if settings.environment.production:", "if False:"
    ),
    _START.guard(
        "an entry of the list without sense refuses the start", "    AllowList(policy.allow)\n", ""
    ),
    _START.guard(
        "confirm needs a mail server", "if settings.environment.smtp is None:", "if False:"
    ),
    _START.guard(
        "a link never begins with what a request says", "if url is None:", "if url == '':"
    ),
    _START.guard(
        "a token is shown over HTTPS",
        'if settings.environment.production and urlsplit(url).scheme != "https":',
        "if False:",
    ),
    _POLICY.guard(
        "a list that would protect nothing is refused",
        "if self.allow and self.mode not in _WITH_A_LIST:",
        "if False:",
    ),
    _POLICY.guard(
        "allow-list needs a list",
        "if self.mode is IssuingMode.ALLOW_LIST and not self.allow:",
        "if False:",
    ),
    _ISSUERS.guard(
        "who is not on the list gets no token",
        "if not self._allowed.holds(holder.email):",
        "if False:",
    ),
    _ISSUERS.guard(
        "without an invitation there is no token", "if invitation is None:", "if invitation == '':"
    ),
    _ISSUERS.guard(
        "an invitation opens its tasks only", "return replace(grant, tasks=left)", "return grant"
    ),
    _ISSUERS.guard(
        "an invitation for other tasks gives nothing", "    if not left:\n", "    if False:\n"
    ),
    _ISSUERS.guard(
        "each mode has its issuer",
        "if self._mode is IssuingMode.INVITATION:",
        "if False:",
    ),
    _LIST.guard(
        "a domain does not hold its subdomains",
        "or address.domain in self._domains",
        "or address.domain.endswith(tuple(self._domains))",
    ),
    _LIST.guard(
        "subdomains begin with a dot", 'child.removeprefix("x")', 'child.removeprefix("x.")'
    ),
    _LIST.guard("a star stands for subdomains only", 'if "*" in entry:', "if False:"),
    _ANSWER.guard(
        "confirm has one answer for everybody",
        "JSONResponse(ON_ITS_WAY.model_dump(), status_code=202)",
        'JSONResponse({"message": f"{ON_ITS_WAY.message} ({asked.email})"}, status_code=202)',
    ),
)
