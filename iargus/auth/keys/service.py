"""Rotating, retiring and listing signing keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from iargus.auth.jwt.key_ring import KeyRing
from iargus.auth.keys.loading import fresh_key
from iargus.auth.keys.row import KeyRow
from iargus.auth.keys.store import SqlKeyStore, Use
from iargus.auth.keys.wrapping import unwrap, wrap
from iargus.clock import Clock, to_naive_utc
from iargus.errors import DataError
from iargus.settings.keys import JwtKey

ENVIRONMENT = "environment"
FILE = "file"


@dataclass(frozen=True)
class KeyInfo:
    """A key and what depends on it. `origin` is `environment`, `file` or `database`; `state` is
    `signs`, `verifies`, `revoked` or `dropped`, or `unreadable` where this host cannot unwrap it;
    times are UTC without a zone."""

    kid: str
    origin: str
    state: str
    created_at: datetime | None
    wrapped_with: str | None
    use: Use


def described(
    rows: Sequence[KeyRow],
    uses: Mapping[str, Use],
    roots: Sequence[JwtKey],
    origin: str = ENVIRONMENT,
) -> list[KeyInfo]:
    """Every key of the table, the newest first, and then the `roots`, which are in `origin`."""
    signing, own = signer(rows, roots), {root.kid for root in roots}
    found = [
        KeyInfo(
            row.kid,
            origin if row.kid in own else "database",
            _state(row, signing, roots),
            row.created_at,
            row.wrapped_with,
            uses.get(row.kid, Use()),
        )
        for row in rows
    ]
    revoked = {row.kid for row in rows if row.revoked_at is not None}
    for root in roots:
        if root.kid not in revoked:
            state = "signs" if root.kid == signing else "verifies"
            use = uses.get(root.kid, Use())
            found.append(KeyInfo(root.kid, origin, state, None, None, use))
    return found


def signer(rows: Sequence[KeyRow], roots: Sequence[JwtKey]) -> str | None:
    """The `kid` that signs: the newest of the table, or the environment's first."""
    unretired = (row.kid for row in rows if row.wrapped is not None and row.retired_at is None)
    revoked = {row.kid for row in rows if row.revoked_at is not None}
    own = (root.kid for root in roots if root.kid not in revoked)
    return next(unretired, None) or next(own, None)


def _state(row: KeyRow, signing: str | None, roots: Sequence[JwtKey]) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.wrapped is None:
        return "dropped"
    if unwrap(row.kid, row.wrapped, roots) is None:
        return "unreadable"
    return "signs" if row.kid == signing else "verifies"


class KeyService:
    """What an administrator does with keys; `environment` gives the secrets that wrap them, the
    first for what is written."""

    def __init__(
        self, store: SqlKeyStore, environment: KeyRing, *, clock: Clock, origin: str = ENVIRONMENT
    ) -> None:
        """`origin` says where `environment` was read from: the environment, or a file."""
        self._store = store
        self.origin = origin
        self._roots = list(environment.keys)
        self._clock = clock

    def listed(self) -> list[KeyInfo]:
        """Every key, the newest first, those of the environment last."""
        uses = self._store.uses(to_naive_utc(self._clock()))
        return described(self._store.rows(), uses, self._roots, self.origin)

    def rotate(self) -> str:
        """Make a key that signs from now on; gives its `kid`.

        Raises:
            KeysChanged: somebody else has just done so.
        """
        rows = self._store.rows()
        new = self._new(rows)
        self._store.rotate(new, after=_newest(rows))
        self._store.erase_expired()
        return new.kid

    def use_of(self, kid: str) -> Use:
        """What the retirement of a key would end.

        Raises:
            DataError: there is no such key, or it was revoked before.
        """
        known = {info.kid: info for info in self.listed()}
        if kid not in known or known[kid].state in ("revoked", "dropped"):
            raise DataError(f"no key {kid} is in use; see `iargus keys list`")
        return known[kid].use

    def retire(self, kid: str, *, now: bool) -> str | None:
        """Let a key sign no more; with `now` refuse its tokens too. Gives the `kid` of the key that
        was made to sign in its place, if it was the one that did.

        Raises:
            DataError: there is no such key, or it was revoked before.
            KeysChanged: somebody else has just changed the keys.
        """
        self.use_of(kid)
        rows = self._store.rows()
        signs = signer(rows, self._roots) == kid
        new = self._new(rows, refused=kid if now else None) if signs else None
        if now:
            self._store.revoke(kid, after=_newest(rows), new=new)
        elif new is not None:
            self._store.rotate(new, after=_newest(rows))
        return None if new is None else new.kid

    def rewrap(self) -> int:
        """Wrap every key with the environment's first secret; gives how many.

        Raises:
            DataError: a key was wrapped with a secret that the environment does not give.
        """
        rows = [row for row in self._store.rows() if row.wrapped is not None]
        root = self._root(rows)
        anew = []
        for row in rows:
            assert row.wrapped is not None
            key = unwrap(row.kid, row.wrapped, self._roots)
            if key is None:
                raise DataError(
                    f"the key {row.kid} cannot be unwrapped: IARGUS_JWT_KEYS must still name "
                    f"{row.wrapped_with}, or its row was altered; nothing is changed"
                )
            changed = {"wrapped": wrap(key, root), "wrapped_with": root.kid}
            anew.append(row.model_copy(update=changed))
        self._store.rewrap(anew, after=_newest(self._store.rows()))
        return len(anew)

    def erase_expired(self) -> int:
        """Erase keys whose last token ended a day ago; gives how many."""
        return self._store.erase_expired()

    def _new(self, rows: Sequence[KeyRow], refused: str | None = None) -> KeyRow:
        key, root = fresh_key(), self._root(rows, refused)
        made = to_naive_utc(self._clock())
        return KeyRow(
            kid=key.kid, wrapped=wrap(key, root), wrapped_with=root.kid, created_at=made, age_s=0
        )

    def _root(self, rows: Sequence[KeyRow], refused: str | None = None) -> JwtKey:
        bad = {row.kid for row in rows if row.revoked_at is not None} | {refused}
        good = [root for root in self._roots if root.kid not in bad]
        return (good or self._roots)[0]


def _newest(rows: Sequence[KeyRow]) -> str | None:
    return rows[0].kid if rows else None
