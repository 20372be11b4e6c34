"""The service does what its OpenAPI description says, whatever is sent.

This is the short form of `bench/openapi`, with the same hooks and checks: all of Schemathesis's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bench.openapi.run import KINDS, Kind, run
from bench.openapi.world import POLICY, issue
from tests.services.gunicorn import Gunicorn
from tests.services.ports import free_port

SEED = 1
EXAMPLES = 4
TOKENS = 200
# An administrator and a token in the body are asked for in the long form.
ASKED = KINDS[:2]
# Who has no token comes no further than the gate, which fewer requests show.
PHASES = {"header": "examples,coverage,fuzzing,stateful", "nowhere": "examples,fuzzing"}


@pytest.fixture(scope="module")
def environ(
    tmp_path_factory: pytest.TempPathFactory, empty_var: Path, placed: Path
) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("openapi")
    shutil.copytree(empty_var, folder / "var")
    shutil.copytree(placed, folder / "var" / "models")
    (folder / "config.yml").write_text(yaml.safe_dump(POLICY), encoding="utf-8")
    return {
        "IARGUS_VAR": str(folder / "var"),
        "IARGUS_CONFIG": str(folder / "config.yml"),
        "MLFLOW_HOST": f"127.0.0.1:{free_port()}",
    }


@pytest.fixture(scope="module")
def server(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    log = tmp_path_factory.mktemp("log") / "gunicorn.log"
    with Gunicorn(environ, log, workers=1, sync=False) as started:
        yield started


@pytest.mark.parametrize("kind", ASKED, ids=[kind.name for kind in ASKED])
def test_nothing_is_answered_that_is_not_described(
    server: Gunicorn, environ: dict[str, str], tmp_path: Path, kind: Kind
) -> None:
    files = issue(environ, tmp_path, TOKENS)
    found = run(
        *(kind, server.url, files[kind.scope], tmp_path / "run"),
        seed=SEED,
        examples=EXAMPLES,
        tell=print,
        phases=PHASES[kind.token_in],
        threads=1,
    )
    assert found.is_clean, "\n\n".join([*found.errors, *found.samples.values()])
    assert max(found.statuses) < 500
