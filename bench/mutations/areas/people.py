"""Issuing to people: what they hold, their mails, and invitations."""

from __future__ import annotations

from bench.mutations.guard import Module

_DECISIONS, _LIMITED_TESTS = (
    "tests/auth/issuing/test_decisions.py",
    "tests/auth/issuing/test_limited.py",
)
_INVITED_TESTS = "tests/auth/issuing/test_invitations.py"
_ALLOWANCE = Module("iargus/auth/issuing/allowance.py", _LIMITED_TESTS)
_LIMITED = Module(
    "iargus/auth/issuing/allowance.py", f"{_LIMITED_TESTS}::test_asking_at_once_gives_no_token_more"
)
_PERSON = Module("iargus/auth/issuing/addresses.py", _DECISIONS)
_DECIDE = Module("iargus/auth/issuing/decisions.py", _DECISIONS)
_INVITED = Module("iargus/auth/issuing/invitations.py", _INVITED_TESTS)

GUARDS = (
    _PERSON.guard(
        "letters that look alike are not the same",
        "return cls(found.local_part.lower(),",
        "return cls(found.local_part.casefold(),",
        "tests/auth/issuing/test_allow_list.py",
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
        "tokens of tagged addresses are those of one person",
        'return or_(tokens.c.email == f"{local}@{domain}", tagged)',
        'return or_(tokens.c.email == f"{local}@{domain}", and_(tagged, False))',
    ),
    _LIMITED.guard(
        "who asks at once waits for the one before",
        "            acquire_lock(connection, person_lock(person_of(email)))\n",
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
