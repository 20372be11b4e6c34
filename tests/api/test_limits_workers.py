"""The limits of the service as it is run: gunicorn's workers, one host and two."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.api.application import ADA
from tests.services.gunicorn import Gunicorn
from tests.services.redis import Redis

QUOTA = 40
REQUESTS = 150
CONFIG = f"limits: {{requests_per_minute: {QUOTA}, redis_timeout_ms: 2000}}\n"
SECRET = "abcdefgh" * 6
# There is no model, which is no matter to the limit.
ADMITTED = 503


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config.yml"
    config.write_text(CONFIG)
    return {"IARGUS_CONFIG": str(config), "IARGUS_JWT_KEYS": f"a:{SECRET}"}


def send(servers: Sequence[Gunicorn], headers: dict[str, str]) -> dict[int, Counter[int]]:
    """Many requests at once, each over a connection of its own: all workers get some. Gives the
    statuses in each minute, for the test may meet the end of one."""
    found: dict[int, Counter[int]] = defaultdict(Counter)

    def one(number: int) -> tuple[int, int]:
        url = servers[number % len(servers)].url
        answer = client.get(f"{url}/intent?query=hello", headers=headers)
        in_s = re.search(r'"token";r=\d+;t=(\d+)', answer.headers["ratelimit"])
        assert in_s is not None
        return round((time.time() + int(in_s[1])) / 60), answer.status_code

    with (
        httpx2.Client(headers={"Connection": "close"}, timeout=60) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        for minute, status in pool.map(one, range(REQUESTS)):
            found[minute][status] += 1
    return found


def bearer(server: Gunicorn) -> dict[str, str]:
    token = httpx2.post(f"{server.url}/get_token", json=ADA, timeout=30).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_four_workers_admit_exactly_the_limit(
    environ: dict[str, str], empty_var: Path, tmp_path: Path
) -> None:
    var_dir = shutil.copytree(empty_var, tmp_path / "var")
    server = Gunicorn(
        *(environ | {"IARGUS_VAR": str(var_dir)}, tmp_path / "log"),
        workers=4,
        until="/live",
        sync=False,
    )
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        minutes = send([server], bearer(server))
    for statuses in minutes.values():
        assert statuses[ADMITTED] == min(QUOTA, statuses.total())
        assert set(statuses) <= {ADMITTED, 429}


def test_two_hosts_admit_exactly_the_limit_and_go_on_without_redis(
    environ: dict[str, str], empty_var: Path, tmp_path: Path, redis: Redis
) -> None:
    environ |= {"REDIS_URL": redis.url}
    servers: list[Gunicorn] = []
    with ExitStack() as stack:
        for name in ("first", "second"):
            # One database for both, as hosts have it.
            var_dir = shutil.copytree(empty_var, tmp_path / name / "var")
            if servers:
                (var_dir / "iargus_api.db").unlink()
                (var_dir / "iargus_api.db").symlink_to(tmp_path / "first/var/iargus_api.db")
            server = Gunicorn(
                *(environ | {"IARGUS_VAR": str(var_dir)}, tmp_path / name / "log"),
                until="/live",
                sync=False,
            )
            stack.callback(server.stop)
            servers.append(server.start())
        for statuses in send(servers, bearer(servers[0])).values():
            assert statuses[ADMITTED] == min(QUOTA, statuses.total())
            assert set(statuses) <= {ADMITTED, 429}
        redis.kill()
        for statuses in send(servers, bearer(servers[0])).values():
            assert statuses[ADMITTED] <= 2 * QUOTA
            assert set(statuses) <= {ADMITTED, 429}
    for server in servers:
        log = server.log.read_text()
        assert "Traceback" not in log
        assert 1 <= log.count("Redis does not answer") <= 2
