"""What a poll of the gate costs that finds nothing new, however many tokens were revoked before."""

from __future__ import annotations

import time

from iargus.auth.revocation.snapshot import RevocationSnapshot
from iargus.auth.tokens.store import SqlTokenStore
from iargus.clock import utc_now
from iargus.settings import Settings
from iargus.storage.database import API, Database
from tests.services.mariadb import MariaDB

POLLS = 400


def revoke_in_advance(server: MariaDB, number: int) -> None:
    """Put `number` revoked tokens into the table that would be valid for years."""
    if number:
        server.run(
            "INSERT INTO iargus_api.tokens (first_name, surname, email, token, creation_date, jti,"
            " kid, expires_at, revoked_at, revoked_seq) SELECT 'Ada', 'King', 'ada@example.com',"
            " SHA2(seq, 256), '2026-01-01', LOWER(UUID()), 'k', '2036-01-01', '2026-01-02', 0"
            f" FROM iargus_api.seq_1_to_{number}"
        )


def poll_cost(settings: Settings) -> str:
    """Seconds of the first read and of the later ones, and their share of a core."""
    database = Database.connect(API, settings)
    snapshot = RevocationSnapshot(SqlTokenStore(database), clock=utc_now, max_age_s=900)
    begun_s = time.perf_counter()
    snapshot.refresh()
    first_s = time.perf_counter() - begun_s
    begun_s, cpu_s = time.perf_counter(), time.process_time()
    for _ in range(POLLS):
        snapshot.refresh()
    wall_ms = (time.perf_counter() - begun_s) / POLLS * 1000
    cpu_ms = (time.process_time() - cpu_s) / POLLS * 1000
    each_s = 1 / settings.policy.tokens.revocation_refresh_s
    database.dispose()
    return (
        f"first read {first_s:.2f} s; a poll {wall_ms:.2f} ms, {cpu_ms:.2f} ms of it this process's"
        f" CPU: {cpu_ms * each_s / 10:.2f} % of a core at {each_s:g} polls a second"
    )
