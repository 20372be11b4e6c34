"""Issuing: who may have a token, how many, and what a request is told."""

from __future__ import annotations

from bench.mutations.guard import Module

_DECISIONS, _LIMITED_TESTS = "tests/issuing/test_decisions.py", "tests/issuing/test_limited.py"
_INVITED_TESTS, _WEB = "tests/issuing/test_invitations.py", "tests/web/test_issuing.py"
_ISSUERS = Module("iargus/issuing/issuers.py", _LIMITED_TESTS, _INVITED_TESTS)
_LIST = Module("iargus/issuing/allow_list.py", "tests/issuing/test_allow_list.py")
_START = Module("iargus/issuing/starting.py", "tests/issuing/test_starting.py")
_POLICY = Module("iargus/settings/issuing.py", "tests/issuing/test_starting.py")
_ALLOWANCE = Module("iargus/issuing/allowance.py", _LIMITED_TESTS)
_LIMITED = Module(
    "iargus/issuing/limited.py", f"{_LIMITED_TESTS}::test_asking_at_once_gives_no_token_more"
)
_PERSON = Module("iargus/issuing/addresses.py", _DECISIONS)
_DECIDE = Module("iargus/issuing/decisions.py", _DECISIONS)
_INVITED = Module("iargus/issuing/invitations.py", _INVITED_TESTS)
_ANSWER = Module("iargus/web/token_routes.py", _WEB)

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
        "if mode is IssuingMode.INVITATION:",
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
    _PERSON.guard(
        "letters that look alike are not the same",
        "return cls(found.local_part.lower(),",
        "return cls(found.local_part.casefold(),",
        "tests/issuing/test_allow_list.py",
    ),
    _PERSON.guard(
        "a tag makes no other person", 'untagged = local.partition("+")[0]', "untagged = local"
    ),
    _ALLOWANCE.guard(
        "a person holds so many tokens",
        "if live_tokens(connection, email, at) >= policy.max_live_tokens:",
        "if False:",
    ),
    _ALLOWANCE.guard(
        "a person is given so many a day", "if len(given) >= policy.tokens_per_day:", "if False:"
    ),
    _ALLOWANCE.guard(
        "also over the tags of an address",
        'return or_(tokens.c.email == f"{local}@{domain}", tagged)',
        'return or_(tokens.c.email == f"{local}@{domain}", and_(tagged, False))',
    ),
    _LIMITED.guard(
        "who asks at once waits for the one before",
        "            take_turn(connection, turn_of(person_of(email)))\n",
        "",
    ),
    _DECIDE.guard("no mail for a link that has expired", "if facts.is_expired:", "if False:"),
    _DECIDE.guard("no third mail without word of the second", "if facts.lapses > 1:", "if False:"),
    _DECIDE.guard(
        "no mail to who is not on the list",
        "if allowed is not None and not allowed.holds(facts.email):",
        "if False:",
    ),
    _DECIDE.guard(
        "mails to a person are limited",
        "if facts.mails_to_person >= policy.mails_per_hour:",
        "if False:",
    ),
    _DECIDE.guard(
        "mails to all are limited",
        "if facts.mails_to_all >= policy.mails_per_hour_total:",
        "if False:",
    ),
    _DECIDE.guard(
        "no mail to who may have no token more",
        "if facts.live_tokens >= policy.max_live_tokens:",
        "if False:",
    ),
    _ANSWER.guard(
        "confirm has one answer for everybody",
        "JSONResponse(ON_ITS_WAY.model_dump(), status_code=202)",
        'JSONResponse({"message": f"{ON_ITS_WAY.message} ({asked.email})"}, status_code=202)',
    ),
    _INVITED.guard(
        "an invitation has so many uses",
        "            invitations.c.used < invitations.c.uses,\n",
        "",
    ),
    _INVITED.guard("an invitation expires", "            invitations.c.expires_at > at,\n", ""),
    _INVITED.guard(
        "a revoked invitation gives nothing",
        "expires_at > at,\n            invitations.c.revoked_at.is_(None),\n",
        "expires_at > at,\n",
    ),
    _INVITED.guard(
        "the secret of an invitation is proven where it is used",
        "if not proven or row is None or",
        "if row is None or",
    ),
    _INVITED.guard(
        "an invitation for one address is for no other",
        'if row["email"] is not None and Address.parse(row["email"]) != address:',
        "if False:",
    ),
    _INVITED.guard(
        "an invitation for one domain is for no other",
        'return row["domain"] is None or row["domain"] == address.domain',
        "return True",
    ),
    _INVITED.guard(
        "the database knows no invitation", '"digest": code.digest', '"digest": code.secret'
    ),
)
