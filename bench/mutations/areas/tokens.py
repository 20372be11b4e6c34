"""What a token is: its one spelling, its claims, its times."""

from __future__ import annotations

from bench.mutations.guard import Module

_FORM = Module(
    "iargus/auth/jwt/form.py", "tests/auth/tokens/test_form.py", "tests/auth/tokens/test_claims.py"
)
_CLAIMS = Module(
    "iargus/auth/jwt/claims.py",
    "tests/auth/tokens/test_claims.py",
    "tests/auth/tokens/test_form.py",
)

GUARDS = (
    _FORM.guard(
        "a token longer than any of ours is not decoded",
        "if len(token) > MAX_TOKEN_CHARS:",
        "if False:",
    ),
    _FORM.guard(
        "the spare bits of a signature's last character are zero",
        "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",
        "[A-Za-z0-9_-]{43}",
    ),
    _FORM.guard(
        "nothing follows a signature",
        "match = _FORM.fullmatch(token)",
        "match = _FORM.match(token)",
    ),
    _FORM.guard(
        "a header has no name beside ours",
        "header.keys() != _HEADER",
        "not header.keys() >= _HEADER",
    ),
    _FORM.guard(
        "the header names the one algorithm",
        'or header["alg"] != ALGORITHM ',
        "",
    ),
    _FORM.guard("the header names the one type", 'or header["typ"] != TYPE:', "or False:"),
    _FORM.guard("a kid is a text", "if not isinstance(kid, str):", "if False:"),
    _FORM.guard(
        "header and claims are objects", "if not isinstance(found, dict):", "if found is None:"
    ),
    _CLAIMS.guard(
        "the library knows one algorithm, whatever a header says",
        "_VERIFIER.decode(token, secret, algorithms=[ALGORITHM])",
        'jwt.PyJWS().decode(token, secret, algorithms=["none", "HS512", ALGORITHM])',
    ),
    _CLAIMS.guard(
        "a short key signs nothing",
        '_SIGNER = jwt.PyJWS(algorithms=[ALGORITHM], options={"enforce_minimum_key_length": True})',
        "_SIGNER = jwt.PyJWS(algorithms=[ALGORITHM])",
    ),
    _CLAIMS.guard("a claim that is not understood is refused", 'extra="forbid"', 'extra="ignore"'),
    _CLAIMS.guard("a claim has its own type and no other", "strict=True", "strict=False"),
    _CLAIMS.guard("a token has a subject", "sub: str = Field(min_length=1,", "sub: str = Field("),
    _CLAIMS.guard(
        "the signature is checked",
        "payload = _VERIFIER.decode(token, secret, algorithms=[ALGORITHM])",
        'payload = _VERIFIER.decode_complete(token, options={"verify_signature": False})'
        '["payload"]',
    ),
    _CLAIMS.guard("the issuer is ours", "claims.iss != policy.issuer or ", ""),
    _CLAIMS.guard("the token is meant for us", " or claims.aud != policy.audience", ""),
    _CLAIMS.guard(
        "there is one wording for every cause",
        "raise refusal(NOT_VALID) from error",
        "raise refusal(str(error)) from error",
    ),
    _CLAIMS.guard("no token comes from the future", "claims.iat > now_s + policy.leeway_s or ", ""),
    _CLAIMS.guard("no token ends before it begins", " or claims.exp <= claims.iat", ""),
    _CLAIMS.guard(
        "nbf is obeyed", "if claims.nbf is not None and claims.nbf > now_s", "if False and now_s"
    ),
    _CLAIMS.guard(
        "a token ends with its last second",
        "if claims.exp + policy.leeway_s <= now_s:",
        "if claims.exp + policy.leeway_s < now_s:",
    ),
    _CLAIMS.guard(
        "no token lasts longer than the policy allows",
        "if not 1 <= days <= policy.ttl_days:",
        "if days < 1:",
    ),
    _CLAIMS.guard(
        "a token opens its own tasks only",
        "return self.scope is None and (self.tasks is None or task in self.tasks)",
        "return self.scope is None",
    ),
    _CLAIMS.guard(
        "a token with a scope opens no task",
        "return self.scope is None and (self.tasks is None or task in self.tasks)",
        "return self.tasks is None or task in self.tasks",
        "tests/security/test_scopes.py",
    ),
    _CLAIMS.guard(
        "no token lasts longer than any that was ever issued",
        "if claims.exp - claims.iat > _MAX_TTL_S:",
        "if False:",
        "tests/security/test_times.py",
    ),
    _CLAIMS.guard(
        "the key of an unknown kid is nobody's, whatever it says",
        "if not is_ours:",
        "if False:",
        "tests/auth/tokens/test_same_work.py",
    ),
    _CLAIMS.guard(
        "the time of a check does not depend on the secret",
        "_VERIFIER.register_algorithm(ALGORITHM, _Verifying(_Verifying.SHA256))",
        "_VERIFIER.register_algorithm(ALGORITHM, HMACAlgorithm(HMACAlgorithm.SHA256))",
        "tests/auth/tokens/test_same_work.py",
    ),
)
