"""The promises about tokens: nobody gets in without a good one, nobody is kept out with one."""

from __future__ import annotations

from collections.abc import Iterator

from bench.chaos.history import History
from bench.chaos.windows import SLACK_S, Promises, answered, healthy_for, of_database

GATED = ("/predict", "/intent", "/feedback")
WANTED_LABEL = {"expired": "TOKEN_EXPIRED", "forged": "TOKEN_INVALID", "missing": "TOKEN_MISSING"}


def no_answer_without_a_valid_token(history: History, _: Promises) -> Iterator[str]:
    """Expired, forged and missing tokens are answered 401, each with its own label."""
    for event in answered(history, *GATED):
        kind = history.tokens[event.token].kind
        if kind != "valid" and (event.status, event.label) != (401, WANTED_LABEL[kind]):
            yield f"a token that is {kind}: {event}"


def no_answer_after_a_revocation(history: History, promises: Promises) -> Iterator[str]:
    """A revoked token ends at once where it was revoked, elsewhere within the declared time."""
    for end in answered(history, "/revoke_token"):
        if end.status != 200:
            continue
        known_s = healthy_for(
            history, end.ended_s, promises.revocation_refresh_s + SLACK_S, of_database
        )
        for event in answered(history, *GATED):
            if event.token != end.token or event.status == 401 or event.began_s < end.ended_s:
                continue
            # A 503 lets nobody in.
            if event.status == 503:
                continue
            if event.connection is not None and event.connection == end.connection:
                yield f"revoked on this connection by {end.number}: {event}"
            elif event.began_s > known_s:
                yield f"revoked by {end.number} at {end.ended_s:.3f}: {event}"


def no_false_401(history: History, _: Promises) -> Iterator[str]:
    """A token that nobody tried to revoke is never refused."""
    tried: dict[str, float] = {}
    for event in history.events:
        if event.route == "/revoke_token":
            tried[event.token] = min(event.began_s, tried.get(event.token, event.began_s))
    for event in answered(history, *GATED, "/revoke_token"):
        if event.status != 401 or history.tokens[event.token].kind != "valid":
            continue
        if event.ended_s < tried.get(event.token, float("inf")):
            yield str(event)
        elif event.route == "/revoke_token":
            yield f"revoking is never refused to a holder: {event}"
