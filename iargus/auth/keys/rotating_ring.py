"""The key ring as a process knows it now: the environment's keys, and those of the database.

While the table has no rows, the environment's keys sign and verify. Once it has, its newest key
signs, and the environment's keys only verify, for as long as the environment names them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from iargus.auth.jwt.claims import NOT_VALID, Claims, decode
from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.row import SIGNS_AFTER_S, KeyRow, load_rows, save_rows
from iargus.auth.keys.wrapping import unwrap
from iargus.errors import SigningKeyMissing, TokenKeyUnknown
from iargus.settings.keys import JwtKey
from iargus.settings.tokens import TokenPolicy

logger = logging.getLogger(__name__)

# Tokens whose signature each process remembers to be good, about 1 KB each.
REMEMBERED_TOKENS = 4096
# The two times of a rotation are written one after the other, in whole seconds.
_ONE_TRANSACTION = timedelta(seconds=2)

Decode = Callable[[str], Claims]


class RotatingKeyRing:
    """A ring that `apply` replaces.

    `decode` gives the claims of a token as `claims.decode` does, and remembers good ones until the
    ring changes: a key that is gone takes its tokens along.
    """

    decode: Decode

    def __init__(
        self,
        environment: KeyRing,
        policy: TokenPolicy,
        *,
        path: Path | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment = list(environment.keys)
        self._policy = policy
        self._path = path
        self._monotonic_s = monotonic_s
        self._signs_after_s = max(SIGNS_AFTER_S, 2 * policy.revocation_refresh_s)
        self._saved = [] if path is None else load_rows(path)
        self._complained: set[tuple[str, str]] = set()
        # From when on each may sign (monotonic), the one that is wanted most first.
        self._signers: list[tuple[float, JwtKey]] = []
        self.verifying: dict[str, JwtKey] = {}
        # Until the database answers: what was known when this host last asked it.
        self._use(self._saved, at=None)

    def apply(self, rows: Sequence[KeyRow], *, at: datetime) -> None:
        """Take the rows of the database, the newest first; `at` is now, in UTC without a zone."""
        self._use(rows, at=at)
        saved = [row.model_copy(update={"age_s": 0.0}) for row in rows]
        if self._path is not None and saved != self._saved:
            save_rows(self._path, saved)
        self._saved = saved

    def signing(self) -> KeyRing:
        """The key that signs now, alone.

        A new key waits until every worker has read it; a worker that signed with it at once would
        give out tokens that others briefly refuse.

        Raises:
            SigningKeyMissing: every key was revoked, or the new one cannot be unwrapped here.
        """
        if not self._signers:
            raise SigningKeyMissing("no key is there to sign with; see `iargus keys list`")
        now_s = self._monotonic_s()
        ready = (key for from_s, key in self._signers if from_s <= now_s)
        return KeyRing([next(ready, self._signers[0][1])])

    def _use(self, rows: Sequence[KeyRow], *, at: datetime | None) -> None:
        revoked = {row.kid for row in rows if row.revoked_at is not None}
        own = [key for key in self._environment if key.kid not in revoked]
        stored = [
            (row, key)
            for row in rows
            if row.wrapped is not None and row.revoked_at is None
            if at is None or not row.is_expired(at)
            if (key := self._unwrapped(row)) is not None
        ]
        known_s = self._monotonic_s()
        newest = [(row, key) for row, key in stored if row.retired_at is None]
        before = [(row, key) for row, key in stored if row.retired_at is not None]
        # The previous signer goes on until the new key may sign, unless it was revoked.
        former = [key for row, key in before if _just_retired(row, newest)]
        if not before and not revoked:
            former = own[:1]
        self._signers = [
            *((known_s + self._signs_after_s - row.age_s, key) for row, key in newest),
            *((known_s, key) for key in former),
        ] or [(known_s, key) for key in [*(key for _, key in before[:1]), *own]]
        # A name of the environment is the environment's: no row can put another secret there.
        self.verifying = {key.kid: key for _, key in stored} | {key.kid: key for key in own}
        self.decode = _caching(list(self.verifying.values()), self._policy)

    def _unwrapped(self, row: KeyRow) -> JwtKey | None:
        assert row.wrapped is not None
        key = unwrap(row.kid, row.wrapped, self._environment)
        name = (row.kid, row.wrapped)
        if key is None and name not in self._complained:
            self._complained.add(name)
            logger.error(
                "the signing key %s is refused: no secret of this host's environment has wrapped "
                "it, or its row was altered",
                row.kid,
            )
        return key


def _just_retired(row: KeyRow, newest: Sequence[tuple[KeyRow, JwtKey]]) -> bool:
    assert row.retired_at is not None
    return any(row.retired_at + _ONE_TRANSACTION >= new.created_at for new, _ in newest)


def _caching(keys: Sequence[JwtKey], policy: TokenPolicy) -> Decode:
    if not keys:
        return _refuse_all
    ring = KeyRing(keys)
    # A signature that was good stays good while the keys are the same; what changes with time
    # is asked for every request. Bad tokens are not remembered: errors never are.
    return lru_cache(REMEMBERED_TOKENS)(lambda token: decode(token, ring, policy))


def _refuse_all(_: str) -> Claims:
    raise TokenKeyUnknown(NOT_VALID)
