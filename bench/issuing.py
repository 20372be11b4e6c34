"""Does the time of `POST /get_token` tell whether an address is known? Mode `confirm`.

    TMPDIR=/dev/shm python -m bench.issuing --samples 20000

(in memory, so that the noise of a disk hides nothing.)

The whole application is asked in this process, on SQLite in a temporary folder, half of the times
with an address that is on the allow-list, has tokens and had mails, half of the times with one that
is neither; which of them comes next is drawn by lot. Prints means, medians and Welch's t of the
difference: beyond about 4.5 it would be leakage. `Service.seconds` takes one sample, for other
measurements.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from scipy.stats import ttest_ind

from iargus.clock import to_naive_utc, utc_now
from iargus.issuing.decisions import Verdict
from iargus.issuing.queue import ConfirmationQueue
from iargus.issuing.states import pause_after
from iargus.migrate import upgrade
from iargus.settings import Environment, Policy, Settings
from iargus.settings.environment import SmtpServer
from iargus.tokens.store import Holder
from iargus.web.app import create_app
from iargus.web.services import Services

KNOWN, UNKNOWN = "known.person@example.com", "someone.else@example.org"
WARM_UP = 200


class Service:
    """The application in the mode `confirm`, to which `KNOWN` is known. Nothing runs beside the
    requests, so no mail is sent."""

    def __init__(self, var_dir: Path) -> None:
        issuing = {
            "mode": "confirm",
            "public_url": "https://api.example.com",
            "allow": ["example.com"],
        }
        nowhere = SmtpServer(host="127.0.0.1", port=1, recipients=("ops@example.com",))
        services = Services.build(
            Settings(
                Environment(var_dir=var_dir, smtp=nowhere),
                Policy.model_validate({"issuing": issuing, "limits": {"enabled": False}}),
            ),
            follow_registry=False,
        )
        for database in services.databases:
            upgrade(database)
        self._app = create_app(services)
        self._loop = asyncio.new_event_loop()
        self._know(services)

    def _know(self, services: Services) -> None:
        """Tokens up to the limit, and mails up to the limit of the hour."""
        holder, queue = Holder("Ada", "King", KNOWN), ConfirmationQueue(services.databases[0])
        for _ in range(services.settings.policy.issuing.max_live_tokens):
            services.tokens.issue(holder)
        for _ in range(services.settings.policy.issuing.mails_per_hour):
            self.seconds(KNOWN)
            now = to_naive_utc(utc_now())
            queue.claim(now, lease=pause_after(1), decide=lambda _: Verdict.SEND)

    def seconds(self, email: str) -> float:
        """How long one request for this address takes, in seconds."""
        body = json.dumps({"first_name": "Ada", "surname": "King", "email": email}).encode()
        scope = {
            **{"type": "http", "method": "POST", "path": "/get_token", "raw_path": b"/get_token"},
            **{"query_string": b"", "headers": [], "http_version": "1.1", "scheme": "http"},
            **{"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": ""},
        }
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        begun = time.perf_counter()
        self._loop.run_until_complete(self._app(scope, receive, send))
        took_s = time.perf_counter() - begun
        assert statuses == [202]
        return took_s

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def main() -> None:
    """Take the samples and print what they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000, help="of both together")
    parser.add_argument("--seed", type=int, default=0, help="of the order")
    given = parser.parse_args()
    lot = random.Random(given.seed)
    took: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    with tempfile.TemporaryDirectory() as folder:
        service = Service(Path(folder))
        for number in range(WARM_UP + given.samples):
            email = lot.choice((KNOWN, UNKNOWN))
            seconds = service.seconds(email)
            if number >= WARM_UP:
                took[email].append(seconds)
        service.close()
    for email, samples in took.items():
        mean_us = 1e6 * sum(samples) / len(samples)
        median_us = 1e6 * median(samples)
        print(
            f"{email:28} {len(samples):7,} samples, mean {mean_us:9.1f} µs, "
            f"median {median_us:9.1f} µs"
        )
    welch = ttest_ind(took[KNOWN], took[UNKNOWN], equal_var=False)
    print(f"Welch's t {welch.statistic:.2f}, p {welch.pvalue:.3f}")


if __name__ == "__main__":
    main()
