"""Signing keys: where they come from, how they are kept, and when they end."""

from __future__ import annotations

from bench.mutations.guard import Module

_KEY_SERVICE = "tests/auth/tokens/test_key_service.py"


def _on_sqlite(*tests: str) -> tuple[str, ...]:
    """Tests of the key service; on MariaDB they say the same, and it takes longer to start."""
    return tuple(f"{_KEY_SERVICE}::test_{test}[sqlite]" for test in tests)


_WRAPPING = Module("iargus/auth/keys/wrapping.py", "tests/auth/tokens/test_wrapping.py")
_RING = Module("iargus/auth/jwt/key_ring.py", "tests/auth/tokens/test_claims.py")
_LIVE = Module(
    "iargus/auth/keys/rotating_ring.py",
    "tests/auth/tokens/test_live_ring.py",
    *_on_sqlite(
        "a_row_with_a_kid_of_the_environment_changes_nothing",
        "a_key_of_the_environment_can_be_revoked_although_the_environment_names_it",
        "a_new_key_verifies_at_once_and_signs_once_everybody_has_read_it",
        "an_emergency_ends_the_key_s_tokens_also_where_they_are_remembered",
        "where_every_key_is_gone_nothing_is_signed_and_nothing_let_in",
    ),
)
_STORE = Module(
    "iargus/auth/keys/store.py",
    *_on_sqlite(
        "of_two_who_rotate_at_once_one_is_told_so",
        "an_emergency_ends_the_key_s_tokens_also_where_they_are_remembered",
        "a_spent_key_is_erased_from_the_table",
    ),
)
_SERVICE = Module(
    "iargus/auth/keys/service.py",
    *_on_sqlite(
        "a_key_of_the_environment_can_be_revoked_although_the_environment_names_it",
        "the_root_secret_is_rotated_with_both_in_the_environment",
    ),
)
_KEYS = Module("iargus/auth/keys/loading.py", "tests/auth/tokens/test_keys.py")
_FILE = Module("iargus/settings/keys.py", "tests/auth/tokens/test_keys.py")
_RING_FILE = Module(
    "iargus/auth/keys/row.py",
    *_on_sqlite("the_ring_outlives_an_outage_and_a_restart_within_it"),
)

GUARDS = (
    _WRAPPING.guard(
        "a wrapped key is bound to its kid",
        ".encrypt(nonce, secret, key.kid.encode())",
        '.encrypt(nonce, secret, b"")',
        also=(".decrypt(nonce, sealed, kid.encode())", '.decrypt(nonce, sealed, b"")'),
    ),
    _WRAPPING.guard(
        "no nonce is used twice", "nonce = os.urandom(_NONCE_BYTES)", "nonce = bytes(_NONCE_BYTES)"
    ),
    _WRAPPING.guard(
        "the key that wraps is derived, and signs nothing",
        "AESGCM(derived.derive(root.secret.get_secret_value().encode()))",
        "AESGCM(root.secret.get_secret_value().encode()[:32])",
    ),
    _WRAPPING.guard(
        "a wrapped key that was altered is no key",
        "except (InvalidTag, ValueError):",
        "except ValueError:",
    ),
    _RING.guard(
        "a ring shows no secret",
        "tuple[bytes, bool]] = field(init=False, repr=False)",
        "tuple[bytes, bool]] = field(init=False)",
    ),
    _RING.guard("a ring without keys is none", "if not self.keys:", "if self.keys is None:"),
    _LIVE.guard(
        "a row cannot put another secret under a name of the environment",
        "{key.kid: key for _, key in stored} | {key.kid: key for key in own}",
        "{key.kid: key for key in own} | {key.kid: key for _, key in stored}",
    ),
    _LIVE.guard(
        "a key of the environment that was revoked is refused",
        "key for key in self._environment if key.kid not in revoked",
        "key for key in self._environment",
    ),
    _LIVE.guard(
        "a key that was revoked is refused although its row is whole",
        "if row.wrapped is not None and row.revoked_at is None",
        "if row.wrapped is not None",
    ),
    _LIVE.guard(
        "a key whose last token has ended is let go",
        "if at is None or not row.is_expired(at)",
        "if True",
    ),
    _LIVE.guard(
        "a new key signs once everybody has read it",
        "max(SIGNS_AFTER_S, 2 * policy.revocation_refresh_s)",
        "0.0",
    ),
    _LIVE.guard(
        "a key that is gone takes remembered tokens along",
        "self.decode = _caching(list(self.verifying.values()), self._policy)",
        "self.decode = getattr(self, 'decode', None) or "
        "_caching(list(self.verifying.values()), self._policy)",
    ),
    _LIVE.guard(
        "a ring without keys lets nobody in",
        "    raise TokenKeyUnknown(NOT_VALID)",
        '    return Claims.model_construct(jti="", iat=0, exp=2**40, nbf=None)',
    ),
    _STORE.guard("of two who rotate at once one is told", "if found != after:", "if False:"),
    _STORE.guard(
        "a revoked key's secret is erased",
        '{"revoked_at": _NOW, "wrapped": None, "wrapped_with": None}',
        '{"revoked_at": _NOW}',
    ),
    _STORE.guard(
        "an expired key's secret is erased",
        ".values(wrapped=None))",
        ".values(kid=signing_keys.c.kid))",
    ),
    _SERVICE.guard(
        "a new key is not wrapped with the secret that was just revoked",
        "if row.revoked_at is not None} | {refused}",
        "if row.revoked_at is not None}",
    ),
    _SERVICE.guard(
        "nothing is wrapped anew unless all can be",
        "if key is None:\n                raise",
        "if key is None:\n                continue\n            if False:\n                raise",
    ),
    _KEYS.guard(
        "production signs with keys of the environment alone",
        "if environment.production:",
        "if False:",
    ),
    _FILE.guard("a key is its owner's to read: checked", "if mode & 0o077:", "if False:"),
    _FILE.guard("a key is its owner's to read: made so", "mode=OWNER_ONLY", "mode=0o644"),
    _FILE.guard("an empty file is no key", "if len(secret) < KEY_BYTES:", "if False:"),
    _FILE.guard(
        "workers that start together end with one key",
        ", exclusive=True",
        "",
    ),
    _RING_FILE.guard("the kept ring is its owner's to read", "mode=OWNER_ONLY", "mode=0o644"),
)
