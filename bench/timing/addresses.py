"""What the time of `POST /get_token` tells about an address or an invitation, mode by mode."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.timing.application import Application, application
from bench.timing.welch import Comparison, Opened, Sample
from iargus.auth.issuing.codes import Code, invitation_text, new_invitation
from iargus.auth.issuing.decisions import Verdict, backoff_after
from iargus.auth.issuing.invitations import Invitations
from iargus.auth.issuing.queue import ConfirmationQueue
from iargus.auth.tokens.record import Holder
from iargus.clock import to_naive_utc, utc_now

KNOWN, UNKNOWN = "known.person@example.com", "someone.elses@example.org"
NEIGHBOUR = "other.person@example.com"


def asking(app: Application, email: str, status: int, **more: str) -> float:
    body = {"first_name": "Ada", "surname": "King", "email": email, **more}
    return app.seconds("/get_token", json.dumps(body).encode(), status)


def give_tokens(app: Application) -> None:
    """KNOWN holds as many tokens as one may."""
    for _ in range(app.services.settings.policy.issuing.max_live_tokens):
        app.services.tokens.issue(Holder("Ada", "King", KNOWN))


@contextmanager
def confirming(folder: Path, _: random.Random) -> Iterator[Sample]:
    """KNOWN is on the list, holds tokens and had the mails of an hour; UNKNOWN is nobody."""
    issuing = {
        "mode": "confirm",
        "public_url": "https://api.example.com",
        "allow": ["example.com"],
    }
    with application(folder, issuing=issuing) as app:
        give_tokens(app)
        queue = ConfirmationQueue(app.services.databases[0])
        for _mail in range(app.services.settings.policy.issuing.mails_per_hour):
            asking(app, KNOWN, 202)
            now = to_naive_utc(utc_now())
            queue.claim(now, lease=backoff_after(1), decide=lambda _facts: Verdict.SEND)
        yield lambda second: asking(app, UNKNOWN if second else KNOWN, 202)


def listing(first: str, first_status: int) -> Opened:
    @contextmanager
    def opened(folder: Path, _: random.Random) -> Iterator[Sample]:
        with application(folder, issuing={"mode": "allow-list", "allow": [KNOWN]}) as app:
            give_tokens(app)
            asks = ((first, first_status), (UNKNOWN, 403))
            yield lambda second: asking(app, *asks[second])

    return opened


def inviting(kind: str) -> Opened:
    """Every one of them is a 403: `address` asks for KNOWN or UNKNOWN with a code of nobody, the
    others for UNKNOWN, with a code of nobody or with (the key of) one that is KNOWN's."""

    @contextmanager
    def opened(folder: Path, _: random.Random) -> Iterator[Sample]:
        with application(folder, issuing={"mode": "invitation"}) as app:
            give_tokens(app)
            now = to_naive_utc(utc_now())
            valid: dict[str, Any] = {"uses": 9, "at": now, "expires_at": now + timedelta(days=9)}
            code = Invitations(app.services.databases[0]).create(email=KNOWN, **valid)

            def sample(second: bool) -> float:
                stranger = new_invitation()
                first = {
                    "address": stranger,
                    "key": Code(code.key, stranger.secret),
                    "code": code,
                }[kind]
                email = KNOWN if kind == "address" and not second else UNKNOWN
                text = invitation_text(stranger if second else first)
                return asking(app, email, 403, invitation=text)

            yield sample

    return opened


ADDRESSES = [
    Comparison("confirm", ("known address", "unknown address"), confirming),
    Comparison(
        "allow-list",
        ("listed, at its limit", "not listed"),
        listing(KNOWN, 409),
        told="the answer says it: 409, 403",
    ),
    Comparison(
        "allow-list-refused",
        ("domain of a listed address", "another domain"),
        listing(NEIGHBOUR, 403),
    ),
    Comparison("invitation", ("wrong code, known address", "unknown address"), inviting("address")),
    Comparison(
        "invitation-key",
        ("key of an invitation, wrong secret", "no such key"),
        inviting("key"),
        told="keys are no secret; 140 bits are left to guess",
    ),
    Comparison(
        "invitation-code",
        ("an invitation for someone else", "no such invitation"),
        inviting("code"),
        told="only to someone who has the whole code",
    ),
]
