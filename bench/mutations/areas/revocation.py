"""Revocation, and what is answered when nobody can tell."""

from __future__ import annotations

from bench.mutations.guard import Module

_TESTS = "tests/auth/tokens/test_service.py"
_FILE_TESTS = "tests/auth/tokens/test_revocation_file.py"
_UNKNOWN_KEY = (
    "tests/auth/tokens/test_key_service.py::test_an_unknown_key_is_401_and_in_an_outage_503[sqlite]"
)
_REGISTER = "tests/auth/tokens/test_register.py"
_SERVICE = Module("iargus/auth/tokens/service.py", _TESTS)
_LIST = Module("iargus/auth/revocation/snapshot.py", _TESTS)
_FILE = Module("iargus/auth/revocation/file.py", _FILE_TESTS)
_STORE = Module(
    "iargus/auth/tokens/store.py",
    f"{_REGISTER}::test_a_database_from_a_backup_is_read_whole[sqlite]",
)

GUARDS = (
    _SERVICE.guard(
        "a revoked token is refused", "if self._revocations.holds(claims.jti):", "if False:"
    ),
    _SERVICE.guard(
        "times are checked at every request, whatever is remembered",
        "check_times(claims, self._policy, now_s=now_s)",
        "pass",
    ),
    _SERVICE.guard(
        "only a token of now can be revoked by itself",
        "check_times(claims, self._policy, now_s=self._clock().timestamp())",
        "pass",
    ),
    _SERVICE.guard(
        "a revocation holds at once where it was asked for",
        "self._revocations.add(claims.jti)",
        "pass",
    ),
    _SERVICE.guard(
        "nothing is given that is not recorded",
        "self._within(lambda: self._store.add(record))",
        "self._store.add(record) if now_and_then() else None",
        also=(
            "PLAIN = Grant()",
            "PLAIN = Grant()\n\n\ndef now_and_then() -> bool:\n    return False",
        ),
    ),
    _SERVICE.guard(
        "the database knows a token by its digest alone",
        "digest=digest_of(token)",
        "digest=token",
    ),
    _SERVICE.guard(
        "a token does not name its holder",
        "return hashlib.sha256(normal_email(email).encode()).hexdigest()[:32]",
        "return normal_email(email)[:32]",
    ),
    _SERVICE.guard(
        "an unknown key is 503 where the ring may lack it",
        "if self._revocations.ring_may_be_stale and isinstance(refusal, TokenKeyUnknown):",
        "if False:",
        _UNKNOWN_KEY,
    ),
    _LIST.guard(
        "a list that is too old is unknown, not good",
        "age_s is not None and age_s <= self._max_age_s",
        "age_s is not None",
    ),
    _LIST.guard(
        "a list that was never read is unknown, not good",
        "age_s is not None and age_s <= self._max_age_s",
        "age_s is None or age_s <= self._max_age_s",
    ),
    _LIST.guard(
        "what this worker revoked is refused before the list says so",
        "if jti in self._revoked or jti in self._own:",
        "if jti in self._revoked:",
    ),
    _LIST.guard(
        "a revocation outlives a reading that began before it",
        "{jti: at_s for jti, at_s in self._own.items() if at_s >= begun_s}",
        "{}",
    ),
    _LIST.guard(
        "a list from the disk says nothing of keys",
        "age_s is None or self._listed_at_s is None or age_s",
        "age_s is None or age_s",
        _FILE_TESTS,
    ),
    _LIST.guard(
        "a ring that was not compared lately may lack keys",
        " or age_s > self._ring_max_age_s",
        "",
        _UNKNOWN_KEY,
    ),
    _LIST.guard(
        "a revocation of another program is found",
        "self._store.number_revocations()",
        "pass",
    ),
    _STORE.guard("after a backup the list is read whole", " or now.revoked < since.revoked", ""),
    _FILE.guard(
        "a kept list that others can change does not count",
        "if os.fstat(file.fileno()).st_mode & 0o077:",
        "if False:",
    ),
    _FILE.guard("a kept list is its owner's", "mode=OWNER_ONLY", "mode=0o644"),
    _FILE.guard(
        "a kept list from the future does not count",
        "if not 0 <= age_s <= self._max_age_s:",
        "if age_s > self._max_age_s:",
    ),
    _FILE.guard(
        "an old kept list does not count",
        "if not 0 <= age_s <= self._max_age_s:",
        "if age_s < 0:",
    ),
    _FILE.guard(
        "a damaged kept list does not count",
        "if not isinstance(revoked, list) or not all(isinstance(jti, str) for jti in revoked):",
        "if False:",
    ),
    _FILE.guard(
        "a kept list of another format does not count",
        ' or document.get("format") != FORMAT',
        "",
    ),
)
