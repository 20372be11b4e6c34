"""Every guard, by area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.mutations.areas import (
    addresses,
    answers,
    artefacts,
    bodies,
    counters,
    gate,
    issuing,
    keys,
    limits,
    links,
    people,
    registry,
    revocation,
    settings,
    tokens,
)
from bench.mutations.guard import Guard

AREAS: Mapping[str, Sequence[Guard]] = {
    "tokens": tokens.GUARDS,
    "signing keys": keys.GUARDS,
    "revocation": revocation.GUARDS,
    "gate": gate.GUARDS,
    "bodies": bodies.GUARDS,
    "answers": answers.GUARDS,
    "client addresses": addresses.GUARDS,
    "rate limits": limits.GUARDS + counters.GUARDS,
    "issuing": issuing.GUARDS + people.GUARDS,
    "links and mails": links.GUARDS,
    "files of models": artefacts.GUARDS,
    "registry": registry.GUARDS,
    "settings and TLS": settings.GUARDS,
}
